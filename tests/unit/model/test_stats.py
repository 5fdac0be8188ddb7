"""Figures of traffic add up in any order, and bounds follow from how much was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.model.stats import Presence, Stats, unseen_share

counts = st.integers(0, 10**6)
times = st.sampled_from((0, 1_760_000_000, 1_760_086_400))
presences = st.builds(Presence, counts, times, times)
stats = st.builds(
    Stats, counts, counts, counts, times, times, st.just(()), st.integers(0, 10**9).map(lambda n: n / 1024)
)


@given(stats, stats, stats)
def test_adding_traffic_is_exact_in_any_order(a: Stats, b: Stats, c: Stats) -> None:
    assert (a + b) + c == a + (b + c) == (c + a) + b
    assert a + Stats() == a


def test_calls_that_sampling_left_out_are_estimated_beside_those_seen() -> None:
    total = Stats(calls=2, sampled_out=18.5) + Stats(calls=1)
    assert (total.calls, total.estimated_calls) == (3, 21)


@given(presences, presences, presences)
def test_what_may_be_the_same_traces_is_not_added(a: Presence, b: Presence, c: Presence) -> None:
    assert (a | b) | c == a | (b | c) == (c | a) | b
    assert a | a == a
    assert (a + b).traces == a.traces + b.traces


@given(st.integers(1, 10**7), st.integers(1, 10**4))
def test_more_traces_bound_more_tightly(traces: int, more: int) -> None:
    assert 0 < unseen_share(traces + more) < unseen_share(traces) <= 0.95 + 1e-12


def test_the_bound_is_the_rule_of_three() -> None:
    assert unseen_share(1) == pytest.approx(0.95)
    assert abs(unseen_share(300) - 3 / 300) < 1e-4
    # What is in this share of traces is missed by all of them once in twenty times.
    assert abs((1 - unseen_share(300)) ** 300 - 0.05) < 1e-12
