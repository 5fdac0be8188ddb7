"""What a reader of one version of an Avro schema cannot read of another (Avro 1.12, "Schema Resolution").

Of a message the new version is the reader of what was written before; beyond the specification's rules for that, a
field that is gone breaks readers of the old version that have no default for it. Aliases of either version count, and
so does a changed logical type, which leaves the bytes readable and changes what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from topoplan.model.change import BreakKind
from topoplan.model.text import clean
from topoplan_importers.avro.schemas import MAX_DEPTH, RECORDS, AvroField, AvroType, Schema

MAX_STEPS = 20_000
"""Types compared of one change; what lies beyond is not told."""
_PROMOTED = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
    "bytes": ("string",),
}
"""What else a reader may read a written type as."""


class Problem(NamedTuple):
    """One thing that cannot be read. `detail` begins with the field it is about."""

    kind: BreakKind
    detail: str


def message_problems(before: Schema, after: Schema, old: AvroType, new: AvroType) -> frozenset[Problem]:
    """What breaks when the record `old` of messages becomes `new`."""
    backward = unreadable(before, after, old.fields, new.fields, BreakKind.FIELD_REQUIRED)
    forward = unreadable(after, before, new.fields, old.fields, BreakKind.FIELD_REMOVED)
    return backward | {problem for problem in forward if problem.kind is BreakKind.FIELD_REMOVED}


def unreadable(
    writer: Schema, reader: Schema, written: tuple[AvroField, ...], read: tuple[AvroField, ...], missing: BreakKind
) -> frozenset[Problem]:
    """What stops reading fields of `writer` by those of `reader`; `missing` is the kind of a field that only the reader
    has, without a default."""
    return frozenset(_Resolution(writer, reader, missing).fields(written, read, "", 0))


def same_record(old: AvroType, new: AvroType) -> bool:
    """Whether they go by one name: unqualified, or by an alias."""
    if _simple(old.name) == _simple(new.name):
        return True
    return old.name in new.aliases or new.name in old.aliases


class _Resolution:
    def __init__(self, writer: Schema, reader: Schema, missing: BreakKind) -> None:
        self._writer = writer
        self._reader = reader
        self._missing = missing
        self._seen: set[tuple[str, str]] = set()
        self._steps = 0

    def fields(
        self, written: tuple[AvroField, ...], read: tuple[AvroField, ...], within: str, depth: int
    ) -> Iterator[Problem]:
        by_name = {field.name: field for field in written}
        by_alias = {alias: field for field in written for alias in field.aliases}
        for field in read:
            names = (field.name, *field.aliases)
            meant = next((by_name[name] for name in names if name in by_name), by_alias.get(field.name))
            if meant is not None:
                yield from self._types(meant.type, field.type, within + field.name, depth + 1)
            elif not field.has_default:
                yield Problem(self._missing, clean(within + field.name))

    def _types(self, written: AvroType, read: AvroType, path: str, depth: int) -> Iterator[Problem]:
        self._steps += 1
        if depth > MAX_DEPTH or self._steps > MAX_STEPS:
            return
        written, read = self._writer.settled(written), self._reader.settled(read)
        if not written.kind or not read.kind:
            return
        if "union" in (written.kind, read.kind):
            yield from self._unions(written, read, path, depth)
        elif not _matches(written, read):
            yield Problem(BreakKind.TYPE_CHANGED, clean(f"{path}: {_told(written)} to {_told(read)}"))
        elif written.kind in RECORDS:
            yield from self._records(written, read, path, depth)
        elif written.kind == "enum":
            for symbol in () if read.has_default else sorted(set(written.symbols) - set(read.symbols)):
                yield Problem(BreakKind.VALUE_UNKNOWN, clean(f"{path}: {symbol}"))
        elif written.parts:
            inside = path + "[]" if written.kind == "array" else path
            yield from self._types(written.parts[0], read.parts[0], inside, depth + 1)
        elif written.logical and read.logical and written.logical != read.logical:
            yield Problem(BreakKind.TYPE_CHANGED, clean(f"{path}: {written.logical} to {read.logical}"))

    def _records(self, written: AvroType, read: AvroType, path: str, depth: int) -> Iterator[Problem]:
        pair = (written.name, read.name)
        # Each pair once: a record may hold itself, and what holds it in many places would tell the same of each.
        if pair not in self._seen:
            self._seen.add(pair)
            yield from self.fields(written.fields, read.fields, path + ".", depth)

    def _unions(self, written: AvroType, read: AvroType, path: str, depth: int) -> Iterator[Problem]:
        """Every branch that may be written needs one that reads it: the same type before one it is promoted to."""
        readers = [self._reader.settled(part) for part in _branches(read)]
        if any(not branch.kind for branch in readers):
            return
        known: dict[str, AvroType] = {}
        for branch in readers:
            for key in (_key(branch), *map(_simple, branch.aliases)):
                known.setdefault(key, branch)
        for part in _branches(written):
            branch = self._writer.settled(part)
            keys = (_key(branch), *map(_simple, branch.aliases), *_PROMOTED.get(branch.kind, ()))
            meant = next((known[key] for key in keys if key in known), None)
            if meant is not None:
                yield from self._types(branch, meant, path, depth + 1)
            elif branch.kind:
                yield Problem(BreakKind.VALUE_UNKNOWN, clean(f"{path}: {_told(branch)}"))


def _matches(written: AvroType, read: AvroType) -> bool:
    if written.kind in RECORDS and read.kind in RECORDS:
        return same_record(written, read)
    if written.kind != read.kind:
        return read.kind in _PROMOTED.get(written.kind, ())
    if written.kind == "fixed" and written.size != read.size:
        return False
    return not written.name or same_record(written, read)


def _branches(kind: AvroType) -> tuple[AvroType, ...]:
    return kind.parts if kind.kind == "union" else (kind,)


def _key(kind: AvroType) -> str:
    """What tells a branch from the others of its union; no primitive's name is allowed for a named type."""
    return _simple(kind.name) or kind.kind


def _simple(name: str) -> str:
    return name.rpartition(".")[2]


def _told(kind: AvroType) -> str:
    return _simple(kind.name) or kind.kind
