"""Which service a file speaks for: the one whose code folder or mount holds it most closely."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from topoplan.graph.entity import Entity


class Folders:
    """The folders and mounts of all services."""

    def __init__(self) -> None:
        self._built: dict[str, list[Entity]] = defaultdict(list)
        self._mounted: dict[str, list[Entity]] = defaultdict(list)

    def give(self, entity: Entity, folder: str) -> None:
        """The service's code lives in `folder`."""
        if folder not in entity.folders:
            entity.folders.add(folder)
            self._built[folder].append(entity)

    def mount(self, entity: Entity, path: str) -> None:
        """The file or folder at `path` is mounted into the service."""
        if entity not in self._mounted[path]:
            self._mounted[path].append(entity)

    def is_held(self, path: str) -> bool:
        """Whether any service's code folder or mount holds the file."""
        return any(own in self._built or own in self._mounted for own in (path, *above(path)))

    def holds_code(self, folder: str) -> bool:
        """Whether the code folder of a service is or lies in `folder`."""
        return nested({folder}, set(self._built))

    def reading(self, path: str) -> Entity | None:
        """The service a file speaks for: the one whose code folder or mount holds it most closely, if there is exactly
        one. What is built from a folder goes before what mounts it."""
        for own in (path, *above(path)):
            holders = self._built.get(own) or self._mounted.get(own)
            if holders:
                return holders[0] if len(holders) == 1 else None
        return None

    def around(self, folder: str) -> Entity | None:
        """The service whose code folder holds `folder`: the deepest one, if there is exactly one."""
        for own in (folder or ".", *above(folder)):
            holders = self._built.get(own)
            if holders:
                return holders[0] if len(holders) == 1 else None
        return None


def above(folder: str) -> Iterator[str]:
    """The folders that hold `folder`, the nearest first, up to the current one."""
    while folder not in ("", ".", "/"):
        folder = posixpath.dirname(folder) or "."
        yield folder


def nested(some: set[str], others: set[str]) -> bool:
    """Whether a folder of one set is, holds or lies in a folder of the other."""
    return any(a == b or a.startswith(b + "/") or b.startswith(a + "/") for a in some for b in others)
