"""Where the system is exposed: every boundary with its risk, the state of its tests and the next test to write."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from topoplan.tui.screens.rows import RowsScreen
from topoplan.tui.views.gap_rows import COLUMNS, FIELDS, GapRow, gap_rows
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.widgets.table import RowTable


class GapsScreen(RowsScreen[GapRow]):
    """The ranked table of boundaries."""

    TITLE_TEXT = "Gaps"
    NAME = "gaps"
    NOUN: ClassVar[tuple[str, str]] = ("boundary", "boundaries")
    SORTED_BY = 1
    HELP_TEXT = (
        "Boundaries, riskiest first. Tests: a letter per kind of test and a sign for its state, quiet where none is "
        "recommended. Next test: the letter "
        "and urgency of the gap with the most open risk. Change: commits to both services in the period looked at, "
        "and after ! the breaking changes of the provider's interface."
    )

    def __init__(self) -> None:
        super().__init__(COLUMNS, FIELDS)

    def rows_of(self, found: ReportIndex) -> list[GapRow]:
        return gap_rows(found)

    @on(RowTable.Pointed)
    def _point(self, event: RowTable.Pointed) -> None:
        self.explorer.boundary = event.key
        if self.table.row is not None:
            self.explorer.service = self.table.row.boundary.consumer

    @on(RowTable.Chosen)
    def _choose(self, event: RowTable.Chosen) -> None:
        self.explorer.open_boundary(event.key, [row.key for row in self.table.rows])
