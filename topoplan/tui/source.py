"""Where the app gets its report from, and a plan under another budget: handed in, so that the app knows no files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from topoplan.config import PlanningSettings
from topoplan.model.plan import Plan
from topoplan.model.report import Report

Progress = Callable[[str], None]


class ReportSource(Protocol):
    """Makes a report. Called in a worker thread, never on the UI's."""

    can_reload: bool
    """False for a saved report: there is nothing to analyse again."""
    roots: Mapping[str, Path]
    """Shown path → the real folder or file that was analysed; nothing outside them is opened in an editor."""
    planning: PlanningSettings
    """What the report was planned with: the effects by which tests retire risk; the defaults for a saved report."""

    def load(self, progress: Progress) -> Report:
        """The report; `progress` is told each step. Raises TopoplanError for what a person can mend."""
        ...

    def plan(self, hours: float | None) -> Plan | None:
        """What to write next within so many person-hours, of the report last loaded; None before there is one. Raises
        TopoplanError."""
        ...

    def changed(self) -> bool:
        """Whether the inputs look different from when they were last loaded (names, sizes and times of files)."""
        ...
