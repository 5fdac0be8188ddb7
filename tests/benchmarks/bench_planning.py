"""Seconds to score and plan 2,000 and 8,000 boundaries of generated systems.

python tests/benchmarks/bench_planning.py
"""

from __future__ import annotations

import random
from time import process_time

from topoplan.model.facts import NodeKind, Style
from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.report import Journey
from topoplan.model.topology import Boundary, BoundaryOperation, Service, Topology
from topoplan.planning import make_plan
from topoplan.risk import profile

BOUNDARIES = 2_000


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
    found: dict[str, Boundary] = {}
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
    measure_plan(BOUNDARIES, generator)
    measure_plan(4 * BOUNDARIES, generator)
