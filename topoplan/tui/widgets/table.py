"""A table of any number of rows: only the lines in view are drawn, and its columns fit the width of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from topoplan.tui.views.table import GAP, Column, fitted, widths


class Keyed(Protocol):
    """A row that is known again in another report or another order."""

    @property
    def key(self) -> str: ...


Row = TypeVar("Row", bound=Keyed)


class RowTable(ScrollView, Generic[Row], can_focus=True, inherit_bindings=False):
    """Rows under a fixed header. Sorting and choosing rows is the screen's work: it is told what is asked for."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-table--header", "row-table--cursor", "row-table--away"}
    DEFAULT_CSS = """
    RowTable { height: 1fr; background: $background; color: $foreground; }
    RowTable { overflow-x: hidden; scrollbar-size-vertical: 1; }
    RowTable > .row-table--header { text-style: bold; background: $panel; color: $foreground; }
    RowTable > .row-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    RowTable > .row-table--away { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", id="table.open"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="table.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page-up"),
        Binding("home,g", "move(-1000000000)", "First", show=False, id="table.first"),
        Binding("end,G", "move(1000000000)", "Last", show=False, id="table.last"),
        Binding("s", "sort_next", "Sort", id="table.sort"),
        Binding("S", "sort_reverse", "Reverse", show=False, id="table.reverse"),
    ]

    cursor: reactive[int] = reactive(0, repaint=True)

    class Pointed(Message):
        """The cursor is on another row."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """A row was opened."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class SortAsked(Message):
        """Rows are wanted in another order, which `sorted_by` and `reverse` of the table tell."""

    def __init__(self, columns: Sequence[Column[Row]], *, sorted_by: int = 0, help_text: str = "") -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.sorted_by = sorted_by
        self.reverse = False
        self.rows: Sequence[Row] = ()
        self._help_text = help_text
        self._widths: list[int] = []

    @property
    def column(self) -> Column[Row]:
        """The column that rows are sorted by."""
        return self.columns[self.sorted_by]

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    @property
    def help_text(self) -> str:
        """What the table is for, in the help of the focused widget."""
        return self._help_text

    def fill(self, rows: Sequence[Row], *, keep: bool) -> None:
        """Show these rows; with `keep` the cursor stays on the row it is on, if that is still there."""
        held = self.row.key if keep and self.row is not None else None
        self.rows = rows
        self.virtual_size = Size(self.size.width, len(rows) + 1)
        self.cursor = next((place for place, row in enumerate(rows) if row.key == held), 0) if held is not None else 0
        self._reveal()
        self.refresh()
        self._tell()

    def show_column_sort(self, place: int) -> None:
        """Sort by a column, or the other way round where it is the one already."""
        self.reverse = not self.reverse if place == self.sorted_by else False
        self.sorted_by = place
        self.refresh()
        self.post_message(self.SortAsked())

    def on_resize(self, event: events.Resize) -> None:
        self._widths = widths(self.columns, event.size.width - 2)
        self.virtual_size = Size(event.size.width, len(self.rows) + 1)
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the header, a row, or nothing."""
        width = self.size.width
        if y == 0:
            return self._strip(self._header(), self.get_component_rich_style("row-table--header"), width)
        place = self.scroll_offset.y + y - 1
        if place >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[place]
        style = self.rich_style
        if place == self.cursor:
            style = self.get_component_rich_style("row-table--cursor" if self.has_focus else "row-table--away")
        return self._strip([column.cell(row) for column in self.columns], style, width)

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._point(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by screens."""
        self._point(self.cursor + by * max(self.size.height - 2, 1))

    def action_choose(self) -> None:
        if self.row is not None:
            self.post_message(self.Chosen(self.row.key))

    def action_sort_next(self) -> None:
        self.show_column_sort((self.sorted_by + 1) % len(self.columns))

    def action_sort_reverse(self) -> None:
        self.show_column_sort(self.sorted_by)

    def on_click(self, event: events.Click) -> None:
        """The header sorts, a row is pointed at, and opened by a second click."""
        if event.y == 0:
            self._click_header(event.x)
            return
        place = self.scroll_offset.y + event.y - 1
        if place < len(self.rows):
            self._point(place)
            if event.chain == 2:
                self.action_choose()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _click_header(self, x: int) -> None:
        left = 1
        for place, width in enumerate(self._widths):
            if width and left <= x < left + width + GAP:
                self.show_column_sort(place)
                return
            left += width + GAP

    def _point(self, place: int) -> None:
        moved = min(max(place, 0), len(self.rows) - 1) if self.rows else 0
        if moved != self.cursor:
            self.cursor = moved
            self._reveal()
            self._tell()

    def _reveal(self) -> None:
        """Scroll so that the cursor's line is in view, below the header."""
        room = self.size.height - 1
        if room < 1:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + room:
            self.scroll_to(y=self.cursor - room + 1, animate=False, force=True)

    def _tell(self) -> None:
        if self.row is not None:
            self.post_message(self.Pointed(self.row.key))

    def _header(self) -> list[Text]:
        titles = []
        for place, column in enumerate(self.columns):
            falling = column.falling is not self.reverse
            sign = ("▼" if falling else "▲") if place == self.sorted_by else ""
            titles.append(Text(column.title + sign))
        return titles

    def _strip(self, cells: Sequence[Text], style: Style, width: int) -> Strip:
        line = Text(" ", end="")
        for column, cell, room in zip(self.columns, cells, self._widths, strict=False):
            if room:
                line.append_text(fitted(cell, room, tail=column.tail)).append(" " * GAP)
        segments = list(line.render(self.app.console))
        return Strip(Segment.apply_style(segments, style)).adjust_cell_length(width, style)
