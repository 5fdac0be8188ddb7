"""Lines to walk through: a cursor over lines of text, of which only the visible rows are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from topoplan.tui.views.page import STRONG, Line, Piece, Run, lay_out

_GUTTER = 2
"""Columns before each row, which mark the cursor's line, so that it is seen without colour."""


class _Row(Struct, frozen=True):
    line: int
    run: Run


class Reading(ScrollView, can_focus=True):
    """Shows lines and moves a cursor over them; says which line the cursor is on, and which was chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"reading--cursor", "reading--title"}
    DEFAULT_CSS = """
    Reading { background: $background; color: $foreground; }
    Reading { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    Reading { scrollbar-background: $background; scrollbar-background-hover: $background; }
    Reading > .reading--title { background: $panel; }
    Reading > .reading--cursor { background: $surface; }
    Reading:focus > .reading--cursor { background: $primary 30%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="reading.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="reading.up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="reading.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="reading.page-up"),
        Binding("home,g", "edge(-1)", "Top", show=False, id="reading.top"),
        Binding("end,G", "edge(1)", "End", show=False, id="reading.end"),
        Binding("enter", "choose", "Choose", show=False, id="reading.choose"),
    ]

    class Chosen(Message):
        """The line under the cursor was chosen."""

        def __init__(self, reading: Reading, index: int) -> None:
            super().__init__()
            self.reading = reading
            self.index = index

        @property
        def control(self) -> Reading:
            return self.reading

    class Moved(Chosen):
        """The cursor went to another line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._rows: list[_Row] = []
        self._firsts: list[int] = []
        self._laid_width = 0
        self.cursor = 0

    def read(self, lines: Sequence[Line], cursor: int = 0) -> None:
        """Show other lines, the cursor on the one with this number."""
        self._lines = lines
        self.cursor = min(max(cursor, 0), max(len(lines) - 1, 0))
        self._lay_out()
        self._reveal()

    def go_to(self, line: int) -> None:
        """The cursor on this line, and the line at the top of the window."""
        self._go(line)
        self.scroll_to(y=self._span(self.cursor)[0], animate=False)

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    def action_move(self, step: int) -> None:
        """One line on; through a line taller than the window, one row on."""
        top, height = round(self.scroll_y), self.scrollable_content_region.height
        first, last = self._span(self.cursor)
        if step > 0 and last >= top + height and last - first >= height:
            self.scroll_to(y=top + 1, animate=False)
        elif step < 0 and first < top and last - first >= height:
            self.scroll_to(y=top - 1, animate=False)
        else:
            self._go(self.cursor + step)

    def action_page(self, step: int) -> None:
        if not self._rows:
            return
        height = max(self.scrollable_content_region.height - 1, 1)
        row = min(max(self._firsts[self.cursor] + step * height, 0), len(self._rows) - 1)
        self._go(self._rows[row].line)

    def action_edge(self, step: int) -> None:
        self._go(len(self._lines) - 1 if step > 0 else 0)

    def action_choose(self) -> None:
        if self._lines:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a second one chooses."""
        row = round(self.scroll_y) + event.y
        if not 0 <= row < len(self._rows):
            return
        line = self._rows[row].line
        if line == self.cursor:
            self.action_choose()
        else:
            self._go(line)

    def on_resize(self) -> None:
        if self.scrollable_content_region.width != self._laid_width:
            self._lay_out()
            self._reveal()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        number = round(self.scroll_y) + y
        base = self.rich_style
        if number >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[number]
        here = row.line == self.cursor
        if here and not self._lines[row.line].drawing:
            base = self.get_component_rich_style("reading--cursor")
        elif self._lines[row.line].title:
            base = self.get_component_rich_style("reading--title")
        sign = ("❯" if self.has_focus else "›") if number == self._firsts[row.line] else "┊"
        gutter = Piece((sign if here else "").ljust(_GUTTER), STRONG)
        segments = [Segment(piece.text, base + Style.parse(piece.style)) for piece in (gutter, *row.run) if piece.text]
        return Strip(segments).adjust_cell_length(width, base)

    def _go(self, line: int) -> None:
        line = min(max(line, 0), max(len(self._lines) - 1, 0))
        if line == self.cursor:
            return
        self.cursor = line
        self._reveal()
        self.refresh()
        self.post_message(self.Moved(self, line))

    def _lay_out(self) -> None:
        self._laid_width = self.scrollable_content_region.width
        room = max(self._laid_width - _GUTTER, 1)
        self._rows, self._firsts = [], []
        for number, line in enumerate(self._lines):
            self._firsts.append(len(self._rows))
            self._rows += (_Row(number, run) for run in lay_out(line, room))
        self.virtual_size = Size(self._laid_width, len(self._rows))
        self.refresh()

    def _span(self, line: int) -> tuple[int, int]:
        """First and last row of a line."""
        if not self._firsts:
            return 0, 0
        after = self._firsts[line + 1] if line + 1 < len(self._firsts) else len(self._rows)
        return self._firsts[line], max(after - 1, self._firsts[line])

    def _reveal(self) -> None:
        """Scroll as little as shows the cursor's line, or its first rows when it is taller than the window."""
        height = self.scrollable_content_region.height
        if not self._rows or height <= 0:
            return
        first, last = self._span(self.cursor)
        top = round(self.scroll_y)
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif last >= top + height:
            self.scroll_to(y=min(first, last - height + 1), animate=False)
