"""A generated system of any size: gateways over layers of services over datastores, half of it tested, one cycle in
ten services. The same number always gives the same report."""

from __future__ import annotations

import random
from dataclasses import dataclass

from check_builders import case
from topology_builders import NOW, call, message, node, resource, store, topology

from topoplan.config import PlanningSettings, Settings
from topoplan.coverage import cover
from topoplan.model.checks import Check, Verdict
from topoplan.model.facts import NodeKind
from topoplan.model.operation import Operation, Outcome
from topoplan.model.report import Journey, Report
from topoplan.model.topology import Boundary, Topology
from topoplan.planning import beside_existing, find_gaps, make_plan
from topoplan.risk import profile

_OPERATIONS = tuple(Operation(method, "/items", outcomes=(Outcome("200"),)) for method in ("GET", "POST"))
_AREAS = ("billing", "cart", "catalogue", "delivery", "identity", "ledger", "orders", "pricing", "search", "stock")
_LAYERS = 5
_JOURNEYS = (("checkout", "money"), ("refund", "money"), ("browse", "low"), ("sign in", "high"))


@dataclass(frozen=True, slots=True)
class Large:
    """What is known of the system before it is analysed."""

    topology: Topology
    checks: tuple[Check, ...]
    journeys: tuple[Journey, ...]


def large_report(services: int = 300, system: str = "generated", seed: int = 7, calls: int = 3) -> Report:
    """A report on `large_system`."""
    large = large_system(services, seed, calls)
    graph, journeys = large.topology, large.journeys
    profiles = profile(graph, journeys=journeys)
    plan = make_plan(graph, profiles, journeys)
    coverage = cover(graph, large.checks, Settings(), journeys=journeys)
    gaps = find_gaps(graph, profiles, plan, coverage)
    open_tests = {gap.test for gap in gaps.open}
    plan = beside_existing(plan, graph, profiles, journeys, PlanningSettings(), coverage, open_tests)
    return Report(system, graph, journeys=journeys, profiles=profiles, plan=plan, coverage=coverage, gaps=gaps)


def large_system(services: int = 300, seed: int = 7, calls: int = 3, journeys: int = 4) -> Large:
    """A system of `services` services, datastores included, each of which calls up to `calls` others."""
    rng = random.Random(seed)
    stores = [f"{_AREAS[n % 10]}-db-{n:03}" for n in range(services // 5)]
    names = [f"{_AREAS[n % 10]}-{n:03}" for n in range(services - len(stores) - 2)]
    gates = ["api-gateway", "shop-gateway"]
    layers = [gates, *(names[at::_LAYERS] for at in range(_LAYERS))]
    found: dict[str, Boundary] = {}
    for level, members in enumerate(layers):
        below = [name for layer in layers[level + 1 :] for name in layer]
        for name in members:
            made = [call(name, other, "GET /items") for other in rng.sample(below, min(calls, len(below)))]
            if level and rng.random() < 0.3:
                made.append(resource(name, rng.choice(stores)))
            if below and level and rng.random() < 0.2:
                made.append(message(rng.choice(below), name, f"{name}.events"))
            if level > 1 and rng.random() < 0.1:
                made.append(call(name, rng.choice(layers[level - 1]), "POST /items"))
            found.update({boundary.id: boundary for boundary in made if boundary.consumer != boundary.provider})
    graph = topology(
        [
            *(node(name, *_OPERATIONS, kind=NodeKind.GATEWAY) for name in gates),
            *(node(name, *_OPERATIONS, owner=name.rpartition("-")[0]) for name in names),
            *map(store, stores),
        ],
        sorted(found.values(), key=lambda boundary: boundary.id),
    )
    checks = tuple(
        case(
            f"{boundary.consumer} calls {boundary.provider}",
            rng.choice((Verdict.PASSED, Verdict.PASSED, Verdict.FAILED)),
            f"{rng.choice(('contract', 'boundary', 'fault'))}: {boundary.consumer} -> {boundary.provider}",
            time=NOW,
        )
        for boundary in graph.boundaries
        if rng.random() < 0.5
    )
    named = [*_JOURNEYS, *((f"journey {number}", "medium") for number in range(len(_JOURNEYS), journeys))]
    told = tuple(
        Journey(name, (gates[0], *(rng.choice(layer) for layer in layers[1:])), criticality)
        for name, criticality in named
    )
    return Large(graph, checks, told)
