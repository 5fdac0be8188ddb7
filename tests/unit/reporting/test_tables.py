"""Layout by display width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.reporting.tables import Cell, Column, cut, cut_pair, display_width, pad, table, wrap

TEXT = st.text(st.sampled_from("ab e\u0301日本ｗ👩→"), max_size=40)


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("ｗ", 2), ("👩", 2), ("→█░…", 4), ("", 0)]
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


@given(TEXT, st.integers(1, 30))
def test_cut_fits_and_keeps_what_fits(text: str, width: int) -> None:
    shown = cut(text, width, "…")
    assert display_width(shown) <= width
    assert shown == text or display_width(text) > width


def test_cut_keeps_marks_with_their_base() -> None:
    assert cut("ae\u0301io", 3, "…") == "ae\u0301…"


@given(TEXT, st.integers(2, 30))
def test_wrap_fits_and_loses_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_wrap_breaks_at_spaces_where_it_can() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefgh i", 3) == ["abc", "def", "gh", "i"]


def test_pad_counts_columns() -> None:
    assert pad("日", 4) == "日  "
    assert pad("7", 3, right=True) == "  7"


@pytest.mark.parametrize(
    ("width", "shown"), [(30, "consumer-name → provider-name"), (20, "consume… → provider…"), (12, "con… → prov…")]
)
def test_both_names_of_a_pair_stay_visible(width: int, shown: str) -> None:
    assert cut_pair("consumer-name → provider-name", width, "…", joints=[" → ", " ← "]) == shown


def test_flexible_columns_shrink_until_the_table_fits() -> None:
    columns = [Column("No", right=True), Column("Name", flex=1), Column("Why", flex=1)]
    rows = [[Cell("7"), Cell("日本語サービス" * 3), Cell("because " * 9)]]
    laid = list(table(columns, rows, 60, "…"))
    assert [sum(display_width(cell.text) for cell in row) + 4 for row in laid] == [60, 60]
    assert laid[1][0].text == " 7"
    assert laid[1][1].text.rstrip().endswith("…")


def test_last_columns_go_where_nothing_else_helps() -> None:
    columns = [Column("Name", flex=1, least=10), Column("Calls"), Column("Errors")]
    rows = [[Cell("some-long-name"), Cell("940"), Cell("4 %")]]
    assert [[cell.text for cell in row] for row in table(columns, rows, 18, "…")] == [
        ["Name       ", "Calls"],
        ["some-long-…", "940  "],
    ]
