"""Where `topoplan explore` gets its report from: an analysis of files, or one file with a saved report."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from topoplan import analysis
from topoplan.analysis import Request
from topoplan.cli.broker import evidence_mounts
from topoplan.config import PlanningSettings, find_config
from topoplan.errors import DocumentError, UsageError
from topoplan.importing.saved import REPORT, form_of
from topoplan.importing.saved import saved_report as read_report
from topoplan.importing.sniffing import is_plausible, is_version_control, why_foreign
from topoplan.importing.workspace import Workspace
from topoplan.model.plan import Choice, Plan
from topoplan.model.report import Report
from topoplan.model.text import clean

Progress = Callable[[str], None]

_HEAD_BYTES = 4096


class AnalysedSource:
    """Analyses its request whenever it is asked."""

    can_reload = True

    def __init__(self, request: Request, pact_broker: str | None) -> None:
        self.roots: Mapping[str, Path] = {
            posixpath.normpath(Path(path).as_posix()): Path(request.base) / path
            for path in (*request.paths, *request.test_traces)
        }
        self.planning = PlanningSettings()
        self._request = request
        self._pact_broker = pact_broker
        self._seen: Sequence[tuple[str, int, int]] = ()
        self._report: Report | None = None

    def load(self, progress: Progress) -> Report:
        """Raises TopoplanError."""
        # Noted before reading, so that what changes meanwhile is seen as a change.
        self._seen = self._look()
        self.planning = analysis.settings_of(self._request).planning
        with evidence_mounts(self._pact_broker) as mounts:
            self._report = analysis.analyse(replace(self._request, mounts=mounts), progress)
        return self._report

    def plan(self, hours: float | None) -> Plan | None:
        """The plan within so many person-hours, of the report last loaded."""
        return _planned(self._report, self.planning, hours)

    def changed(self) -> bool:
        """Whether a file came, went, or has another size or time."""
        return self._look() != self._seen

    def _look(self) -> list[tuple[str, int, int]]:
        named = [*self._request.paths, *self._request.test_traces]
        config = self._request.config or find_config(self._request.paths, Path(self._request.base))
        if config not in ("", "-"):
            named.append(config)
        return sorted({seen for path in named for seen in _files(path)})


class SavedSource:
    """Reads a report that was saved before."""

    can_reload = False

    def __init__(self, path: str) -> None:
        # Its paths are as seen from the folder that it was made in.
        self.roots: Mapping[str, Path] = {".": Path()}
        self.planning = PlanningSettings()
        self._path = path
        self._seen: list[tuple[str, int, int]] = []
        self._report: Report | None = None

    def load(self, progress: Progress) -> Report:
        """Raises UsageError (`report-unusable`)."""
        progress(f"reading {self._path}")
        self._seen = list(_files(self._path))
        self._report = saved_report(self._path)
        return self._report

    def plan(self, hours: float | None) -> Plan | None:
        """The plan within so many person-hours, of the report last loaded."""
        return _planned(self._report, self.planning, hours)

    def changed(self) -> bool:
        """Whether the file was written anew."""
        return list(_files(self._path)) != self._seen


def _planned(report: Report | None, planning: PlanningSettings, hours: float | None) -> Plan | None:
    return analysis.replanned(report, planning, Choice(hours=hours)) if report else None


def is_saved_report(path: str) -> bool:
    """Whether a file begins as a saved report does."""
    try:
        with open(path, "rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except (OSError, ValueError):
        return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and f'"{REPORT}"'.encode() in head


def saved_report(path: str) -> Report:
    """The report in a file, every text in it safe to print. Raises UsageError (`report-unusable`)."""
    hint = "write it anew with `topoplan analyze -f json=FILE`"
    try:
        document = Workspace({path: Path(path)}).json(path).value
        if form_of(document, path) != REPORT:
            raise DocumentError("is no saved report", slug="saved-misfit", where=path)
        report = read_report(document, path)
        if not report.gaps.tallies:
            raise DocumentError("was written before reports told of gaps", slug="saved-version", where=path)
        return report
    except DocumentError as error:
        message = f"cannot be shown: {error.reason}"
        raise UsageError(message, slug="report-unusable", where=clean(path), hint=hint) from None


def _files(path: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of what may be an input at or below a path; nothing of what cannot be looked at."""
    waiting = [path]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as listing:
                entries = list(listing)
        except NotADirectoryError:
            yield from _stat(here)
            continue
        except (OSError, ValueError):
            continue
        names = [entry.name for entry in entries]
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                if is_plausible(entry.name):
                    yield from _stat(entry.path)
            elif not is_version_control(entry.name) and not why_foreign(entry.name, names):
                waiting.append(entry.path)


def _stat(path: str) -> Iterator[tuple[str, int, int]]:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return
    yield path, found.st_size, found.st_mtime_ns
