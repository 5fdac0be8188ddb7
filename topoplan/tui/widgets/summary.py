"""The line on top: system, counts, coverage weighted by risk, and what the app is doing."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from topoplan.model.facts import NodeKind
from topoplan.model.phrases import counted
from topoplan.reporting.figures import percent
from topoplan.tui.views.index import ReportIndex

_OURS = (NodeKind.SERVICE, NodeKind.GATEWAY)
"""What counts as a service; stores, brokers and external systems are shown, but are none."""


class SummaryBar(Static):
    """One line; every name in it is plain text."""

    DEFAULT_CSS = """
    SummaryBar { height: 1; dock: top; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self, title: str) -> None:
        super().__init__(Text(title), markup=False)
        self._title = title

    def tell(self, found: ReportIndex) -> None:
        """Show the totals of a report."""
        report = found.report
        tally = report.gaps.all
        parts = [
            self._title,
            report.system,
            counted(sum(s.kind in _OURS for s in report.topology.services), "service"),
            counted(len(report.topology.boundaries), "boundary"),
            counted(len(report.gaps.open), "gap"),
            f"{percent(tally.risk_retired, tally.risk_retirable)} of risk covered",
        ]
        self.update(Text(" · ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis"))

    def say(self, step: str) -> None:
        """Show what is being done."""
        self.update(Text(f"{self._title} · {step}", no_wrap=True, overflow="ellipsis"))
