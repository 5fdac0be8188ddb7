"""What of the provider's interface one boundary touches: the operations used, or all documented ones when unknown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from topoplan.model.facts import Style
from topoplan.model.operation import MESSAGE_METHODS, Operation, operation_id
from topoplan.model.topology import Boundary, Service
from topoplan.risk.words import Meaning, changes_state, compensates, leaf, meaning_of

# Names so general that two services using them need not mean the same thing.
_GENERAL = frozenset({"code", "data", "id", "key", "name", "status", "type", "value", "version"})

FieldTypes = Mapping[str, frozenset[tuple[str, str]]]
"""Lower-case last part of a field's name → the (type, format) pairs it is documented with."""


class Surface(Struct, frozen=True, dict=True):
    """The operations behind one boundary. Without slots, so that what is derived from thousands of operations is
    derived once: all consumers of a provider whose uses are unknown share one surface."""

    documented: tuple[Operation, ...] = ()
    undocumented: tuple[str, ...] = ()
    """Ids of used operations that no specification describes."""
    assumed: bool = False
    """Nothing says which operations are used; `documented` is everything the provider offers."""
    specified: bool = False
    """The provider (or, for messages, either side) has a specification."""
    money_words: frozenset[str] = frozenset()

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted([op.id for op in self.documented] + list(self.undocumented)))

    @cached_property
    def writing(self) -> tuple[str, ...]:
        """Ids of the operations that may change state, sorted."""
        return tuple(i for i in self.ids if changes_state(i))

    @cached_property
    def compensations(self) -> tuple[str, ...]:
        """Ids of the operations that take back an earlier step, sorted."""
        return tuple(i for i in self.ids if compensates(i))

    @cached_property
    def has_fields(self) -> bool:
        return any(op.fields for op in self.documented)

    @cached_property
    def measures(self) -> tuple[tuple[str, Meaning], ...]:
        """The names of the fields that are money, times or units, each with what it is; sorted, money first."""
        found = {
            leaf(field.name): meaning
            for op in self.documented
            for field in op.fields
            if (meaning := meaning_of(field, self.money_words))
        }
        return tuple(sorted(found.items(), key=lambda item: (item[1] is not Meaning.MONEY, item[0])))

    @cached_property
    def ranked(self) -> tuple[tuple[int, Operation], ...]:
        """The documented operations with how grave each is: one point for writing, one for a field of money; the
        gravest first, then by id."""
        graded = ((int(changes_state(op.id)) + int(self._money(op)), op) for op in self.documented)
        return tuple(sorted(graded, key=lambda pair: (-pair[0], pair[1].id)))

    def _money(self, operation: Operation) -> bool:
        return any(meaning_of(field, self.money_words) is Meaning.MONEY for field in operation.fields)

    @cached_property
    def types(self) -> FieldTypes:
        return field_types(self.documented)

    @cached_property
    def places(self) -> tuple[str, ...]:
        return tuple(str(op.where) for op in self.documented if op.where)


def surface_of(
    boundary: Boundary,
    provider: Service | None,
    offered: Mapping[str, Operation],
    received: Mapping[str, Operation],
    money_words: frozenset[str],
) -> Surface:
    """The surface of a boundary. `offered` are the provider's documented operations by id, `received` the consumer's
    (a consumer's own specification also describes the messages it takes)."""
    if boundary.style is Style.MESSAGE:
        return _messages(boundary, offered, received, money_words)
    callable_ids = sorted(i for i, operation in offered.items() if operation.method not in MESSAGE_METHODS)
    specified = bool(callable_ids or (provider and provider.specs and not offered))
    ids = sorted({operation.id for operation in boundary.operations})
    assumed = boundary.style is Style.SYNC and bool(callable_ids) and not ids
    if assumed:
        ids = callable_ids
    documented = tuple(offered[i] for i in ids if i in offered)
    return Surface(documented, tuple(i for i in ids if i not in offered), assumed, specified, money_words)


def _messages(
    boundary: Boundary,
    offered: Mapping[str, Operation],
    received: Mapping[str, Operation],
    money_words: frozenset[str],
) -> Surface:
    """A message is documented where its payload is: an operation without fields says nothing a test could hold."""
    named = {operation.id for operation in boundary.operations}
    documented: list[Operation] = []
    undocumented: list[str] = []
    for wanted in sorted(named) or [operation_id("PUBLISH", boundary.channel)]:
        mirrored = operation_id("RECEIVE", wanted.removeprefix("publish "))
        found = offered.get(wanted) or received.get(mirrored) or received.get(wanted)
        if found is not None and found.fields:
            documented.append(found)
        else:
            undocumented.append(wanted)
    return Surface(tuple(documented), tuple(undocumented), False, bool(documented), money_words)


def field_types(operations: tuple[Operation, ...]) -> FieldTypes:
    """The documented types of each field name that means something by itself."""
    found: dict[str, set[tuple[str, str]]] = {}
    for operation in operations:
        for field in operation.fields:
            name = leaf(field.name).lower()
            if field.type and name not in _GENERAL:
                found.setdefault(name, set()).add((field.type, field.format))
    return {name: frozenset(types) for name, types in found.items()}


def clashes(ours: FieldTypes, theirs: FieldTypes) -> tuple[str, ...]:
    """Names both sides document, but with no type and format in common, sorted. An absent format fits any."""
    fewer, more = sorted((ours, theirs), key=len)
    return tuple(sorted(n for n, types in fewer.items() if n in more and not _compatible(types, more[n])))


def _compatible(ours: frozenset[tuple[str, str]], theirs: frozenset[tuple[str, str]]) -> bool:
    return any(
        mine[0] == other[0] and (mine[1] == other[1] or not mine[1] or not other[1])
        for mine in ours
        for other in theirs
    )
