"""A small graph drawn in text: boxes in layers from left to right, with lines between neighbouring layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from topoplan.model.text import clean
from topoplan.reporting.tables import cut, display_width, pad

MOST_BOXES = 12
"""A larger drawing explains nothing in a terminal."""
_LEAST, _WIDEST = 8, 28
"""Columns of a box's text."""
_BORDERS = 4
_ELLIPSIS = "…"


class Box(Struct, frozen=True):
    """One node: its name and a few words under it. A dashed one is not the real thing."""

    id: str
    label: str
    note: str = ""
    dashed: bool = False


class Drawing(Struct, frozen=True):
    """Boxes by layer, left to right, and arrows from box to box by id."""

    layers: tuple[tuple[Box, ...], ...]
    arrows: tuple[tuple[str, str], ...] = ()


def layered(boxes: Sequence[Box], arrows: Iterable[tuple[str, str]]) -> Drawing:
    """Each box right of all that point to it; an arrow that closes a cycle does not move a box. Meant for the few boxes
    that can be drawn."""
    ids = [box.id for box in boxes]
    known = sorted({(a, b) for a, b in arrows if a in ids and b in ids and a != b}, key=lambda e: (ids.index(e[0]), e))
    before: dict[str, list[str]] = {name: [] for name in ids}
    for a, b in known:
        if b not in _all_before(a, before):
            before[b].append(a)
    depth = {name: _depth(name, before) for name in ids}
    layers = tuple(
        tuple(box for box in boxes if depth[box.id] == level) for level in range(max(depth.values(), default=-1) + 1)
    )
    return Drawing(layers, tuple(known))


def _all_before(name: str, before: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(before[name])
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += before[one]
    return found


def _depth(name: str, before: dict[str, list[str]]) -> int:
    return 1 + max((_depth(one, before) for one in before[name]), default=-1)


def draw(drawing: Drawing, width: int) -> tuple[str, ...] | None:
    """The rows of the drawing; None when it has more than `MOST_BOXES` boxes or does not fit in `width` columns.

    Arrows that do not lead to the next layer are told in words under the drawing.
    """
    layers = [layer for layer in drawing.layers if layer]
    if not layers or sum(map(len, layers)) > MOST_BOXES:
        return None
    gaps = [_Gap.between(left, right, drawing.arrows) for left, right in pairwise(layers)]
    room = _text_width(layers, width - sum(gap.width for gap in gaps))
    if room is None:
        return None
    rows = max(_height(layer) for layer in layers)
    columns = [_column(layer, room, rows) for layer in layers]
    tops = [_middles(layer, rows) for layer in layers]
    drawn: list[str] = []
    pictures = [gap.picture(tops[n], tops[n + 1], rows) for n, gap in enumerate(gaps)]
    for row in range(rows):
        parts = [columns[0][row]]
        for n, picture in enumerate(pictures):
            parts += [picture[row], columns[n + 1][row]]
        drawn.append("".join(parts).rstrip())
    return (*drawn, *(cut(text, width, _ELLIPSIS) for text in _told(drawing, layers)))


class _Gap(Struct, frozen=True):
    """The room between two layers: each box with arrows into the next layer has a lane of its own."""

    lanes: tuple[str, ...]
    arrows: tuple[tuple[str, str], ...]

    @classmethod
    def between(cls, left: Sequence[Box], right: Sequence[Box], arrows: Sequence[tuple[str, str]]) -> _Gap:
        starts, ends = [box.id for box in left], {box.id for box in right}
        here = tuple((a, b) for a, b in arrows if a in starts and b in ends)
        used = {a for a, _ in here}
        return cls(tuple(name for name in starts if name in used), here)

    @property
    def width(self) -> int:
        return 2 * max(len(self.lanes), 1) + 2

    def picture(self, starts: dict[str, int], ends: dict[str, int], rows: int) -> list[str]:
        """Lines as sets of directions per cell, so that where two meet the right sign is found."""
        cells = [[0] * self.width for _ in range(rows)]
        last = self.width - 1
        for start, end in self.arrows:
            lane = 1 + 2 * self.lanes.index(start)
            a, b = starts[start], ends[end]
            _across(cells[a], 0, lane)
            _across(cells[b], lane, last)
            step = 1 if b > a else -1
            for row in range(a, b, step):
                cells[row][lane] |= _SOUTH if step > 0 else _NORTH
                cells[row + step][lane] |= _NORTH if step > 0 else _SOUTH
        heads = {ends[end] for _, end in self.arrows}
        return [
            "".join(_SIGNS[cell] for cell in line[:last]) + ("▶" if row in heads else " ")
            for row, line in enumerate(cells)
        ]


_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
_SIGNS = (" ", "╵", "╶", "└", "╷", "│", "┌", "├", "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼")
"""By the directions a cell is connected to."""


def _across(row: list[int], start: int, end: int) -> None:
    for column in range(start, end + 1):
        row[column] |= (_WEST if column > start or start == 0 else 0) | (_EAST if column < end else 0)


def _text_width(layers: Sequence[Sequence[Box]], width: int) -> int | None:
    """The widest text of a box that lets all layers fit."""
    wanted = max(max(display_width(clean(box.label)), display_width(clean(box.note))) for la in layers for box in la)
    room = min(width // len(layers) - _BORDERS, _WIDEST, max(wanted, _LEAST))
    return room if room >= _LEAST else None


def _box_height(box: Box) -> int:
    return 4 if box.note else 3


def _height(layer: Sequence[Box]) -> int:
    return sum(map(_box_height, layer))


def _middles(layer: Sequence[Box], rows: int) -> dict[str, int]:
    """The row of each box that lines meet it in; the layer is centred."""
    row = (rows - _height(layer)) // 2
    found = {}
    for box in layer:
        found[box.id] = row + 1
        row += _box_height(box)
    return found


def _column(layer: Sequence[Box], room: int, rows: int) -> list[str]:
    """A layer's boxes, one under the other, padded to `rows`."""
    blank = " " * (room + _BORDERS)
    drawn = [blank] * ((rows - _height(layer)) // 2)
    for box in layer:
        rule, side = ("╌", "╎") if box.dashed else ("─", "│")
        texts = [box.label, *([box.note] if box.note else [])]
        drawn.append(f"┌{rule * (room + 2)}┐")
        drawn += [f"{side} {pad(cut(clean(text), room, _ELLIPSIS), room)} {side}" for text in texts]
        drawn.append(f"└{rule * (room + 2)}┘")
    return drawn + [blank] * (rows - len(drawn))


def _told(drawing: Drawing, layers: Sequence[Sequence[Box]]) -> list[str]:
    level = {box.id: n for n, layer in enumerate(layers) for box in layer}
    labels = {box.id: clean(box.label) for layer in layers for box in layer}
    return [
        f"also {labels[a]} → {labels[b]}"
        for a, b in drawing.arrows
        if a in level and b in level and level[b] != level[a] + 1
    ]
