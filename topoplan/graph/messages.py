"""Which channel carries the message that a record's schema describes, and whose schema it is.

A schema names neither. It is joined to a channel of one of its names (a registry's subject before the record's full and
simple name) where a service publishes one; copies of one record are one interface.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from topoplan.graph.entity import Entity
from topoplan.graph.names import squashed_key
from topoplan.model.facts import HintKind, InterfaceFact

OwnerOf = Callable[[InterfaceFact], Entity | None]
"""The service whose folder or configuration holds a schema, None when there is none."""
Published = Mapping[Entity, frozenset[str]]
"""The channels that each service publishes."""


def names_channel(fact: InterfaceFact) -> bool:
    """Whether it describes a message and tells only what its channel may be called."""
    return any(hint.kind is HintKind.CHANNEL for hint in fact.hints)


def place_messages(
    facts: Iterable[InterfaceFact], owner_of: OwnerOf, published: Published
) -> Iterator[tuple[Entity | None, InterfaceFact]]:
    """Each record's schema with its provider, None when nothing tells it. The schemas come sorted by path."""
    copies: dict[tuple[str, bool], list[InterfaceFact]] = defaultdict(list)
    for fact in facts:
        copies[fact.title, bool(fact.operations)].append(fact)
    for key in sorted(copies):
        yield from _placed(copies[key], owner_of, published)


def _placed(
    copies: list[InterfaceFact], owner_of: OwnerOf, published: Published
) -> Iterator[tuple[Entity | None, InterfaceFact]]:
    """Publishers of the channel that hold a copy; else its only publisher; else the only service that holds one, or the
    only one of several that publishes anything."""
    held: dict[Entity, InterfaceFact] = {}
    for fact in copies:
        owner = owner_of(fact)
        if owner is not None:
            held.setdefault(owner, fact)
    publishing = _best({entity: _channels(held.get(entity, copies[0]), names) for entity, names in published.items()})
    if any(entity in held for entity in publishing):
        yield from ((e, _carried(held[e], channels)) for e, channels in publishing.items() if e in held)
    elif len(publishing) == 1:
        yield from ((entity, _carried(copies[0], channels)) for entity, channels in publishing.items())
    else:
        active = [entity for entity in held if published.get(entity)]
        owners = list(held) if len(held) == 1 else active
        yield (owners[0], held[owners[0]]) if len(owners) == 1 else (None, copies[0])


def _best(found: Mapping[Entity, tuple[int, tuple[str, ...]]]) -> dict[Entity, tuple[str, ...]]:
    """Channels by publisher, those of the strongest name only."""
    strongest = max((strength for strength, _ in found.values()), default=0)
    return {e: channels for e, (strength, channels) in found.items() if channels and strength == strongest}


def _channels(fact: InterfaceFact, names: frozenset[str]) -> tuple[int, tuple[str, ...]]:
    """The channels of the strongest name that any goes by, and how strong it is, 0 for none; topics often have their
    record's name in the plural."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for channel in sorted(names):
        by_key[_key(channel)].append(channel)
    hints = [hint.name for hint in fact.hints if hint.kind is HintKind.CHANNEL]
    for strength, name in zip(range(len(hints), 0, -1), hints, strict=True):
        if found := by_key.get(_key(name)):
            return strength, tuple(found)
    return 0, ()


def _key(name: str) -> str:
    return squashed_key(name).removesuffix("s")


def _carried(fact: InterfaceFact, channels: tuple[str, ...]) -> InterfaceFact:
    """The interface as messages of these channels."""
    told = tuple(
        replace(operation, method="PUBLISH", path=channel) for operation in fact.operations for channel in channels
    )
    detail = f"{fact.evidence.detail}, carried by {', '.join(channels)}"
    return replace(fact, operations=told, evidence=replace(fact.evidence, detail=detail))
