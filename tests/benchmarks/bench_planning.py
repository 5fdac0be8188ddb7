"""Cost of measuring, scoring and planning on generated systems.

    python tests/benchmarks/bench_planning.py [SERVICES]

Prints the ratio of networkx to `blast_radius` over SERVICES nodes and five times as many edges (networkx is run from a
sample of nodes and scaled up; target at 20,000: at least 1,000), and the seconds to score and plan 2,000 boundaries.
"""

from __future__ import annotations

import random
import sys
from time import process_time

import networkx as nx

from topoplan.graph.metrics import blast_radius
from topoplan.model.facts import NodeKind, Style
from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.report import Journey
from topoplan.model.topology import Boundary, BoundaryOperation, Service, Topology
from topoplan.planning import make_plan
from topoplan.risk import profile

SAMPLE = 10
BOUNDARIES = 2_000


def measure_graph(nodes: int, rng: random.Random) -> None:
    edges = [(f"s{rng.randrange(nodes)}", f"s{rng.randrange(nodes)}") for _ in range(5 * nodes)]
    start = process_time()
    radius = blast_radius(edges)
    ours = process_time() - start
    graph = nx.DiGraph(edges)
    sample = rng.sample(sorted(graph), SAMPLE)
    start = process_time()
    theirs_found = {node: len(nx.ancestors(graph, node)) for node in sample}
    theirs = (process_time() - start) * len(graph) / SAMPLE
    if theirs_found != {node: radius[node] for node in sample}:
        raise SystemExit("blast radius differs from networkx")
    print(f"blast radius of {len(graph):,} nodes: {ours:.2f} s, networkx about {theirs:.0f} s: {theirs / ours:,.0f}×")


def system(boundaries: int, rng: random.Random) -> Topology:
    fields = tuple(Field(FieldPlace.RESPONSE, f"price{n}" if n % 5 == 0 else f"name{n}", "string") for n in range(20))
    outcomes = (Outcome("200"), Outcome("404"), Outcome("500"))
    operations = tuple(
        Operation(("GET", "POST")[n % 2], f"/things{n}/{{id}}", outcomes=outcomes, fields=fields) for n in range(20)
    )
    names = [f"s{n:05}" for n in range(boundaries // 4)]
    services = [Service(name, name, NodeKind.SERVICE, operations=operations) for name in names]
    stores = [f"db{n:05}" for n in range(boundaries // 12)]
    services += [Service(name, name, NodeKind.DATASTORE, technology="postgresql") for name in stores]
    found = {}
    while len(found) < boundaries:
        consumer, style = rng.choice(names), rng.choice((Style.SYNC, Style.SYNC, Style.MESSAGE, Style.RESOURCE))
        provider = rng.choice(stores if style is Style.RESOURCE else names)
        if consumer == provider:
            continue
        used = tuple(BoundaryOperation(op.id) for op in rng.sample(operations, 3)) if style is Style.SYNC else ()
        identity = f"{consumer}->{provider}/{style}"
        found[identity] = Boundary(identity, consumer, provider, style, "x", "c", operations=used)
    return Topology(tuple(services), tuple(found.values()))


def measure_plan(boundaries: int, rng: random.Random) -> None:
    topology = system(boundaries, rng)
    names = [service.id for service in topology.services if service.kind is NodeKind.SERVICE]
    journeys = tuple(Journey(f"j{n}", tuple(rng.sample(names, 5)), "money") for n in range(20))
    start = process_time()
    profiles = profile(topology, journeys=journeys)
    scored = process_time()
    plan = make_plan(topology, profiles, journeys)
    planned = process_time()
    print(
        f"{boundaries:,} boundaries: scored in {scored - start:.2f} s, "
        f"planned in {planned - scored:.2f} s ({len(plan.tests):,} tests)"
    )


if __name__ == "__main__":
    generator = random.Random(1)
    measure_graph(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, generator)
    measure_plan(BOUNDARIES, generator)
    measure_plan(4 * BOUNDARIES, generator)
