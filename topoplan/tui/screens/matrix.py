"""The matrix screen: where in the layers of the system are gaps, and which dependencies point back."""

from __future__ import annotations

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from topoplan.reporting.matrix import matrix
from topoplan.reporting.matrix_digest import explained
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.threads import in_thread
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.matrix import place_of
from topoplan.tui.widgets.grid import MatrixGrid

LEGEND = (
    "C^ high  C medium  c low  + covered  . no gap  < points back",
    "C contract  B boundary  S schema  F fault  I in-process  L slice  E end-to-end",
)


class MatrixScreen(ReportScreen):
    """Rows depend on columns."""

    TITLE_TEXT = "Matrix"
    DEFAULT_CSS = """
    MatrixScreen #explained { height: 5; padding: 0 1; border-top: solid $panel; }
    MatrixScreen #legend { height: 2; padding: 0 1; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._found: ReportIndex | None = None

    def body(self) -> ComposeResult:
        yield MatrixGrid()
        yield Static(id="explained", markup=False)
        yield Static(Text("\n".join(LEGEND)), id="legend", markup=False)

    def show(self, found: ReportIndex) -> None:
        self._prepare(found)

    def focus_first(self) -> Widget | None:
        return self.query_one(MatrixGrid)

    def on_screen_resume(self) -> None:
        """Point at what another screen pointed at last."""
        grid = self.query_one(MatrixGrid)
        place = place_of(grid.matrix, self._found, self.explorer.boundary) if self._found else None
        if place and place != grid.cursor:
            grid.go(place)

    @work(exclusive=True, exit_on_error=False, group="matrix")
    async def _prepare(self, found: ReportIndex) -> None:
        shown = await in_thread(lambda: matrix(found.report), "topoplan-matrix")
        self._found = found
        first = shown.worst[0] if shown.worst else (0, 0)
        self.query_one(MatrixGrid).show(shown, place_of(shown, found, self.explorer.boundary) or first)

    @on(MatrixGrid.Moved)
    def _explain(self, event: MatrixGrid.Moved) -> None:
        grid = self.query_one(MatrixGrid)
        if self._found is None:
            return
        who, states, gap = explained(grid.matrix, self._found.coverage, event.place)
        cell = grid.matrix.at(event.place)
        if cell:
            self.explorer.boundary = cell.boundaries[0].id
        if grid.matrix.rows:
            self.explorer.service = grid.matrix.rows[event.place[0]].service
        text = Text.assemble((who, "bold"), "\n", states, "\n", gap)
        self.query_one("#explained", Static).update(text)

    @on(MatrixGrid.Opened)
    def _open(self, event: MatrixGrid.Opened) -> None:
        cell = self.query_one(MatrixGrid).matrix.at(event.place)
        if cell:
            self.explorer.open_boundary(cell.boundaries[0].id)
