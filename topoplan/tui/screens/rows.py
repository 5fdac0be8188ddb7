"""What the screens with a table have in common: rows are made, filtered and sorted in a thread, and drawn when seen."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar, Generic

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from topoplan.model.phrases import counted
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.screens.dialogs import ChoiceDialog
from topoplan.tui.views.filtering import Fields, Query, parse
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.table import Column, ordered
from topoplan.tui.widgets.filter_bar import FilterBar
from topoplan.tui.widgets.table import Row, RowTable


class RowsScreen(ReportScreen, Generic[Row]):
    """A filter, a table, and a line that says what is shown. Subclasses say what the rows are."""

    DEFAULT_CSS = """
    RowsScreen #note { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    RowsScreen #mistakes { height: auto; max-height: 3; padding: 0 1; background: $surface; display: none; }
    RowsScreen #mistakes.told { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="rows.filter"),
        Binding("f", "saved_filters", "Saved filters", show=False, id="rows.saved"),
        Binding("w", "save_filter", "Save filter", show=False, id="rows.save"),
        Binding("escape", "clear_filter", "Clear filter", show=False, id="rows.clear"),
    ]
    NOUN: ClassVar[tuple[str, str]] = ("row", "rows")
    NAME: ClassVar[str] = ""
    """What its saved filters are kept under."""
    SORTED_BY: ClassVar[int] = 0

    def __init__(self, columns: Sequence[Column[Row]], fields: Fields[Row]) -> None:
        super().__init__()
        self._columns = columns
        self._fields = fields
        self._rows: list[Row] | None = None
        self._query: Query[Row] = Query()

    def rows_of(self, found: ReportIndex) -> list[Row]:
        """The rows in their first order; called in a thread."""
        raise NotImplementedError

    def why_empty(self, found: ReportIndex) -> str:
        """What it means that there are no rows."""
        return ""

    def body(self) -> ComposeResult:
        yield FilterBar(self._fields.keys)
        yield Static("", id="mistakes", markup=False)
        yield RowTable(self._columns, sorted_by=self.SORTED_BY, help_text=self.HELP_TEXT)
        yield Static("", id="note", markup=False)

    @property
    def table(self) -> RowTable[Row]:
        return self.query_one(RowTable)

    @property
    def filter(self) -> FilterBar:
        return self.query_one(FilterBar)

    def focus_first(self) -> Widget:
        return self.table

    def show(self, found: ReportIndex) -> None:
        self._rows = None
        self._arrange(keep=True)

    def use_filter(self, text: str) -> None:
        """Show only what fits this filter."""
        self.filter.put(text)
        self.table.focus()

    def action_filter(self) -> None:
        self.filter.open()

    def action_clear_filter(self) -> None:
        self.filter.put("")

    def action_save_filter(self) -> None:
        self.explorer.save_filter(self.NAME, self.filter.value)

    def action_saved_filters(self) -> None:
        """Choose one of the saved filters."""
        saved = list(self.explorer.saved_filters(self.NAME).items())
        if not saved:
            self.notify("no filter is saved: set one with / and save it with w", markup=False)
            return

        def use(place: int | None) -> None:
            if place is not None and place >= 0:
                self.use_filter(saved[place][1])

        choices = [Text(name, "bold").append(f"  {text}", "dim not bold") for name, text in saved]
        self.app.push_screen(ChoiceDialog("Saved filters", choices), use)

    def commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """Saved filters and sorting."""
        for name, text in self.explorer.saved_filters(self.NAME).items():
            yield f"Filter: {name}", text, partial(self.use_filter, text)
        for place, column in enumerate(self.table.columns):
            title = column.title.lower()
            yield f"Sort by {title}", "Again: the other way round", partial(self.table.show_column_sort, place)
        yield "Save filter", "Keep the present filter under a name", self.action_save_filter

    @on(FilterBar.Asked)
    def _filter(self) -> None:
        self._arrange(keep=False)

    @on(FilterBar.Left)
    def _leave_filter(self) -> None:
        self.table.focus()

    @on(RowTable.SortAsked)
    def _sort(self) -> None:
        self._arrange(keep=True)

    @work(exclusive=True, exit_on_error=False, group="rows")
    async def _arrange(self, *, keep: bool) -> None:
        """Make what the table shows in a thread, then show it."""
        found = self.explorer.index
        if found is None:
            return
        if self._rows is None:
            self._rows = await asyncio.to_thread(self._made, found)
        rows, table = self._rows, self.table
        self._query = parse(self.filter.value, self._fields)
        query, column, reverse = self._query, table.column, table.reverse
        shown = await asyncio.to_thread(lambda: ordered(query.select(rows), column, reverse=reverse))
        table.fill(shown, keep=keep)
        self._tell(len(shown), len(rows), "" if rows else self.why_empty(found))

    def _made(self, found: ReportIndex) -> list[Row]:
        rows = self.rows_of(found)
        # They live as long as the report: looking through them for garbage would stop the UI now and then.
        gc.freeze()
        return rows

    def _tell(self, shown: int, all_rows: int, why_empty: str) -> None:
        note = Text(no_wrap=True, overflow="ellipsis")
        note.append(
            f"{shown:,} of {counted(all_rows, *self.NOUN)}" if self._query.tests else counted(all_rows, *self.NOUN)
        )
        note.append(f" · {why_empty}" if why_empty else "")
        note.append(f" · by {self.table.column.title.lower()}{', reversed' if self.table.reverse else ''}", "dim")
        mistakes = self.query_one("#mistakes", Static)
        mistakes.set_class(bool(self._query.errors), "told")
        mistakes.update(Text("\n".join(f"! {error}" for error in self._query.errors)))
        self.query_one("#note", Static).update(note)
