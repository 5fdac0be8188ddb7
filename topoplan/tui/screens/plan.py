"""The plan screen: what to write with so many hours, what that leaves out, and the journeys it is for."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from topoplan.errors import TopoplanError
from topoplan.planning.pyramid import pyramid_of
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.threads import in_thread
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.plan_rows import (
    JOURNEY_COLUMNS,
    TEST_COLUMNS,
    Budgeted,
    JourneyRow,
    TestRow,
    budget_text,
    budgeted,
    journey_rows,
    pyramid_text,
    stepped,
)
from topoplan.tui.widgets.fixed import FixedTable
from topoplan.tui.widgets.table import RowTable


class PlanScreen(ReportScreen):
    """Tests in the order of writing, above the journeys and the pyramid."""

    TITLE_TEXT = "Plan"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "budget(1)", "More hours", key_display="+", id="plan.more"),
        Binding("minus", "budget(-1)", "Fewer hours", key_display="-", id="plan.fewer"),
        Binding("a", "everything", "No budget", id="plan.everything"),
    ]
    DEFAULT_CSS = """
    PlanScreen #budget { height: 2; padding: 0 1; }
    PlanScreen #below { height: 38%; min-height: 7; border-top: solid $panel; }
    PlanScreen #pyramid { width: 26; padding: 0 1; }
    PlanScreen.-wide #pyramid { width: 40; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 -- Textual's own declaration

    def __init__(self) -> None:
        super().__init__()
        self._budget: float | None = None

    def body(self) -> ComposeResult:
        yield Static(id="budget", markup=False)
        yield FixedTable[TestRow](
            TEST_COLUMNS,
            id="tests",
            help_text="Tests in the order in which they are worth writing. In all: hours up to this test. Retired: "
            "share of all risk that the tests up to this one retire. Tests that the budget leaves out come last.",
        )
        with Horizontal(id="below"):
            yield FixedTable[JourneyRow](
                JOURNEY_COLUMNS, id="journeys", help_text="Journeys, each with the boundaries it lies on."
            )
            yield Static(id="pyramid", markup=False)

    def focus_first(self) -> Widget | None:
        return self._tests

    def show(self, found: ReportIndex) -> None:
        self._journeys.fill(journey_rows(found), keep=True)
        self._plan()

    def action_budget(self, direction: int) -> None:
        """Plan with more (1) or fewer (-1) hours."""
        if self.explorer.index is not None:
            self._use(stepped(self._budget, direction, self.explorer.index.report.plan.hours))

    def action_everything(self) -> None:
        """Plan without a budget."""
        self._use(None)

    @property
    def _tests(self) -> FixedTable[TestRow]:
        return self.query_one("#tests", FixedTable)

    @property
    def _journeys(self) -> FixedTable[JourneyRow]:
        return self.query_one("#journeys", FixedTable)

    def _use(self, budget: float | None) -> None:
        if budget != self._budget:
            self._budget = budget
            self._plan()

    @work(exclusive=True, exit_on_error=False, group="plan")
    async def _plan(self) -> None:
        found, budget, source = self.explorer.index, self._budget, self.explorer.source
        if found is None:
            return
        plan = None
        if budget is not None:
            try:
                plan = await in_thread(lambda: source.plan(budget), "topoplan-plan")
            except TopoplanError as error:
                self.explorer.tell(error)
        shown = await in_thread(lambda: budgeted(found, budget, plan), "topoplan-plan")
        self._tell(found, shown)

    def _tell(self, found: ReportIndex, shown: Budgeted) -> None:
        self.query_one("#budget", Static).update(budget_text(shown))
        self._tests.fill(shown.rows, keep=True)
        levels = pyramid_of(shown.tests, found.report.coverage)
        cells = 12 if self.has_class("-wide") else 0
        self.query_one("#pyramid", Static).update(pyramid_text(levels, cells))

    @on(RowTable.Pointed)
    def _point(self) -> None:
        boundary = self._pointed()
        if boundary and self.explorer.index is not None:
            self.explorer.boundary = boundary
            self.explorer.service = self.explorer.index.boundaries[boundary].consumer

    @on(RowTable.Chosen)
    def _choose(self) -> None:
        boundary = self._pointed()
        if boundary:
            self.explorer.open_boundary(boundary)

    def _pointed(self) -> str:
        """The boundary of the focused table's row; of a test that covers several, the first."""
        if self._journeys.has_focus:
            row = self._journeys.row
            return row.boundary.id if row and row.boundary else ""
        test = self._tests.row
        return test.test.boundaries[0] if test and test.test.boundaries else ""
