"""Which user-visible paths there are: told by the team, seen in traces, or guessed from what gateways lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from topoplan.config import JourneySettings
from topoplan.graph.names import exact_key
from topoplan.model.facts import Fact, Notice, Severity
from topoplan.model.journey import Journey
from topoplan.model.topology import Topology


def find_journeys(
    facts: Iterable[Fact], topology: Topology, settings: Mapping[str, JourneySettings]
) -> tuple[tuple[Journey, ...], tuple[Notice, ...]]:
    """All journeys, sorted, and what of the configured ones is unknown: a name that means no service is told and left
    out."""
    ids = {exact_key(alias): s.id for s in topology.services for alias in (*s.aliases, s.name, s.id)}
    journeys, unknown = [], []
    for name, said in sorted(settings.items()):
        known = [ids[exact_key(service)] for service in said.services if exact_key(service) in ids]
        journeys.append(Journey(name, tuple(known), said.criticality, said.entry))
        for service in said.services:
            if exact_key(service) not in ids:
                message = f"journey {name!r} names {service!r}, which is no service that was found"
                unknown.append(Notice(Severity.WARNING, "unknown-journey-service", message))
    return tuple(journeys), tuple(unknown)
