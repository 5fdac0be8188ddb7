"""Strict reading of a configuration document into structs, driven by their types and nothing else.

Unlike `topoplan.model.codec`, which reads what topoplan itself wrote, this reads what a person wrote: an unknown key
or an impossible value is an error with a place and a hint, never ignored.
"""

from __future__ import annotations

import difflib
import math
import posixpath
from collections.abc import Iterable
from datetime import date
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from topoplan.config.settings import FilePath, Glob, IsoDate, OneOf, Range
from topoplan.errors import ConfigError
from topoplan.importing.yaml_values import line_of
from topoplan.model.text import clean

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


class Decoder:
    """Decodes the values of one file. `path` is its shown path, whose folder paths in it are relative to; `below` is
    that folder seen from the one patterns count from, empty when it is the same or not below it."""

    def __init__(self, path: str, below: str = "") -> None:
        self._path = path
        self._folder = posixpath.dirname(path)
        self._below = below

    def decode(self, kind: Any, data: Any, key: str = "", line: int = 0) -> Any:
        """Build a `kind` from parsed YAML. Raises ConfigError naming the line and the dotted key that does not fit."""
        origin = get_origin(kind)
        if origin is Annotated:
            inner, *rules = get_args(kind)
            return self._checked(self.decode(inner, data, key, line), rules, key, line)
        if origin in (Union, UnionType):
            return self.decode(next(a for a in get_args(kind) if a is not type(None)), data, key, line)
        if origin is tuple:
            return self._items(get_args(kind)[0], data, key, line)
        if origin is dict:
            keys, values = get_args(kind)
            return self._entries(keys, values, data, key, line)
        if isinstance(kind, type) and issubclass(kind, Struct):
            return self._fields(kind, data, key, line)
        return self._scalar(kind, data, key, line)

    def fail(self, message: str, key: str, line: int, *, slug: str = "config-invalid", hint: str = "") -> ConfigError:
        """The error for a value: callers raise it."""
        where = f"{self._path}:{line}" if line else self._path
        return ConfigError(f"{key}: {message}" if key else message, slug=slug, where=where, hint=hint)

    def _scalar(self, kind: type[Any], data: Any, key: str, line: int) -> Any:
        if kind is float and isinstance(data, int) and not isinstance(data, bool):
            data = float(data)
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            quote = "put it in quotes" if kind is str and isinstance(data, bool | int | float) else ""
            raise self.fail(f"expected {_NAMES[kind]}, found {_described(data)}", key, line, hint=quote)
        if isinstance(data, float) and not math.isfinite(data):
            raise self.fail("expected a number, found infinity or not-a-number", key, line)
        return str(data) if kind is str else data  # a tagged text comes as a subclass

    def _checked(self, value: Any, rules: Iterable[object], key: str, line: int) -> Any:
        for rule in rules:
            if isinstance(rule, Range) and not rule.allows(value):
                raise self.fail(f"expected {rule}, found {value:g}", key, line)
            if isinstance(rule, OneOf) and value not in rule.words:
                message = f"expected one of {', '.join(rule.words)}, found {_quoted(value)}"
                raise self.fail(message, key, line, hint=did_you_mean(value, rule.words))
            if isinstance(rule, IsoDate) and not _is_day(value):
                raise self.fail(f"expected a day as 2026-12-31, found {_quoted(value)}", key, line)
            if isinstance(rule, FilePath) and value:
                value = posixpath.normpath(posixpath.join(self._folder, value))
            if isinstance(rule, Glob):
                value = self._anchored(value)
        return value

    def _anchored(self, pattern: str) -> str:
        """The same files seen from above: only a pattern with a slash before its end is bound to a folder."""
        negation, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
        if not self._below or "/" not in body.rstrip("/"):
            return pattern
        return f"{negation}/{self._below}/{body.lstrip('/')}"

    def _items(self, kind: Any, data: Any, key: str, line: int) -> tuple[Any, ...]:
        if not isinstance(data, list):
            hint = "write it in brackets: [value], as a list" if isinstance(data, str | int | float) else ""
            raise self.fail(f"expected a list, found {_described(data)}", key, line, hint=hint)
        return tuple(self.decode(kind, item, f"{key}[{i}]", line_of(data, i) or line) for i, item in enumerate(data))

    def _entries(self, keys: type[Any], values: Any, data: Any, key: str, line: int) -> dict[Any, Any]:
        found = {}
        for name, value in self._mapping(data, key, line).items():
            place = line_of(data, name) or line
            at = f"{key}.{clean(name)}"
            word = self._member(keys, name, key, place) if issubclass(keys, Enum) else name
            found[word] = self.decode(values, value, at, place)
        return found

    def _member(self, kind: type[Enum], name: str, key: str, line: int) -> Enum:
        words = [str(member.value) for member in kind]
        if name not in words:
            raise self._unknown(kind.__name__.lower(), name, words, key, line)
        return kind(name)

    def _fields(self, kind: Any, data: Any, key: str, line: int) -> Any:
        hints = writable_fields(kind)
        values = {}
        for name, value in self._mapping(data, key, line).items():
            place = line_of(data, name) or line
            if name not in hints:
                raise self._unknown("key", name, hints, key, place)
            values[name] = self.decode(hints[name], value, f"{key}.{name}" if key else name, place)
        return kind(**values)

    def _unknown(self, what: str, name: str, known: Iterable[str], key: str, line: int) -> ConfigError:
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        return self.fail(f"unknown {what} {_quoted(name)}", key, line, slug="config-unknown-key", hint=hint)

    def _mapping(self, data: Any, key: str, line: int) -> dict[str, Any]:
        if data is None:  # a section whose lines are all comments
            return {}
        if not isinstance(data, dict):
            raise self.fail(f"expected keys and values, found {_described(data)}", key, line)
        return data


def writable_fields(kind: Any) -> dict[str, Any]:
    """The keys a person may write for a settings class, in order, with their types; `path` is the loader's own."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name in kind.__struct_fields__ if name != "path"}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word.casefold(), list(known), n=1)
    return f"did you mean {near[0]}?" if near else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _quoted(text: str) -> str:
    return f"'{clean(text, 60)}'"


def _described(data: Any) -> str:
    """What a person wrote, in words; never the value itself, which may be a secret."""
    if data is None:
        return "nothing"
    if isinstance(data, dict):
        return "keys and values"
    if isinstance(data, list):
        return "a list"
    return _NAMES.get(type(data), type(data).__name__)
