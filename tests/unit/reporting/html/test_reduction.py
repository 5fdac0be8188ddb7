"""What a page holds of a report that is too large for it."""

from __future__ import annotations

import pytest
from large_system import large_report
from msgspec.structs import replace

from topoplan.model.facts import Source, SourceState
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.reporting.html.extras import extras_document
from topoplan.reporting.html.reduction import Reduction, reduced

MOST = 60


@pytest.fixture(scope="module")
def report() -> Report:
    return large_report(60)


@pytest.fixture(scope="module")
def part(report: Report) -> Reduction:
    return reduced(report, MOST)


def test_a_report_that_fits_stays_as_it_is(report: Report) -> None:
    whole = reduced(report, len(report.topology.boundaries))
    assert whole.shown is report
    assert whole.told == ""


def test_the_riskiest_boundaries_are_kept(part: Reduction) -> None:
    """Beside those of the tests that come next."""
    kept = {boundary.id for boundary in part.shown.topology.boundaries}
    assert len(kept) == MOST
    following = [test for test in part.whole.plan.tests if any(gap.test == test.id for gap in part.whole.gaps.open)]
    other = {boundary for test in following[:50] for boundary in test.boundaries}
    by_risk = [profile.boundary for profile in part.whole.profiles if profile.boundary not in other]
    room = len(kept - other)
    assert kept - other == set(by_risk[:room])
    assert room


def test_everything_that_is_kept_speaks_of_boundaries_that_are_kept(part: Reduction) -> None:
    shown = part.shown
    kept = {boundary.id for boundary in shown.topology.boundaries}
    tests = {test.id for test in shown.plan.tests}
    assert {boundary for test in shown.plan.tests for boundary in test.boundaries} <= kept
    assert {profile.boundary for profile in shown.profiles} == kept
    assert {found.boundary for found in shown.coverage.boundaries} == kept
    assert {gap.boundary for gap in shown.gaps.open} <= kept
    assert {gap.test for gap in shown.gaps.open} <= tests
    assert {test.id for test in part.whole.plan.tests if kept.issuperset(test.boundaries)} == tests


def test_tests_along_journeys_stay_whole(report: Report) -> None:
    harmless = tuple(profile.boundary for profile in report.profiles[-3:])
    slice_ = replace(report.plan.tests[0], id="slice:browse", technique=Technique.SLICE, boundaries=harmless)
    plan = replace(report.plan, tests=(*report.plan.tests, slice_))
    assert slice_ in reduced(replace(report, plan=plan), MOST).shown.plan.tests


def test_totals_are_of_the_whole_system(part: Reduction) -> None:
    shown, whole = part.shown, part.whole
    assert shown.topology.services == whole.topology.services
    assert shown.gaps.tallies == whole.gaps.tallies
    assert (shown.plan.total_risk, shown.plan.hours) == (whole.plan.total_risk, whole.plan.hours)


def test_the_graph_of_a_part_never_passes_for_the_whole(part: Reduction) -> None:
    layout = extras_document(part, "")["layout"]
    assert isinstance(layout, dict)
    assert (layout["aggregated"], layout["opens"], layout["whole"]) == (True, "groups", None)


def test_what_is_left_out_is_told(part: Reduction) -> None:
    shown, whole = part.shown, part.whole
    assert part.told == (
        "This system is too large for one page: its lists hold the riskiest "
        f"{MOST} of {len(whole.topology.boundaries)} boundaries, "
        f"{len(shown.plan.tests)} of {len(whole.plan.tests)} recommended tests, "
        f"{len(shown.gaps.open)} of {len(whole.gaps.open)} open gaps."
    )


def test_of_many_files_those_that_failed_come_first(report: Report) -> None:
    states = (SourceState.ANALYSED, SourceState.SKIPPED, SourceState.FAILED)
    sources = tuple(Source(f"{state}-{n}.yaml", state) for n in range(300) for state in states)
    many = replace(report, topology=replace(report.topology, sources=sources))
    part = reduced(many, 400)
    assert [source.state for source in part.shown.topology.sources] == [states[2]] * 300 + [states[1]] * 100
    assert part.told == "This system is too large for one page: its lists hold 400 of 900 files."
