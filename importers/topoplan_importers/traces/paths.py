"""Groups concrete request paths into templates, so that `/users/8` and `/users/9` are one operation.

A segment becomes `{id}` when it is built like an identifier: a number, a UUID, eight or more hexadecimal digits, a
date, an e-mail address, a word with a number of three or more digits behind a separator, or a long token that mixes
letters and digits. Everything else stays as it is, `/users/me` too. A placeholder matches any placeholder of a
specification's template at the same place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from topoplan.model.text import clean

PLACEHOLDER = "{id}"

_NUMBER = re.compile(r"/[0-9]+(?=/|\Z)")
_INNER_NUMBER = re.compile(rb"/(?<=[^/:]/)[0-9]+(?=[/?#;]|\Z)")  # the slash first: it is looked for at once
"""A number that `group` makes a placeholder of wherever a path begins before it, so that it may be made one first."""
_INNER_PLACEHOLDER = f"/{PLACEHOLDER}".encode()
_PART = re.compile(r"[-_.~:,+=@|]")
_HEX = re.compile(r"(?=.*\d)[0-9a-fA-F]{8,}|[0-9a-fA-F]{16,}")
_CHANGES = re.compile(r"\d+")
_LONGEST_WORD = 40
"""Longest segment taken for a word; the rest are tokens."""

_ROUTE_PARAMETER = re.compile(r":[A-Za-z_]\w*(\([^/]*\))?[?*+]?|<[^/<>]+>|\[\[?\.{0,3}\w+\]?\]|\{[^/{}]*\}|\*\w+|\*\*?")
_ROUTE_NAME = re.compile(r"[A-Za-z_]\w*")


def group(path: str) -> str:
    """Template of a concrete path. Query, fragment and matrix parameters are dropped, they may hold secrets."""
    return _group(_NUMBER.sub(f"/{PLACEHOLDER}", path))  # plain numbers first: what is left is the same for many paths


def without_numbers(url: bytes) -> bytes:
    """A path or URL with placeholders for the numbers that `group` makes some of wherever a path begins before them."""
    return _INNER_NUMBER.sub(_INNER_PLACEHOLDER, url)


def around_numbers(url: bytes) -> list[bytes]:
    """What stands around those numbers: one piece more than there are."""
    pieces, at = [], 0
    for number in _INNER_NUMBER.finditer(url):
        pieces.append(url[at : number.start() + 1])
        at = number.end()
    return [*pieces, url[at:]]


@lru_cache(maxsize=16384)
def _group(path: str) -> str:
    path = path.partition("?")[0].partition("#")[0]
    segments = [_segment(raw.partition(";")[0]) for raw in path.split("/") if raw]
    return clean("/" + "/".join(segments))


@lru_cache(maxsize=4096)
def route(text: str) -> str:
    """A framework's route in the one spelling of OpenAPI: `/users/:id`, `/users/<int:id>` and `/users/[id]` become
    `/users/{id}`. Empty for a route that only says "anything" (`/**`, `/*path`): it names no operation."""
    text = re.split(r"[?#](?![^(]*\))", text, maxsplit=1)[0].lstrip("^").rstrip("$")
    if not text.strip("/*") or re.fullmatch(r"/?\*\w*|/?\{\*?\w*path\w*(:[^}]*)?\}", text):
        return ""
    return clean("/" + _ROUTE_PARAMETER.sub(_placeholder, text).lstrip("/"))


@lru_cache(maxsize=16384)
def tidy(name: str) -> str:
    """A span name fit to name an operation: no URL scheme, host or query, identifiers grouped."""
    name = re.sub(r"\w+://(?:\S*@)?[^/\s]*", "", clean(name.partition("?")[0], len(name) + 1))
    return clean(" ".join("/".join(_segment(s) if s else s for s in word.split("/")) for word in name.split()))


def _placeholder(match: re.Match[str]) -> str:
    name = match.group(0)
    if name.startswith("*"):
        return PLACEHOLDER
    # `<int:id>` and `{id:\d+}` put the name last and first.
    inner = name.strip("<>[]{}:").split("(")[0]
    inner = inner.rpartition(":")[2] if name.startswith("<") else inner.partition(":")[0]
    found = _ROUTE_NAME.search(inner)
    return "{" + found.group(0) + "}" if found else PLACEHOLDER


def _segment(raw: str) -> str:
    if raw.isalpha() and len(raw) < 16:
        return raw
    text = unquote(raw, errors="replace") if "%" in raw else raw
    if text.startswith("{") and text.endswith("}"):
        return text
    return PLACEHOLDER if _is_identifier(text) else text.replace("/", "%2F").replace("{", "(").replace("}", ")")


def _is_identifier(text: str) -> bool:
    if text.isdigit() or len(text) > _LONGEST_WORD or ("@" in text and "." in text):
        return True
    if not any(map(str.isdigit, text)):
        return bool(_HEX.fullmatch(text))
    parts = [part for part in _PART.split(text) if part]
    return any(_is_token(part) for part in parts) or (len(parts) > 1 and any(p.isdigit() and len(p) > 2 for p in parts))


def _is_token(part: str) -> bool:
    if _HEX.fullmatch(part):
        return True
    digits = sum(map(str.isdigit, part))
    if not digits or digits == len(part):
        return False
    return digits >= 4 or len(part) >= 16 or (len(part) >= 10 and len(_CHANGES.findall(part)) >= 2)
