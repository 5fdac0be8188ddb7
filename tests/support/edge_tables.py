"""What is known of generated calls beforehand, and where what was found of them differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from topoplan.model.facts import CallFact, Fact
from topoplan.model.operation import operation_id
from topoplan.model.stats import Stats

QUANTILES = (0.5, 0.95, 0.99)
TOLERANCE = 0.01
"""Relative error allowed to a quantile."""
_ROUNDING_MS = 0.0005
"""Quantiles are told in milliseconds with three decimals."""


class Edge(NamedTuple):
    """A boundary, or with `operation` one operation of it."""

    consumer: str
    provider: str
    style: str
    protocol: str
    channel: str = ""
    operation: str = ""
    """As `topoplan.model.operation.operation_id` writes it; empty for the whole boundary."""

    @property
    def boundary(self) -> Edge:
        return self._replace(operation="")


@dataclass(slots=True)
class Tally:
    """Figures of one edge. All calls of one trace must be added before another trace's."""

    calls: int = 0
    errors: int = 0
    traces: int = 0
    first: int = 0
    """Unix second of the first call."""
    last: int = 0
    durations: Counter[int] = field(default_factory=Counter)
    """Exact, in microseconds: generated ones are of few values."""
    _trace: int = -1

    def add(self, trace: int, start_us: int, duration_us: int, failed: bool) -> None:
        self.calls += 1
        self.errors += failed
        if trace != self._trace:
            self._trace = trace
            self.traces += 1
        second = start_us // 1_000_000
        self.first = min(self.first or second, second)
        self.last = max(self.last, second)
        self.durations[duration_us] += 1

    def merge(self, other: Tally) -> None:
        """Take in the figures of other traces."""
        self.calls += other.calls
        self.errors += other.errors
        self.traces += other.traces
        self.first = min(self.first or other.first, other.first or self.first)
        self.last = max(self.last, other.last)
        self.durations.update(other.durations)

    def quantile_ms(self, q: float) -> float:
        """The exact quantile: the duration that floor(q (n - 1)) others are not longer than, in order."""
        place, seen = q * (self.calls - 1), 0
        for duration, count in sorted(self.durations.items()):
            seen += count
            if seen > place:
                return duration / 1000
        raise ValueError("a quantile of no calls")


Table = dict[Edge, Tally]
"""Boundaries, and each's operations."""


class Seen(NamedTuple):
    """What somebody found of one edge."""

    counts: tuple[int, ...]
    """Calls, errors, traces, first and last second."""
    quantiles: tuple[float | None, ...]
    """In milliseconds, of QUANTILES."""


def merge(into: Table, other: Mapping[Edge, Tally]) -> None:
    for edge, tally in other.items():
        into.setdefault(edge, Tally()).merge(tally)


def found_in_facts(facts: Iterable[Fact]) -> dict[Edge, Seen]:
    found = {}
    for fact in facts:
        if isinstance(fact, CallFact) and fact.stats is not None:
            edge = Edge(fact.consumer.name, fact.provider.name, str(fact.style), fact.protocol, fact.channel)
            found[edge] = _seen(fact.stats)
            for use in fact.uses:
                assert use.stats is not None
                found[edge._replace(operation=operation_id(use.method, use.path))] = _seen(use.stats)
    return found


def found_in_graph(graph: Mapping[str, Any]) -> dict[Edge, Seen]:
    """From the JSON of `topoplan graph`: what has figures, but for stores and brokers, whose names a graph settles."""
    names = {service["id"]: service["name"] for service in graph["services"]}
    found = {}
    for boundary in graph["boundaries"]:
        if boundary["stats"] is None or boundary["style"] == "resource":
            continue
        edge = Edge(
            names[boundary["consumer"]], names[boundary["provider"]], boundary["style"], boundary["protocol"],
            boundary["channel"],
        )  # fmt: skip
        found[edge] = _told(boundary["stats"])
        for operation in boundary["operations"]:
            if operation["stats"] is not None:
                found[edge._replace(operation=operation["id"])] = _told(operation["stats"])
    return found


def differences(table: Mapping[Edge, Tally], found: Mapping[Edge, Seen]) -> Iterator[str]:
    """One line for each edge that is missing, too much, or has other figures."""
    for edge in sorted(table.keys() | found.keys()):
        known, seen = table.get(edge), found.get(edge)
        if known is None or seen is None:
            yield f"{'not found' if seen is None else 'invented'}: {edge}"
            continue
        counts = (known.calls, known.errors, known.traces, known.first, known.last)
        if counts != seen.counts:
            yield f"{edge}: found {seen.counts}, there are {counts}"
        for q, told in zip(QUANTILES, seen.quantiles, strict=True):
            exact = known.quantile_ms(q)
            if told is None or abs(told - exact) > TOLERANCE * exact + _ROUNDING_MS:
                yield f"{edge}: {q} quantile {told} ms, it is {exact} ms"


def _seen(stats: Stats) -> Seen:
    return Seen(
        (stats.calls, stats.errors, stats.traces, stats.first_seen, stats.last_seen),
        tuple(stats.quantile_ms(q) for q in QUANTILES),
    )


def _told(stats: Mapping[str, Any]) -> Seen:
    return Seen(
        tuple(stats[key] for key in ("calls", "errors", "traces", "first_seen", "last_seen")),
        tuple(stats[f"p{100 * q:.0f}_ms"] for q in QUANTILES),
    )
