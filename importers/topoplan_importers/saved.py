"""Reads a saved topology or report back into facts, so that an analysis can be merged with others or analysed again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from msgspec.structs import astuple, replace

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.saved import saved_topology
from topoplan.importing.workspace import Workspace
from topoplan.model.collector import collector_paused
from topoplan.model.facts import (
    CallFact,
    Fact,
    Hint,
    HintKind,
    InterfaceFact,
    NodeKind,
    Party,
    ServiceFact,
    Source,
    SourceState,
    Use,
)
from topoplan.model.operation import Operation
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.stats import Stats
from topoplan.model.topology import Boundary, BoundaryOperation, Service, Topology

NAME = "saved"
_FORMAT = re.compile(rb'"format"\s*:\s*"topoplan/(?:topology|report)"')
_MAX_COUNT = 2**53
_MAX_BUCKET = 10_000
"""Beyond any duration: the bucket of some 10^80 years."""


class SavedImporter:
    """Reads what `topoplan graph --format json` and `topoplan analyze --format json` write."""

    name = NAME
    summary = "Topologies and reports saved by topoplan (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and bool(_FORMAT.search(candidate.head))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        facts: list[Fact] = []
        sources = []
        for path in sorted(candidate.path for candidate in candidates):
            try:
                with collector_paused():
                    topology = _topology(workspace.json(path).value, path)
                    made = tuple(_facts(topology, path))
                digest = workspace.digest(path)
            except DocumentError as error:
                sources.append(Source(path, SourceState.FAILED, NAME, error.reason))
                continue
            facts += made
            sources.append(Source(path, SourceState.ANALYSED, NAME, facts=len(made), digest=digest))
        return Imported(tuple(facts), tuple(sources))


def _topology(root: Any, path: str) -> Topology:
    """The topology in a saved document. Raises DocumentError when it is of another version or does not fit."""
    topology = saved_topology(root, path)
    for service in topology.services:
        if service.presence is not None and not _are_counts(*astuple(service.presence)):
            raise DocumentError(f"service {service.id} is in impossible traces", slug="saved-misfit", where=path)
    for boundary in (*topology.boundaries, *topology.suggestions):
        for stats in (boundary.stats, *(operation.stats for operation in boundary.operations)):
            if stats is not None and not _is_possible(stats):
                raise DocumentError(f"boundary {boundary.id} has impossible traffic", slug="saved-misfit", where=path)
    return topology


def _is_possible(stats: Stats) -> bool:
    counts = (stats.calls, stats.errors, stats.traces, stats.first_seen, stats.last_seen, stats.sampled_out)
    return _are_counts(*counts) and all(
        0 <= bucket <= _MAX_BUCKET and 0 < count <= _MAX_COUNT for bucket, count in stats.buckets
    )


def _are_counts(*given: float) -> bool:
    return all(0 <= count <= _MAX_COUNT for count in given)


def _facts(topology: Topology, path: str) -> Iterator[Fact]:
    parties = _parties(topology.services, path)
    for index, service in enumerate(topology.services):
        fallback = _fallback(path, f"/services/{index}")
        yield from _service_facts(service, parties[service.id], fallback)
        yield from _interface_facts(service, parties[service.id], path, fallback)
    for index, boundary in enumerate(topology.boundaries):
        yield from _call_facts(boundary, parties, _fallback(path, f"/boundaries/{index}"), path)
    for index, boundary in enumerate(topology.suggestions):
        yield from _call_facts(boundary, parties, _fallback(path, f"/suggestions/{index}"), path)


def _parties(services: Sequence[Service], path: str) -> dict[str, Party]:
    """Parties by service id. The file is their scope, in which names are unique: two services of one name go by id."""
    shared = Counter(service.name for service in services)
    return {
        service.id: Party(
            service.name if shared[service.name] == 1 else service.id, path, service.kind, service.technology
        )
        for service in services
    }


def _fallback(path: str, pointer: str) -> Evidence:
    """Evidence for what was saved without any."""
    return Evidence(NAME, Where(path, pointer=pointer), Basis.DECLARED, Confidence.MEDIUM, "saved")


def _service_facts(service: Service, party: Party, fallback: Evidence) -> Iterator[ServiceFact]:
    """One fact a piece of evidence or a folder, whichever are more; what the service is, is said by the first."""
    evidence = service.evidence or (fallback,)
    pairs = zip_longest(evidence, service.folders)
    for number, (reason, folder) in enumerate(pairs):
        fact = ServiceFact(party, reason or evidence[0], folder=folder or "")
        if number == 0:
            fact = replace(
                fact,
                aliases=service.aliases,
                image=service.image,
                owner=service.owner,
                domain=service.domain,
                criticality=service.criticality,
                infrastructure=service.infrastructure,
                presence=service.presence,
            )
        yield fact


def _interface_facts(service: Service, party: Party, path: str, fallback: Evidence) -> Iterator[InterfaceFact]:
    """One interface a specification; operations that lie in none of them, such as those of fragments, go to the
    first."""
    specs = service.specs or ((path,) if service.operations else ())
    by_spec: dict[str, list[Operation]] = {spec: [] for spec in specs}
    for operation in service.operations:
        home = operation.where.path if operation.where else ""
        by_spec[home if home in by_spec else specs[0]].append(operation)
    for spec, operations in by_spec.items():
        evidence = next((e for e in service.evidence if e.where.path == spec), fallback)
        protocol = "grpc" if any(operation.method == "RPC" for operation in operations) else "http"
        yield InterfaceFact((Hint(HintKind.CONFIG, party.name),), tuple(operations), protocol, spec, evidence)


def _call_facts(boundary: Boundary, parties: dict[str, Party], fallback: Evidence, path: str) -> Iterator[CallFact]:
    """One fact a piece of evidence. Traffic is on one of them alone, so that joining counts it once: the first
    observed one. Operations are on the first of their own basis."""
    evidence = boundary.evidence or (fallback,)
    first = {basis: next((e for e in evidence if e.basis is basis), evidence[0]) for basis in Basis}
    fact = CallFact(
        consumer=_party(boundary.consumer, parties, path),
        provider=_party(boundary.provider, parties, path),
        style=boundary.style,
        protocol=boundary.protocol,
        evidence=fallback,
        channel=boundary.channel,
        broker=_party(boundary.broker, parties, path, NodeKind.BROKER) if boundary.broker else None,
    )
    for reason in evidence:
        yield replace(
            fact,
            evidence=reason,
            uses=tuple(_use(o) for o in boundary.operations if first[o.basis] is reason),
            stats=boundary.stats if first[Basis.OBSERVED] is reason else None,
        )


def _party(service_id: str, parties: dict[str, Party], path: str, kind: NodeKind | None = None) -> Party:
    return parties.get(service_id) or Party(service_id, path, kind)


def _use(operation: BoundaryOperation) -> Use:
    """The inverse of `operation_id`."""
    method, space, path = operation.id.partition(" ")
    if space and method in ("publish", "receive"):
        return Use(method.upper(), path, operation.stats)
    if method.isupper() and (space or "/" not in method):
        return Use(method, path, operation.stats)
    return Use("RPC", operation.id, operation.stats)
