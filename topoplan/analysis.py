"""The whole analysis: a request becomes a report. The command line and the TUI call nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from topoplan import __version__
from topoplan.config import PlanningSettings, Settings
from topoplan.coverage import cover
from topoplan.coverage.method import coverage_sections
from topoplan.graph import find_journeys
from topoplan.history import last_changes, read_history
from topoplan.importing.contract import InterfaceReader, InterfaceVersion, VersionReader
from topoplan.model.change import History
from topoplan.model.collector import collector_paused
from topoplan.model.facts import Notice, Severity
from topoplan.model.gaps import Gaps
from topoplan.model.method import MethodSection
from topoplan.model.operation import Operation
from topoplan.model.plan import Choice, Plan
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.planning import accept, beside_existing, expired, find_gaps, make_plan, read_baseline
from topoplan.planning.method import planning_sections
from topoplan.risk import profile
from topoplan.risk.method import risk_sections
from topoplan.surveying import Progress, Reading, Request, inventory, read, settings_of, survey, unwatched

__all__ = ["Progress", "Request", "analyse", "inventory", "plan", "replanned", "settings_of", "survey", "unwatched"]


def analyse(request: Request, progress: Progress = unwatched) -> Report:
    """Files to report. Raises as `survey` does."""
    found = read(request, progress)
    settings, topology = found.settings, found.topology
    history = History(reason="switched off")
    notices: tuple[Notice, ...] = ()
    if settings.history.enabled:
        progress("reading version control")
        history, notices = read_history(
            topology.services, found.real, settings.history, settings.services, _versions(found.readers)
        )
    with collector_paused():
        journeys, unknown = find_journeys(found.facts, topology, settings)
        topology = replace(topology, notices=(*topology.notices, *notices, *unknown))
        progress("scoring boundaries")
        profiles = profile(topology, history, journeys, settings.risk)
        progress("choosing tests")
        plan = make_plan(topology, profiles, journeys, settings.planning)
        progress("weighing test evidence")
        coverage = cover(topology, found.checks, settings, history, journeys, _changed(found))
        gaps = find_gaps(topology, profiles, plan, coverage, settings.planning)
        open_tests = {gap.test for gap in gaps.open}
        plan = beside_existing(plan, topology, profiles, journeys, settings.planning, coverage, open_tests)
        gaps, past = _accepted(gaps, request, settings)
        topology = replace(topology, notices=(*topology.notices, *past))
    return Report(
        found.system, topology, history, journeys, profiles, plan, coverage, gaps, __version__, method=_method(settings)
    )


def _method(settings: Settings) -> tuple[MethodSection, ...]:
    """The figures in force, in the order in which one needs the one before."""
    return (
        *risk_sections(settings.risk, settings.history),
        *coverage_sections(settings.coverage),
        *planning_sections(settings.planning),
    )


def plan(request: Request, choice: Choice, progress: Progress = unwatched) -> Report:
    """As `analyse`, with a plan of what to write next: `choice` decides, and tests that exist count first. Coverage and
    gaps stay those of what the system needs, whatever is chosen now.
    """
    report = analyse(request, progress)
    progress("planning")
    return replace(report, plan=replanned(report, settings_of(request).planning, choice))


def replanned(report: Report, planning: PlanningSettings, choice: Choice) -> Plan:
    """What to write next by another choice, of a report that is there; tests that exist count first."""
    with collector_paused():
        return make_plan(report.topology, report.profiles, report.journeys, planning, choice, report.coverage)


def _accepted(gaps: Gaps, request: Request, settings: Settings) -> tuple[Gaps, list[Notice]]:
    path = request.baseline or settings.gaps.baseline
    known = read_baseline(path, Path(request.base)) if path and path != "-" else ()
    suppressions = settings.gaps.suppress
    past = [
        Notice(Severity.WARNING, "suppression-expired", f"the suppression of {clean(one.test)} ended on {one.until}")
        for one in expired(suppressions, request.today)
    ]
    return accept(gaps, suppressions, known, request.today), past


def _changed(found: Reading) -> dict[str, int]:
    """When each file of test evidence last changed in version control, where that is known."""
    if not found.settings.history.enabled:
        return {}
    paths = {check.evidence.where.path for check in found.checks}
    return last_changes(sorted(paths), found.real)


def _versions(
    readers: dict[str, InterfaceReader],
) -> Callable[[str, bytes], tuple[Operation, ...] | InterfaceVersion | None]:
    """Reads a stored version of a spec with the importer that read the present one."""

    def version(path: str, content: bytes) -> tuple[Operation, ...] | InterfaceVersion | None:
        reader = readers.get(path)
        if isinstance(reader, VersionReader):
            return reader.version(path, content)
        return None if reader is None else reader.operations(path, content)

    return version
