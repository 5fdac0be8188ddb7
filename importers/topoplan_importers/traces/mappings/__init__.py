"""Mappings: where a table of spans that something else wrote has what the span table needs.

A mapping is a TOML file in a small vocabulary. A *path* is a column, or a list of a column and what to look up in it:
fields of a struct, keys of a map, members of JSON. What the attributes mean is not in it: `conventions` tells.
"""

from __future__ import annotations

from pathlib import Path as File
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

VERSION = 1
_FOLDER = File(__file__).parent

Path: TypeAlias = str | list[str]


class First(Struct, forbid_unknown_fields=True):
    """The first of some places that holds anything."""

    first: list[Path]


Text: TypeAlias = Path | First


class Time(Struct, forbid_unknown_fields=True):
    """A time since 1970 or, for durations, a length of time; with `timestamp` a column of that SQL type."""

    path: Path
    unit: Literal["ns", "us", "ms", "s", "timestamp"]


class Links(Struct, forbid_unknown_fields=True):
    """Links of a span: two arrays of ids, or where there is `within`, an array of structs with these fields."""

    trace: str
    span: str
    within: Path | None = None


class Mapping(Struct, forbid_unknown_fields=True, kw_only=True):
    """One kind of table. Spans end at `end` or take `duration`; rows are spans where each column of `where` has one of
    the values. Kinds and statuses may be OpenTelemetry's numbers or names, in any case and with or without prefix."""

    version: Literal[1]
    about: str
    table: str = ""
    """Its usual name."""
    trace: Text
    id: Text
    parent: Text
    name: Text
    kind: Text
    service: Text
    criticality: Text | None = None
    status: Text | None = None
    state: Text | None = None
    """W3C trace state, which may tell of sampling."""
    attributes: Path
    """Attributes of the span: a map, JSON, or a struct."""
    resource: Path | None = None
    """The same of its resource, looked at for what tells of tests."""
    start: Time
    end: Time | None = None
    duration: Time | None = None
    links: Links | None = None
    where: dict[str, list[str]] = {}


def names() -> tuple[str, ...]:
    """Mappings that come with topoplan."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def named(name: str) -> Mapping:
    """One of `names()`. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return parse((_FOLDER / f"{name}.toml").read_bytes())


def parse(content: bytes) -> Mapping:
    """The mapping in a TOML file. Raises ValueError, saying what is wrong with it."""
    try:
        mapping = msgspec.toml.decode(content, type=Mapping)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
    if mapping.end is not None and mapping.duration is not None:
        raise ValueError("has both end and duration")
    if any(path == [] for path in _paths(mapping)):
        raise ValueError("has an empty path")
    return mapping


def _paths(mapping: Mapping) -> list[Path]:
    texts = (
        mapping.trace, mapping.id, mapping.parent, mapping.name, mapping.kind, mapping.service, mapping.criticality,
        mapping.status, mapping.state, mapping.attributes, mapping.resource,
    )  # fmt: skip
    times = (mapping.start, mapping.end, mapping.duration)
    within = mapping.links.within if mapping.links is not None else None
    found = [text.first or [[]] if isinstance(text, First) else [text] for text in (*texts, within) if text is not None]
    return [path for paths in found for path in paths] + [time.path for time in times if time is not None]
