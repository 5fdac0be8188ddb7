"""Ways into a parsed document that keep the place of every value."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from topoplan.importing.documents import line_of
from topoplan.model.place import Where

_MAX_DEPTH = 60


class Tree(Struct, frozen=True):
    """One value of a document, and where it stands: by line in YAML, else by pointer."""

    value: object
    where: Where

    def at(self, *keys: str) -> Tree:
        """What lies under a path of keys; a value of None where the path ends early."""
        found = self
        for key in keys:
            held = found.value
            found = found._child(key, held[key]) if isinstance(held, dict) and key in held else Tree(None, found.where)
        return found

    def entries(self) -> Iterator[tuple[str, Tree]]:
        """Entries of a mapping in order; none for anything else."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield str(key), self._child(key, value)

    def each(self) -> Iterator[Tree]:
        """Items of a list in order; none for anything else."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield self._child(number, value)

    @property
    def text(self) -> str:
        """The text of a string or number; empty for anything else."""
        if isinstance(self.value, str):
            return str(self.value)
        return str(self.value) if isinstance(self.value, int) and not isinstance(self.value, bool) else ""

    def walk(self, depth: int = _MAX_DEPTH) -> Iterator[tuple[str, Tree]]:
        """All entries of all mappings below, outermost first."""
        for key, entry in self.entries():
            yield key, entry
            if depth:
                yield from entry.walk(depth - 1)
        for entry in self.each():
            if depth:
                yield from entry.walk(depth - 1)

    def leaves(self, name: str = "", depth: int = _MAX_DEPTH) -> Iterator[tuple[str, Tree]]:
        """All texts below under the dotted names that properties files use: `a.b[0].c`."""
        for key, entry in self.entries():
            if depth:
                yield from entry.leaves(f"{name}.{key}" if name else key, depth - 1)
        for number, entry in enumerate(self.each()):
            if depth:
                yield from entry.leaves(f"{name}[{number}]", depth - 1)
        if self.text:
            yield name, self

    def _child(self, key: object, value: object) -> Tree:
        line = line_of(self.value, key) if isinstance(key, str | int) else 0
        if line or self.where.line:
            return Tree(value, Where(self.where.path, line or self.where.line))
        escaped = str(key).replace("~", "~0").replace("/", "~1")
        return Tree(value, Where(self.where.path, pointer=f"{self.where.pointer}/{escaped}"))
