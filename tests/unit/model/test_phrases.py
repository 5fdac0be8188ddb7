"""Numbers, durations and lists read as a person writes them."""

import pytest

from topoplan.model.phrases import at_most, counted, joined, listed, milliseconds, sampled, seconds, timespan


def test_one_is_singular_and_thousands_are_separated() -> None:
    assert [counted(n, "boundary") for n in (0, 1, 1204)] == ["0 boundaries", "1 boundary", "1,204 boundaries"]
    assert [counted(2, "key"), counted(2, "service")] == ["2 keys", "2 services"]
    assert [counted(1, "index", "indices"), counted(2, "index", "indices")] == ["1 index", "2 indices"]


def test_a_sample_tells_of_how_much_it_is_one() -> None:
    assert [sampled(3, 3), sampled(1, 3000)] == ["3 calls", "1 call (about 3,000 before sampling)"]
    assert sampled(4, 40, "time") == "4 times (about 40 before sampling)"


def test_a_run_time_has_at_most_two_units() -> None:
    assert [seconds(v) for v in (0, 0.2, 59, 60, 98, 3600, 7500, 7199)] == [
        "0 s", "1 s", "59 s", "1 min", "1 min 38 s", "1 h", "2 h 5 min", "2 h",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.42, "0.42 ms"),
        (3.14, "3.1 ms"),
        (11.05, "11 ms"),
        (999.7, "1.0 s"),
        (10200, "10.2 s"),
        (340_000, "5 min 40 s"),
    ],
)
def test_a_latency_never_shows_an_exponent(value: float, text: str) -> None:
    assert milliseconds(value) == text


def test_long_lists_are_cut_and_short_ones_joined() -> None:
    assert [listed("abcde"), listed("")] == ["a, b, c and 2 more", ""]
    assert [joined(""), joined("a"), joined("abc")] == ["", "a", "a, b and c"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0495429, "5.0 %"),
        (0.05, "5.0 %"),
        (0.000242638, "0.025 %"),
        (0.25, "25 %"),
        (2.99e-7, "0.000030 %"),
        (1, "100 %"),
    ],
)
def test_a_bound_is_never_rounded_down(share: float, text: str) -> None:
    assert at_most(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(40, "40 s"), (86_400, "24 h"), (172_799, "48 h"), (172_800, "2 days"), (1e8, "1,157 days")]
)
def test_a_stretch_of_days_is_told_in_days(value: float, text: str) -> None:
    assert timespan(value) == text
