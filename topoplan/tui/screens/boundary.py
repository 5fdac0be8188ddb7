"""One boundary in full: a page to read, with a cursor whose line can be opened in an editor or copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from topoplan.model.plan import Technique
from topoplan.planning.techniques import Figures, figures
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.threads import in_thread
from topoplan.tui.views.boundary_parts import boundary_page
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.page import Entry, Line, Page, entries, line_of, markdown, page_markdown, section_markdown
from topoplan.tui.views.residuals import residuals
from topoplan.tui.widgets.opening import copy, open_place
from topoplan.tui.widgets.reading import Reading


class BoundaryScreen(ReportScreen):
    """Why a boundary scores as it does, how it is tested, and where all of that is written."""

    TITLE_TEXT = "Boundary"
    DEFAULT_CSS = """
    BoundaryScreen #place { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """
    HELP_TEXT = (
        "Everything known of one boundary. Enter folds the section whose title the cursor is on, and opens the place "
        "that a line tells of. y copies the line; on a section's title the section, on the first line the page. "
        "Before an operation: a letter per kind of test and a sign for its state."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "Back", id="boundary.back"),
        Binding("o", "open_place", "Open file", id="boundary.open"),
        Binding("y", "copy", "Copy", id="boundary.copy"),
        Binding("Y", "copy_all", "Copy page", show=False, id="boundary.copy-page"),
        Binding("n", "walk(1)", "Next", id="boundary.next"),
        Binding("p", "walk(-1)", "Previous", id="boundary.previous"),
        Binding("c", "focus_end('consumer')", "Consumer", id="boundary.consumer"),
        Binding("v", "focus_end('provider')", "Provider", id="boundary.provider"),
        Binding("z", "fold_all", "Fold all", id="boundary.fold"),
        Binding("tab,right_curly_bracket", "section(1)", "Next section", show=False, id="boundary.section"),
        Binding("shift+tab,left_curly_bracket", "section(-1)", "Section before", show=False, id="boundary.before"),
    ]

    def __init__(self, boundary_id: str, among: Sequence[str] = ()) -> None:
        super().__init__()
        self._boundary = boundary_id
        self._among = tuple(among)
        self._page = Page((), ())
        self._folded: frozenset[int] = frozenset()
        self._entries: tuple[Entry, ...] = ()

    def body(self) -> ComposeResult:
        yield Reading()
        yield Static(id="place", markup=False)

    def focus_first(self) -> Widget | None:
        return self.query_one(Reading)

    def show(self, found: ReportIndex) -> None:
        self._prepare(found)

    @work(exclusive=True, exit_on_error=False)
    async def _prepare(self, found: ReportIndex) -> None:
        table = figures(self.explorer.source.planning)
        self._page = await in_thread(lambda: _page(found, self._boundary, table), "topoplan-boundary")
        self._shown(self.query_one(Reading).cursor if self._entries else 0)

    def _shown(self, cursor: int) -> None:
        self._entries = entries(self._page, self._folded)
        self.query_one(Reading).read([entry.shown for entry in self._entries], cursor)
        self._tell_place()

    def on_reading_moved(self) -> None:
        self._tell_place()

    def on_reading_chosen(self) -> None:
        """A section's title folds and unfolds it; a line with a place opens it."""
        entry = self._entry
        if entry and entry.section >= 0 and entry.line < 0:
            self._folded ^= {entry.section}
            self._shown(self.query_one(Reading).cursor)
        elif entry and entry.shown.where:
            self.action_open_place()

    def action_back(self) -> None:
        self.explorer.pop_screen()

    def action_open_place(self) -> None:
        open_place(self.explorer, self._entry.shown.where if self._entry else None, self.explorer.source.roots)

    def action_copy(self) -> None:
        """The line; on a section's title the section, on the page's title the page."""
        entry = self._entry
        if entry is None or (entry.section < 0 and entry.line == 0):
            self.action_copy_all()
        elif entry.line < 0:
            section = self._page.sections[entry.section]
            copy(self.explorer, section_markdown(section), f"the section {section.title}")
        else:
            copy(self.explorer, markdown((_flat(entry.shown),)), "the line")

    def action_copy_all(self) -> None:
        copy(self.explorer, page_markdown(self._page), "the page")

    def action_walk(self, step: int) -> None:
        """The next or previous boundary of the list this one stands in, round its ends."""
        listed = self._listed()
        if len(listed) < 2:
            return
        here = listed.index(self._boundary) if self._boundary in listed else -max(step, 0)
        self._boundary = self.explorer.boundary = listed[(here + step) % len(listed)]
        self._entries = ()
        if self.explorer.index:
            self.show(self.explorer.index)

    def action_focus_end(self, end: str) -> None:
        """Go to the consumer or provider in Focus."""
        boundary = self.explorer.index.boundaries.get(self._boundary) if self.explorer.index else None
        if boundary:
            self.explorer.service = boundary.consumer if end == "consumer" else boundary.provider
            self.explorer.action_open("focus")

    def action_fold_all(self) -> None:
        """Titles only, or everything again; the cursor stays in its section."""
        section = self._entry.section if self._entry else -1
        self._folded = frozenset() if self._folded else frozenset(range(len(self._page.sections)))
        self._entries = entries(self._page, self._folded)
        self._shown(next((n for n, e in enumerate(self._entries) if e.section == section and e.line < 0), 0))

    def action_section(self, step: int) -> None:
        """The cursor to the next or previous section's title."""
        reading = self.query_one(Reading)
        titles = [n for n, entry in enumerate(self._entries) if entry.line < 0 or n == 0]
        beyond = [n for n in titles if (n > reading.cursor if step > 0 else n < reading.cursor)]
        if beyond:
            reading.go_to(min(beyond) if step > 0 else max(beyond))

    @property
    def _entry(self) -> Entry | None:
        cursor = self.query_one(Reading).cursor
        return self._entries[cursor] if cursor < len(self._entries) else None

    def _listed(self) -> tuple[str, ...]:
        if self._among:
            return self._among
        return tuple(p.boundary for p in self.explorer.index.report.profiles) if self.explorer.index else ()

    def _tell_place(self) -> None:
        listed = self._listed()
        place = f"{listed.index(self._boundary) + 1:,} of {len(listed):,}" if self._boundary in listed else ""
        where = self._entry.shown.where if self._entry else None
        told = f"o opens {where}" if where else ""
        text = " · ".join(part for part in (place, told) if part)
        self.query_one("#place", Static).update(Text(text, no_wrap=True, overflow="ellipsis"))


def _page(found: ReportIndex, boundary_id: str, table: Mapping[Technique, Figures]) -> Page:
    boundary = found.boundaries.get(boundary_id)
    if boundary is None:
        return Page((line_of(f"{boundary_id} is not in this report (any more)"),), ())
    left = residuals(found.report, table)
    return boundary_page(found, boundary, left.get(boundary_id) if left else None)


def _flat(line: Line) -> Line:
    return Line(line.pieces, line.lead, line.under)
