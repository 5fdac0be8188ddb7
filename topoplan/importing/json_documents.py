"""JSON to builtins: strict numbers, bounded depth, duplicate keys told, no text that cannot be written again."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from topoplan.errors import DocumentError
from topoplan.importing.parsed import MAX_DEPTH, MAX_DUPLICATES, MAX_VALUES, Document, decode_text
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where
from topoplan.model.text import clean

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def load_json(data: bytes, path: str) -> Document:
    """One JSON document (RFC 8259) in UTF-8 or UTF-16, byte-order mark allowed. A lone surrogate becomes U+FFFD; a
    number too large for Python stays text.

    Raises DocumentError with file and line: `json-malformed` (also for NaN and Infinity), `json-too-deep` or
    `json-too-large`.
    """
    text = decode_text(data, path, "json-malformed")
    if text.count(",") + text.count("[") + text.count("{") > MAX_VALUES:
        raise DocumentError(f"holds more than {MAX_VALUES:,} values", slug="json-too-large", where=path)
    duplicates: list[str] = []
    try:
        value = _parse(text, path, duplicates)
    except json.JSONDecodeError as error:
        raise DocumentError(error.msg, slug="json-malformed", where=f"{path}:{error.lineno}") from None
    except RecursionError:
        raise _too_deep(path) from None
    if _deeper_than(value, MAX_DEPTH):
        raise _too_deep(path)
    if _SURROGATE_ESCAPE.search(text):
        value = _mended(value)
    return Document(value, _duplicate_notices(duplicates, path))


def _parse(text: str, path: str, duplicates: list[str]) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) < len(items):
            duplicates.extend(sorted(key for key, times in Counter(key for key, _ in items).items() if times > 1))
        return result

    def constant(name: str) -> NoReturn:
        raise DocumentError(f"{name} is not a JSON value", slug="json-malformed", where=path)

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=_float)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer with more digits than Python converts
        duplicates.clear()
        return json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_float=_float, parse_int=_integer
        )


def _integer(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


def _float(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _deeper_than(value: Any, limit: int) -> bool:
    """Whether containers nest deeper than `limit`, level by level, without recursion."""
    level = [value] if type(value) in (dict, list) else []
    for _ in range(limit):
        level = [c for v in level for c in (v.values() if type(v) is dict else v) if type(c) in (dict, list)]
        if not level:
            return False
    return True


def _mended(value: Any) -> Any:
    """`value` without lone surrogates; its depth is already bounded."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def _too_deep(path: str) -> DocumentError:
    return DocumentError(f"is nested deeper than {MAX_DEPTH} levels", slug="json-too-deep", where=path)


def _duplicate_notices(keys: list[str], path: str) -> tuple[Notice, ...]:
    messages = [f"key {clean(key)} is given more than once; the last one counts" for key in keys[:MAX_DUPLICATES]]
    if len(keys) > MAX_DUPLICATES:
        messages.append(f"{len(keys) - MAX_DUPLICATES} more duplicate keys")
    return tuple(Notice(Severity.WARNING, "duplicate-key", message, Where(path)) for message in messages)
