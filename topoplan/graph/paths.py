"""Paths of journeys that no trace shows: between the services named, or downstream of where they begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from topoplan.graph.operations import OperationIndex
from topoplan.model.facts import NodeKind, Style
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.topology import Boundary, Topology

REACH = 3
"""Boundaries between the first and the last service of a path that is guessed: four services, the most of a slice."""
PROPOSALS = 200
"""Most journeys that are proposed, those first by name."""
_MEMBERS = (NodeKind.SERVICE, NodeKind.GATEWAY)


class Paths:
    """Walks the topology without what runs beside the system."""

    def __init__(self, topology: Topology) -> None:
        self._services = {service.id: service for service in topology.services if not service.infrastructure}
        self._indexes = {key: OperationIndex(service.operations) for key, service in self._services.items()}
        self._outgoing: dict[str, list[Boundary]] = defaultdict(list)
        self._incoming: dict[str, list[Boundary]] = defaultdict(list)
        for boundary in sorted(topology.boundaries, key=lambda b: b.id):
            if {boundary.consumer, boundary.provider} <= self._services.keys():
                self._outgoing[boundary.consumer].append(boundary)
                self._incoming[boundary.provider].append(boundary)

    def operation(self, service: str, text: str) -> str:
        """Id of the operation `POST /orders/8` of a service; what it says where the service documents none such."""
        method, path = _parts(text)
        index = self._indexes.get(service)
        meant = index.find(method, path) if index else None
        if meant:
            return meant.id
        return f"{method} {path}" if method != "RPC" and path.startswith("/") else text.removeprefix("RPC ")

    def offering(self, operation: str) -> str:
        """The service where requests with this operation come in: a gateway before those that offer it, else one that
        no other of them calls; empty when none offers it."""
        parts = _parts(operation)
        offering = {key for key, index in self._indexes.items() if index.find(*parts)}
        for provider, boundaries in self._incoming.items():
            if any(used.id == operation for b in boundaries if b.style is Style.SYNC for used in b.operations):
                offering.add(provider)
        before = {b.consumer for key in offering for b in self._incoming.get(key, ()) if b.style is Style.SYNC}
        gateways = {key for key in before | offering if self._services[key].kind is NodeKind.GATEWAY}
        called = {b.provider for key in offering for b in self._calls(key)}
        return min(gateways or offering - called or offering, default="")

    def between(self, services: Sequence[str], seen: Sequence[str] | None = None) -> tuple[str, ...]:
        """Ids of the boundaries between any of the services, in their order, and of those to their resources. With
        `seen`, what traces show of the journey: those first, and of the others only what no trace shows at all, since a
        trace would have shown the journey use it."""
        on: dict[str, Boundary] = {}
        reached: set[str] = set()
        for service in services:
            reached.add(service)
            for boundary in (*self._incoming.get(service, ()), *self._outgoing.get(service, ())):
                resource = boundary.style is Style.RESOURCE and boundary.consumer == service
                if resource or {boundary.consumer, boundary.provider} <= reached:
                    on.setdefault(boundary.id, boundary)
        if seen is None:
            return tuple(on)
        first = [key for key in seen if key in on]
        return tuple(dict.fromkeys([*first, *(key for key, b in on.items() if not b.observed)]))

    def downstream(
        self, start: str, operation: str = "", reach: int = REACH
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Services and boundary ids that a request to `start` may lead to, nearest first, at most `reach` boundaries
        away. The first step is by the boundaries that carry the operation, where any is known to."""
        steps = list(self._calls(start))
        carrying = [b for b in steps if operation and self._forwards(b, operation)]
        services, boundaries = [start], [*self._stores(start)]
        level = carrying or [*steps, *self._sent(start)]
        for _ in range(reach):
            boundaries += level
            new = [service for service in dict.fromkeys(map(_target, level)) if service not in services]
            services += new
            boundaries += [b for service in new for b in self._stores(service)]
            level = [b for service in new for b in (*self._calls(service), *self._sent(service))]
        return tuple(services), tuple(dict.fromkeys(b.id for b in boundaries))

    def proposals(self) -> tuple[Journey, ...]:
        """One for each service that a gateway, or where there is none a service that nobody calls, passes requests to
        and that itself leads on to another."""
        gateways = [key for key, service in self._services.items() if service.kind is NodeKind.GATEWAY]
        called = {b.provider for outgoing in self._outgoing.values() for b in outgoing}
        found = [
            journey
            for start in sorted(gateways or self._members() - called)
            for boundary in self._calls(start)
            if (journey := self._proposal(boundary)) is not None
        ]
        unique = {journey.name: journey for journey in reversed(found)}
        return tuple(unique[name] for name in sorted(unique)[:PROPOSALS])

    def _proposal(self, boundary: Boundary) -> Journey | None:
        start, target = self._services[boundary.consumer], self._services[boundary.provider]
        services, boundaries = self.downstream(target.id, reach=REACH - 1)
        through = tuple(dict.fromkeys((start.id, *services)))
        if target.kind not in _MEMBERS or len(through) < REACH:
            return None
        return Journey(
            f"{start.name} to {target.name}",
            through,
            entry=boundary.operations[0].id if len(boundary.operations) == 1 else "",
            source=JourneySource.PROPOSED,
            boundaries=(boundary.id, *(key for key in boundaries if key != boundary.id)),
        )

    def _members(self) -> set[str]:
        return {key for key, service in self._services.items() if service.kind in _MEMBERS}

    def _calls(self, service: str) -> Iterator[Boundary]:
        return (b for b in self._outgoing.get(service, ()) if b.style is Style.SYNC)

    def _sent(self, service: str) -> Iterator[Boundary]:
        return (b for b in self._incoming.get(service, ()) if b.style is Style.MESSAGE)

    def _stores(self, service: str) -> Iterator[Boundary]:
        return (b for b in self._outgoing.get(service, ()) if b.style is Style.RESOURCE)

    def _forwards(self, boundary: Boundary, operation: str) -> bool:
        """Whether a call passes on the operation: itself, or with another prefix before its path."""
        offered = boundary.operations or self._services[boundary.provider].operations
        method, path = _parts(operation)
        calls = (_parts(one.id) for one in offered)
        return any(m == method and (path.endswith(p) or p.endswith(path)) for m, p in calls)


def _parts(operation: str) -> tuple[str, str]:
    """Method and path of an operation's id."""
    method, _, path = operation.partition(" ")
    return (method.upper(), path.strip()) if path else ("RPC", method)


def _target(boundary: Boundary) -> str:
    """Whom a request goes on to."""
    return boundary.consumer if boundary.style is Style.MESSAGE else boundary.provider
