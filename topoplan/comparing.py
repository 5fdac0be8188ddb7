"""Two analyses beside each other: the one that is asked for, and one of its base."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import replace

from topoplan.analysis import Progress, Request, analyse, unwatched
from topoplan.errors import NoInputError
from topoplan.history import Checkout, revision
from topoplan.model.gaps import Gaps, Tally
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.model.topology import Topology
from topoplan.planning import opened_since
from topoplan.planning.changes import compare
from topoplan.planning.saved_base import saved_base, saved_gaps


def analyse_changes(request: Request, before: str, progress: Progress = unwatched) -> Report:
    """As `analyse`, with what is different from `before`: a file with a saved report or topology, or else a revision of
    the repository that the first path lies in. Raises UsageError (`against-unusable`) too.
    """
    file = _file(request, before)
    # First, so that a base of no use is told before anything else is done.
    earlier = saved_base(before, Path(request.base)) if file else _analysed_at(request, before, progress)
    report = analyse(_beside(request, file), progress)
    return replace(report, changes=compare(earlier, report, clean(before)))


def analyse_against(request: Request, before: str, progress: Progress = unwatched) -> Report:
    """As `analyse`, with only the gaps that are not there in `before`: a file with a saved report, or else a revision.
    Raises as `analyse_changes` does.
    """
    file = _file(request, before)
    earlier = saved_gaps(before, Path(request.base)) if file else _analysed_at(request, before, progress).gaps
    report = analyse(_beside(request, file), progress)
    return replace(report, gaps=opened_since(report.gaps, earlier, clean(before)))


def _file(request: Request, name: str) -> Path | None:
    """The file of this name, if there is one."""
    path = Path(request.base, name)
    return path if path.is_file() else None


def _beside(request: Request, file: Path | None) -> Request:
    """The request with this file as no input, though it may lie among them; one that is asked for by name stays one."""
    named = {Path(request.base, path).resolve() for path in request.paths}
    return replace(request, aside=file if file and file.resolve() not in named else None)


def _analysed_at(request: Request, name: str, progress: Progress) -> Report:
    """The report of the same request at a revision."""
    progress(f"analysing {name}")
    base = Path(request.base).resolve()
    first = (base / request.paths[0]).resolve()
    with revision(first if first.is_dir() else first.parent, name) as then:
        return _report_at(request, base, then)


def _report_at(request: Request, base: Path, then: Checkout) -> Report:
    """The report of the same request in an earlier state of a repository; what lies outside of it is read as it is
    now. Before there was anything to analyse there was nothing, not even a gap."""
    start = then.of(base)

    def moved(path: str) -> str:
        # Relative paths stay so where they can: some services are called by their folder.
        there = then.of((base / path).resolve())
        is_below = there.is_relative_to(then.files) and start.is_relative_to(then.files)
        return os.path.relpath(there, start) if is_below and not os.path.isabs(path) else str(there)

    paths = tuple(path for path in map(moved, request.paths) if (start / path).exists())
    traces = tuple(path for path in map(moved, request.test_traces) if (start / path).exists())
    config = request.config
    if config not in ("", "-"):
        # A configuration that is new itself says the same of what was there before.
        config = moved(config) if (start / moved(config)).is_file() else str(base / config)
    if not paths:
        return _NOTHING
    earlier = replace(request, paths=paths, test_traces=traces, config=config, baseline="-", today="", base=str(start))
    try:
        return analyse(earlier)
    except NoInputError:
        return _NOTHING


_NOTHING = Report("", Topology(), gaps=Gaps(tallies=(Tally(None),)))
"""A system of nothing, of which everything is known."""
