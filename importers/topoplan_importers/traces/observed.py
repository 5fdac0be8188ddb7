"""What a set of traces shows, whichever engine looked: the one thing that facts are made from.

Two of them add up: `merge` is commutative and associative, so that files, runs and machines may be folded in any order.
Figures are of the spans given, so merging the same spans twice counts them twice, and calls between halves that lie in
different runs are found by neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from topoplan.model.facts import Party, Style
from topoplan.model.stats import Presence, Stats
from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.sketch import Sketch
from topoplan_importers.traces.span import DependencyLink
from topoplan_importers.traces.tally import BoundaryKey, ChannelKey, JourneyKey, Operation, Rule, party_order

LEVELS = ("", "low", "medium", "high", "critical")
"""Criticalities of a service, lowest first."""

K = TypeVar("K")
V = TypeVar("V")


class ServiceSeen(NamedTuple):
    """A service named by a span or a ready-made edge."""

    file: str
    criticality: str = ""
    presence: Presence = Presence()
    """Of its spans. Merged runs add up, so a trace in both counts twice where one has no sketch."""
    sketch: Sketch | None = None
    """Of its traces, where files are folded."""

    def merge(self, other: ServiceSeen) -> ServiceSeen:
        seen = ServiceSeen(
            min(self.file, other.file),
            max(self.criticality, other.criticality, key=LEVELS.index),
            self.presence + other.presence,
        )
        if self.presence.traces and other.presence.traces:
            return seen.sketched(_joined(self.sketch, other.sketch))
        return seen.sketched(other.sketch if self.sketch is None else self.sketch)

    def sketched(self, sketch: Sketch | None) -> ServiceSeen:
        """Counting its traces by a sketch, where there is one."""
        if sketch is None:
            return self
        return self._replace(presence=replace(self.presence, traces=sketch.count()), sketch=sketch)


class Traffic(Struct, frozen=True):
    """All calls of one boundary, or all spans of one channel role."""

    total: Stats
    """Of `traces`, those of one run are counted exactly; merged runs add up, so a trace in both counts twice where one
    has no sketch. Those of operations always add up."""
    file: str
    """First shown path, by its text, of a span that shows it."""
    rule: Rule
    """The strongest."""
    named: bool = True
    """The provider has a name of its own, not just a product's."""
    broker: Party | None = None
    """For messages: the first by name."""
    operations: Mapping[Operation, Stats] = field(default_factory=dict)
    sketch: Sketch | None = None
    """Of its traces, where files are folded."""

    def merge(self, other: Traffic) -> Traffic:
        brokers = [broker for broker in (self.broker, other.broker) if broker is not None]
        traffic = Traffic(
            self.total + other.total,
            min(self.file, other.file),
            min(self.rule, other.rule),
            self.named or other.named,
            min(brokers, key=party_order, default=None),
            _union(self.operations, other.operations, Stats.__add__),
        )
        return traffic.sketched(_joined(self.sketch, other.sketch))

    def sketched(self, sketch: Sketch | None) -> Traffic:
        """Counting its traces by a sketch, where there is one."""
        if sketch is None:
            return self
        return replace(self, total=replace(self.total, traces=sketch.count()), sketch=sketch)


class Journey(Struct, frozen=True):
    """All requests that began with one operation."""

    traces: int
    """How many there were."""
    file: str
    steps: Mapping[BoundaryKey, int] = field(default_factory=dict)
    """Boundaries used → least time between a request's beginning and its first use, in microseconds; each message in
    another trace on the way adds `journeys.LATER`."""

    def merge(self, other: Journey) -> Journey:
        return Journey(self.traces + other.traces, min(self.file, other.file), _union(self.steps, other.steps, min))


Sums = Mapping[str, tuple[int, int]]
"""File → calls and errors."""


class Observed(Struct, frozen=True):
    """Everything facts are made from. Files are shown paths."""

    boundaries: Mapping[BoundaryKey, Traffic] = field(default_factory=dict)
    channels: Mapping[ChannelKey, Traffic] = field(default_factory=dict)
    """Producers and consumers without a partner."""
    services: Mapping[str, ServiceSeen] = field(default_factory=dict)
    flaws: Mapping[tuple[str, Flaw], int] = field(default_factory=dict)
    """Number of flawed spans by file."""
    journeys: Mapping[JourneyKey, Journey] = field(default_factory=dict)
    dependencies: Mapping[tuple[str, str], Sums] = field(default_factory=dict)
    """Ready-made edges, consumer and provider, by the file they are from."""

    def merge(self, other: Observed) -> Observed:
        """What both show."""
        return Observed(
            _union(self.boundaries, other.boundaries, Traffic.merge),
            _union(self.channels, other.channels, Traffic.merge),
            _union(self.services, other.services, ServiceSeen.merge),
            _union(self.flaws, other.flaws, int.__add__),
            _union(self.journeys, other.journeys, Journey.merge),
            _union(self.dependencies, other.dependencies, _merged_sums),
        )

    def sketched(
        self, uses: Mapping[BoundaryKey | ChannelKey, Sketch], services: Mapping[str, Sketch]
    ) -> Observed:  # fmt: skip
        """With sketches of the traces of boundaries, channel roles and services; empty for what no span shows."""
        return replace(
            self,
            boundaries={key: own.sketched(uses.get(key, Sketch())) for key, own in self.boundaries.items()},
            channels={key: own.sketched(uses.get(key, Sketch())) for key, own in self.channels.items()},
            services={name: own.sketched(services.get(name, Sketch())) for name, own in self.services.items()},
        )

    def all_boundaries(self) -> dict[BoundaryKey, Traffic]:
        """With the ready-made edges. They sum up spans of the same back end, so that they say nothing more of calls
        that spans show. Two files of them may sum up the same time, so that the one with more calls counts."""
        found = dict(self.boundaries)
        shown = {(key.consumer, key.provider.name) for key in found}
        for (parent, child), files in self.dependencies.items():
            if (parent, child) not in shown:
                calls, errors = max(files.values())
                key = BoundaryKey(parent, Party(child), Style.SYNC, "tcp")
                found[key] = Traffic(Stats(calls, errors), min(files), Rule.DEPENDENCY_LINK)
        return found


def dependencies_of(links: Iterable[tuple[DependencyLink, str]]) -> Observed:
    """What ready-made edges show, each with the path of its file."""
    services: dict[str, ServiceSeen] = {}
    sums: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for link, file in links:
        for name in (link.parent, link.child):
            services[name] = services.get(name, ServiceSeen(file)).merge(ServiceSeen(file))
        if link.parent != link.child and link.calls > 0:
            files = sums.setdefault((link.parent, link.child), {})
            calls, errors = files.get(file, (0, 0))
            files[file] = calls + link.calls, errors + min(max(link.errors, 0), link.calls)
    return Observed(services=services, dependencies=sums)


def _joined(one: Sketch | None, other: Sketch | None) -> Sketch | None:
    return None if one is None or other is None else one | other


def _merged_sums(one: Sums, other: Sums) -> Sums:
    return _union(one, other, lambda a, b: (a[0] + b[0], a[1] + b[1]))


def _union(one: Mapping[K, V], other: Mapping[K, V], both: Callable[[V, V], V]) -> dict[K, V]:
    if not one or not other:  # as large ones mostly are merged with
        return dict(one or other)
    found = dict(one)
    for key, value in other.items():
        found[key] = both(found[key], value) if key in found else value
    return found
