"""Whose file it is: changed paths of one repository attributed to services by their folders and specifications."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Part(StrEnum):
    """What of a service changed."""

    CODE = "code"
    INTERFACE = "interface"


class Owner(NamedTuple):
    """One part of one service."""

    service: str
    part: Part


# Nobody writes these by hand: their lines would drown the lines people change.
_GENERATED_FILE = re.compile(
    r"(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.(?:work\.)?sum|packages\.lock\.json|bun\.lockb"
    r"|gradle\.lockfile|package\.resolved|.+\.lock|.+\.min\.(?:js|css)|.+\.(?:js|css)\.map"
    r"|.+\.pb\.(?:go|cc|h)|.+_pb2(?:_grpc)?\.pyi?|.+_pb\.(?:js|d\.ts)|.+\.g\.cs|.+\.designer\.cs|.+\.snap)",
    re.IGNORECASE,
)
_VENDORED_FOLDERS = frozenset({"node_modules", "vendor", "third_party", "bower_components", ".yarn", "dist"})


def is_generated(path: str) -> bool:
    """Whether a file is a lock file, generated, minified or somebody else's, by its name and folders alone."""
    folder, name = posixpath.split(path)
    return _GENERATED_FILE.fullmatch(name) is not None or not _VENDORED_FOLDERS.isdisjoint(folder.split("/"))


class Ownership:
    """Folders and specifications of the services in one repository.

    `folders` and `specs` map a path relative to its top (empty: the top itself) to ids of services. A file belongs to
    the deepest folder that holds it; a specification belongs to the interface and to no code.
    """

    def __init__(self, folders: Mapping[str, frozenset[str]], specs: Mapping[str, frozenset[str]]) -> None:
        self._folders = {path: _owners(ids, Part.CODE) for path, ids in folders.items()}
        self._specs = {path: _owners(ids, Part.INTERFACE) for path, ids in specs.items()}
        self._by_folder: dict[str, tuple[Owner, ...]] = {}

    def of(self, path: str) -> tuple[Owner, ...]:
        """Owners of a file, sorted; none for generated files and for files outside every folder."""
        if path in self._specs:
            return self._specs[path]
        folder = posixpath.dirname(path)
        found = self._by_folder.get(folder)
        if found is None:
            found = self._by_folder[folder] = self._deepest(folder)
        return () if not found or is_generated(path) else found

    def _deepest(self, folder: str) -> tuple[Owner, ...]:
        while folder and folder not in self._folders:
            folder = posixpath.dirname(folder)
        return self._folders.get(folder, ())


def _owners(ids: frozenset[str], part: Part) -> tuple[Owner, ...]:
    return tuple(Owner(service, part) for service in sorted(ids))
