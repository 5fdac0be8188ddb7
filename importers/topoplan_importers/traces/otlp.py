"""Reads OTLP trace requests as the collector's file exporter, SDKs and trace APIs write them, in JSON or protobuf."""

from __future__ import annotations

import re

import msgspec

from topoplan_importers.traces.conventions import WANTED, Signatures, criticality, service_name
from topoplan_importers.traces.marks import MARKS, Marks, resource_marks
from topoplan_importers.traces.otlp_messages import Attribute, Export, Link, ResourceSpans, SpanMessage
from topoplan_importers.traces.otlp_wire import decode
from topoplan_importers.traces.sampling import SAMPLING, weigh
from topoplan_importers.traces.span import Attributes, Role, Span, SpanId, duration_us, number, span_id, time_us

_EXPORT = re.compile(rb'"(resource(Spans|Logs|Metrics)|scopeSpans|instrumentationLibrarySpans)"\s*:\s*\[')
_KIND_NAMES = ("internal", "server", "client", "producer", "consumer")
_KINDS: dict[int | str | None, str] = {
    spelling: name
    for number, name in enumerate(_KIND_NAMES, start=1)
    for spelling in (number, str(number), name.upper(), f"SPAN_KIND_{name.upper()}")
}


_DECODER = msgspec.json.Decoder(Export)
_LIST = msgspec.json.Decoder(list[Export])


def claims(head: bytes) -> bool:
    """Whether the first bytes of a JSON file are an OTLP export."""
    return _EXPORT.search(head) is not None or (b'"batches"' in head and b'"resource"' in head)


class OtlpReader:
    """Yields the spans of one unit."""

    def __init__(self, marks: Marks, signatures: Signatures | None = None) -> None:
        self._signatures = signatures or Signatures()
        self._marks = marks

    def read(self, unit: bytes, file: int) -> list[Span]:
        """Spans of one unit. Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError."""
        if unit.startswith(b"["):
            exports = _LIST.decode(unit)
        elif b" " < unit[:1] < b"\x7f":  # no message begins with a visible letter, what is meant as JSON does
            exports = [_DECODER.decode(unit)]
        else:
            exports = [decode(unit, _KEPT, _RESOURCE_KEYS)]
        spans: list[Span] = []
        for export in exports:
            self._export(export, file, spans)
        return spans

    def _export(self, export: Export, file: int, spans: list[Span]) -> None:
        for entry in (export, *(export.resource_spans or ()), *(export.batches or ())):
            if entry is not None:
                self._entry(entry, file, spans)
        for inner in (export.result, export.trace):
            if inner is not None:
                self._export(inner, file, spans)

    def _entry(self, entry: ResourceSpans, file: int, spans: list[Span]) -> None:
        about = _attributes(entry.resource.attributes if entry.resource else None, _RESOURCE_KEYS)
        service = service_name(about.get("service.name"))
        level = criticality(about.get("service.criticality"))
        tests = resource_marks(about)
        for scope in (*(entry.scope_spans or ()), *(entry.instrumentation_library_spans or ())):
            for raw in (scope.spans if scope else None) or ():
                span = self._span(raw, service, level, tests, file) if raw is not None else None
                if span is not None:
                    spans.append(span)

    def _span(
        self, raw: SpanMessage, service: str, level: str, tests: dict[str, str], file: int
    ) -> Span | None:  # fmt: skip
        trace, own = span_id(raw.trace_id), span_id(raw.span_id)
        if trace is None or own is None:
            return None
        kind = _KINDS.get(raw.kind, "")
        found = _attributes(raw.attributes, _KEPT)
        start, duration = _times(raw)
        weight = 1.0
        if tests or raw.trace_state or not _RARE.isdisjoint(found):
            if tests or not MARKS.isdisjoint(found):
                self._marks.see(trace, own, start, found, tests)
            weight = weigh(found, raw.trace_state)
        outcome, signature = self._signatures.tell(service, level, kind, raw.name or "", found)
        bad = raw.status is not None and raw.status.code in _ERRORS
        return Span(
            trace, own, span_id(raw.parent_span_id), start, duration, outcome or bad, file, signature,
            _links(raw.links) if raw.links and signature.role is Role.RECEIVE else (), weight,
        )  # fmt: skip


_RARE = MARKS | SAMPLING
_KEPT = WANTED | _RARE
_RESOURCE_KEYS = MARKS | {"service.name", "service.criticality"}
_ERRORS = frozenset({2, "2", "STATUS_CODE_ERROR", "ERROR"})


def _attributes(given: list[Attribute | None] | None, wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for attribute in given or ():
        if attribute is not None and (key := attribute.key) in wanted and (value := attribute.value) is not None:
            if (text := value.stringValue) is not None:
                found[key] = text
            elif value.intValue is not None:
                found[key] = value.intValue
            elif value.boolValue is not None:
                found[key] = value.boolValue
            elif value.doubleValue is not None:
                found[key] = value.doubleValue
    return found


def _times(raw: SpanMessage) -> tuple[int, int]:
    """Start and duration, in microseconds."""
    try:
        start, end = int(raw.start_time_unix_nano), int(raw.end_time_unix_nano)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        start, end = number(raw.start_time_unix_nano), number(raw.end_time_unix_nano)
    return time_us(start // 1000), duration_us((end - start) // 1000) if 0 < start <= end else -1


def _links(given: list[Link | None]) -> tuple[tuple[SpanId, SpanId], ...]:
    pairs = ((span_id(link.trace), span_id(link.span)) for link in given if link is not None)
    return tuple((trace, span) for trace, span in pairs if trace is not None and span is not None)
