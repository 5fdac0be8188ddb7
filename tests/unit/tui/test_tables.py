"""How tables share out the width of a screen, order rows and cut what does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from topoplan.tui.views.table import GAP, Column, fitted, ordered, widths


def column(least: int, share: int = 0, most: int = 200, *, falling: bool = False) -> Column[str]:
    return Column("x", Text, lambda row: (row[:1],), least, share, most, falling)


@pytest.mark.parametrize(
    ("columns", "room", "found"),
    [
        ((column(10), column(5)), 40, [10, 5]),
        ((column(10, 1), column(5)), 40, [33, 5]),
        ((column(10, 1), column(5, 1)), 37, [20, 15]),
        ((column(10, 1, 12), column(5, 1)), 37, [12, 23]),
        ((column(10), column(5), column(5)), 20, [10, 5, 0]),
        ((column(10), column(5)), 3, [10, 0]),
    ],
)
def test_room_is_shared_out(columns: tuple[Column[str], ...], room: int, found: list[int]) -> None:
    assert widths(columns, room) == found


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4), st.integers(20, 60)), min_size=1, max_size=6),
    st.integers(20, 250),
)
def test_columns_never_take_more_than_the_room(sizes: list[tuple[int, int, int]], room: int) -> None:
    found = widths([column(*size) for size in sizes], room)
    kept = [width for width in found if width]
    assert sum(kept) + GAP * (len(kept) - 1) <= room
    assert all(least <= width <= most for width, (least, _, most) in zip(kept, sizes, strict=False))


def test_rows_that_are_equal_stay_in_their_order() -> None:
    rows = ["b1", "a1", "b2", "a2"]
    assert ordered(rows, column(1), reverse=False) == ["a1", "a2", "b1", "b2"]
    assert ordered(rows, column(1), reverse=True) == ["b1", "b2", "a1", "a2"]
    assert ordered(rows, column(1, falling=True), reverse=False) == ["b1", "b2", "a1", "a2"]


@pytest.mark.parametrize(("tail", "found"), [(False, "specs/sh…"), (True, "…api.yaml")])
def test_what_is_too_long_is_cut(tail: bool, found: str) -> None:
    assert fitted(Text("specs/shop/api.yaml"), 9, tail=tail).plain == found


@given(st.text(), st.integers(2, 30), st.booleans())
def test_a_cell_is_as_wide_as_its_room(text: str, room: int, tail: bool) -> None:
    line = " ".join(text.split())
    if line.isprintable():
        assert cell_len(fitted(Text(line), room, tail=tail).plain) == room
