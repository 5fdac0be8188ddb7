"""The topology as a versioned JSON document; specs/schemas/topology.schema.json describes it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import IO

import msgspec

from topoplan.model.codec import encode, members
from topoplan.model.place import Where
from topoplan.model.report import Report
from topoplan.model.text import UNSAFE
from topoplan.model.topology import Topology
from topoplan.reporting import Style

FORMAT = "topoplan/topology"
FORMAT_VERSION = 1

_INDENT = "  "


def write(report: Report, out: IO[str], style: Style) -> None:
    """The topology of `report`, two spaces of indentation, one newline at the end."""
    del style
    dump(topology_members(report.topology), out)


def topology_document(topology: Topology) -> dict[str, object]:
    """The document as builtins."""
    document: dict[str, object] = encode(topology_members(topology))
    return document


def topology_members(topology: Topology) -> dict[str, object]:
    """The document with its values not encoded yet, for `dump`."""
    return {"format": FORMAT, "format_version": FORMAT_VERSION, **members(topology)}


def dump(document: object, out: IO[str]) -> None:
    """Write builtins and model values as UTF-8-safe JSON: lone surrogates become U+FFFD, hidden characters `\\u`
    escapes. Only one item of a list is encoded at a time, since a large report takes a gigabyte as text.

    Raises ValueError for NaN and infinities: they are bugs, not values.
    """
    for piece in _pieces(document, "\n"):
        out.write(piece)
    out.write("\n")


def _pieces(value: object, line: str) -> Iterator[str]:
    """The text of a value whose lines begin with `line`: objects key by key, lists item by item."""
    if dataclasses.is_dataclass(value) and not isinstance(value, Where):
        value = members(value)
    inner = line + _INDENT
    if isinstance(value, dict) and value:
        for number, (key, item) in enumerate(value.items()):
            yield f"{',' if number else '{'}{inner}{_text(key)}: "
            yield from _pieces(item, inner)
        yield line + "}"
    elif isinstance(value, (list, tuple)) and value:
        for number, item in enumerate(value):
            yield f"{',' if number else '['}{inner}{_text(item, inner)}"
        yield line + "]"
    else:
        yield _text(value, line)


def _text(value: object, line: str = "\n") -> str:
    """Built in C, twice: the encoder of the standard library does not indent there, the one of msgspec cannot write
    lone surrogates and lets NaN pass. No line end but those of the indentation is raw, so all take the indentation."""
    text = json.dumps(encode(value), ensure_ascii=False, allow_nan=False)
    if not text.isascii() or "\x7f" in text:
        text = UNSAFE.sub(_escape, text)
    return msgspec.json.format(text, indent=len(_INDENT)).replace("\n", line)


def _escape(match: re.Match[str]) -> str:
    return "".join(map(_escape_char, match[0]))


def _escape_char(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
