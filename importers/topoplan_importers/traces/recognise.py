"""Tells from a file's first bytes which format of traces it has. Every run asks this of every file: nothing that reads
traces is loaded for it, but for what begins as no text does."""

from __future__ import annotations

import re

PARQUET = b"PAR1"
"""What a Parquet file begins with."""
STATE = b"topoplan trace-state "
"""What a part of a state begins with."""
_EXPORT = re.compile(rb'"(resource(Spans|Logs|Metrics)|scopeSpans|instrumentationLibrarySpans)"\s*:\s*\[')
_JAEGER_TRACE = re.compile(rb'"traceID"\s*:')
_JAEGER_SPANS = re.compile(rb'"(spans|spanID|processes)"\s*:')
_PROCESSES = re.compile(rb'"processes"\s*:\s*\{')
_ZIPKIN_TRACE = re.compile(rb'"traceId"\s*:')
_OWN = re.compile(rb'"id"\s*:')
_ZIPKIN_SPAN = re.compile(rb'"(localEndpoint|remoteEndpoint|parentId|binaryAnnotations|endpoint)"\s*:')
_DEPENDENCY = (b'"parent"', b'"child"', b'"callCount"')
_ABOUT_FORMATS = (b'"openapi"', b'"swagger"', b'"$schema"', b'"asyncapi"')


def is_otlp(head: bytes) -> bool:
    """An OTLP export in JSON or protobuf."""
    return (_is_json(head) and _is_export(head)) or _is_message(head)


def is_jaeger(head: bytes) -> bool:
    """A Jaeger trace in JSON, or a list of dependencies."""
    return _is_json(head) and not _is_export(head) and _is_jaeger(head)


def is_zipkin(head: bytes) -> bool:
    """Zipkin spans in JSON, or a bare list of dependencies."""
    return _is_json(head) and not _is_export(head) and not _is_jaeger(head) and _is_zipkin(head)


def _is_json(head: bytes) -> bool:
    """Begins like JSON and is no document about the formats: those name their own."""
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return begins and not any(key in head for key in _ABOUT_FORMATS)


def _is_export(head: bytes) -> bool:
    return _EXPORT.search(head) is not None or (b'"batches"' in head and b'"resource"' in head)


def _is_jaeger(head: bytes) -> bool:
    if all(key in head for key in _DEPENDENCY):
        return b'"data"' in head  # Zipkin lists them without an envelope, and leaves out an errorCount of 0
    if _JAEGER_TRACE.search(head) is not None:
        return _JAEGER_SPANS.search(head) is not None
    return _PROCESSES.search(head) is not None and b'"serviceName"' in head


def _is_zipkin(head: bytes) -> bool:
    if all(key in head for key in _DEPENDENCY):
        return True
    names = _ZIPKIN_TRACE.search(head) and _OWN.search(head) and _ZIPKIN_SPAN.search(head)
    return bool(names) and b'"spanId"' not in head


def _is_message(head: bytes) -> bool:
    if head[:1] >= b" " or not head:  # a message begins with the number of its first field, or with its length
        return False
    from topoplan_importers.traces.frames import shape_of

    return shape_of(head) != b""
