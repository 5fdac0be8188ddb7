"""Tells string literals from comments and code, in any language: a cheap scanner, not a parser."""

from __future__ import annotations

import bisect
import os
import re
from functools import cached_property

from msgspec import Struct, field

# Each alternative always matches to an end, at worst that of the line or file, so that no text is scanned twice.
_DOUBLE = r'"(?:[^"\\\n]++|\\.)*+(?:"|(?=\n)|\Z)'
_SINGLE = r"'(?:[^'\\\n]++|\\.)*+(?:'|(?=\n)|\Z)"
_CHAR = r"'(?:[^'\\\n]|\\[^'\n]{1,9}|\\')'"
_BACK = r"`(?:[^`\\]++|\\.)*+(?:`|\Z)"
_RAW = r"`[^`]*+(?:`|\Z)"
_TRIPLE = r'"""(?:.*?"""|.*\Z)'
_TRIPLE_SINGLE = r"'''(?:.*?'''|.*\Z)"
_VERBATIM = r'(?:@\$?|\$@)"(?:[^"]++|"")*+(?:"|\Z)'
_SLASHES, _BLOCK = r"//[^\n]*+", r"/\*.*?(?:\*/|\Z)"
_HASH, _DASHES, _PERCENT = r"#[^\n]*+", r"--(?!\[\[)[^\n]*+", r"%[^\n]*+"
_LONG_DASHES, _LONG_BRACKETS = r"--\[\[.*?(?:\]\]|\Z)", r"\[\[.*?(?:\]\]|\Z)"
_MARKUP = r"<!--.*?(?:-->|\Z)"


def _scanner(comments: list[str], strings: list[str]) -> re.Pattern[str]:
    return re.compile(f"(?P<comment>{'|'.join(comments)})|(?P<string>{'|'.join(strings)})", re.DOTALL)


_C = _scanner([_SLASHES, _BLOCK], [_TRIPLE, _DOUBLE, _CHAR])
_SCRIPT = _scanner([_MARKUP, _SLASHES, _BLOCK], [_DOUBLE, _SINGLE, _BACK])
_PYTHON = _scanner([_HASH], [_TRIPLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE])
_LUA = _scanner([_LONG_DASHES, _DASHES], [_LONG_BRACKETS, _DOUBLE, _SINGLE])
_SCANNERS = {
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx", ".vue", ".svelte"), _SCRIPT),
    **dict.fromkeys((".py", ".rb", ".ex", ".exs", ".pl"), _PYTHON),
    ".go": _scanner([_SLASHES, _BLOCK], [_DOUBLE, _RAW, _CHAR]),
    **dict.fromkeys((".cs", ".fs"), _scanner([_SLASHES, _BLOCK], [_TRIPLE, _VERBATIM, _DOUBLE, _CHAR])),
    **dict.fromkeys((".dart", ".groovy"), _scanner([_SLASHES, _BLOCK], [_TRIPLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE])),
    ".php": _scanner([_SLASHES, _BLOCK, r"#(?!\[)[^\n]*+"], [_DOUBLE, _SINGLE]),
    ".lua": _LUA,
    ".erl": _scanner([_PERCENT], [_DOUBLE, _SINGLE]),
    ".clj": _scanner([r";[^\n]*+"], [_DOUBLE]),
    ".vb": _scanner([r"'[^\n]*+"], [_DOUBLE]),
}
_NOT_NEWLINE = re.compile(r"[^\n]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Literal(Struct, frozen=True):
    """One string literal: `start` and `end` with its quotes, `text` what lies between them, quotes unescaped."""

    start: int
    end: int
    text: str


class Scan(Struct, frozen=True, dict=True):
    """A file without its comments: `code` has blanks in their places, so that every offset stays true."""

    code: str
    literals: tuple[Literal, ...]
    path: str = field(default="")

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.code)]

    def line(self, offset: int) -> int:
        """Line number, from 1."""
        return bisect.bisect_left(self._line_ends, offset) + 1


def scan(text: str, path: str) -> Scan:
    """Tell comments and literals apart, by the language the file's name says."""
    scanner = _SCANNERS.get(os.path.splitext(path.lower())[1], _C)
    pieces: list[str] = []
    literals: list[Literal] = []
    last = 0
    for match in scanner.finditer(text):
        if match["comment"] is not None:
            pieces += (text[last : match.start()], _NOT_NEWLINE.sub(" ", match[0]))
            last = match.end()
            continue
        inner = _inner(match[0])
        if inner is not None:
            literals.append(Literal(match.start(), match.end(), inner))
    pieces.append(text[last:])
    return Scan("".join(pieces), tuple(literals), path)


def _inner(written: str) -> str | None:
    """What is between the quotes; None where the closing ones are missing."""
    written = written.lstrip("@$")
    for opening, closing in (('"""', '"""'), ("'''", "'''"), ("[[", "]]")):
        if written.startswith(opening):
            long = len(written) >= 6 or opening == "[["
            return written[len(opening) : -len(closing)] if long and written.endswith(closing) else None
    if len(written) < 2 or written[-1] != written[0]:
        return None
    inner = written[1:-1]
    return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner
