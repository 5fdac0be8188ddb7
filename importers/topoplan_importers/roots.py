"""The top-level keys of a JSON or YAML mapping, read from its first bytes without parsing the whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_YAML_KEY = re.compile(r"""(["']?)([\w$.-]+)\1\s*:(?:[ \t]+(.*))?$""")
_JSON_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\]:,])|([^\s{}\[\]:,"]+)')


def top_level(head: bytes) -> Iterator[tuple[str, str]]:
    """Top-level keys with the text of their scalar values, as far as `head` goes."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    return _json_keys(text) if text.lstrip()[:1] == "{" else _yaml_keys(text)


def _yaml_keys(text: str) -> Iterator[tuple[str, str]]:
    started = False
    for line in text.splitlines():
        match = _YAML_KEY.match(line)
        if match:
            started = True
            yield match[2], _plain(match[3] or "")
        elif not started and line.strip() and not line.lstrip().startswith(("#", "---", "%")):
            return  # prose, code or a list: not a mapping


def _plain(value: str) -> str:
    quoted = re.match(r"""(["'])(.*?)\1""", value)
    return quoted[2] if quoted else value.partition(" #")[0].strip()


def _json_keys(text: str) -> Iterator[tuple[str, str]]:
    """Keys at depth one of a JSON object or YAML flow mapping."""
    depth, last, key = 0, "", ""
    for match in _JSON_TOKEN.finditer(text):
        mark = match[2]
        if mark in ("{", "["):
            if key and depth == 1:
                yield key, ""
            key = ""
            depth += 1
        elif mark in ("}", "]"):
            depth -= 1
        elif depth != 1:
            continue
        elif mark == ":":
            key = last
        elif mark is None:
            last = match[1] if match[1] is not None else match[3].strip("'")
            if key:
                yield key, last
                key = ""
