"""What every screen of the app has: the header, the footer, and the index it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from topoplan.errors import TopoplanError
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.widgets.summary import SummaryBar

if TYPE_CHECKING:
    from topoplan.tui.app import ExploreApp


class ReportScreen(Screen[None]):
    """A screen that shows part of the report. `show` is called when it is mounted and whenever the report changes; the
    index is then complete, and nothing slow may be done there."""

    TITLE_TEXT: ClassVar[str] = ""
    """The screen's name, in the header and the command palette."""
    HELP_TEXT: ClassVar[str] = ""
    """What the screen is for, in its help."""
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__()
        self._index: ReportIndex | None = None

    @property
    def explorer(self) -> ExploreApp:
        """The app, with its own type."""
        from topoplan.tui.app import ExploreApp

        assert isinstance(self.app, ExploreApp)
        return self.app

    @property
    def help_text(self) -> str:
        """What the screen is for, in its help."""
        return self.HELP_TEXT

    def compose(self) -> ComposeResult:
        yield SummaryBar(self.TITLE_TEXT)
        yield from self.body()
        yield Footer(show_command_palette=False)

    def body(self) -> ComposeResult:
        """The widgets between header and footer."""
        raise NotImplementedError

    def on_mount(self) -> None:
        first = self.focus_first()
        if first is not None:
            first.focus()

    def on_screen_resume(self) -> None:
        """A screen that was away while the report changed shows the new one."""
        if self._index is not self.explorer.index:
            self.refresh_report(self.explorer.index)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What goes wrong in a worker of the screen is told."""
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            self.explorer.tell(event.worker.error)

    def refresh_report(self, found: ReportIndex | None) -> None:
        """Show another report; none while there is none yet."""
        bar = self.query_one(SummaryBar)
        if found is None:
            failure = self.explorer.failure
            bar.say(
                f"not loaded: {failure}" if isinstance(failure, TopoplanError) else "not loaded" if failure else "…"
            )
            return
        bar.tell(found)
        if self._index is not found:
            self._index = found
            self.show(found)

    def show(self, found: ReportIndex) -> None:
        """Fill the widgets from the index."""
        raise NotImplementedError

    def focus_first(self) -> Widget | None:
        """The widget that gets the focus when the screen is shown."""
        return None

    def commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """What the command palette offers on this screen: title, telling, action."""
        return ()
