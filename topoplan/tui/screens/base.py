"""What every screen of the app has: the header, the footer, and the index it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from topoplan.tui.views.index import ReportIndex
from topoplan.tui.widgets.summary import SummaryBar

if TYPE_CHECKING:
    from topoplan.tui.app import ExploreApp


class ReportScreen(Screen[None]):
    """A screen that shows part of the report. `show` is called when it is mounted and whenever the report changes; the
    index is then complete, and nothing slow may be done there."""

    TITLE_TEXT: ClassVar[str] = ""
    """The screen's name, in the header and the command palette."""
    BINDINGS: ClassVar[list[BindingType]] = []

    @property
    def explorer(self) -> ExploreApp:
        """The app, with its own type."""
        from topoplan.tui.app import ExploreApp

        assert isinstance(self.app, ExploreApp)
        return self.app

    def compose(self) -> ComposeResult:
        yield SummaryBar(self.TITLE_TEXT)
        yield from self.body()
        yield Footer()

    def body(self) -> ComposeResult:
        """The widgets between header and footer."""
        raise NotImplementedError

    def on_mount(self) -> None:
        if self.explorer.index is not None:
            self.refresh_report(self.explorer.index)

    def refresh_report(self, found: ReportIndex) -> None:
        """Show another report."""
        self.query_one(SummaryBar).tell(found)
        self.show(found)

    def show(self, found: ReportIndex) -> None:
        """Fill the widgets from the index."""
        raise NotImplementedError

    def focus_first(self) -> Widget | None:
        """The widget that gets the focus when the screen is shown."""
        return None
