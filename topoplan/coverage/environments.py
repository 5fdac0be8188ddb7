"""Environments that exist for tests to claims: weak ones, for nothing tells what ran in them."""

from __future__ import annotations

from collections.abc import Iterable

from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import Applied, Told
from topoplan.coverage.naming import Names
from topoplan.model.checks import EnvironmentFact
from topoplan.model.coverage import Claim, Grade
from topoplan.model.facts import NodeKind, Party, Style
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary, Topology


def environment_claims(facts: Iterable[EnvironmentFact], topology: Topology, names: Names, ages: Ages) -> Told:
    """A store beside the service that uses it may serve its in-process test, two services a boundary test, three that
    are connected a slice."""
    kinds = {service.id: service.kind for service in topology.services}
    boundaries = sorted(topology.boundaries, key=lambda b: b.id)
    applied: list[Applied] = []
    for fact in sorted(facts, key=lambda f: (f.evidence, f.folder)):
        owner = names.owner(fact.folder) if fact.folder else None
        inside = {s for party in fact.parties if (s := _service(party, owner, boundaries, names))}
        users = {s for s in inside if kinds[s] in (NodeKind.SERVICE, NodeKind.GATEWAY)}
        users |= {owner} if owner else set()
        both = [b for b in boundaries if b.provider in inside and b.consumer in users and b.provider != b.consumer]
        claim = _claim(fact, ages)
        resources = [b for b in both if b.style is Style.RESOURCE]
        applied += (Applied(b.id, Technique.IN_PROCESS, claim, whole=True) for b in resources)
        calls = [b for b in both if b.style is not Style.RESOURCE and b.consumer in inside]
        applied += (Applied(b.id, Technique.BOUNDARY, claim, whole=True) for b in calls)
        applied += (Applied(b.id, Technique.SLICE, claim, whole=True) for b in _sliced(calls))
    return Told(tuple(applied))


def _service(party: Party, owner: str | None, boundaries: Iterable[Boundary], names: Names) -> str | None:
    """The service a party means: by name, else the owner's only store of that technology."""
    found = names.party(party)
    if found or not owner or not party.technology:
        return found
    stores = {
        b.provider
        for b in boundaries
        if b.consumer == owner and b.style is Style.RESOURCE and names.technology(b.provider) == party.technology
    }
    return stores.pop() if len(stores) == 1 else None


def _sliced(calls: list[Boundary]) -> list[Boundary]:
    """Boundaries that share a service with another one: with it, three services at least are connected."""
    ends = [{b.consumer, b.provider} for b in calls]
    return [
        b for b, own in zip(calls, ends, strict=True) if any(len(own | other) > 2 and own & other for other in ends)
    ]


def _claim(fact: EnvironmentFact, ages: Ages) -> Claim:
    return Claim(
        f"environment {fact.evidence.where.path}",
        Grade.DECLARED,
        fact.evidence,
        time=ages.time(fact),
        reason="an environment for such tests exists; nothing tells of a test that ran in it",
        remedy="read the report of the tests that use it, mapped by a rule under coverage.tests",
    )
