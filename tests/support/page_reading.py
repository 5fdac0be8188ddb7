"""Reports as pages in a browser."""

from __future__ import annotations

import io
from pathlib import Path

from browser import Page

from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.html.page import write


class Reader:
    """Opens reports in the browser."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = folder
        self._files: dict[int, Path] = {}
        self._kept: list[Report] = []

    async def open(self, report: Report, place: str = "") -> Page:
        """The page of a report at a place such as `#view=gaps`, once it is shown and listens to keys."""
        await self.page.open(f"{self.file(report).as_uri()}{place}")
        await self.page.wait("!!document.querySelector('main') && document.title.endsWith(' · topoplan')")
        return self.page

    def file(self, report: Report) -> Path:
        """The page of a report, written once."""
        if id(report) not in self._files:
            text = io.StringIO()
            write(report, text, Style())
            self._kept.append(report)
            self._files[id(report)] = self._folder / f"report-{len(self._files)}.html"
            self._files[id(report)].write_text(text.getvalue(), encoding="utf-8", newline="\n")
        return self._files[id(report)]
