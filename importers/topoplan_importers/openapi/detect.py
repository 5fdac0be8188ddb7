"""Tells OpenAPI documents by their content, from the first bytes or the parsed root; file names play no part."""

from __future__ import annotations

import re
from typing import Any

from topoplan_importers.roots import top_level

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


def looks_like_openapi(head: bytes) -> bool:
    """Whether a file that starts with `head` is worth reading.

    Sorted keys put the version far behind the components; a file that goes on after `head` is claimed as well when
    every top-level key seen so far is one of OpenAPI's, and reading it decides.
    """
    keys = []
    for key, value in top_level(head):
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
