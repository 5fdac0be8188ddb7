"""Reads OTLP trace requests as the collector's file exporter, SDKs and trace APIs write them, in JSON or protobuf."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from topoplan_importers.traces.conventions import WANTED, Signatures, criticality, failed, service_name
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

    def read(self, unit: bytes, file: int) -> Iterator[Span]:
        """Spans of one unit. Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError before the first."""
        if unit.startswith(b"["):
            exports = _LIST.decode(unit)
        elif b" " < unit[:1] < b"\x7f":  # no message begins with a visible letter, what is meant as JSON does
            exports = [_DECODER.decode(unit)]
        else:
            exports = [decode(unit, _KEPT, _RESOURCE_KEYS)]
        for export in exports:
            yield from self._export(export, file)

    def _export(self, export: Export, file: int) -> Iterator[Span]:
        for entry in (export, *(export.resource_spans or ()), *(export.batches or ())):
            if entry is not None:
                yield from self._entry(entry, file)
        for inner in (export.result, export.trace):
            if inner is not None:
                yield from self._export(inner, file)

    def _entry(self, entry: ResourceSpans, file: int) -> Iterator[Span]:
        about = _attributes(entry.resource.attributes if entry.resource else None, _RESOURCE_KEYS)
        service = service_name(about.get("service.name"))
        level = criticality(about.get("service.criticality"))
        tests = resource_marks(about)
        for scope in (*(entry.scope_spans or ()), *(entry.instrumentation_library_spans or ())):
            for raw in (scope.spans if scope else None) or ():
                span = self._span(raw, service, level, tests, file) if raw is not None else None
                if span is not None:
                    yield span

    def _span(
        self, raw: SpanMessage, service: str, level: str, tests: dict[str, str], file: int
    ) -> Span | None:  # fmt: skip
        trace, own = span_id(raw.trace_id), span_id(raw.span_id)
        if trace is None or own is None:
            return None
        kind = _KINDS.get(raw.kind, "")
        found = _attributes(raw.attributes, _KEPT)
        outcome = failed(kind, found)
        bad = raw.status is not None and raw.status.code in _ERRORS
        start, end = number(raw.start_time_unix_nano), number(raw.end_time_unix_nano)
        if tests or not MARKS.isdisjoint(found):
            self._marks.see(trace, own, time_us(start // 1000), found, tests)
        weight = weigh(found, raw.trace_state)
        signature = self._signatures.describe(service, level, kind, raw.name or "", found)
        return Span(
            trace, own, span_id(raw.parent_span_id), time_us(start // 1000),
            duration_us((end - start) // 1000) if 0 < start <= end else -1, outcome or bad, file, signature,
            _links(raw.links) if signature.role is Role.RECEIVE and raw.links else (), weight,
        )  # fmt: skip


_KEPT = WANTED | MARKS | SAMPLING
_RESOURCE_KEYS = MARKS | {"service.name", "service.criticality"}
_ERRORS = frozenset({2, "2", "STATUS_CODE_ERROR", "ERROR"})


def _attributes(given: list[Attribute | None] | None, wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for attribute in given or ():
        if attribute is not None and attribute.key in wanted and attribute.value is not None:
            value = attribute.value
            if value.stringValue is not None:
                found[attribute.key] = value.stringValue
            elif value.intValue is not None:
                found[attribute.key] = value.intValue
            elif value.boolValue is not None:
                found[attribute.key] = value.boolValue
            elif value.doubleValue is not None:
                found[attribute.key] = value.doubleValue
    return found


def _links(given: list[Link | None]) -> tuple[tuple[SpanId, SpanId], ...]:
    pairs = ((span_id(link.trace), span_id(link.span)) for link in given if link is not None)
    return tuple((trace, span) for trace, span in pairs if trace is not None and span is not None)
