"""Which user-visible paths there are: told by the team, seen in traces, or guessed from what gateways lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from topoplan.config import JourneySettings, Settings
from topoplan.graph.lookup import Lookup
from topoplan.graph.paths import Paths
from topoplan.graph.traced import Traced, traced_journeys
from topoplan.model.facts import Fact, JourneyFact, Notice, Severity
from topoplan.model.journey import Journey
from topoplan.model.topology import Topology

_VARIABLE = re.compile(r"\{[^{}]*\}")


def find_journeys(
    facts: Iterable[Fact], topology: Topology, settings: Settings
) -> tuple[tuple[Journey, ...], tuple[Notice, ...]]:
    """All journeys, sorted, and what of the configured ones is unknown: a name that means no service is told and left
    out.

    A journey seen in traces is a configured one where it begins with the same operation; where none is configured, the
    smallest that begins at the same service and runs through all that are named. Journeys are proposed only where none
    is told or seen.
    """
    seen = [fact for fact in facts if isinstance(fact, JourneyFact)]
    names = {party.name for f in seen for party in (f.entry, *(p for s in f.steps for p in (s.consumer, s.provider)))}
    lookup = Lookup(topology, settings.services, names)
    paths = Paths(topology)
    configured = _Configured(lookup, paths, traced_journeys(seen, topology, lookup))
    # Longer paths first, as fewer of the journeys seen can be theirs.
    ordered = sorted(settings.journeys.items(), key=lambda item: (not item[1].entry, -len(item[1].services), item[0]))
    journeys = [configured.journey(name, said) for name, said in ordered]
    taken = {journey.name for journey in journeys}
    journeys += [one.journey for one in configured.left() if one.journey.name not in taken]
    return tuple(sorted(journeys or paths.proposals())), tuple(sorted(configured.notices, key=lambda n: n.message))


class _Configured:
    """Gives what the team says the shape that traces and the topology show."""

    def __init__(self, lookup: Lookup, paths: Paths, seen: tuple[Traced, ...]) -> None:
        self._lookup = lookup
        self._paths = paths
        self._seen = seen
        self._claimed: set[str] = set()
        self.notices: list[Notice] = []

    def left(self) -> Iterable[Traced]:
        """What traces show and nobody configured."""
        return (one for one in self._seen if one.journey.name not in self._claimed)

    def journey(self, name: str, said: JourneySettings) -> Journey:
        services = self._services(name, said)
        start, operation = self._entry(said.entry, services)
        traced = self._traced(start, operation, services)
        made = Journey(name, services, said.criticality, operation)
        if traced is not None:
            self._claimed.add(traced.name)
            made = replace(made, entry=traced.entry, share=traced.share)
            if not services:
                return replace(made, services=traced.services, boundaries=traced.boundaries)
            return replace(made, boundaries=self._paths.between(services, traced.boundaries))
        if services:
            return replace(made, boundaries=self._paths.between(services))
        start = start or (self._paths.offering(operation) if operation else "")
        if not start:
            self._tell_unknown(name, said)
            return made
        services, boundaries = self._paths.downstream(start, operation)
        return replace(made, services=services, boundaries=boundaries)

    def _services(self, name: str, said: JourneySettings) -> tuple[str, ...]:
        found = {service: self._lookup.service(service) for service in said.services}
        for service in (service for service, known in found.items() if known is None):
            message = f"journey {name!r} names {service!r}, which is no service that was found"
            self.notices.append(Notice(Severity.WARNING, "unknown-journey-service", message))
        return tuple(dict.fromkeys(known for known in found.values() if known is not None))

    def _entry(self, text: str, services: tuple[str, ...]) -> tuple[str, str]:
        """The service (where it is told) and the operation that `POST /orders` or `gateway POST /orders` mean."""
        first, _, rest = text.strip().partition(" ")
        named = self._lookup.service(first) if rest else None
        operation = rest.strip() if named else text.strip()
        start = named or next(iter(services), "")
        return start, self._paths.operation(start, operation)

    def _traced(self, start: str, operation: str, services: tuple[str, ...]) -> Journey | None:
        """The journey seen in traces that this one is."""
        at_start = [one for one in self._seen if start in ("", one.start)]
        if operation:
            fits = [one for one in at_start if _same(operation, one.journey.entry)]
            return min(fits, key=lambda one: (-one.traces, one.journey.name)).journey if fits else None
        free = (one for one in at_start if one.journey.name not in self._claimed)
        fits = [one for one in free if services and set(services) <= set(one.journey.services)]
        if not fits:
            return None
        return min(fits, key=lambda one: (len(one.journey.services), -one.traces, one.journey.name)).journey

    def _tell_unknown(self, name: str, said: JourneySettings) -> None:
        if said.entry and not said.services:
            message = f"journey {name!r} begins with {said.entry!r}, which no service that was found is known to offer"
            self.notices.append(Notice(Severity.WARNING, "unknown-journey-entry", message))


def _same(one: str, other: str) -> bool:
    """Whether two operations are one, whatever their variables are called; a path alone means any method."""
    one, other = _VARIABLE.sub("{}", one), _VARIABLE.sub("{}", other)
    return one == other or (one.startswith("/") and one == other.partition(" ")[2])
