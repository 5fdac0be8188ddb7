"""Everything the factors look up, indexed once, so that scoring one boundary costs no walk over the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from topoplan.config import RiskSettings
from topoplan.graph.metrics import Depth, blast_radius, fan_in, sync_depth
from topoplan.model.change import History, ServiceHistory
from topoplan.model.facts import NodeKind, Style
from topoplan.model.operation import Operation
from topoplan.model.report import Journey
from topoplan.model.topology import Boundary, Service, Topology
from topoplan.risk.journeys import Route, routes
from topoplan.risk.surface import FieldTypes, Surface, field_types, surface_of

_NOTHING: Mapping[str, Operation] = {}


class Traffic(Struct, frozen=True):
    """Observed calls over all boundaries of one style, and how many boundaries had any."""

    calls: int
    boundaries: int


class Graph(Struct, frozen=True):
    """Figures of the synchronous graph: calls and resources, without what runs beside the system."""

    radius: Mapping[str, int]
    depths: Mapping[str, Depth]
    consumers: Mapping[str, int]


class Sharing(Struct, frozen=True):
    """Who meets whom in more than one way."""

    stores: Mapping[str, frozenset[str]]
    """Service → the datastores it uses."""
    users: Mapping[str, tuple[str, ...]]
    """Datastore or broker → the services that use it, sorted."""
    styles: Mapping[frozenset[str], frozenset[Style]]
    """Pair of services → the styles they meet in, in either direction."""
    callees: Mapping[str, frozenset[str]]
    """Consumer → the services it calls."""
    correspondents: Mapping[str, frozenset[str]]
    """Service → the services it exchanges messages with."""
    store_callees: Mapping[tuple[str, str], int]
    """(consumer, datastore) → how many of the services it calls use that datastore."""


class Context(Struct, frozen=True):
    """The indexed inputs of the scores."""

    boundaries: tuple[Boundary, ...]
    services: Mapping[str, Service]
    surfaces: Mapping[str, Surface]
    types: Mapping[str, FieldTypes]
    history: History
    changes: Mapping[str, ServiceHistory]
    graph: Graph
    sharing: Sharing
    traffic: Mapping[Style, Traffic]
    routes: Mapping[str, tuple[Route, ...]]
    """Boundary id → the journeys it lies on."""
    settings: RiskSettings

    def beside(self, boundary: Boundary) -> bool:
        """Whether an end of the boundary runs beside the system (tracing, metrics, load generators), not in it."""
        ends = (self.services.get(boundary.consumer), self.services.get(boundary.provider))
        return any(service.infrastructure for service in ends if service)

    def kind(self, service_id: str) -> NodeKind:
        """What a node is; a node the topology does not list counts as a service."""
        service = self.services.get(service_id)
        return service.kind if service else NodeKind.SERVICE


def index(topology: Topology, history: History, journeys: Sequence[Journey], settings: RiskSettings) -> Context:
    """Build the context; the order of services, boundaries and journeys does not matter."""
    boundaries = tuple(sorted(topology.boundaries, key=lambda b: b.id))
    services = {service.id: service for service in topology.services}
    surfaces = _surfaces(boundaries, services, settings)
    inside = [b for b in boundaries if not _beside(b, services)]
    sharing = _sharing(inside, services)
    return Context(
        boundaries=boundaries,
        services=services,
        surfaces=surfaces,
        types={service.id: field_types(service.operations) for service in topology.services if service.operations},
        history=history,
        changes={change.service: change for change in history.services},
        graph=_graph(inside),
        sharing=sharing,
        traffic=_traffic(boundaries),
        routes=routes(inside, services, surfaces, journeys),
        settings=settings,
    )


def _beside(boundary: Boundary, services: Mapping[str, Service]) -> bool:
    return any(s.infrastructure for e in (boundary.consumer, boundary.provider) if (s := services.get(e)))


def _surfaces(
    boundaries: Sequence[Boundary], services: Mapping[str, Service], settings: RiskSettings
) -> dict[str, Surface]:
    offered = {s.id: {op.id: op for op in s.operations} for s in services.values() if s.operations}
    words = frozenset(word.lower() for word in settings.money_fields)
    whole: dict[str, Surface] = {}
    found: dict[str, Surface] = {}
    for boundary in boundaries:
        if boundary.style is Style.SYNC and not boundary.operations and boundary.provider in whole:
            found[boundary.id] = whole[boundary.provider]
            continue
        surface = surface_of(
            boundary,
            services.get(boundary.provider),
            offered.get(boundary.provider, _NOTHING),
            offered.get(boundary.consumer, _NOTHING),
            words,
        )
        if surface.assumed:
            whole[boundary.provider] = surface
        found[boundary.id] = surface
    return found


def _graph(boundaries: Sequence[Boundary]) -> Graph:
    edges = {(b.consumer, b.provider) for b in boundaries if b.style is not Style.MESSAGE}
    return Graph(blast_radius(edges), sync_depth(edges), fan_in(edges))


def _sharing(boundaries: Sequence[Boundary], services: Mapping[str, Service]) -> Sharing:
    stores: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    styles: dict[frozenset[str], set[Style]] = defaultdict(set)
    callees: dict[str, set[str]] = defaultdict(set)
    correspondents: dict[str, set[str]] = defaultdict(set)
    for b in boundaries:
        styles[frozenset((b.consumer, b.provider))].add(b.style)
        if b.style is Style.SYNC:
            callees[b.consumer].add(b.provider)
        elif b.style is Style.MESSAGE:
            correspondents[b.consumer].add(b.provider)
            correspondents[b.provider].add(b.consumer)
        else:
            users[b.provider].add(b.consumer)
            provider = services.get(b.provider)
            if provider and provider.kind is NodeKind.DATASTORE:
                stores[b.consumer].add(b.provider)
    store_callees = Counter((c, store) for c, called in callees.items() for p in called for store in stores.get(p, ()))
    return Sharing(
        stores={service: frozenset(found) for service, found in stores.items()},
        users={store: tuple(sorted(found)) for store, found in users.items()},
        styles={pair: frozenset(found) for pair, found in styles.items()},
        callees={service: frozenset(found) for service, found in callees.items()},
        correspondents={service: frozenset(found) for service, found in correspondents.items()},
        store_callees=store_callees,
    )


def _traffic(boundaries: Sequence[Boundary]) -> dict[Style, Traffic]:
    calls: Counter[Style] = Counter()
    seen: Counter[Style] = Counter()
    for b in boundaries:
        if b.stats and b.stats.calls:
            calls[b.style] += b.stats.calls
            seen[b.style] += 1
    return {style: Traffic(calls[style], seen[style]) for style in sorted(seen)}
