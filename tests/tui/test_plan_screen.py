"""The plan screen under keys: budgets, what drops out, journeys; planners that fail."""

from __future__ import annotations

from exploring import FixedSource, exploring, screen_text, settled, told
from large_system import large_report

from topoplan.errors import UsageError
from topoplan.model.plan import Plan
from topoplan.tui.screens.boundary import BoundaryScreen
from topoplan.tui.widgets.fixed import FixedTable


class Planning(FixedSource):
    """Plans the first test for any budget, and none for one of an hour."""

    def plan(self, hours: float | None) -> Plan:
        if hours == 1:
            raise UsageError("an hour is too little", slug="too-little")
        return Plan(tests=large_report(60).plan.tests[:1])


async def test_minus_and_plus_change_what_is_in_the_plan() -> None:
    report = large_report(60)
    async with exploring(report) as (app, pilot):
        await pilot.press("4")
        await settled(app, pilot)
        assert f"{len(report.plan.tests)} tests" in screen_text(app)
        for _ in range(3):
            await pilot.press("minus")
            await settled(app, pilot)
        shown = screen_text(app)
        assert "left out: " in shown
        await pilot.press("end")
        await settled(app, pilot)
        assert " out " in screen_text(app)
        await pilot.press("plus")
        await settled(app, pilot)
        assert screen_text(app) != shown
        await pilot.press("a")
        await settled(app, pilot)
        assert "left out" not in screen_text(app)


async def test_a_planner_plans_anew_and_its_errors_are_told() -> None:
    async with exploring(source=Planning(large_report(15))) as (app, pilot):
        await pilot.press("4", "minus")
        await settled(app, pilot)
        assert " 1 test," in screen_text(app)
        for _ in range(30):
            await pilot.press("minus")
        await settled(app, pilot)
        assert any("an hour is too little" in message for message in told(app))
        assert app.crash is None


async def test_enter_opens_the_boundary_of_a_test_and_of_a_journey() -> None:
    async with exploring(large_report(120)) as (app, pilot):
        await pilot.press("4")
        await settled(app, pilot)
        first = app.screen.query_one("#tests", FixedTable).row
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, BoundaryScreen)
        assert app.boundary == first.test.boundaries[0]
        await pilot.press("escape", "tab", "down")
        await settled(app, pilot)
        on_journey = app.screen.query_one("#journeys", FixedTable).row
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, BoundaryScreen)
        assert app.boundary == on_journey.boundary.id


async def test_the_order_is_the_plans_and_sorting_changes_nothing() -> None:
    async with exploring(large_report(60)) as (app, pilot):
        await pilot.press("4")
        await settled(app, pilot)
        before = screen_text(app)
        await pilot.press("s", "S")
        await pilot.click("#tests", offset=(20, 0))
        await settled(app, pilot)
        assert screen_text(app) == before
