"""Guarded reading of YAML, JSON and XML: bounded work, no surprises, a place for every value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml

from topoplan.errors import DocumentError
from topoplan.model.facts import Notice


class YamlMap(dict[str, Any]):
    """A YAML mapping with string keys. `line` is where it starts, `lines` where each key stands; both count from 1."""

    __slots__ = ("line", "lines")
    line: int
    lines: dict[str, int]


class YamlList(list[Any]):
    """A YAML sequence; `line` is where it starts, `lines` where each item starts."""

    __slots__ = ("line", "lines")
    line: int
    lines: list[int]


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed document: `value` in builtins (mappings are `YamlMap`, sequences `YamlList` when it was YAML), and what
    a person should know of it (duplicate keys, a merge of a non-mapping)."""

    value: Any
    notices: tuple[Notice, ...] = ()


def line_of(container: Any, key: str | int) -> int:
    """Line of `key` in a YamlMap or of item `key` in a YamlList; 0 for anything else."""
    lines = getattr(container, "lines", None)
    if lines is None:
        return 0
    try:
        return int(lines[key])
    except (KeyError, IndexError):
        return 0


def load_yaml_all(data: bytes, path: str) -> tuple[Document, ...]:
    """All documents of a YAML stream. Raises DocumentError with file and line."""
    try:
        return tuple(Document(_lined(v)) for v in yaml.load_all(data, Loader=yaml.CBaseLoader))
    except yaml.YAMLError as error:
        raise DocumentError(str(error).split("\n")[0], slug="yaml-malformed", where=path) from None


def _lined(value: Any) -> Any:  # a stand-in until the event-stream loader is in place
    if isinstance(value, dict):
        made = YamlMap({k: _lined(v) for k, v in value.items()})
        made.line, made.lines = 0, {}
        return made
    if isinstance(value, list):
        seq = YamlList([_lined(v) for v in value])
        seq.line, seq.lines = 0, []
        return seq
    return value


def load_json(data: bytes, path: str) -> Document:
    """One JSON document. Raises DocumentError with file and place."""
    try:
        return Document(json.loads(data.decode("utf-8-sig")))
    except ValueError as error:
        raise DocumentError(str(error), slug="json-malformed", where=path) from None
