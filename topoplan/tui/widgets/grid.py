"""A matrix that scrolls under fixed headers; it renders only the cells in view, so its size does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from topoplan.reporting.matrix import Matrix, Place
from topoplan.tui.views.matrix import style_of

CELL = 3
"""Columns of the terminal that one cell takes: `<` for an edge that points back, and up to two for its sign."""
_NAME_SHARE = 3  # row names take at most one part in three of the width
_NAMES_FROM = 34  # lines a terminal must leave before columns get their names
_UPRIGHT = 12  # characters of a name over its column


class MatrixGrid(ScrollView, can_focus=True):
    """Rows depend on columns. The cursor is a place; `Moved` and `Opened` tell of it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"grid--head", "grid--block", "grid--cross", "grid--cursor", "grid--faint"}
    DEFAULT_CSS = """
    MatrixGrid { height: 1fr; scrollbar-size: 1 1; }
    MatrixGrid .grid--head { color: $foreground; }
    MatrixGrid .grid--block { background: $surface-lighten-1; }
    MatrixGrid .grid--cross { background: $panel; }
    MatrixGrid .grid--cursor { background: $foreground; color: $background; }
    MatrixGrid .grid--faint { color: $foreground; text-style: dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False, id="grid.up"),
        Binding("down,j", "move(1, 0)", "Down", show=False, id="grid.down"),
        Binding("left,h", "move(0, -1)", "Left", show=False, id="grid.left"),
        Binding("right,l", "move(0, 1)", "Right", show=False, id="grid.right"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="grid.page-up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="grid.page-down"),
        Binding("home", "edge(0)", "First cell of the row", show=False, id="grid.first"),
        Binding("end", "edge(-1)", "Last cell of the row", show=False, id="grid.last"),
        Binding("n", "worst(1)", "Next worst gap", id="grid.next"),
        Binding("N", "worst(-1)", "Worse gap", show=False, id="grid.previous"),
        Binding("b", "backward", "Next cycle", id="grid.cycle"),
        Binding("enter", "enter", "Open", id="grid.open"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is somewhere else."""

        place: Place

    @dataclass
    class Opened(Message):
        """The cursor's cell was chosen."""

        place: Place

    def __init__(self) -> None:
        super().__init__()
        self.matrix = Matrix()
        self.cursor: Place = (0, 0)

    def show(self, matrix: Matrix, cursor: Place) -> None:
        """Show another matrix."""
        self.matrix = matrix
        self._measure()
        self.go(cursor)

    def go(self, place: Place) -> None:
        """Put the cursor somewhere, as near as the matrix reaches."""
        last = max(len(self.matrix.rows) - 1, 0)
        self.cursor = min(max(place[0], 0), last), min(max(place[1], 0), last)
        self._reveal()
        self.refresh()
        self.post_message(self.Moved(self.cursor))

    def action_move(self, rows: int, columns: int) -> None:
        """Move by so many rows and columns."""
        self.go((self.cursor[0] + rows, self.cursor[1] + columns))

    def action_page(self, pages: int) -> None:
        """Move by what fits on the screen."""
        self.action_move(pages * max(self.scrollable_content_region.height - self._head, 1), 0)

    def action_edge(self, which: int) -> None:
        """Move to the first (0) or last (-1) cell with a boundary in this row."""
        if self.matrix.rows and self.matrix.columns[self.cursor[0]]:
            self.go((self.cursor[0], self.matrix.columns[self.cursor[0]][which]))

    def action_worst(self, step: int) -> None:
        """Move to the gap with the next lower (1) or higher (-1) open risk; the worst where the cursor is on none."""
        places = self.matrix.worst
        if places:
            there = places.index(self.cursor) + step if self.cursor in places else 0
            self.go(places[there % len(places)])

    def action_backward(self) -> None:
        """Move to the next edge that closes a cycle."""
        places = self.matrix.backward
        if places:
            self.go(next((place for place in places if place > self.cursor), places[0]))
        else:
            self.notify("No dependency points back: there is no cycle.", markup=False)

    def action_enter(self) -> None:
        """Choose the cursor's cell."""
        self.post_message(self.Opened(self.cursor))

    def on_resize(self) -> None:
        self._measure()
        self._reveal()

    def on_click(self, event: Click) -> None:
        row = event.y - self._head + self.scroll_offset.y
        column = (event.x - self._side + self.scroll_offset.x) // CELL
        if event.y >= self._head and event.x >= self._side and max(row, column) < len(self.matrix.rows):
            self.go((row, column))

    def render_line(self, y: int) -> Strip:
        """One line of the widget: of the head, or a row."""
        width = self.scrollable_content_region.width
        row = y - self._head + self.scroll_offset.y
        if row >= len(self.matrix.rows):
            return Strip.blank(width, self.rich_style)
        side, cells = self._head_line(y) if y < self._head else self._row(row)
        first = self.scroll_offset.x % CELL
        shown = Strip(cells).crop(first, first + max(width - self._side, 0))
        return Strip.join([Strip(side), shown]).extend_cell_length(width, self.rich_style).apply_style(self.rich_style)

    @property
    def help_text(self) -> str:
        """What the matrix is for, in the help of the focused widget."""
        return (
            "Each row is a service, each column the service it depends on. Services stand in layers, so that cells lie "
            "above the diagonal; one below it closes a dependency cycle. A cell shows the kind of its worst gap."
        )

    @property
    def _digits(self) -> int:
        return len(str(len(self.matrix.rows)))

    def _measure(self) -> None:
        size = self.size
        names = [row.name for row in self.matrix.rows]
        room = max(size.width // _NAME_SHARE - self._digits - 2, 8)
        self._names = min(max(map(cell_len, names), default=0), room)
        upright = min(max(map(len, names), default=0), _UPRIGHT) if size.height >= _NAMES_FROM else 0
        self._head = upright + 1
        self._side = self._digits + 1 + self._names + 1
        self.virtual_size = Size(self._side + CELL * len(names), self._head + len(names))

    _names, _head, _side = 0, 1, 0

    def _reveal(self) -> None:
        region = self.scrollable_content_region
        room_x, room_y = region.width - self._side, region.height - self._head
        if room_x < CELL or room_y < 1:
            return
        x, y = self.scroll_offset
        left, top = self.cursor[1] * CELL, self.cursor[0]
        self.scroll_to(
            x=min(max(x, left + CELL - room_x), left), y=min(max(y, top + 1 - room_y), top), animate=False, force=True
        )

    def _visible(self) -> range:
        first = self.scroll_offset.x // CELL
        room = self.scrollable_content_region.width - self._side
        return range(first, min(first + room // CELL + 2, len(self.matrix.rows)))

    def _head_line(self, y: int) -> tuple[list[Segment], list[Segment]]:
        head = self.get_component_rich_style("grid--head", partial=True)
        cross = self.get_component_rich_style("grid--cross", partial=True)
        side = " " * self._side
        upright = y < self._head - 1
        cells = []
        for column in self._visible():
            name = [letter for letter in self.matrix.rows[column].name if cell_len(letter)][:_UPRIGHT]
            start = self._head - 1 - len(name)
            text = (name[y - start] if y >= start else "") if upright else _column_number(column)
            text = set_cell_size(f" {text}", CELL)
            cells.append(Segment(text, head + cross if column == self.cursor[1] else head))
        return [Segment(side, head)], cells

    def _row(self, row: int) -> tuple[list[Segment], list[Segment]]:
        own = self.matrix.rows[row]
        parts = {name: self.get_component_rich_style(f"grid--{name}", partial=True) for name in _PARTS}
        on_row = row == self.cursor[0]
        name = set_cell_size(_cut(own.name, self._names), self._names)
        mark = parts["cross"] + _BOLD if on_row else _PLAIN
        side = [Segment(f"{row + 1:>{self._digits}} ", parts["head"] + mark), Segment(f"{name} ", mark)]
        cells = []
        for column in self._visible():
            place = row, column
            cell = self.matrix.at(place)
            ground = parts["block"] if self.matrix.rows[column].layer == own.layer else _PLAIN
            if on_row or column == self.cursor[1]:
                ground += parts["cross"]
            if place == self.cursor:
                ground = parts["cursor"]
            sign = cell.sign if cell else "\\" if column == row else ""
            style = style_of(cell) if cell else ""
            chip = Style.parse(style) if style else ground + parts["faint"]
            cells.append(Segment("<" if cell and cell.back else " ", ground))
            cells.append(Segment(f"{sign:<2}", ground + _BOLD if place == self.cursor else chip))
        return side, cells


_PLAIN, _BOLD = Style(), Style(bold=True)
_PARTS = ("head", "block", "cross", "cursor", "faint")


def _column_number(column: int) -> str:
    """Its last two digits from 100 on, so that there is a gap between numbers."""
    return str(column + 1) if column < 99 else f"{(column + 1) % 100:02}"


def _cut(name: str, width: int) -> str:
    return name if cell_len(name) <= width else f"{set_cell_size(name, max(width - 1, 0))}…"
