"""What every guarded reader gives back, and the bounds they share."""

from __future__ import annotations

import codecs
from typing import Any

from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.model.facts import Notice

MAX_DEPTH = 200
"""Deepest nesting read, in containers. The deepest of 10,294 real files has 42."""

MAX_VALUES = 5_000_000
"""Values in one JSON or XML document parsed whole; the smallest take 70 to 130 bytes each."""

MAX_DUPLICATES = 20
"""Duplicate keys told apart per document; the rest are only counted."""


class Document(Struct, frozen=True):
    """One parsed document: `value` in builtins (mappings are `YamlMap`, sequences `YamlList` when it was YAML), and
    what a person should know of it (duplicate keys, a merge of a non-mapping)."""

    value: Any
    notices: tuple[Notice, ...] = ()


def is_utf16(data: bytes) -> bool:
    """Whether a byte-order mark says UTF-16."""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def decode_text(data: bytes, path: str, slug: str) -> str:
    """Text of `data`, which is UTF-8 or, told by a byte-order mark, UTF-16. Raises DocumentError with the line."""
    wide = is_utf16(data)
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"is not valid {'UTF-16' if wide else 'UTF-8'}", slug=slug, where=f"{path}:{line}"
        ) from None
