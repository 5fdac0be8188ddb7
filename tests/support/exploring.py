"""The app of `topoplan explore` on reports made in the test, without files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from sample_report import REPORT
from textual.pilot import Pilot

from topoplan.config import PlanningSettings
from topoplan.model.plan import Plan
from topoplan.model.report import Report
from topoplan.tui.app import ExploreApp
from topoplan.tui.preferences import Preferences
from topoplan.tui.source import Progress
from topoplan.tui.widgets.filter_bar import FilterBar

NARROW, WIDE = (80, 24), (160, 48)


class FixedSource:
    """Gives one report after another; the last one again and again. An exception is raised instead."""

    can_reload = True

    def __init__(self, *reports: Report | Exception) -> None:
        self.roots: Mapping[str, Path] = {}
        self.planning = PlanningSettings()
        self.loads = 0
        self.different = False
        self._reports = reports or (REPORT,)

    def load(self, progress: Progress) -> Report:
        progress("reading")
        found = self._reports[min(self.loads, len(self._reports) - 1)]
        self.loads += 1
        self.different = False
        if isinstance(found, Exception):
            raise found
        return found

    def plan(self, hours: float | None) -> Plan | None:
        """None: the app cuts the report's own plan."""
        return None

    def changed(self) -> bool:
        return self.different


@asynccontextmanager
async def exploring(
    *reports: Report | Exception,
    size: tuple[int, int] = NARROW,
    folder: Path | None = None,
    source: FixedSource | None = None,
    watch: bool = False,
) -> AsyncIterator[tuple[ExploreApp, Pilot[int]]]:
    """The running app with its first load done."""
    app = ExploreApp(source or FixedSource(*reports), Preferences(folder), watch=watch)
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        yield app, pilot


async def settled(app: ExploreApp, pilot: Pilot[int]) -> None:
    """Everything asked for is done: messages, pauses in typing, workers, drawing."""
    await until(pilot, lambda: app.index is not None or app.failure is not None)
    await pilot.pause()
    await until(pilot, lambda: not any(map(_waits, app.screen.query(FilterBar))))
    await until(pilot, lambda: not any(worker.is_running for worker in app.workers))
    await pilot.pause()


def _waits(bar: FilterBar) -> bool:
    """Whether rows are still to be asked for: nothing was typed for less than the pause."""
    task = bar._waiting and bar._waiting._task
    return bool(task and not task.done())


async def until(pilot: Pilot[int], holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that happens by itself."""
    for _ in range(int(seconds / 0.02)):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not happen")


def screen_text(app: ExploreApp) -> str:
    """What stands on the screen, line by line."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


def told(app: ExploreApp) -> list[str]:
    """The messages shown to the person."""
    return [notification.message for notification in app._notifications]
