"""Counts observed calls per boundary and operation, in any order of traces to the same result."""

from __future__ import annotations

import sys
from collections import Counter
from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct, field

from topoplan.model.facts import ChannelRole, Party, Style
from topoplan.model.stats import Stats, bucket_of
from topoplan_importers.traces.span import SpanId


class Rule(IntEnum):
    """How a call was found, strongest first; a boundary found several ways is shown with the first."""

    CLIENT_SERVER_PAIR = 0
    SHARED_SPAN = 1
    PRODUCER_CONSUMER_PAIR = 2
    SPAN_LINK = 3
    PARENT_CHILD = 4
    DEPENDENCY_LINK = 5
    VIRTUAL_PEER = 6
    VIRTUAL_DATASTORE = 7
    VIRTUAL_BROKER = 8
    VIRTUAL_EXTERNAL = 9
    UNPAIRED_MESSAGE = 10

    @property
    def slug(self) -> str:
        return self.name.lower().replace("_", "-")


class BoundaryKey(NamedTuple):
    """Identity of a `CallFact` within one run."""

    consumer: str
    provider: Party
    style: Style
    protocol: str
    channel: str = ""


class ChannelKey(NamedTuple):
    """Identity of a `ChannelFact` within one run."""

    service: str
    role: ChannelRole
    channel: str
    protocol: str
    broker: Party | None


class JourneyKey(NamedTuple):
    """What requests begin with."""

    service: str
    method: str
    path: str


class Operation(NamedTuple):
    method: str
    path: str


def party_order(party: Party | None) -> tuple[str, str, str]:
    """Sorts parties of traces, None first."""
    return (party.name, str(party.kind or ""), party.technology) if party else ("", "", "")


def boundary_order(key: BoundaryKey) -> tuple[object, ...]:
    """Sorts boundaries."""
    return key.consumer, party_order(key.provider), key.style, key.protocol, key.channel


def channel_order(key: ChannelKey) -> tuple[object, ...]:
    """Sorts channel roles."""
    return key.service, key.role, key.channel, key.protocol, party_order(key.broker)


class Tally(Struct):
    """Growing figures of calls."""

    calls: int = 0
    errors: int = 0
    traces: int = 0
    first: int = 0
    """Earliest start in microseconds, 0 unknown."""
    last: int = 0
    buckets: dict[int, int] = field(default_factory=dict)
    sampled_out: float = 0.0
    _trace: SpanId | None = None

    def see(self, trace: SpanId) -> None:
        """Count a trace. All calls of one must be seen before another's."""
        if trace != self._trace:
            self._trace = trace
            self.traces += 1

    def add(self, trace: SpanId, start: int, duration: int, failed: bool, weight: float) -> None:
        """One call: `start` in microseconds (0 unknown), `duration` in microseconds (-1 unknown), `weight` of spans."""
        self.see(trace)
        self.calls += 1
        if failed:
            self.errors += 1
        if start > self.last:
            self.last = start
        if start and (start < self.first or not self.first):
            self.first = start
        if duration >= 0:
            bucket = bucket_of(duration)
            self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.sampled_out += weight - 1

    def stats(self) -> Stats:
        buckets = tuple(sorted(self.buckets.items()))
        return Stats(
            self.calls, self.errors, self.traces, self.first // 1_000_000, self.last // 1_000_000, buckets,
            self.sampled_out,
        )  # fmt: skip


class BoundaryTally(Struct):
    """One boundary, or one channel role: the calls of each operation, where it was first seen and how."""

    number: int
    """Of all boundaries of a run, in the order they were found."""
    operations: dict[Operation | None, Tally] = field(default_factory=dict)
    """None for calls of no known operation."""
    file: int = sys.maxsize
    """The first that shows it."""
    rule: Rule = Rule.UNPAIRED_MESSAGE
    named: bool = False
    """The provider has a name of its own, not just a product's."""
    broker: Party | None = None
    _traces: Tally = field(default_factory=Tally)

    def add(
        self, operation: Tally, trace: SpanId, start: int, duration: int, failed: bool, weight: float, file: int
    ) -> None:  # fmt: skip
        """One call of one of its operations, as `Tally.add`."""
        if file < self.file:
            self.file = file
        self._traces.see(trace)
        operation.add(trace, start, duration, failed, weight)

    def operation(self, key: Operation | None) -> Tally:
        """The figures of an operation."""
        return self.operations.setdefault(key, Tally())

    def total(self) -> Stats:
        """The figures of all calls."""
        sums = Tally(traces=self._traces.traces)
        buckets: Counter[int] = Counter()
        for own in self.operations.values():
            sums.calls += own.calls
            sums.errors += own.errors
            sums.last = max(sums.last, own.last)
            sums.first = min(filter(None, (sums.first, own.first)), default=0)
            buckets.update(own.buckets)
            sums.sampled_out += own.sampled_out
        sums.buckets = buckets
        return sums.stats()
