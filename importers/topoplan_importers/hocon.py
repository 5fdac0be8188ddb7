"""HOCON, the configuration language of Akka, Play and Lagom, as flat keys and values (lightbend/config, HOCON.md).

One pass over marks, words and strings; no include is followed. `${?NAME}`, a value that only holds where the
environment gives one, is left out, and so is a setting made of nothing else: what stood before it stays. Other
substitutions stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from topoplan.errors import DocumentError

MAX_DEPTH = 64
"""Levels of objects and lists that are looked into."""
KEY_LIMIT = 300
"""Longest key, in characters; what is longer is cut."""
_TOKEN = re.compile(
    r'(?P<text>"""(?P<raw>.*?)(?:"""+|\Z)|"(?P<quoted>(?:[^"\\\n]|\\.)*)"?)'
    r"|(?P<noise>(?://|\#)[^\n]*)"
    r"|(?P<optional>\$\{\?[^}\n]*\}?)"
    r"|(?P<word>\$\{[^}\n]*\}?)"
    r"|(?P<mark>\+=|[{}\[\],=:\n])"
    r"|(?P<blank>[^\S\n]+)"
    r"|(?P<plain>[^\s{}\[\],=:\"#$+/]+|.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class HoconSetting(NamedTuple):
    """One value. `key` is dotted, items of lists counted from 0: `a.b[0].c`."""

    key: str
    value: str
    line: int


class _Level(NamedTuple):
    prefix: str
    items: Iterator[int] | None
    """Numbers of a list's items; None in an object."""


def read_hocon(text: str, path: str) -> Iterator[HoconSetting]:
    """Every value, in order. Raises DocumentError `hocon-malformed` where it is nested too deeply."""
    return _Reader(path).settings(text)


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._levels = [_Level("", None)]
        self._key = ""
        self._pieces: list[str] = []
        self._line = self._start = 1

    def settings(self, text: str) -> Iterator[HoconSetting]:
        for match in _TOKEN.finditer(text):
            kind, written = match.lastgroup, match[0]
            if kind == "mark":
                yield from self._mark(written)
            elif kind == "optional":
                self._pieces.append("")
            elif kind != "noise":
                self._add(match)
            self._line += written.count("\n")
        yield from self._ended()

    def _add(self, match: re.Match[str]) -> None:
        if match["blank"] and not self._pieces:
            return
        if not self._pieces:
            self._start = self._line
        raw, quoted = match["raw"], match["quoted"]
        self._pieces.append(raw if raw is not None else _ESCAPE.sub(r"\1", quoted) if quoted is not None else match[0])

    def _mark(self, mark: str) -> Iterator[HoconSetting]:
        if mark in "{[":
            self._enter(mark)
        elif mark in "}]":
            yield from self._ended()
            if len(self._levels) > 1:
                self._levels.pop()
        elif mark in "\n,":
            if mark == "," or self._pieces:  # a value may stand on the line after its key
                yield from self._ended()
        elif self._key or self._levels[-1].items is not None:
            self._pieces.append(mark)
        else:
            self._key, self._pieces = self._joined(), []

    def _enter(self, mark: str) -> None:
        if len(self._levels) > MAX_DEPTH:
            raise DocumentError("is nested too deeply", slug="hocon-malformed", where=f"{self._path}:{self._line}")
        prefix = self._full(self._key or self._joined())
        self._levels.append(_Level(prefix, iter(range(10**9)) if mark == "[" else None))
        self._key, self._pieces = "", []

    def _ended(self) -> Iterator[HoconSetting]:
        value = self._joined()
        if value and (self._key or self._levels[-1].items is not None):
            yield HoconSetting(self._full(self._key), value, self._start)
        self._key, self._pieces = "", []

    def _joined(self) -> str:
        return "".join(self._pieces).strip()

    def _full(self, key: str) -> str:
        level = self._levels[-1]
        if level.items is not None:
            return f"{level.prefix}[{next(level.items)}]"
        return (f"{level.prefix}.{key}" if level.prefix and key else level.prefix or key)[:KEY_LIMIT]
