"""What reading traces costs at least: plain ways to do parts of it, each run in a process of its own.

    python tests/benchmarks/trace_references.py WAY FORMAT FILE [LENGTHS]

WAY: `parse` (simdjson, nothing made of it), `decode` (msgspec into typed structs that skip what no edge needs) or
`join` (decode, then one dict of all spans and a walk over it: calls, errors and latency buckets of pairs of services,
no operations, traces or channels). One thread, collector off. LENGTHS holds the lengths of a Jaeger document's traces,
so that finding them costs a reference nothing. Prints elapsed and processor seconds, without start-up, and the calls
found between services with spans.
"""

from __future__ import annotations

import gc
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

_PEERS = ("peer.service", "server.address", "net.peer.name")
_WANTED = frozenset({*_PEERS, "error", "span.kind"})
_KINDS = ("", "internal", "server", "client", "producer", "consumer")
_CALLED = frozenset({"server", "consumer"})
_LOG_GAMMA = math.log(1.01 / 0.99)
_BEGIN = len('{"data":[')

Said: TypeAlias = dict[str | None, Any]


class Span(NamedTuple):
    trace: str
    own: str
    parent: str
    service: str
    kind: str
    peer: str
    duration: int
    failed: bool


class _Value(Struct, gc=False):
    stringValue: str | None = None
    intValue: str | int | None = None


class _Attribute(Struct, gc=False):
    key: str | None = None
    value: _Value | None = None


class _Status(Struct, gc=False):
    code: int = 0


class _OtlpSpan(Struct, gc=False, rename="camel"):
    trace_id: str
    span_id: str
    parent_span_id: str = ""
    name: str = ""
    kind: int = 0
    start_time_unix_nano: str = ""
    end_time_unix_nano: str = ""
    attributes: list[_Attribute] = []
    status: _Status | None = None


class _Scope(Struct, gc=False):
    spans: list[_OtlpSpan] = []


class _Resource(Struct, gc=False):
    attributes: list[_Attribute] = []


class _ResourceSpans(Struct, gc=False, rename="camel"):
    resource: _Resource
    scope_spans: list[_Scope] = []


class _Otlp(Struct, gc=False, rename="camel"):
    resource_spans: list[_ResourceSpans] = []


class _Tag(Struct, gc=False):
    key: str | None = None
    value: Any = None


class _Reference(Struct, gc=False):
    refType: str = ""
    spanID: str = ""


class _JaegerSpan(Struct, gc=False):
    traceID: str
    spanID: str
    processID: str = ""
    operationName: str = ""
    startTime: int = 0
    duration: int = 0
    references: list[_Reference] = []
    tags: list[_Tag] = []


class _Process(Struct, gc=False):
    serviceName: str = ""


class _Jaeger(Struct, gc=False):
    spans: list[_JaegerSpan] = []
    processes: dict[str, _Process] = {}


class _Endpoint(Struct, gc=False):
    serviceName: str = ""


class _Zipkin(Struct, gc=False, rename="camel"):
    trace_id: str
    id: str
    parent_id: str = ""
    kind: str = ""
    name: str = ""
    timestamp: int = 0
    duration: int = 0
    local_endpoint: _Endpoint | None = None
    remote_endpoint: _Endpoint | None = None
    tags: dict[str, str] = {}


_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "otlp": msgspec.json.Decoder(_Otlp),
    "jaeger": msgspec.json.Decoder(_Jaeger),
    "zipkin": msgspec.json.Decoder(list[_Zipkin]),
}


def units(file: Path, lengths: Path | None) -> Iterator[bytes]:
    """Lines; of a Jaeger document the traces."""
    with file.open("rb") as stream:
        if lengths is None:
            yield from stream
            return
        stream.seek(_BEGIN)
        for length in json.loads(lengths.read_bytes()):
            yield stream.read(length)
            stream.seek(1, 1)


def _said(given: Iterable[_Attribute]) -> Said:
    return {a.key: a.value.stringValue for a in given if a.key in _WANTED and a.value is not None}


def _peer(said: Mapping[Any, Any]) -> str:
    return next((str(said[key]) for key in _PEERS if key in said), "")


def _otlp(batch: _Otlp) -> Iterator[Span]:
    for entry in batch.resource_spans:
        service = next(
            (a.value.stringValue or "" for a in entry.resource.attributes if a.key == "service.name" and a.value), ""
        )
        for scope in entry.scope_spans:
            for s in scope.spans:
                lasted = (int(s.end_time_unix_nano) - int(s.start_time_unix_nano)) // 1000
                failed = s.status is not None and s.status.code == 2
                peer = _peer(_said(s.attributes))
                yield Span(s.trace_id, s.span_id, s.parent_span_id, service, _KINDS[s.kind], peer, lasted, failed)


def _jaeger(trace: _Jaeger) -> Iterator[Span]:
    for s in trace.spans:
        said: Said = {t.key: t.value for t in s.tags if t.key in _WANTED}
        parent = next((r.spanID for r in s.references if r.refType == "CHILD_OF"), "")
        service, kind = trace.processes[s.processID].serviceName, said.get("span.kind", "internal")
        yield Span(s.traceID, s.spanID, parent, service, kind, _peer(said), s.duration, "error" in said)


def _zipkin(trace: list[_Zipkin]) -> Iterator[Span]:
    for s in trace:
        service = s.local_endpoint.serviceName if s.local_endpoint else ""
        peer = s.remote_endpoint.serviceName if s.remote_endpoint else _peer(s.tags)
        kind = s.kind.lower() or "internal"
        yield Span(s.trace_id, s.id, s.parent_id, service, kind, peer, s.duration, "error" in s.tags)


_SPANS: dict[str, Callable[[Any], Iterator[Span]]] = {"otlp": _otlp, "jaeger": _jaeger, "zipkin": _zipkin}


class Edges:
    """Counts of pairs of parties."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str, bool]] = Counter()
        """By caller, callee and whether the callee has a span."""
        self.errors: Counter[tuple[str, str, bool]] = Counter()
        self.buckets: Counter[tuple[str, str, bool, int]] = Counter()

    def add(self, caller: str, callee: str, has_span: bool, timed: Span, failed: bool) -> None:
        self.calls[caller, callee, has_span] += 1
        self.errors[caller, callee, has_span] += failed
        bucket = math.floor(math.log(max(timed.duration, 1)) / _LOG_GAMMA)
        self.buckets[caller, callee, has_span, bucket] += 1


def joined(spans: list[Span]) -> Edges:
    """Server halves with the nearest caller half above; of client halves left over, what they name."""
    called: dict[tuple[str, str], Span] = {}
    others: dict[tuple[str, str], Span] = {}
    for span in spans:
        (called if span.kind in _CALLED else others)[span.trace, span.own] = span
    edges, used = Edges(), set()
    for span in called.values():
        trace = span.trace
        above = others.get((trace, span.own)) or others.get((trace, span.parent)) or called.get((trace, span.parent))
        half = above
        while half is not None and half.kind == "internal":
            half = others.get((trace, half.parent)) or called.get((trace, half.parent))
        if above is None or half is None:
            continue
        used.add((trace, half.own))
        if above.service != span.service:
            timed = span if half.kind in _CALLED else half
            edges.add(above.service, span.service, True, timed, span.failed or timed.failed)
    for key, span in others.items():
        if span.kind != "internal" and span.peer and key not in used:
            edges.add(span.service, span.peer, False, span, span.failed)
    return edges


def parse(kind: str, file: Path, lengths: Path | None) -> None:
    import simdjson  # type: ignore[import-not-found, unused-ignore]

    parser = simdjson.Parser()
    for unit in units(file, lengths):
        parser.parse(unit)


def decode(kind: str, file: Path, lengths: Path | None) -> None:
    decoder = _DECODERS[kind]
    for unit in units(file, lengths):
        decoder.decode(unit)


def join(kind: str, file: Path, lengths: Path | None) -> int:
    decoder, spans = _DECODERS[kind], _SPANS[kind]
    edges = joined([span for unit in units(file, lengths) for span in spans(decoder.decode(unit))])
    return sum(count for (_, _, has_span), count in edges.calls.items() if has_span)


def main() -> None:
    way, kind, file, *lengths = sys.argv[1:]
    gc.disable()
    work = {"parse": parse, "decode": decode, "join": join}[way]
    begun, spent = perf_counter(), process_time()
    calls = work(kind, Path(file), Path(lengths[0]) if lengths else None)
    print(json.dumps({"seconds": perf_counter() - begun, "cpu": process_time() - spent, "calls": calls}))


if __name__ == "__main__":
    main()
