"""What the report rests on: every file that was looked at, and every notice."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on

from topoplan.tui.screens.dialogs import TextDialog
from topoplan.tui.screens.rows import RowsScreen
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.source_rows import COLUMNS, FIELDS, SourceRow, source_rows
from topoplan.tui.widgets.table import RowTable


class SourcesScreen(RowsScreen[SourceRow]):
    """Files and notices, what failed first; Enter shows a reason in full."""

    TITLE_TEXT = "Sources"
    NAME = "sources"
    NOUN: ClassVar[tuple[str, str]] = ("file or notice", "files and notices")
    HELP_TEXT = (
        "What became of every file: analysed, skipped or failed, by which importer and why. Notices stand among them "
        "by their severity, with the name of their section in the reference of messages."
    )

    def __init__(self) -> None:
        super().__init__(COLUMNS, FIELDS)

    def rows_of(self, found: ReportIndex) -> list[SourceRow]:
        return source_rows(found)

    @on(RowTable.Chosen)
    def _choose(self) -> None:
        row = self.table.row
        if row is None:
            return
        text = Text(row.state.value, "bold")
        for part in (row.path, row.by, row.reason):
            text.append(f"\n\n{part}" if part else "", "not bold")
        self.app.push_screen(TextDialog(row.path or row.by, text))
