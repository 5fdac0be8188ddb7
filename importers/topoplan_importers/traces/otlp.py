"""Reads OTLP trace requests as the collector's file exporter, SDKs and trace APIs write them, in JSON or protobuf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.conventions import WANTED, Signatures, criticality, service_name
from topoplan_importers.traces.marks import MARKS, Marks, resource_marks
from topoplan_importers.traces.otlp_messages import (
    Attribute,
    DecodedSpan,
    Export,
    Link,
    ResourceSpans,
    SpanMessage,
    Value,
)
from topoplan_importers.traces.otlp_wire import decode
from topoplan_importers.traces.sampling import SAMPLING, weigh
from topoplan_importers.traces.span import Attributes, Role, SpanId, Told, number, span_id, time_us
from topoplan_importers.traces.templates import Fit
from topoplan_importers.traces.units import Unit, decoded

_KIND_NAMES = ("internal", "server", "client", "producer", "consumer")
_KINDS: dict[int | str | None, str] = {
    spelling: name
    for number, name in enumerate(_KIND_NAMES, start=1)
    for spelling in (number, str(number), name.upper(), f"SPAN_KIND_{name.upper()}")
}


_DECODER = msgspec.json.Decoder(Export)
_LIST = msgspec.json.Decoder(list[Export])
_ATTRIBUTES = msgspec.json.Decoder(list[Attribute | None] | None)


class OtlpReader:
    """A unit is a request or an answer of a trace API, in JSON or protobuf, or a list of such, or an entry of one."""

    def __init__(self, marks: Marks, signatures: Signatures | None = None) -> None:
        self._signatures = signatures or Signatures()
        self._marks = marks
        self._templates = self._signatures.templates

    def read(self, unit: Unit, batch: Batch) -> None:
        """Add the spans of one unit. Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError; what was
        added then has to go."""
        if unit[:1] == b"[":
            exports = _LIST.decode(unit)
        elif unit and 0x20 < unit[0] < 0x7F:  # no message begins with a visible letter, what is meant as JSON does
            exports = [_DECODER.decode(unit)]
        else:
            exports = [decode(bytes(unit), _KEPT, _RESOURCE_KEYS)]
        for export in exports:
            self._export(export, batch)

    def _export(self, export: Export, batch: Batch) -> None:
        for entry in (export, *(export.resource_spans or ()), *(export.batches or ())):
            if entry is not None:
                self._entry(entry, batch)
        for inner in (export.result, export.trace):
            if inner is not None:
                self._export(inner, batch)

    def _entry(self, entry: ResourceSpans, batch: Batch) -> None:
        resource = entry.resource
        about = _attributes((resource.attributes if resource is not None else None) or (), _RESOURCE_KEYS)
        service = service_name(about.get("service.name"))
        level = criticality(about.get("service.criticality"))
        tests = resource_marks(about)
        for scope in (*(entry.scope_spans or ()), *(entry.instrumentation_library_spans or ())):
            raws = [raw for raw in (scope.spans if scope else None) or () if raw is not None]
            if raws:
                self._add(raws, service, level, tests, batch)

    def _add(
        self, raws: list[SpanMessage], service: str, level: str, tests: dict[str, str], batch: Batch
    ) -> None:  # fmt: skip
        place, tell = len(batch.ids), self._signatures.tell
        batch.traces += [raw.trace_id for raw in raws]
        batch.ids += [raw.span_id for raw in raws]
        batch.parents += [raw.parent_span_id for raw in raws]
        _add_times(raws, batch)
        for raw in raws:
            status, kind, name = raw.status, _KINDS.get(raw.kind, ""), raw.name or ""
            bad = status is not None and status.code in _ERRORS
            about = (service, level, kind, name, bad)
            text = bytes(raw.attributes)
            fit = None if tests or raw.trace_state else self._templates.fit(about, text)
            if fit is None:
                told = self._tell(about, text, raw, tests, batch, place)
            elif isinstance(fit, Fit):
                told = tell(service, level, kind, name, fit.found, bad)
                fit.remember(told)
            else:
                told = fit
            batch.told.append(told)
            if raw.links and told.signature.role is Role.RECEIVE:
                batch.links[place] = _links(raw.links)
            place += 1

    def _tell(
        self, about: tuple[str, str, str, str, bool], text: bytes, raw: SpanMessage, tests: dict[str, str],
        batch: Batch, place: int,
    ) -> Told:  # fmt: skip
        service, level, kind, name, bad = about
        found = _attributes(raw.given or (), _KEPT) if isinstance(raw, DecodedSpan) else _decoded(text)
        if tests or raw.trace_state or not _RARE.isdisjoint(found):
            self._see_rare(raw, found, tests, batch, place)
            return self._signatures.tell(service, level, kind, name, found, bad)
        told = self._signatures.tell(service, level, kind, name, dict(found), bad)
        if text:
            self._templates.learn(about, text, found, told, _decoded)
        return told

    def _see_rare(
        self, raw: SpanMessage, found: Attributes, tests: dict[str, str], batch: Batch, place: int
    ) -> None:  # fmt: skip
        """Tests and sampling."""
        trace, own = span_id(raw.trace_id), span_id(raw.span_id)
        if trace is not None and own is not None and (tests or not MARKS.isdisjoint(found)):
            self._marks.see(trace, own, time_us(batch.starts[place]), found, tests)
        batch.weights[place] = weigh(found, raw.trace_state)


_RARE = MARKS | SAMPLING
_KEPT = WANTED | _RARE
_RESOURCE_KEYS = MARKS | {"service.name", "service.criticality"}
_ERRORS = frozenset({2, "2", "STATUS_CODE_ERROR", "ERROR"})


def _attributes(given: Iterable[Attribute | None], wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for attribute in given:
        if attribute is not None and attribute.key in wanted and (value := attribute.value) is not None:
            said = value.stringValue if value.stringValue is not None else _other(value)
            if said is not None:
                found[attribute.key] = said
    return found


def _decoded(text: bytes) -> Attributes:
    return _attributes((decoded(_ATTRIBUTES, text) if text else None) or (), _KEPT)


def _other(value: Value) -> Any:
    if value.intValue is not None:
        return value.intValue
    return value.boolValue if value.boolValue is not None else value.doubleValue


def _add_times(raws: Sequence[SpanMessage], batch: Batch) -> None:
    """Starts and durations, in microseconds."""
    try:
        starts = [int(raw.start_time_unix_nano) for raw in raws]  # type: ignore[arg-type]
        ends = [int(raw.end_time_unix_nano) for raw in raws]  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        starts = [number(raw.start_time_unix_nano) for raw in raws]
        ends = [number(raw.end_time_unix_nano) for raw in raws]
    batch.starts += [start // 1000 for start in starts]
    batch.durations += [(end - start) // 1000 if start > 0 else -1 for start, end in zip(starts, ends, strict=True)]


def _links(given: list[Link | None]) -> tuple[tuple[SpanId, SpanId], ...]:
    pairs = ((span_id(link.trace), span_id(link.span)) for link in given if link is not None)
    return tuple((trace, span) for trace, span in pairs if trace is not None and span is not None)
