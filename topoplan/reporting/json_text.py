"""JSON of documents too large to be held as a text: built piece by piece, for a file to read or for a program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import IO

import msgspec

from topoplan.model.codec import encode, members
from topoplan.model.place import Where
from topoplan.model.text import UNSAFE

_INDENT = "  "


def dump(document: object, out: IO[str]) -> None:
    """Write builtins and model values as UTF-8-safe JSON, two spaces of indentation, one newline at the end: lone
    surrogates become U+FFFD, hidden characters `\\u` escapes.

    Raises ValueError for NaN and infinities: they are bugs, not values.
    """
    for piece in _pieces(document, _indented, "\n", _INDENT, ": "):
        out.write(piece)
    out.write("\n")


def compact(document: object) -> Iterator[bytes]:
    """The same document in ASCII and without white space; a lone surrogate stays one. Raises ValueError as `dump`."""
    for piece in _pieces(document, _ascii, "", "", ":"):
        yield piece.encode("ascii")


def _pieces(value: object, text: Callable[[object, str], str], line: str, indent: str, colon: str) -> Iterator[str]:
    """The text of a value whose lines begin with `line`: objects key by key, lists item by item."""
    if isinstance(value, msgspec.Struct) and not isinstance(value, Where):
        value = members(value)
    inner = line + indent
    if isinstance(value, dict) and value:
        for number, (key, item) in enumerate(value.items()):
            yield f"{',' if number else '{'}{inner}{text(key, inner)}{colon}"
            yield from _pieces(item, text, inner, indent, colon)
        yield line + "}"
    elif isinstance(value, (list, tuple)) and value:
        for number, item in enumerate(value):
            yield f"{',' if number else '['}{inner}{text(item, inner)}"
        yield line + "]"
    else:
        yield text(value, line)


def _ascii(value: object, line: str) -> str:
    del line
    return json.dumps(encode(value), allow_nan=False, separators=(",", ":"))


def _indented(value: object, line: str) -> str:
    """By msgspec, in a tenth of the time of the standard library, which alone writes lone surrogates. No line ends are
    raw but those of the indentation, so all take the indentation."""
    built = encode(value)
    try:
        raw = msgspec.json.encode(built)
        safe = raw.isascii() and b"\x7f" not in raw
        text = raw if safe else UNSAFE.sub(_escape, raw.decode())
    except UnicodeEncodeError:
        text = UNSAFE.sub(_escape, json.dumps(built, ensure_ascii=False))
    indented = msgspec.json.format(text, indent=len(_INDENT))
    return (indented if isinstance(indented, str) else indented.decode()).replace("\n", line)


def _escape(match: re.Match[str]) -> str:
    return "".join(map(_escape_char, match[0]))


def _escape_char(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
