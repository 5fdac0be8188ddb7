"""The functions of Helm's template language that decide what a manifest says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

UNKNOWN_TEXT: Final = "unrendered-value"
"""Stands in a rendered text for what values files do not tell."""
_MAX_LIST = 200


class _Unknown:
    """The one value that nothing is known of."""


UNKNOWN: Final = _Unknown()


def is_true(value: object) -> bool:
    """Whether `if` takes its branch; what is unknown is taken as unset."""
    return value is not UNKNOWN and bool(value)


def as_text(value: object) -> str:
    """How a value is written into the output."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else UNKNOWN_TEXT


def _default(standard: object, value: object = None) -> object:
    return value if is_true(value) else standard


def _coalesce(*values: object) -> object:
    return next((v for v in values if is_true(v)), None)


def _quote(value: object = None) -> str:
    return json.dumps(as_text(value))


def _yaml(value: object) -> object:
    """Block style at the outermost level, so that it can stand among other entries."""
    if isinstance(value, dict):
        return "\n".join(f"{json.dumps(str(key))}: {_json(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "\n".join(f"- {_json(item)}" for item in value)
    return "" if value is UNKNOWN or value is None else _json(value)


def _json(value: object) -> str:
    try:
        return json.dumps(value, default=as_text)
    except (RecursionError, ValueError):
        return json.dumps(UNKNOWN_TEXT)


def _indent(count: object, value: object = "") -> str:
    text = as_text(value)
    if text == UNKNOWN_TEXT or not isinstance(count, int) or not 0 <= count <= 200:
        return ""
    return "\n".join(" " * count + line for line in text.split("\n"))


def _nindent(count: object, value: object = "") -> str:
    return "\n" + _indent(count, value)


def _printf(form: object, *args: object) -> str:
    text, rest = as_text(form), list(args)
    pieces = text.replace("%d", "%s").replace("%v", "%s").replace("%q", "%s").split("%s")
    told = [as_text(a) for a in rest[: len(pieces) - 1]]
    told += [UNKNOWN_TEXT] * (len(pieces) - 1 - len(told))
    return pieces[0] + "".join(t + p for t, p in zip(told, pieces[1:], strict=True))


def _index(value: object, *keys: object) -> object:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            return UNKNOWN if value is UNKNOWN else None
    return value


def _dict(*items: object) -> dict[str, object]:
    return {as_text(key): value for key, value in zip(items[::2], items[1::2], strict=False)}


def _merge(*maps: object) -> dict[str, object]:
    made: dict[str, object] = {}
    for one in reversed(maps):
        made.update(one if isinstance(one, dict) else {})
    return made


def _has_key(value: object, key: object) -> bool:
    return isinstance(value, dict) and str(key) in value


def _equal(first: object, *others: object) -> bool:
    return first is not UNKNOWN and first in others


def _whole(value: object) -> object:
    return int(value) if isinstance(value, int | float | str) and str(value).lstrip("-").isdigit() else UNKNOWN


FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = {
    "default": _default,
    "coalesce": _coalesce,
    "required": lambda _, value=UNKNOWN: value,
    "quote": _quote,
    "squote": _quote,
    "toYaml": _yaml,
    "toJson": _json,
    "indent": _indent,
    "nindent": _nindent,
    "printf": _printf,
    "print": lambda *values: "".join(map(as_text, values)),
    "toString": as_text,
    "trim": lambda text: as_text(text).strip(),
    "trunc": lambda count, text: as_text(text)[:count],
    "trimSuffix": lambda end, text: as_text(text).removesuffix(end),
    "trimPrefix": lambda start, text: as_text(text).removeprefix(start),
    "trimAll": lambda signs, text: as_text(text).strip(signs),
    "lower": lambda text: as_text(text).lower(),
    "upper": lambda text: as_text(text).upper(),
    "kebabcase": lambda text: as_text(text).replace("_", "-").lower(),
    "replace": lambda old, new, text: as_text(text).replace(old, new)[:10_000],
    "contains": lambda part, text: as_text(part) in as_text(text),
    "hasPrefix": lambda part, text: as_text(text).startswith(as_text(part)),
    "hasSuffix": lambda part, text: as_text(text).endswith(as_text(part)),
    "join": lambda sign, values: as_text(sign).join(map(as_text, values)),
    "eq": _equal,
    "ne": lambda one, other: one is not UNKNOWN and one != other,
    "not": lambda value: value is not UNKNOWN and not value,
    "and": lambda *values: next((v for v in values if not is_true(v)), values[-1]),
    "or": lambda *values: next((v for v in values if is_true(v)), values[-1]),
    "empty": lambda value: not is_true(value),
    "ternary": lambda yes, no, test: yes if is_true(test) else no,
    "hasKey": _has_key,
    "index": _index,
    "get": _index,
    "dict": _dict,
    "merge": _merge,
    "mergeOverwrite": lambda *maps: _merge(*reversed(maps)),
    "list": lambda *values: list(values[:_MAX_LIST]),
    "int": _whole,
    "int64": _whole,
    "len": lambda value: len(value),
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
    "keys": lambda value: sorted(map(str, value)),
    "add": lambda *values: sum(values),
    "gt": lambda one, other: one > other,
    "lt": lambda one, other: one < other,
    "ge": lambda one, other: one >= other,
    "le": lambda one, other: one <= other,
    "kindIs": lambda kind, value: (
        kind == {str: "string", dict: "map", list: "slice", bool: "bool", int: "int"}.get(type(value), "")
    ),
}
"""By name; wrong arguments may raise TypeError, ValueError, IndexError or AttributeError."""
