"""Tells OpenAPI documents by their content, from the first bytes or the parsed root; file names play no part."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

_ROOT_KEYS = frozenset(
    {
        "$self", "basePath", "components", "consumes", "definitions", "externalDocs", "host", "info",
        "jsonSchemaDialect", "openapi", "parameters", "paths", "produces", "responses", "schemes", "security",
        "securityDefinitions", "servers", "swagger", "tags", "webhooks",
    }
)  # fmt: skip
_HEAD_BYTES = 4096
"""Bytes of a candidate's head; a shorter one is the whole file."""
_TELLING_KEYS = frozenset(
    {"basePath", "components", "definitions", "host", "info", "paths", "securityDefinitions", "servers", "webhooks"}
)
_VERSIONS = {
    "openapi": re.compile(r"3(?:\.(\d+)(?:\.\d+\S*)?)?"),
    "swagger": re.compile(r"2(?:\.(0)(?:\.0)?)?"),
}
_YAML_KEY = re.compile(r"""(["']?)([\w$.-]+)\1\s*:(?:[ \t]+(.*))?$""")
_JSON_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\]:,])|([^\s{}\[\]:,"]+)')


def looks_like_openapi(head: bytes) -> bool:
    """Whether a file that starts with `head` is worth reading.

    Sorted keys put the version far behind the components; a file that goes on after `head` is claimed as well when
    every top-level key seen so far is one of OpenAPI's, and reading it decides.
    """
    keys = []
    for key, value in _top_level(head):
        if key in _VERSIONS:
            return _VERSIONS[key].fullmatch(value) is not None
        keys.append(key)
    cut = len(head) >= _HEAD_BYTES
    return cut and not _TELLING_KEYS.isdisjoint(keys) and all(k in _ROOT_KEYS or k.startswith("x-") for k in keys)


def version_of(root: Any) -> str | None:
    """`2.0` or `3.<minor>` of a parsed document; None when it is no OpenAPI document of these versions."""
    if not isinstance(root, dict):
        return None
    for key, pattern in _VERSIONS.items():
        value = root.get(key)
        if isinstance(value, (str, int, float)) and (match := pattern.fullmatch(str(value).strip())):
            return f"{'3' if key == 'openapi' else '2'}.{match[1] or '0'}"
    return None


def _top_level(head: bytes) -> Iterator[tuple[str, str]]:
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
