"""Values laid together from several files, each entry of which remembers its own file and line."""

from __future__ import annotations

from typing import Any

from topoplan.importing.documents import YamlList, YamlMap, line_of
from topoplan.model.place import Where
from topoplan_importers import places


class PlacedMap(YamlMap):
    """A mapping of several files; `paths` tells the file of each key, as `lines` does the line."""

    __slots__ = ("paths",)
    paths: dict[str, str]


class PlacedList(YamlList):
    """The same for a sequence."""

    __slots__ = ("paths",)
    paths: list[str]


def at(where: Where, container: object, key: str | int) -> Where:
    """The place of one item, in the file it comes from."""
    path = path_of(container, key, where.path)
    return places.at(where, container, key) if path == where.path else Where(path, line_of(container, key))


def path_of(container: object, key: str | int, otherwise: str) -> str:
    """The file an item of a container comes from; `otherwise` where the container lies in one file."""
    if isinstance(container, PlacedMap) and isinstance(key, str):
        return container.paths.get(key, otherwise)
    if isinstance(container, PlacedList) and isinstance(key, int) and key < len(container.paths):
        return container.paths[key]
    return otherwise


def made_map(entries: dict[str, tuple[Any, str, int]]) -> PlacedMap:
    """A mapping of (value, file, line) by key."""
    made = PlacedMap((key, value) for key, (value, _, _) in entries.items())
    made.line, made.tag = 0, ""
    made.paths = {key: path for key, (_, path, _) in entries.items()}
    made.lines = {key: line for key, (_, _, line) in entries.items()}
    return made


def made_list(items: list[tuple[Any, str, int]]) -> PlacedList:
    """A sequence of (value, file, line)."""
    made = PlacedList(value for value, _, _ in items)
    made.line, made.tag = 0, ""
    made.paths, made.lines = [path for _, path, _ in items], [line for _, _, line in items]
    return made


def entries_of(value: dict[str, Any], path: str) -> dict[str, tuple[Any, str, int]]:
    """What `made_map` takes, of a mapping in `path`."""
    return {key: (item, path_of(value, key, path), line_of(value, key)) for key, item in value.items()}


def items_of(value: list[Any], path: str) -> list[tuple[Any, str, int]]:
    """What `made_list` takes, of a sequence in `path`."""
    return [(item, path_of(value, number, path), line_of(value, number)) for number, item in enumerate(value)]


def stamped(value: object, path: str, before: int = 0) -> Any:
    """A copy whose every container knows its file. `before`: lines of that file above the first of the value; where
    the value has no lines of its own, as in JSON, `before` is the line of all of it."""
    return _stamped(value, path, before, {})


def _stamped(value: object, path: str, before: int, known: dict[int, Any]) -> Any:
    """`known`: copies by the identity of their originals, so that what aliases share stays shared."""
    if not isinstance(value, dict | list):
        return value
    if id(value) not in known:
        if isinstance(value, dict):
            known[id(value)] = made_map(
                {k: (_stamped(v, path, before, known), path, line_of(value, k) + before) for k, v in value.items()}
            )
        else:
            known[id(value)] = made_list(
                [(_stamped(v, path, before, known), path, line_of(value, n) + before) for n, v in enumerate(value)]
            )
    return known[id(value)]
