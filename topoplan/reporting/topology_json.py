"""The topology as a versioned JSON document; specs/schemas/topology.schema.json describes it."""

from __future__ import annotations

import json
import re
from typing import IO

from topoplan.model.codec import encode
from topoplan.model.report import Report
from topoplan.model.text import UNSAFE
from topoplan.model.topology import Topology
from topoplan.reporting import Style

FORMAT = "topoplan/topology"
FORMAT_VERSION = 1

# json.dumps leaves DEL, C1, bidirectional, zero-width and other hidden characters raw; the line feeds it writes stay.
_HIDDEN = re.compile(rf"(?!\n){UNSAFE.pattern}")


def write(report: Report, out: IO[str], style: Style) -> None:
    """The topology of `report`, two spaces of indentation, one newline at the end."""
    del style
    dump(topology_document(report.topology), out)


def topology_document(topology: Topology) -> dict[str, object]:
    """The document as builtins."""
    return {"format": FORMAT, "format_version": FORMAT_VERSION, **encode(topology)}


def dump(document: object, out: IO[str]) -> None:
    """Write builtins as UTF-8-safe JSON: lone surrogates become U+FFFD, hidden characters `\\u` escapes.

    Raises ValueError for NaN and infinities: they are bugs, not values.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    out.write(_HIDDEN.sub(_escape, text) + "\n")


def _escape(match: re.Match[str]) -> str:
    return "".join(map(_escape_char, match[0]))


def _escape_char(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
