"""What a table shows: columns that draw and order rows of any kind, and how wide each is on a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct
from rich.cells import cell_len
from rich.text import Text

Row = TypeVar("Row")
Order: TypeAlias = tuple[float | str, ...]

GAP = 2
"""Blank columns between two."""


class Column(Struct, Generic[Row], frozen=True):
    """One column. A cell is drawn when its row comes into view, so that a table may have any number of rows."""

    title: str
    cell: Callable[[Row], Text]
    order: Callable[[Row], Order]
    """What rows are sorted by; every row's of the same shape."""
    least: int
    """Columns it needs; one that does not fit the screen is left out, from the right."""
    share: int = 0
    """Its part of the room that is left over; 0: stays at `least`."""
    most: int = 200
    falling: bool = False
    """Sorted with the greatest first."""
    tail: bool = False
    """The end of a text that is too long is kept, not its beginning: of paths."""


def widths(columns: Sequence[Column[Row]], room: int) -> list[int]:
    """The width of each column, so that all of them fill `room`; 0 for one left out. The first always stays."""
    shown = len(columns)
    while shown > 1 and _needed(columns[:shown]) > room:
        shown -= 1
    found = [column.least for column in columns[:shown]]
    left = room - _needed(columns[:shown])
    growing = [place for place in range(shown) if columns[place].share]
    while left > 0 and growing:
        shares = sum(columns[place].share for place in growing)
        given = 0
        for place in growing:
            more = min(max(left * columns[place].share // shares, 1), columns[place].most - found[place], left - given)
            found[place] += more
            given += more
        left -= given
        growing = [place for place in growing if found[place] < columns[place].most]
        if not given:
            break
    return [*found, *[0] * (len(columns) - shown)]


def fitted(cell: Text, room: int, *, tail: bool = False) -> Text:
    """The cell at exactly `room` columns, with an ellipsis where something is cut away."""
    cell.no_wrap = True
    if tail and cell.cell_len > room:
        kept = cell.plain
        while cell_len(kept) >= room:
            kept = kept[1:]
        cell = Text(f"…{kept}", cell.style, no_wrap=True)
    cell.truncate(room, overflow="ellipsis", pad=True)
    return cell


def ordered(rows: Sequence[Row], column: Column[Row], *, reverse: bool) -> list[Row]:
    """The rows by a column, in its own direction unless reversed; equal ones stay as they were."""
    return sorted(rows, key=column.order, reverse=column.falling is not reverse)


def _needed(columns: Sequence[Column[Row]]) -> int:
    return sum(column.least for column in columns) + GAP * (len(columns) - 1)
