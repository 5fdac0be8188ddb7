"""Addable figures of observed traffic."""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

GAMMA = 1.01 / 0.99
"""Ratio of neighbouring bucket bounds; a quantile read from buckets is within 1 % of the true value."""
_LOG_GAMMA = math.log(GAMMA)
_COUNT = itemgetter(1)


def bucket_of(duration_us: float) -> int:
    """Index of the log bucket that holds a duration in microseconds; durations under 1 µs share bucket 0."""
    return max(0, math.floor(math.log(duration_us) / _LOG_GAMMA)) if duration_us > 1 else 0


@lru_cache(maxsize=4096)
def bucket_ms(bucket: int) -> float:
    """Representative duration of a bucket, in milliseconds (the value that halves the relative error)."""
    return 2 * GAMMA ** (bucket + 1) / (1 + GAMMA) / 1000


class Stats(Struct, frozen=True):
    """What traces say of one boundary or operation. Adding two is exact, in any order.

    `buckets` is the latency histogram: sorted (log bucket, count) pairs of durations seen by the caller where its span
    is there, otherwise by the callee. `first_seen`/`last_seen` are Unix seconds, 0 when unknown.
    """

    json_extra: ClassVar[tuple[str, ...]] = ("p50_ms", "p95_ms", "p99_ms", "estimated_calls")

    calls: int = 0
    """Those seen."""
    errors: int = 0
    traces: int = 0
    """Distinct traces; exact within one importer's run, an upper bound after adding runs."""
    first_seen: int = 0
    last_seen: int = 0
    buckets: tuple[tuple[int, int], ...] = ()
    sampled_out: float = 0.0
    """Estimate of the calls that head sampling left out, by what spans tell of their sampling; 0 where they do not. In
    1/1024 of a call, so that sums are the same in any order."""

    def __add__(self, other: Stats) -> Stats:
        merged = dict(self.buckets)
        for bucket, count in other.buckets:
            merged[bucket] = merged.get(bucket, 0) + count
        return Stats(
            calls=self.calls + other.calls,
            errors=self.errors + other.errors,
            traces=self.traces + other.traces,
            first_seen=_first(self.first_seen, other.first_seen),
            last_seen=max(self.last_seen, other.last_seen),
            buckets=tuple(sorted(merged.items())),
            sampled_out=self.sampled_out + other.sampled_out,
        )

    def quantile_ms(self, q: float) -> float | None:
        """The q-quantile (0 ≤ q ≤ 1) of the latency in milliseconds, within 1 %; None without durations."""
        seen = list(accumulate(map(_COUNT, self.buckets)))
        if not seen or not seen[-1]:
            return None
        place = bisect_right(seen, q * (seen[-1] - 1))  # the first bucket with more up to its end
        return round(bucket_ms(self.buckets[min(place, len(seen) - 1)][0]), 3)

    @property
    def p50_ms(self) -> float | None:
        return self.quantile_ms(0.5)

    @property
    def p95_ms(self) -> float | None:
        return self.quantile_ms(0.95)

    @property
    def p99_ms(self) -> float | None:
        return self.quantile_ms(0.99)

    @property
    def estimated_calls(self) -> int:
        """The calls seen and those that sampling is known to have left out; `calls` where nothing tells of sampling."""
        return self.calls + round(self.sampled_out)

    @property
    def error_rate(self) -> float | None:
        """Errors over calls, 0–1; None without calls."""
        return self.errors / self.calls if self.calls else None


class Presence(Struct, frozen=True):
    """In how many traces a service has a span, and from when to when: what its silence on a call can be judged by.

    `first_seen`/`last_seen` are Unix seconds of its spans, 0 when unknown.
    """

    traces: int = 0
    first_seen: int = 0
    last_seen: int = 0

    def __add__(self, other: Presence) -> Presence:
        """Of the traces of both, where no trace is in both."""
        return replace(self | other, traces=self.traces + other.traces)

    def __or__(self, other: Presence) -> Presence:
        """Of sources that may hold the same traces: there are at least as many as the larger one has."""
        return Presence(
            max(self.traces, other.traces),
            _first(self.first_seen, other.first_seen),
            max(self.last_seen, other.last_seen),
        )


def unseen_share(traces: int, confidence: float = 0.95) -> float:
    """Upper bound, 0–1, on the share of traces that hold what none of `traces` (≥ 1) of them held: 1 − (1 − c)^(1/n).

    At 95 % about 3/n, the rule of three (Hanley and Lippman-Hand 1983). It holds where those traces are a fair sample.
    """
    return -math.expm1(math.log1p(-confidence) / traces)


def _first(*times: int) -> int:
    """The earliest known of times that are 0 when unknown."""
    return min((time for time in times if time), default=0)
