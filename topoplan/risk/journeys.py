"""Which boundaries lie on which journey, and where a journey leaves state behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan.model.facts import NodeKind, Style
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.topology import Boundary, Service
from topoplan.risk.surface import Surface
from topoplan.risk.words import changes_state

CACHES = frozenset({"dragonfly", "hazelcast", "keydb", "memcached", "redis", "valkey"})
"""Technologies whose entries commonly expire and are not the record of anything."""


class Route(Struct, frozen=True):
    """One journey as the topology has it."""

    journey: Journey
    writers: tuple[str, ...]
    """Services in which the journey changes state, as far as known, sorted."""
    messages: int
    """Message boundaries on it."""
    compensations: tuple[str, ...]
    """Operations on it that take back an earlier step, sorted."""


def routes(
    boundaries: Sequence[Boundary],
    services: Mapping[str, Service],
    surfaces: Mapping[str, Surface],
    journeys: Sequence[Journey],
) -> dict[str, tuple[Route, ...]]:
    """Boundary id → the journeys it lies on, by name.

    Those that the journey lists; where it lists none, a boundary lies on it when both its services are named by it, or
    when it is a named service's own datastore, cache or broker. Proposed journeys are guesses, and count for nothing.
    """
    outgoing: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in boundaries:
        outgoing[boundary.consumer].append(boundary)
    found: dict[str, list[Route]] = defaultdict(list)
    by_id = {boundary.id: boundary for boundary in boundaries}
    for journey in sorted(known(journeys)):
        members = set(journey.services)
        on = [by_id[one] for one in sorted(set(journey.boundaries)) if one in by_id] or [
            boundary
            for member in sorted(members)
            for boundary in outgoing.get(member, ())
            if boundary.style is Style.RESOURCE or boundary.provider in members
        ]
        route = Route(
            journey,
            writers=_writers(on, services, surfaces) if _may_write(journey) else (),
            messages=sum(b.style is Style.MESSAGE for b in on),
            compensations=tuple(sorted({i for b in on for i in surfaces[b.id].compensations})),
        )
        for boundary in on:
            found[boundary.id].append(route)
    return {boundary_id: tuple(on_it) for boundary_id, on_it in sorted(found.items())}


def known(journeys: Iterable[Journey]) -> list[Journey]:
    """Those that somebody told or traces show."""
    return [journey for journey in journeys if journey.source is not JourneySource.PROPOSED]


def _may_write(journey: Journey) -> bool:
    """Whether a request of the journey may change state. One that traces show to begin with a read does not, though
    others write through the boundaries it uses; what the team names is taken for more than its first request."""
    return journey.source is not JourneySource.TRACES or not journey.entry or changes_state(journey.entry)


def _writers(
    boundaries: Sequence[Boundary], services: Mapping[str, Service], surfaces: Mapping[str, Surface]
) -> tuple[str, ...]:
    found: set[str] = set()
    for boundary in boundaries:
        if boundary.style is Style.MESSAGE:
            found.add(boundary.consumer)
        elif boundary.style is Style.SYNC:
            if surfaces[boundary.id].writing:
                found.add(boundary.provider)
        elif _keeps_state(services.get(boundary.provider), surfaces[boundary.id]):
            found.add(boundary.consumer)
    return tuple(sorted(found))


def _keeps_state(store: Service | None, surface: Surface) -> bool:
    """A datastore that is written to, or, where its operations are unknown, any that is not a cache."""
    if store is None or store.kind is not NodeKind.DATASTORE:
        return False
    return bool(surface.writing) if surface.ids else store.technology not in CACHES
