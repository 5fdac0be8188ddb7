"""Counts observed calls per boundary and operation, in any order to the same result."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

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


@dataclass(slots=True)
class Tally:
    """Growing figures that freeze into `Stats`. All calls of one trace must be added before another trace's."""

    calls: int = 0
    errors: int = 0
    traces: int = 0
    first: int = 0
    last: int = 0
    buckets: dict[int, int] = field(default_factory=dict)
    _trace: SpanId | None = None

    def add(self, trace: SpanId, start: int, duration: int, failed: bool) -> None:
        """One call: `start` in microseconds (0 unknown), `duration` in microseconds (-1 unknown)."""
        self.calls += 1
        self.errors += failed
        if trace != self._trace:
            self._trace = trace
            self.traces += 1
        if start:
            seconds = start // 1_000_000
            if seconds > self.last:
                self.last = seconds
            if not self.first or seconds < self.first:
                self.first = seconds
        if duration >= 0:
            bucket = bucket_of(duration)
            self.buckets[bucket] = self.buckets.get(bucket, 0) + 1

    def stats(self) -> Stats:
        return Stats(self.calls, self.errors, self.traces, self.first, self.last, tuple(sorted(self.buckets.items())))


@dataclass(slots=True)
class BoundaryTally:
    """One boundary: all its calls, each operation's, where it was first seen and how."""

    total: Tally = field(default_factory=Tally)
    operations: dict[Operation, Tally] = field(default_factory=dict)
    file: int = -1
    rule: Rule = Rule.UNPAIRED_MESSAGE
    named: bool = False
    """The provider has a name of its own, not just a product's."""
    broker: Party | None = None
    number: int = 0
    """Of all boundaries of a run, in the order they were found."""

    def seen(self, file: int, rule: Rule, named: bool) -> None:
        self.file = file if self.file < 0 else min(self.file, file)
        self.rule = min(self.rule, rule)
        self.named = self.named or named

    def operation(self, key: Operation) -> Tally:
        found = self.operations.get(key)
        if found is None:
            found = self.operations[key] = Tally()
        return found
