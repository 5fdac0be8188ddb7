"""One service as one file writes it, in one form, and how such layers are laid over each other.

Every value keeps its file and line. After the "Merge" chapter of the Compose Specification: single values and commands
are replaced, mappings are merged by key, lists are joined; `!reset` drops what lies below, `!override` replaces it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from topoplan.importing.documents import tag_of
from topoplan.model.place import Where
from topoplan_importers.places import at

Fill: TypeAlias = Callable[[str], str]

SCALARS = ("image", "hostname", "container_name", "network_mode")
MAPPINGS = ("environment", "labels", "depends_on", "links", "external_links", "extra_hosts", "aliases", "build_args")
REPLACED = ("command", "entrypoint", "healthcheck")
LISTS = ("ports", "expose", "env_file", "profiles", "configs", "secrets", "volumes")


class Entry(Struct, frozen=True):
    """One written value; None where a name stands without one."""

    text: str | None
    where: Where


class EnvFile(Entry, frozen=True):
    """One env file, below `folder`; `raw` ones are not interpolated, those not `required` may be missing."""

    folder: str = "."
    raw: bool = False
    required: bool = True


class Build(Struct, frozen=True):
    """Where an image is built from: shown paths, None when outside the roots."""

    context: str | None
    dockerfile: str


class Layer(Struct, frozen=True):
    """What one file, or several merged ones, say of one service. Keys of the groups are the constants above."""

    where: Where
    scalars: Mapping[str, Entry] = field(default_factory=dict)
    mappings: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    lists: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    build: Build | None = None
    dropped: frozenset[str] = frozenset()
    """Groups of which nothing below counts: tagged `!reset` or `!override`."""
    removed: frozenset[tuple[str, str]] = frozenset()
    """Single keys tagged `!reset`, as (group, key)."""

    def scalar(self, name: str) -> str:
        entry = self.scalars.get(name)
        return entry.text or "" if entry else ""

    def mapping(self, name: str) -> Mapping[str, Entry]:
        return self.mappings.get(name, {})

    def listed(self, name: str) -> tuple[Entry, ...]:
        return self.lists.get(name, ())


def over(upper: Layer, lower: Layer) -> Layer:
    """`upper` laid over `lower`."""
    mappings = {}
    for group in MAPPINGS:
        below = (
            {}
            if group in upper.dropped
            else {k: v for k, v in lower.mapping(group).items() if (group, k) not in upper.removed}
        )
        mappings[group] = {**below, **upper.mapping(group)}
    lists = {}
    for group in (*REPLACED, *LISTS):
        mine, theirs = upper.listed(group), lower.listed(group)
        if group in REPLACED:
            lists[group] = mine if group in upper.lists or group in upper.dropped else theirs
        else:
            kept = () if group in upper.dropped else theirs
            known = {e.text for e in kept}
            lists[group] = (*kept, *(e for e in mine if e.text not in known))
    scalars = {k: v for k, v in lower.scalars.items() if k not in upper.dropped}
    build = upper.build or (None if "build" in upper.dropped else lower.build)
    return replace(upper, scalars={**scalars, **upper.scalars}, mappings=mappings, lists=lists, build=build)


def text_of(value: object) -> str | None:
    """A YAML scalar as compose would write it; None for null and for anything that is no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return None


def strings(value: object, where: Where, fill: Fill) -> Iterator[Entry]:
    """Entries of a list, or of a single scalar standing for a list of one."""
    if not isinstance(value, list):
        text = text_of(value)
        if text is not None:
            yield Entry(fill(text), where)
        return
    for index, item in enumerate(value):
        text = text_of(item)
        if text is not None:
            yield Entry(fill(text), at(where, value, index))


def pairs(value: object, where: Where, fill: Fill, separators: str = "=") -> Iterator[tuple[str, Entry, str]]:
    """(key, entry, tag) of a mapping, or of a list of `key=value` strings."""
    if isinstance(value, dict):
        for key, item in value.items():
            text = text_of(item)
            yield str(key), Entry(None if text is None else fill(text), at(where, value, key)), tag_of(item)
    elif isinstance(value, list):
        for entry in strings(value, where, fill):
            text = entry.text or ""
            cut = min((i for i in map(text.find, separators) if i >= 0), default=-1)
            if cut < 0:
                yield text.strip(), Entry(None, entry.where), ""
            else:
                yield text[:cut].strip(), Entry(text[cut + 1 :], entry.where), ""


def command(value: object, where: Where, fill: Fill) -> tuple[Entry, ...]:
    """Words of a command line, written as a list or as one string."""
    if isinstance(value, list):
        return tuple(strings(value, where, fill))
    text = text_of(value)
    if text is None:
        return ()
    try:
        words = shlex.split(fill(text))
    except ValueError:
        words = fill(text).split()
    return tuple(Entry(word, where) for word in words)
