"""Journeys as traces show them, in the terms of the topology."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from topoplan.graph.lookup import Lookup
from topoplan.graph.operations import OperationIndex
from topoplan.model.facts import JourneyFact, JourneyStep, NodeKind, Style
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.operation import operation_id
from topoplan.model.topology import Boundary, Topology

RESOURCES = (NodeKind.DATASTORE, NodeKind.BROKER)


class Traced(Struct, frozen=True):
    """A journey and how many traces show it."""

    journey: Journey
    traces: int

    @property
    def start(self) -> str:
        return self.journey.services[0]


class _Tally(Struct):
    traces: int = 0
    boundaries: dict[str, Boundary] = field(default_factory=dict)
    """In the order of first use."""


def traced_journeys(facts: Sequence[JourneyFact], topology: Topology, lookup: Lookup) -> tuple[Traced, ...]:
    """The journeys that use a boundary of the topology, by name. A share is of all requests, of others too."""
    services = {service.id: service for service in topology.services}
    indexes = {service.id: OperationIndex(service.operations) for service in topology.services}
    matching = _Matching(topology, lookup)
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for fact in sorted(facts, key=_order):
        start = lookup.service(fact.entry.name)
        if start is None or services[start].infrastructure or not fact.steps:
            continue
        meant = indexes[start].find(fact.method, fact.path)
        tally = tallies[start, meant.id if meant else operation_id(fact.method, fact.path).strip()]
        tally.traces += fact.traces
        for step in fact.steps:
            tally.boundaries |= {b.id: b for b in matching.boundaries(step) if b.id not in tally.boundaries}
    total = sum(fact.traces for fact in facts)
    found = []
    for (start, operation), tally in sorted(tallies.items()):
        if tally.boundaries:
            on = (end for b in tally.boundaries.values() for end in _ends(b) if services[end].kind not in RESOURCES)
            journey = Journey(
                f"{services[start].name} {operation}".strip(),
                tuple(dict.fromkeys((start, *on))),
                entry=operation,
                source=JourneySource.TRACES,
                share=tally.traces / total if total else None,
                boundaries=tuple(tally.boundaries),
            )
            found.append(Traced(journey, tally.traces))
    return tuple(found)


def _ends(boundary: Boundary) -> tuple[str, str]:
    """In the direction in which a request goes."""
    if boundary.style is Style.MESSAGE:
        return boundary.provider, boundary.consumer
    return boundary.consumer, boundary.provider


class _Matching:
    """Finds the boundaries that steps mean."""

    def __init__(self, topology: Topology, lookup: Lookup) -> None:
        self._lookup = lookup
        self._technologies = {service.id: service.technology for service in topology.services}
        self._pairs: dict[tuple[str, str], list[Boundary]] = defaultdict(list)
        self._resources: dict[str, list[Boundary]] = defaultdict(list)
        for boundary in sorted(topology.boundaries, key=lambda b: b.id):
            self._pairs[boundary.consumer, boundary.provider].append(boundary)
            if boundary.style is Style.RESOURCE:
                self._resources[boundary.consumer].append(boundary)

    def boundaries(self, step: JourneyStep) -> list[Boundary]:
        """The observed ones of the pair, where any is; the one resource of its product where no name tells."""
        consumer = self._lookup.service(step.consumer.name)
        if consumer is None:
            return []
        provider = self._lookup.service(step.provider.name) or ""
        found = list(self._fitting(step, self._pairs.get((consumer, provider), ())))
        if not found and step.provider.technology and step.style is not Style.MESSAGE:
            alike = [
                b
                for b in self._resources.get(consumer, ())
                if self._technologies[b.provider] == step.provider.technology
            ]
            found = alike if len(alike) == 1 else []
        return [b for b in found if b.observed] or found

    @staticmethod
    def _fitting(step: JourneyStep, between: Sequence[Boundary]) -> Iterator[Boundary]:
        messages = [b for b in between if b.style is Style.MESSAGE]
        if step.style is Style.MESSAGE:
            yield from [b for b in messages if b.channel == step.channel] or messages
        else:
            yield from (b for b in between if b.style is not Style.MESSAGE)


def _order(fact: JourneyFact) -> tuple[object, ...]:
    return fact.entry.name, fact.method, fact.path, -fact.traces, str(fact.evidence.where), fact.evidence.importer
