"""Where what is declared and what was observed differ."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from topoplan.tui.screens.rows import RowsScreen
from topoplan.tui.views.drift_rows import COLUMNS, FIELDS, DriftRow, drift_rows
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.widgets.table import RowTable


class DriftScreen(RowsScreen[DriftRow]):
    """One row a difference; a boundary's opens it, a service's shows it in Focus."""

    TITLE_TEXT = "Drift"
    NAME = "drift"
    NOUN: ClassVar[tuple[str, str]] = ("difference", "differences")
    HELP_TEXT = (
        "Differences between what files declare and what traces show. Traces show what happened while they were "
        "recorded, and no more: what was never seen may still be used."
    )

    def __init__(self) -> None:
        super().__init__(COLUMNS, FIELDS)

    def rows_of(self, found: ReportIndex) -> list[DriftRow]:
        return drift_rows(found)

    def why_empty(self, found: ReportIndex) -> str:
        observed = any(boundary.observed for boundary in found.report.topology.boundaries)
        return "all that was observed is declared" if observed else "no traces were read, so nothing was observed"

    @on(RowTable.Chosen)
    def _choose(self) -> None:
        found, row = self.explorer.index, self.table.row
        if found is None or row is None:
            return
        if row.drift.subject in found.boundaries:
            self.explorer.open_boundary(row.drift.subject)
        elif row.drift.subject in found.services:
            self.explorer.service = row.drift.subject
            self.explorer.action_open("focus")
