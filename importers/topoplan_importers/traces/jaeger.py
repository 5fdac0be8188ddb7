"""Decodes Jaeger's JSON: query API answers, UI downloads, bare traces, and the dependencies API."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from topoplan_importers.traces.batch import Batch, Links, RawId
from topoplan_importers.traces.conventions import WANTED, Signatures, criticality, service_name
from topoplan_importers.traces.marks import MARKS, Marks, resource_marks
from topoplan_importers.traces.sampling import SAMPLER, SAMPLING, weigh, weigh_trace
from topoplan_importers.traces.span import (
    Attributes,
    DependencyLink,
    Role,
    id_text,
    number,
    span_id,
    time_us,
)
from topoplan_importers.traces.units import Unit

_KINDS = {kind: kind for kind in ("client", "server", "producer", "consumer", "internal")}
_EXTRA = frozenset({"span.kind", "service.criticality"})
_KEPT = WANTED | MARKS | SAMPLING | SAMPLER | _EXTRA
_RARE = MARKS | SAMPLING | SAMPLER
_PROCESS_KEYS = MARKS | {"service.criticality"}


class _Tag(Struct, gc=False):
    key: str | None = None
    value: Any = None


class _Process(Struct, gc=False):
    service: Any = msgspec.field(name="serviceName", default=None)
    tags: list[_Tag | None] | None = None


class _Reference(Struct, gc=False):
    kind: str | None = msgspec.field(name="refType", default=None)
    trace: str | int | None = msgspec.field(name="traceID", default=None)
    span: str | int | None = msgspec.field(name="spanID", default=None)


class _Span(Struct, gc=False):
    trace: str | int | None = msgspec.field(name="traceID", default=None)
    id: str | int | None = msgspec.field(name="spanID", default=None)
    legacy_parent: str | int | None = msgspec.field(name="parentSpanID", default=None)
    name: str | None = msgspec.field(name="operationName", default=None)
    references: list[_Reference | None] | None = None
    start: int | str | float | None = msgspec.field(name="startTime", default=None)
    duration: int | str | float | None = None
    tags: list[_Tag | None] | None = None
    process_id: str | None = msgspec.field(name="processID", default=None)
    process: _Process | None = None


class _Entry(Struct, gc=False):
    """A trace, or an edge of the dependencies API."""

    trace: str | int | None = msgspec.field(name="traceID", default=None)
    spans: list[_Span | None] | None = None
    processes: dict[str, _Process | None] | None = None
    parent: Any = None
    child: Any = None
    calls: Any = msgspec.field(name="callCount", default=None)
    errors: Any = msgspec.field(name="errorCount", default=None)
    data: list[_Entry | None] | None = None


_DECODER = msgspec.json.Decoder(_Entry)
_LIST = msgspec.json.Decoder(list[_Entry])


class JaegerReader:
    """A unit is a trace with its processes, a dependency, an answer that holds such (`data`), or a list of them."""

    def __init__(self, marks: Marks, signatures: Signatures | None = None) -> None:
        self._signatures = signatures or Signatures()
        self._marks = marks
        self._sampled = 1.0
        """Weight of the trace that is being read."""

    def read(self, unit: Unit, batch: Batch) -> None:
        """Add what one unit holds. Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError; what was added
        then has to go."""
        entries: list[_Entry | None] = [*_LIST.decode(unit)] if unit[:1] == b"[" else [_DECODER.decode(unit)]
        for entry in entries:
            for trace in (entry, *((entry.data if entry else None) or ())):
                if trace is not None:
                    self._entry(trace, batch)

    def _entry(self, entry: _Entry, batch: Batch) -> None:
        if entry.calls is not None:
            parent, child = service_name(entry.parent), service_name(entry.child)
            if parent and child:
                batch.dependencies.append(
                    DependencyLink(parent, child, number(entry.calls), number(entry.errors))
                )  # fmt: skip
        processes = {key: _process(process) for key, process in (entry.processes or {}).items()}
        self._sampled = 1.0
        first = len(batch.ids)
        for raw in entry.spans or ():
            if raw is not None:
                self._add(raw, entry.trace, processes, batch)
        if self._sampled > 1:
            for place in range(first, len(batch.ids)):
                batch.weights[place] = max(batch.weights.get(place, 1.0), self._sampled)

    def _add(self, raw: _Span, outer: RawId, processes: dict[str, _About], batch: Batch) -> None:
        trace = raw.trace if raw.trace is not None else outer
        service, level, tests = processes.get(raw.process_id or "") or _process(raw.process)
        found = _tags(raw.tags, _KEPT)
        kind = _KINDS.get(str(found.pop("span.kind", "")).lower(), "")
        level = criticality(found.pop("service.criticality", "")) or level
        weight = 1.0
        if tests or not _RARE.isdisjoint(found):
            weight = self._see_rare(trace, raw, found, tests)
        told = self._signatures.tell(service, level, kind, raw.name or "", found)
        parent, links = _causes(raw, trace)
        if links and told.signature.role is Role.RECEIVE:
            batch.links[len(batch.ids)] = links
        batch.add(trace, raw.id, parent, raw.start, raw.duration, told, weight)

    def _see_rare(self, trace: RawId, raw: _Span, found: Attributes, tests: dict[str, str]) -> float:
        """Tests and sampling; the weight of the span."""
        of, own = span_id(trace), span_id(raw.id)
        if of is not None and own is not None and (tests or not MARKS.isdisjoint(found)):
            self._marks.see(of, own, time_us(number(raw.start)), found, tests)
        weight = weigh(found)
        if not SAMPLER.isdisjoint(found):
            self._sampled = max(self._sampled, weigh_trace(found))
        return weight


_About: TypeAlias = tuple[str, str, dict[str, str]]
"""Service, criticality and what a process says of tests."""


def _process(process: _Process | None) -> _About:
    if process is None:
        return "", "", {}
    tags = _tags(process.tags, _PROCESS_KEYS)
    return service_name(process.service), criticality(tags.get("service.criticality")), resource_marks(tags)


def _tags(given: list[_Tag | None] | None, wanted: frozenset[str]) -> Attributes:
    return {tag.key: tag.value for tag in given or () if tag is not None and tag.key in wanted}


def _causes(raw: _Span, trace: RawId) -> tuple[RawId, Links]:
    """The parent (the first CHILD_OF of this trace, else its first FOLLOWS_FROM) and all other references."""
    if not raw.references:
        return raw.legacy_parent, ()
    only = raw.references[0] if len(raw.references) == 1 else None
    if only is not None and only.trace == trace:
        return only.span, ()
    own_trace = span_id(trace)
    given = [
        (reference.kind != "CHILD_OF", span_id(reference.trace) or own_trace, span_id(reference.span))
        for reference in raw.references
        if reference is not None
    ]
    known = [(follows, of, span) for follows, of, span in given if span is not None and of is not None]
    own = sorted((follows, place) for place, (follows, of, _) in enumerate(known) if of == own_trace)
    chosen = own[0][1] if own else -1
    links = tuple((of, span) for place, (_, of, span) in enumerate(known) if place != chosen)
    return (id_text(known[chosen][2]) if own else None), links
