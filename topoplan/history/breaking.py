"""What an interface's new version takes from consumers of the old one: pure comparison of operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from topoplan.model.change import Break, BreakKind
from topoplan.model.operation import MESSAGE_METHODS, Field, FieldPlace, Operation

_VARIABLE = re.compile(r"\{[^{}]*\}")
_SUPPLIED = frozenset({FieldPlace.REQUEST, FieldPlace.QUERY, FieldPlace.HEADER, FieldPlace.COOKIE})
_NARROWER = ("integer", "number")


def breaks(before: Sequence[Operation], after: Sequence[Operation]) -> tuple[Break, ...]:
    """Every incompatible difference, sorted, each told once at its highest level: a removed path names no methods'
    fields, a removed object no members. Names of path variables do not matter."""
    new = {(_shape(o.path), o.method): o for o in after}
    new_paths = {path for path, _ in new}
    found: set[Break] = set()
    for operation in before:
        path = _shape(operation.path)
        if path not in new_paths:
            found.add(Break(BreakKind.PATH_REMOVED, operation.path, ""))
        elif (path, operation.method) not in new:
            found.add(Break(BreakKind.METHOD_REMOVED, operation.id, operation.method))
        else:
            found.update(_changed(operation, new[path, operation.method]))
    return tuple(sorted(found))


def _changed(old: Operation, new: Operation) -> Iterator[Break]:
    statuses = {outcome.status.upper() for outcome in new.outcomes}
    for outcome in old.outcomes:
        if not _documented(outcome.status.upper(), statuses):
            yield Break(BreakKind.RESPONSE_REMOVED, old.id, outcome.status)
    # The consumer of a published message only receives; there is nothing it could have to supply.
    published = old.method in MESSAGE_METHODS
    received = FieldPlace.REQUEST if published else FieldPlace.RESPONSE
    before, after = _fields(old.fields), _fields(new.fields)
    gone = {name for place, name in before if place is received and (place, name) not in after}
    for name in gone:
        if _enclosing(name).isdisjoint(gone):
            yield Break(BreakKind.FIELD_REMOVED, old.id, name)
    for key in before.keys() & after.keys():
        if change := _retyped(before[key], after[key], received):
            yield Break(BreakKind.TYPE_CHANGED, old.id, f"{key[0].value} {key[1]}: {change}")
    for (place, name), field in after.items():
        if not published and place in _SUPPLIED and field.required and _newly_required(place, name, before, after):
            yield Break(BreakKind.PARAMETER_REQUIRED, old.id, f"{place.value} {name}")


_Fields = dict[tuple[FieldPlace, str], Field]


def _fields(fields: Iterable[Field]) -> _Fields:
    # Names of headers carry no case (RFC 9110, section 5.1); names of path variables are only labels.
    return {
        (f.place, f.name.lower() if f.place is FieldPlace.HEADER else f.name): f
        for f in fields
        if f.place is not FieldPlace.PATH
    }


def _newly_required(place: FieldPlace, name: str, before: _Fields, after: _Fields) -> bool:
    """Required now and not before, and nobody can leave it out by leaving out a new or optional object around it."""
    old = before.get((place, name))
    if old is not None and old.required:
        return False
    around = [after[place, outer] for outer in _enclosing(name) if (place, outer) in after]
    return all(outer.required or (place, outer.name) in before for outer in around)


def _retyped(old: Field, new: Field, received: FieldPlace) -> str:
    """How type or format changed, empty when they did not or every value of one side still fits the other."""
    if old.type and new.type and old.type != new.type:
        widened = (old.type, new.type) if old.place is not received else (new.type, old.type)
        return "" if widened == _NARROWER else f"{old.type} to {new.type}"
    if old.format and new.format and old.format != new.format:
        return f"{old.format} to {new.format}"
    return ""


def _documented(status: str, statuses: set[str]) -> bool:
    return status in statuses or f"{status[:1]}XX" in statuses or "DEFAULT" in statuses


def _enclosing(name: str) -> set[str]:
    """Names of the objects and lists around a field: `a[].b.c` lies in `a`, `a[]` and `a[].b`."""
    parts = name.split(".")
    outer = {".".join(parts[:n]) for n in range(1, len(parts))}
    return outer | {path.removesuffix("[]") for path in outer} | ({name.removesuffix("[]")} - {name})


def _shape(path: str) -> str:
    return _VARIABLE.sub("{}", path)
