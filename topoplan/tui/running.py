"""Runs the app on this terminal and says how it ended."""

from __future__ import annotations

from topoplan.tui.app import ExploreApp
from topoplan.tui.preferences import Preferences
from topoplan.tui.source import ReportSource


def explore(source: ReportSource, preferences: Preferences, *, watch: bool) -> int:
    """The exit code after a person left the app. Raises what made it crash, or why it never had a report to show."""
    app = ExploreApp(source, preferences, watch=watch)
    app.run()
    if app.crash is not None:
        raise app.crash
    if app.index is None and app.failure is not None and not app.return_code:
        raise app.failure
    return app.return_code or 0
