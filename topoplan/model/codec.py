"""Model values to JSON-ready builtins and back, by the fields of the structs.

Both directions live here so that they cannot drift apart: `decode(T, encode(x)) == x` for every model value.
Derived properties named in a class's `json_extra` are written for readers and ignored when reading. `Where` is
written as its text form. Empty defaults are kept, so every document of one version has the same keys.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache, partial
from math import isfinite
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import asdict, fields

from topoplan.errors import DocumentError
from topoplan.model.place import Where

T = TypeVar("T")

_PLAIN = frozenset((str, int, bool, type(None)))


def encode(value: Any) -> Any:
    """Return builtins (dict, list, str, int, float, bool, None) for a model value, or for builtins that hold some;
    what holds nothing but plain values may stay a tuple.

    Raises ValueError for NaN and infinities, which JSON has not: they are bugs, not values.
    """
    kind: Any = type(value)
    return value if kind in _PLAIN else _encoder(kind)(value)  # first, since most of a large report is


def members(value: Any) -> dict[str, Any]:
    """The object a document has for a struct of the model, with the values of its keys not encoded yet."""
    kind: Any = type(value)
    return {name: getattr(value, name) for name in (*_names(kind), *_extra(kind))}


@cache
def _encoder(kind: Any) -> Callable[[Any], Any]:
    """What encodes values of this type, none of which is plain."""
    if kind is Where:
        return str
    if kind is float:
        return _finite
    if issubclass(kind, (tuple, list)):
        return _encoded_items
    if issubclass(kind, dict):
        return lambda entries: {key: encode(item) for key, item in entries.items()}
    if issubclass(kind, Enum):
        return lambda member: member.value
    if issubclass(kind, Struct):
        return partial(_encoded_members, _checked(kind), _extra(kind))
    return lambda value: value


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError(f"{value} is no number in JSON")
    return value


def _encoded_members(checked: Sequence[str], extra: Sequence[str], value: Struct) -> dict[str, Any]:
    found = asdict(value)
    for name in extra:
        found[name] = getattr(value, name)
    for name in checked:
        found[name] = encode(found[name])
    return found


def _checked(kind: Any) -> tuple[str, ...]:
    """Members that may hold what is not plain. Histograms never do, and are most of a graph of large traces."""
    hints = _hints(kind)
    return (*(name for name in _names(kind) if not _is_plain(hints[name])), *_extra(kind))


def _is_plain(hint: Any) -> bool:
    return hint in _PLAIN or (
        get_origin(hint) in (Union, types.UnionType, tuple)
        and all(part is Ellipsis or _is_plain(part) for part in get_args(hint))
    )


def _encoded_items(items: Sequence[Any]) -> list[Any]:
    kinds = set(map(type, items))
    if kinds <= _PLAIN:
        return list(items)
    if len(kinds) == 1:
        return list(map(_encoder(kinds.pop()), items))
    return [encode(item) for item in items]


def decode(kind: type[T], data: Any, pointer: str = "") -> T:
    """Build a `kind` from builtins. Unknown keys are ignored, absent keys take the field's default.

    Raises DocumentError naming the JSON Pointer of the first value that does not fit.
    """
    return _decode(kind, data, pointer)  # type: ignore[no-any-return]


def _decode(kind: Any, data: Any, pointer: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        members = [m for m in get_args(kind) if m is not type(None)]
        if data is None and len(members) < len(get_args(kind)):
            return None
        return _decode(members[0], data, pointer)
    if origin is tuple:
        return _decode_tuple(get_args(kind), data, pointer)
    if kind is Where:
        return Where.parse(_check(str, data, pointer))
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError:
            raise _misfit(f"one of {', '.join(str(m.value) for m in kind)}", data, pointer) from None
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _decode_fields(kind, data, pointer)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _check(kind, data, pointer)


def _decode_tuple(args: tuple[Any, ...], data: Any, pointer: str) -> tuple[Any, ...]:
    items = _check(list, data, pointer)
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_decode(args[0], item, f"{pointer}/{i}") for i, item in enumerate(items))
    if len(items) != len(args):
        raise _misfit(f"a list of {len(args)}", data, pointer)
    return tuple(_decode(arg, item, f"{pointer}/{i}") for i, (arg, item) in enumerate(zip(args, items, strict=True)))


def _decode_fields(kind: Any, data: Any, pointer: str) -> Any:
    mapping = _check(dict, data, pointer)
    hints = _hints(kind)
    values = {
        name: _decode(hints[name], mapping[name], f"{pointer}/{name}") for name in _names(kind) if name in mapping
    }
    try:
        return kind(**values)
    except TypeError:
        missing = [own.name for own in fields(kind) if own.required and own.name not in values]
        raise _misfit(f"an object with {', '.join(missing)}", data, pointer) from None


def _check(kind: type[Any], data: Any, pointer: str) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise _misfit(kind.__name__, data, pointer)
    return data


def _misfit(wanted: str, data: Any, pointer: str) -> DocumentError:
    return DocumentError(f"expected {wanted}, found {type(data).__name__}", slug="saved-misfit", where=f"#{pointer}")


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return kind.__struct_fields__  # type: ignore[no-any-return]


@cache
def _extra(kind: Any) -> tuple[str, ...]:
    """Derived properties, which follow the fields."""
    return getattr(kind, "json_extra", ())


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)
