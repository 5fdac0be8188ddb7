"""Where what is declared and what was observed differ; told only where there are traces to compare with.

What no trace shows may still happen, just rarely. How rarely follows from how many traces could have shown it: those of
the service that would make the call, or of the one that offers the operation.
"""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.model.facts import NodeKind
from topoplan.model.phrases import at_most, counted, sampled, timespan
from topoplan.model.place import Basis
from topoplan.model.stats import Presence, Stats, unseen_share
from topoplan.model.topology import Boundary, Drift, Service

_SILENT = (NodeKind.DATASTORE, NodeKind.BROKER, NodeKind.EXTERNAL)
"""Kinds of node that send no spans."""

TELLING_SHARE = 0.05
"""Traces are too few to tell while what none of them shows may, at 95 % confidence, be in more than this share."""


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
    untold = seen - {b.consumer for b in boundaries if b.observed and b.provider in silent}
    blind = {b.id for b in relevant if b.provider in silent and b.consumer in untold}
    return tuple(sorted([*_boundary_drift(relevant, by_id, seen, blind), *_operation_drift(relevant, by_id)]))


def _boundary_drift(
    boundaries: Sequence[Boundary], by_id: dict[str, Service], seen: set[str], blind: set[str]
) -> list[Drift]:  # fmt: skip
    """`blind`: boundaries that the traces could not have shown."""
    found = []
    has_declared = any(b.declared for b in boundaries)
    for boundary in boundaries:
        if not boundary.observed and boundary.id not in blind:
            why = f"{boundary.consumer} is in no trace"
            if boundary.consumer in seen:
                why = f"no trace shows it{_how_sure(by_id[boundary.consumer])}"
            found.append(Drift("never-observed", boundary.id, message=f"declared, but {why}"))
        elif boundary.observed and not boundary.declared and has_declared:
            seen_in = f"seen in {_traffic(boundary.stats)}" if boundary.stats else "seen"
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
                stats = operation.stats or Stats()
                times = sampled(stats.calls, stats.estimated_calls, "time")
                message = f"called {times}, but no spec of {boundary.provider} documents it"
                found.append(Drift("undocumented-operation", boundary.id, operation.id, message))
    for provider, operations in called.items():
        for documented in by_id[provider].operations:
            # Traces tell of channels, so a message whose channel is not known can be in none.
            if documented.id not in operations and documented.method != "MESSAGE":
                why = f"no trace shows a service calling it{_how_sure(by_id[provider])}"
                message = f"documented by {provider}, but {why}"
                found.append(Drift("unused-operation", provider, documented.id, message))
    return found


def _traffic(stats: Stats) -> str:
    calls = sampled(stats.calls, stats.estimated_calls)
    return f"{calls} of {counted(stats.traces, 'trace')}{_over(stats)}" if stats.traces else calls


def _over(seen: Stats | Presence) -> str:
    lasted = seen.last_seen - seen.first_seen if seen.first_seen else 0
    return f" over {timespan(lasted)}" if lasted else ""


def _how_sure(service: Service) -> str:
    """How rare it must be by the traces of a service that could have shown it; empty where their number is unknown."""
    seen = service.presence
    if seen is None:
        return ""
    traces = f"{counted(seen.traces, 'trace')} of {service.id}{_over(seen)}"
    share = unseen_share(seen.traces)
    if share > TELLING_SHARE:
        return f"; {traces} {'is' if seen.traces == 1 else 'are'} too few to tell"
    return f": none of {traces}, so less than {at_most(share)} of such traces have it (95 % confidence)"
