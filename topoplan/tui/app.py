"""The app: loads a report in a worker, switches screens, and keeps running whatever a worker meets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import Worker, WorkerState

from topoplan.errors import TopoplanError
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.source import ReportSource
from topoplan.tui.views.index import ReportIndex, index
from topoplan.tui.widgets.summary import SummaryBar

SCREENS: dict[str, str] = {
    "gaps": "topoplan.tui.screens.gaps:GapsScreen",
    "focus": "topoplan.tui.screens.focus:FocusScreen",
    "matrix": "topoplan.tui.screens.matrix:MatrixScreen",
    "plan": "topoplan.tui.screens.plan:PlanScreen",
    "drift": "topoplan.tui.screens.drift:DriftScreen",
    "sources": "topoplan.tui.screens.sources:SourcesScreen",
}
"""Name → screen as `module:class`, in the order of the number keys; loaded when first shown."""


class ExploreApp(App[int]):
    """Walks through one report. `return_code` is the exit code of the command."""

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"open('{name}')", name.capitalize()) for number, name in enumerate(SCREENS, 1)),
        Binding("r", "reload", "Analyse again", show=False),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, source: ReportSource) -> None:
        super().__init__()
        self.source = source
        self.index: ReportIndex | None = None
        self.service: str = ""
        """Id of the service that screens last pointed at; empty at first."""
        self.boundary: str = ""
        """Id of the boundary that screens last pointed at."""

    def on_mount(self) -> None:
        self.action_open("gaps")
        self.action_reload()

    def action_open(self, name: str) -> None:
        """Show a screen by name; one that is there already comes back as it was left."""
        if not self.is_screen_installed(name):
            module, _, kind = SCREENS[name].partition(":")
            made: Callable[[], ReportScreen] = getattr(import_module(module), kind)
            self.install_screen(made(), name)
        while len(self.screen_stack) > 1 and not isinstance(self.screen, ReportScreen):
            self.pop_screen()
        if len(self.screen_stack) > 1:
            self.switch_screen(name)
        else:
            self.push_screen(name)

    def open_boundary(self, boundary_id: str, among: Sequence[str] = ()) -> None:
        """Show everything about one boundary, over the present screen; `among` are the ids of the list it stands in,
        which can be walked through. Without one that is all boundaries, riskiest first."""
        from topoplan.tui.screens.boundary import BoundaryScreen

        self.boundary = boundary_id
        self.push_screen(BoundaryScreen(boundary_id, among))

    def action_reload(self) -> None:
        """Analyse again, unless that is being done or there is nothing to analyse."""
        if self.index is None or self.source.can_reload:
            self.load()

    @work(thread=True, exclusive=True, exit_on_error=False, group="load")
    def load(self) -> ReportIndex:
        """Make and index the report."""
        return index(self.source.load(lambda step: self.call_from_thread(self._say, step)))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A finished load shows its report, a failed one says why."""
        if event.worker.group != "load":
            return
        if event.state is WorkerState.SUCCESS:
            self.index = event.worker.result
            for screen in self.screen_stack:
                if isinstance(screen, ReportScreen) and self.index is not None:
                    screen.refresh_report(self.index)
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            told = (
                str(error) if isinstance(error, TopoplanError) else f"this is a bug in topoplan: {type(error).__name__}"
            )
            self.notify(told, title="Not loaded", severity="error", timeout=30, markup=False)

    def _say(self, step: str) -> None:
        for bar in self.screen.query(SummaryBar):
            bar.say(step)
