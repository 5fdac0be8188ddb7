"""Numbers are never rounded into a false claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.reporting.figures import (
    Band,
    band_of,
    decimal,
    filled,
    hours,
    latency,
    percent,
    ratio,
)


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_percent_says_nothing_or_all_only_where_it_is(parts: tuple[int, int]) -> None:
    part, whole = parts
    assert (percent(part, whole) == "0 %") == (part == 0)
    assert (percent(part, whole) == "100 %") == (part == whole)


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 0, "n/a"), (1, 1000, "<1 %"), (999, 1000, ">99 %"), (5, 8, "62 %"), (3, 2, "150 %")]
)
def test_percent(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_a_ratio_shows_its_parts_and_is_not_applicable_to_nothing() -> None:
    assert ratio(5, 8) == "62 % (5 of 8)"
    assert ratio(0, 1200) == "0 % (0 of 1,200)"
    assert ratio(0, 0) == "n/a"


@given(st.floats(0, 1))
def test_a_score_looks_like_0_or_1_only_where_it_is(value: float) -> None:
    assert (decimal(value) == "0.00") == (value == 0)
    assert (decimal(value) == "1.00") == (value == 1)


@given(st.floats(0, 1), st.integers(2, 40))
def test_a_bar_is_empty_or_full_only_where_its_share_is(share: float, cells: int) -> None:
    assert (filled(share, cells) == 0) == (share == 0)
    assert (filled(share, cells) == cells) == (share == 1)
    assert abs(filled(share, cells) - share * cells) <= 1


@pytest.mark.parametrize(("score", "band"), [(100, Band.HIGH), (50, Band.HIGH), (49, Band.MEDIUM), (0, Band.LOW)])
def test_band(score: int, band: Band) -> None:
    assert band_of(score) is band


def test_units() -> None:
    assert [hours(v) for v in (0.01, 0.5, 2, 12.4, 1200)] == ["0.1 h", "0.5 h", "2 h", "12 h", "1,200 h"]
    assert [latency(v) for v in (None, 3.14)] == ["n/a", "3.1 ms"]
