"""The topology as planning looks things up in it: indexed once, every answer sorted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from topoplan.config import RiskSettings
from topoplan.model.change import History
from topoplan.model.facts import NodeKind, Style
from topoplan.model.report import Journey
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Boundary, Topology
from topoplan.risk.context import Context, index

SMALLEST = 3
"""Services below which integration topology is not worth planning."""


class System(Struct, frozen=True):
    """The scored topology."""

    context: Context
    profiles: Mapping[str, RiskProfile]
    """By boundary id."""
    outgoing: Mapping[str, tuple[Boundary, ...]]
    """Consumer → its boundaries, without what runs beside the system."""
    seen: frozenset[str]
    """Services whose answers were seen in traces."""
    unseen: frozenset[str]
    """Boundaries that are declared, but that no trace shows; empty without traces."""
    members: tuple[str, ...]
    """The services and gateways of the system itself, sorted."""
    by_id: Mapping[str, Boundary]

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        return self.context.boundaries

    @property
    def small(self) -> bool:
        """Under three services."""
        return len(self.members) < SMALLEST

    def between(self, consumer: str, provider: str) -> tuple[Boundary, ...]:
        """The boundaries from one service to another, without what runs beside the system, by id."""
        return tuple(b for b in self.outgoing.get(consumer, ()) if b.provider == provider)

    def kind(self, service: str) -> NodeKind:
        return self.context.kind(service)

    def beside_name(self, boundary: Boundary) -> str:
        """The end that runs beside the system (tracing, metrics, load generators); empty when neither does."""
        for end in (boundary.consumer, boundary.provider):
            service = self.context.services.get(end)
            if service and service.infrastructure:
                return service.id
        return ""


def system_of(topology: Topology, profiles: Sequence[RiskProfile], journeys: Sequence[Journey]) -> System:
    """Index the topology for planning."""
    context = index(topology, History(), journeys, RiskSettings())
    outgoing: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in context.boundaries:
        if not context.beside(boundary):
            outgoing[boundary.consumer].append(boundary)
    members = (
        s.id for s in topology.services if s.kind in (NodeKind.SERVICE, NodeKind.GATEWAY) and not s.infrastructure
    )
    return System(
        context,
        {profile.boundary: profile for profile in profiles},
        {consumer: tuple(found) for consumer, found in outgoing.items()},
        frozenset(b.provider for b in context.boundaries if b.observed),
        frozenset(drift.subject for drift in topology.drift if drift.kind == "never-observed"),
        tuple(sorted(members)),
        {boundary.id: boundary for boundary in context.boundaries},
    )


def providers(system: System, service: str, style: Style) -> tuple[str, ...]:
    """What a service depends on in one style, sorted, each once."""
    return tuple(sorted({b.provider for b in system.outgoing.get(service, ()) if b.style is style}))
