"""Decodes OTLP trace requests in protobuf's wire format: just the fields that are looked at, by their numbers in
`opentelemetry/proto/trace/v1/trace.proto`. Nothing is nested deeper than these messages, so no input can recurse."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from topoplan_importers.traces.otlp_messages import (
    Attribute,
    DecodedSpan,
    Export,
    Link,
    Resource,
    ResourceSpans,
    Scope,
    Status,
    Value,
)

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_U64, _DOUBLE = struct.Struct("<Q"), struct.Struct("<d")
_LONGEST_VARINT = 10
RESOURCE_SPANS = 0x0A
"""The byte that a request begins with."""
_FIRST, _SECOND = 0x0A, 0x12
"""Tags of the first two fields, as bytes."""

Keys = frozenset[str]
_Place = tuple[int, int]
"""Where a message, or other bytes, begin and end."""
_Fields = Iterator[tuple[int, int, Any]]


def decode(unit: bytes, wanted: Keys, about: Keys) -> Export:
    """An ExportTraceServiceRequest, or the TracesData of a file, which looks the same. Of attributes only those
    `wanted` of spans and looked at `about` resources. Raises msgspec.DecodeError."""
    try:
        spans, resources = _encoded(wanted), _encoded(about)
        outer = _fields(unit, (0, len(unit)))
        entries = [_resource_spans(unit, at, spans, resources) for n, wire, at in outer if n == 1 and wire == _BYTES]
    except (IndexError, struct.error):
        raise msgspec.DecodeError("a message ends in the middle of a field") from None
    return Export(resource_spans=list(entries))


def claims(head: bytes) -> bool:
    """Whether a file begins like such a request: a resource with an attribute, or without a resource a span."""
    try:
        return _begins(head)
    except (IndexError, msgspec.DecodeError):
        return False


def _begins(head: bytes) -> bool:
    entry = _inside(head, 0, _FIRST)
    if entry is None:
        return False
    resource = _inside(head, entry[0], _FIRST)
    if resource is None or resource[0] == resource[1]:
        scope = _inside(head, resource[1] if resource else entry[0], _SECOND)
        return scope is not None and _has_span(head, scope[0])
    attribute = _inside(head, resource[0], _FIRST)
    key = _inside(head, attribute[0], _FIRST) if attribute else None
    return key is not None and head[slice(*key)].isascii() and head[key[1]] == _SECOND


def _has_span(head: bytes, at: int) -> bool:
    """Whether a span is in a scope: its first field are the 16 bytes of a trace id."""
    named = _inside(head, at, _FIRST)
    span = _inside(head, named[1] if named else at, _SECOND)
    return span is not None and head[span[0]] == _FIRST and head[span[0] + 1] == 16


def _inside(head: bytes, at: int, tag: int) -> _Place | None:
    """Where the bytes of a field with this tag begin and end; None where another field stands."""
    if head[at] != tag:
        return None
    length, begin = _varint(head, at + 1)
    return begin, begin + length


def _resource_spans(
    data: bytes, place: _Place, wanted: frozenset[bytes], about: frozenset[bytes]
) -> ResourceSpans:  # fmt: skip
    resource, scopes = None, []
    for number, wire, at in _fields(data, place):
        if wire == _BYTES and number == 1:
            given = (_attribute(data, own, about) for n, w, own in _fields(data, at) if n == 1 and w == _BYTES)
            resource = Resource([attribute for attribute in given if attribute is not None])
        elif wire == _BYTES and number == 2:
            inner = _fields(data, at)
            scopes.append(Scope([_span(data, own, wanted) for n, w, own in inner if n == 2 and w == _BYTES]))
    return ResourceSpans(resource=resource, scope_spans=[*scopes])


def _span(data: bytes, place: _Place, wanted: frozenset[bytes]) -> DecodedSpan:
    attributes: list[Attribute] = []
    span = DecodedSpan(given=attributes)
    for number, wire, found in _fields(data, place):
        if wire == _BYTES:
            begin, stop = found
            if number == 9:
                attribute = _attribute(data, found, wanted)
                if attribute is not None:
                    attributes.append(attribute)
            elif number == 1:
                span.trace_id = data[begin:stop].hex()
            elif number == 2:
                span.span_id = data[begin:stop].hex()
            elif number == 3:
                span.trace_state = _text(data[begin:stop])
            elif number == 4:
                span.parent_span_id = data[begin:stop].hex()
            elif number == 5:
                span.name = _text(data[begin:stop])
            elif number == 13:
                span.links = [*(span.links or ()), _link(data, found)]
            elif number == 15:
                codes = [code for n, w, code in _fields(data, found) if n == 3 and w == _VARINT]
                span.status = Status(codes[-1] if codes else 0)
        elif number == 6 and wire == _VARINT:
            span.kind = found
        elif number == 7 and wire == _FIXED64:
            span.start_time_unix_nano = _U64.unpack_from(data, found)[0]
        elif number == 8 and wire == _FIXED64:
            span.end_time_unix_nano = _U64.unpack_from(data, found)[0]
    return span


def _link(data: bytes, place: _Place) -> Link:
    link = Link()
    for number, wire, found in _fields(data, place):
        if wire == _BYTES and number in (1, 2):
            own = data[slice(*found)].hex()
            if number == 1:
                link.trace = own
            else:
                link.span = own
    return link


def _attribute(data: bytes, place: _Place, wanted: frozenset[bytes]) -> Attribute | None:
    """None for one that is not looked at, which costs no more than reading its key."""
    start = place[0]
    length = data[start + 1]
    if data[start] == _FIRST and length < 0x80 and data[start + 2 : start + 2 + length] not in wanted:
        return None
    key, value = b"", Value()
    for number, wire, found in _fields(data, place):
        if wire == _BYTES and number == 1:
            key = data[slice(*found)]
        elif wire == _BYTES and number == 2:
            value = _value(data, found)
    return Attribute(_text(key), value) if key in wanted else None


def _value(data: bytes, place: _Place) -> Value:
    value = Value()
    for number, wire, found in _fields(data, place):
        if number == 1 and wire == _BYTES:
            value.stringValue = _text(data[slice(*found)])
        elif number == 2 and wire == _VARINT:
            value.boolValue = bool(found)
        elif number == 3 and wire == _VARINT:
            value.intValue = found - (1 << 64) if found >> 63 else found
        elif number == 4 and wire == _FIXED64:
            value.doubleValue = _DOUBLE.unpack_from(data, found)[0]
    return value


def _fields(data: bytes, place: _Place) -> _Fields:
    """Number, wire type and content of each field: a varint's value, where a fixed one stands, or where bytes begin and
    end."""
    at, end = place
    while at < end:
        tag = data[at]
        at += 1
        if tag >= 0x80:
            tag, at = _varint(data, at - 1)
        wire = tag & 7
        if wire == _BYTES:
            length = data[at]
            at += 1
            if length >= 0x80:
                length, at = _varint(data, at - 1)
            begin, at = at, at + length
            if at > end:
                break
            yield tag >> 3, wire, (begin, at)
        elif wire == _VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, wire, value
        elif wire in (_FIXED64, _FIXED32):
            begin, at = at, at + (8 if wire == _FIXED64 else 4)
            if at > end:
                break
            yield tag >> 3, wire, begin
        else:
            raise msgspec.DecodeError("is not protobuf")
    if at != end:
        raise msgspec.DecodeError("a message ends in the middle of a field")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that stands here, and where it ends."""
    value = 0
    for shift in range(0, 7 * _LONGEST_VARINT, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise msgspec.DecodeError("is not protobuf")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


@lru_cache
def _encoded(keys: Keys) -> frozenset[bytes]:
    return frozenset(key.encode() for key in keys)
