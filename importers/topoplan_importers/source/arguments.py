"""Arguments of calls and annotations in source code, found by their brackets."""

from __future__ import annotations

import re

_LENGTH = 700
"""Characters of one call's arguments that are looked at."""
_MARK = re.compile(r"""["'`(\[{)\]},]""")
_KEYWORD = re.compile(r"""\s*(["']?)(\w+)\1\s*(?:=>|=(?!=)|:(?!:))\s*""")


def arguments(code: str, start: int) -> list[tuple[str, str]]:
    """Keyword (or empty) and text of each argument of the call whose bracket opens at `start`; those of one object
    given as an argument count as the call's own."""
    found: list[tuple[str, str]] = []
    for text in _split(code[start + 1 : start + 1 + _LENGTH]):
        inner = text.strip()
        nested = re.match(r"(?:new\s+\w+\s*(?:\(\))?\s*|&?[\w.]+)?\{", inner)
        if nested and re.match(r"""\s*["']?\w+["']?\s*(?::|=)""", inner[nested.end() :]):
            found += [_keyed(part) for part in _split(inner[nested.end() :])]
        else:
            found.append(_keyed(text))
    return found


def _keyed(text: str) -> tuple[str, str]:
    match = _KEYWORD.match(text)
    return (match[2], text[match.end() :]) if match else ("", text)


def _split(text: str) -> list[str]:
    """The parts between commas, up to the bracket that closes what stands before `text`."""
    parts, depth, start, quote = [], 0, 0, ""
    for mark in _MARK.finditer(text):
        at, char = mark.start(), mark[0]
        if quote:
            if char == quote and text[at - 1] != "\\":
                quote = ""
        elif char in "\"'`":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:
                parts.append(text[start:at])
                return [part for part in parts if part.strip()]
        elif char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part for part in parts if part.strip()]
