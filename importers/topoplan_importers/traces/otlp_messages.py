"""The messages of OTLP's traces, with the fields that are looked at, as both of its encodings are decoded into."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct


class Value(Struct, gc=False):
    stringValue: Any = None  # noqa: N815
    intValue: Any = None  # noqa: N815
    boolValue: Any = None  # noqa: N815
    doubleValue: Any = None  # noqa: N815


class Attribute(Struct, gc=False):
    key: str | None = None
    value: Value | None = None


class Status(Struct, gc=False):
    code: int | str | None = None


class Link(Struct, gc=False):
    trace: str | int | None = msgspec.field(name="traceId", default=None)
    span: str | int | None = msgspec.field(name="spanId", default=None)


class SpanMessage(Struct, gc=False, rename="camel"):
    trace_id: str | int | None = None
    span_id: str | int | None = None
    parent_span_id: str | int | None = None
    name: str | None = None
    kind: int | str | None = None
    start_time_unix_nano: int | str | float | None = None
    end_time_unix_nano: int | str | float | None = None
    attributes: msgspec.Raw = msgspec.Raw()
    """A list of `Attribute`, still encoded."""
    links: list[Link | None] | None = None
    trace_state: Any = None
    status: Status | None = None


class DecodedSpan(SpanMessage, gc=False):
    given: list[Attribute] | None = None
    """Its attributes, which in protobuf cost nothing to skip."""


class Scope(Struct, gc=False):
    spans: list[SpanMessage | None] | None = None


class Resource(Struct, gc=False):
    attributes: list[Attribute | None] | None = None


class ResourceSpans(Struct, gc=False, rename="camel"):
    resource: Resource | None = None
    scope_spans: list[Scope | None] | None = None
    instrumentation_library_spans: list[Scope | None] | None = None


class Export(ResourceSpans, gc=False, rename="camel"):
    """A request, an entry of one that lost its envelope, or the answer of a trace API."""

    resource_spans: list[ResourceSpans | None] | None = None
    batches: list[ResourceSpans | None] | None = None
    result: Export | None = None
    trace: Export | None = None
