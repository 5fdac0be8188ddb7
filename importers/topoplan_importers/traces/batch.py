"""Spans on their way from a reader to whoever takes them: column by column, so that one costs little."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from topoplan_importers.traces.span import (
    EARLIEST_US,
    LATEST_US,
    DependencyLink,
    Span,
    SpanId,
    Told,
    duration_us,
    number,
    span_id,
    time_us,
)

RawId: TypeAlias = str | int | None
"""An id as a file gives it; `span_id` tells which it is."""
Links: TypeAlias = tuple[tuple[SpanId, SpanId], ...]
_TRACE_DIGITS, _SPAN_DIGITS = 32, 16
_NONE, _ZERO = "0" * _SPAN_DIGITS, bytes(8)


class Numbers(NamedTuple):
    """Ids as unsigned numbers of 64 bits, a trace's in two halves; parent 0: none."""

    high: array[int]
    low: array[int]
    ids: array[int]
    parents: array[int]


class Times(NamedTuple):
    """Microseconds in signed numbers of 64 bits."""

    starts: array[int]
    durations: array[int]


class Batch:
    """The records of some units of one file. All lists of spans are of one length; spans without ids count for
    nothing."""

    __slots__ = ("dependencies", "durations", "ids", "links", "parents", "starts", "told", "traces", "weights")

    def __init__(self) -> None:
        self.traces: list[RawId] = []
        self.ids: list[RawId] = []
        self.parents: list[RawId] = []
        self.starts: list[Any] = []
        """Microseconds since the epoch, 0 when unknown; as they are given until `check_times`."""
        self.durations: list[Any] = []
        """Microseconds, -1 or None when unknown; as the starts."""
        self.told: list[Told] = []
        self.weights: dict[int, float] = {}
        """By place in the columns, where it is not 1."""
        self.links: dict[int, Links] = {}
        """By place in the columns."""
        self.dependencies: list[DependencyLink] = []

    def add(
        self, trace: RawId, own: RawId, parent: RawId, start: object, duration: object, told: Told, weight: float
    ) -> None:  # fmt: skip
        """One span; times are given as in a file, in microseconds."""
        if weight != 1:
            self.weights[len(self.told)] = weight
        self.traces.append(trace)
        self.ids.append(own)
        self.parents.append(parent)
        self.starts.append(start)
        self.durations.append(duration)
        self.told.append(told)

    def end(self) -> tuple[int, int]:
        """Where it ends now."""
        return len(self.told), len(self.dependencies)

    def cut(self, end: tuple[int, int]) -> None:
        """Forget what came behind an end."""
        spans, dependencies = end
        for column in self._columns():
            del column[spans:]
        del self.dependencies[dependencies:]
        self.links = {place: links for place, links in self.links.items() if place < spans}
        self.weights = {place: weight for place, weight in self.weights.items() if place < spans}

    def all_weights(self) -> array[float]:
        """Of each span."""
        weights = array("d", [1.0]) * len(self.told)
        for place, weight in self.weights.items():
            weights[place] = weight
        return weights

    def check_times(self) -> None:
        """What cannot be a time becomes unknown."""
        starts, durations = self.times()
        if min(starts, default=EARLIEST_US) < EARLIEST_US or max(starts, default=0) >= LATEST_US:
            self.starts = list(map(time_us, starts))
        if min(durations, default=0) < 0 or max(durations, default=0) >= LATEST_US:
            self.durations = list(map(duration_us, durations))

    def times(self) -> Times:
        """Starts and durations; there may still be some that cannot be times."""
        try:
            return Times(array("q", self.starts), array("q", self.durations))
        except (TypeError, OverflowError):  # some are no whole numbers of that size
            self.starts = [time_us(number(start)) for start in self.starts]
            self.durations = list(map(_duration, self.durations))
            return Times(array("q", self.starts), array("q", self.durations))

    def _columns(self) -> tuple[list[Any], ...]:
        return self.traces, self.ids, self.parents, self.starts, self.durations, self.told

    def __len__(self) -> int:
        return len(self.ids)

    def spans(self, file: int) -> Iterator[Span]:
        """One by one, for where a column cannot be taken as a whole."""
        return (span for span, _ in self.told_spans(file))

    def told_spans(self, file: int) -> Iterator[tuple[Span, Told]]:
        """The same, with what they say."""
        for place, told in enumerate(self.told):
            span = self.span(place, file)
            if span is not None:
                yield span, told

    def span(self, place: int, file: int) -> Span | None:
        trace, own = span_id(self.traces[place]), span_id(self.ids[place])
        if trace is None or own is None:
            return None
        told = self.told[place]
        start, duration = time_us(number(self.starts[place])), _duration(self.durations[place])
        return Span(
            trace, own, span_id(self.parents[place]), start, duration, told.failed, file, told.signature,
            self.links.get(place, ()), self.weights.get(place, 1.0),
        )  # fmt: skip

    def take_linked(self, file: int) -> list[tuple[Span, Told]]:
        """Take the spans with links out of the columns, from which all others can be taken then."""
        if not self.links:
            return []
        taken = [(self.span(place, file), self.told[place]) for place in self.links]
        weights = self.all_weights()
        for place in sorted(self.links, reverse=True):
            for column in (*self._columns(), weights):
                del column[place]
        self.links, self.weights = {}, {place: weight for place, weight in enumerate(weights) if weight != 1}
        return [(span, told) for span, told in taken if span is not None]

    def numbers(self) -> Numbers | None:
        """The ids, where all of them are hexadecimal text, as in nearly all files; spans with links must be out."""
        try:
            traces, no_trace = _packed(self.traces, _TRACE_DIGITS)
            ids, no_id = _packed(self.ids, _SPAN_DIGITS)
            parents, _ = _packed([parent or _NONE for parent in self.parents], _SPAN_DIGITS)
        except (TypeError, ValueError, AttributeError):
            return None
        low = traces[1::2]
        if (no_trace and 0 in low) or (no_id and 0 in ids):
            return None
        return Numbers(traces[0::2], low, ids, parents)


def _duration(given: object) -> int:
    return -1 if given is None else duration_us(number(given))


class Places(dict[Told, int]):
    """A number for everything that spans of one file are told as, made when it is first asked for."""

    def __init__(self, make: Callable[[Told], int]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, told: Told) -> int:
        place = self[told] = self.make(told)
        return place


def _packed(texts: Sequence[RawId], digits: int) -> tuple[array[int], bool]:
    """What each text means, in halves of 64 bits, and whether one of those may be 0. Raises ValueError, TypeError or
    AttributeError where a text is not hexadecimal, or longer."""
    line = " ".join(texts)  # type: ignore[arg-type]  # `fromhex` passes over spaces; they tell that lengths are right
    if line[digits :: digits + 1] != " " * (len(texts) - 1) or len(line) != (digits + 1) * len(texts) - 1:
        line = "".join([text.rjust(digits, "0") for text in texts])  # type: ignore[union-attr]
    raw = bytes.fromhex(line)
    if len(raw) * 2 != digits * len(texts):  # one is longer, or has spaces in it
        raise ValueError("an id of an odd length")
    numbers = array("Q", raw)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers, _ZERO in raw
