"""Where what is declared and what was observed differ; told only where there are traces to compare with."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.model.facts import NodeKind
from topoplan.model.phrases import counted
from topoplan.model.place import Basis
from topoplan.model.topology import Boundary, Drift, Service

_SILENT = (NodeKind.DATASTORE, NodeKind.BROKER, NodeKind.EXTERNAL)
"""Kinds of node that send no spans."""


def find_drift(services: Sequence[Service], boundaries: Sequence[Boundary]) -> tuple[Drift, ...]:
    """All differences, sorted. Boundaries to infrastructure are left out: nobody traces the calls of a tracer.

    Absence from a sample of traffic is not proof of absence, and the messages say "not seen", never "unused". Stores,
    brokers and outside parties send no spans of their own: a call to one shows only where the caller's client for it
    is instrumented. So where a service's traces show no such call at all, their silence on one says nothing.
    """
    if not any(b.observed for b in boundaries):
        return ()
    by_id = {s.id: s for s in services}
    relevant = [b for b in boundaries if not (by_id[b.consumer].infrastructure or by_id[b.provider].infrastructure)]
    seen = {s.id for s in services if any(e.basis is Basis.OBSERVED for e in s.evidence)}
    silent = {s.id for s in services if s.kind in _SILENT}
    telling = {b.consumer for b in boundaries if b.observed and b.provider in silent}
    blind = {b.id for b in relevant if b.provider in silent and b.consumer in seen - telling}
    return tuple(sorted([*_boundary_drift(relevant, seen, blind), *_operation_drift(relevant, by_id)]))


def _boundary_drift(boundaries: Sequence[Boundary], seen: set[str], blind: set[str]) -> list[Drift]:
    """`blind`: boundaries that the traces could not have shown."""
    found = []
    has_declared = any(b.declared for b in boundaries)
    for boundary in boundaries:
        if not boundary.observed and boundary.id not in blind:
            why = "no trace shows it" if boundary.consumer in seen else f"{boundary.consumer} is in no trace"
            found.append(Drift("never-observed", boundary.id, message=f"declared, but {why}"))
        elif boundary.observed and not boundary.declared and has_declared:
            seen_in = f"seen in {counted(boundary.stats.calls, 'call')}" if boundary.stats else "seen"
            found.append(Drift("not-declared", boundary.id, message=f"{seen_in}, declared nowhere"))
    return found


def _operation_drift(boundaries: Sequence[Boundary], by_id: dict[str, Service]) -> list[Drift]:
    found = []
    called: dict[str, set[str]] = {}
    for boundary in boundaries:
        for operation in boundary.operations:
            if operation.basis is not Basis.OBSERVED:
                continue
            called.setdefault(boundary.provider, set()).add(operation.id)
            if operation.documented is False:
                calls = operation.stats.calls if operation.stats else 0
                message = f"called {counted(calls, 'time')}, but no spec of {boundary.provider} documents it"
                found.append(Drift("undocumented-operation", boundary.id, operation.id, message))
    for provider, operations in called.items():
        for documented in by_id[provider].operations:
            # Traces tell of channels, so a message whose channel is not known can be in none.
            if documented.id not in operations and documented.method != "MESSAGE":
                message = f"documented by {provider}, but no trace shows a service calling it"
                found.append(Drift("unused-operation", provider, documented.id, message))
    return found
