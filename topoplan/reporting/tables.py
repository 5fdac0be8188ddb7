"""Text laid out in terminal columns: measured, cut, wrapped and aligned by display width."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct

_ZERO_WIDTH = frozenset({"Mn", "Me", "Cf"})


def display_width(text: str) -> int:
    """Columns `text` takes: wide and fullwidth characters (UAX #11) count two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.category(char) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int, ellipsis: str) -> str:
    """`text`, shortened to `width` columns with `ellipsis` at its end where it does not fit."""
    if display_width(text) <= width:
        return text
    room = width - len(ellipsis)
    return _take(text, room)[0].rstrip() + ellipsis if room > 0 else _take(text, width)[0]


def cut_pair(text: str, width: int, ellipsis: str, *, joints: Sequence[str]) -> str:
    """Like `cut`, but of two names with one of `joints` between them both keep a part."""
    joint = next((j for j in joints if j in text), "")
    if not joint or display_width(text) <= width:
        return cut(text, width, ellipsis)
    left, _, right = text.partition(joint)
    room = max(width - len(joint), 2)
    left = cut(left, max(room // 2, room - display_width(right)), ellipsis)
    return cut(left + joint + cut(right, room - display_width(left), ellipsis), width, ellipsis)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` filled with spaces to `width` columns, on its left when `right`-aligned."""
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` ≥ 2 columns, broken at spaces, inside a word only where it alone is too long."""
    lines: list[str] = []
    line, used = "", 0
    for word in text.split():
        size = display_width(word)
        if line and used + 1 + size <= width:
            line, used = f"{line} {word}", used + 1 + size
            continue
        if line:
            lines.append(line)
        while size > width:
            head, word = _take(word, width)
            lines.append(head)
            size = display_width(word)
        line, used = word, size
    return [*lines, line] if line else lines


def _take(text: str, width: int) -> tuple[str, str]:
    """The longest head of at most `width` columns, marks with their base, and the rest."""
    used = 0
    for index, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return text[:index], text[index:]
    return text, ""


class Column(Struct, frozen=True):
    """`flex` is its share of a shortage of room, 0 for a column that is never cut; `least` how far it may shrink."""

    title: str
    right: bool = False
    flex: int = 0
    least: int = 8
    cut: Callable[[str, int, str], str] = cut


class Cell(Struct, frozen=True):
    """Text of one table cell; `paint` is applied after measuring, so that it may add terminal sequences."""

    text: str
    paint: Callable[[str], str] | None = None


GAP = 2


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> list[int]:
    """Natural widths where they fit in `width`; otherwise flexible columns shrink, the widest per flex first."""
    widths = [
        max([display_width(column.title), *(display_width(row[i].text) for row in rows)])
        for i, column in enumerate(columns)
    ]
    excess = sum(widths) + GAP * (len(columns) - 1) - width
    while excess > 0:
        open_ones = [i for i, c in enumerate(columns) if c.flex and widths[i] > c.least]
        if not open_ones:
            break
        widths[max(open_ones, key=lambda i: (widths[i] / columns[i].flex, -i))] -= 1
        excess -= 1
    return widths


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int, ellipsis: str) -> Iterator[list[Cell]]:
    """The head row, then `rows`, as cells cut and padded to common widths; cells of one row join by `GAP` spaces.

    Where even the least widths do not fit, the last columns are left out.
    """
    widths = column_widths(columns, rows, width)
    while len(columns) > 1 and sum(widths) + GAP * (len(columns) - 1) > width:
        columns = columns[:-1]
        widths = column_widths(columns, rows, width)
    count = len(columns)
    for row in ([Cell(column.title) for column in columns], *rows):
        cells = zip(columns, row[:count], widths, strict=True)
        yield [_fit(cell, column, size, ellipsis) for column, cell, size in cells]


def _fit(cell: Cell, column: Column, size: int, ellipsis: str) -> Cell:
    return Cell(pad(column.cut(cell.text, size, ellipsis), size, right=column.right), cell.paint)


def pair_cutter(joints: Sequence[str]) -> Callable[[str, int, str], str]:
    """The `cut` of a column that holds two names with one of `joints` between them."""
    return partial(cut_pair, joints=joints)
