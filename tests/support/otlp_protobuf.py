"""Encodes OTLP requests, given as in JSON, in protobuf's wire format."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
_CODES = [f"SPAN_KIND_{kind}" for kind in ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")]
_CODES += [f"STATUS_CODE_{code}" for code in ("UNSET", "OK", "ERROR")]


def varint(number: int) -> bytes:
    number &= 0xFFFF_FFFF_FFFF_FFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def chunk(number: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def request(export: Json) -> bytes:
    """An ExportTraceServiceRequest."""
    return b"".join(chunk(1, _resource_spans(entry)) for entry in export["resourceSpans"])


def framed(*messages: bytes) -> bytes:
    """As the collector's file exporter writes them."""
    return b"".join(len(message).to_bytes(4) + message for message in messages)


def _resource_spans(entry: Json) -> bytes:
    about = b"".join(chunk(1, _attribute(a)) for a in entry.get("resource", {}).get("attributes", ()))
    scopes = (b"".join(chunk(2, _span(span)) for span in scope["spans"]) for scope in entry["scopeSpans"])
    named = chunk(1, chunk(1, "a.scope"))
    return chunk(1, about) + b"".join(chunk(2, named + scope) for scope in scopes)


def _span(span: Json) -> bytes:
    parts = [
        chunk(1, bytes.fromhex(span["traceId"])), chunk(2, bytes.fromhex(span["spanId"])),
        chunk(3, span.get("traceState", "")), chunk(4, bytes.fromhex(span.get("parentSpanId", ""))),
        b"\x85\x02" + bytes(4), chunk(5, span["name"]), varint(6 << 3) + varint(_number(span.get("kind", 0))),
        varint(7 << 3 | 1) + struct.pack("<Q", int(span.get("startTimeUnixNano", 0))),
        varint(8 << 3 | 1) + struct.pack("<Q", int(span.get("endTimeUnixNano", 0))),
        *(chunk(9, _attribute(attribute)) for attribute in span.get("attributes", ())),
        *(chunk(13, chunk(1, bytes.fromhex(link["traceId"])) + chunk(2, bytes.fromhex(link["spanId"])))
          for link in span.get("links", ())),
        chunk(15, chunk(2, "why") + varint(3 << 3) + varint(_number(span.get("status", {}).get("code", 0)))),
    ]  # fmt: skip
    return b"".join(parts)


def _number(code: int | str) -> int:
    """Of an enumeration's value, given as JSON may."""
    return code if isinstance(code, int) else _CODES.index(code) % 6


def _attribute(attribute: Json) -> bytes:
    ((kind, value),) = attribute["value"].items()
    encoded = {
        "stringValue": lambda: chunk(1, value),
        "boolValue": lambda: varint(2 << 3) + varint(int(value)),
        "intValue": lambda: varint(3 << 3) + varint(int(value)),
        "doubleValue": lambda: varint(4 << 3 | 1) + struct.pack("<d", value),
        "arrayValue": lambda: chunk(5, b""),
    }[kind]()
    return chunk(1, attribute["key"]) + chunk(2, encoded)
