"""What the first view of the page says."""

from __future__ import annotations

import json
from typing import Any

from large_system import large_report
from msgspec.structs import replace
from sample_changes import CHANGED
from sample_report import REPORT

from topoplan.model.changes import Changes
from topoplan.model.coverage import Coverage, State
from topoplan.model.gaps import Accepted, Gaps
from topoplan.model.plan import Plan
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import changes_digest, digest, gap_digest
from topoplan.reporting.html.overview import TOP_RISKS, next_tests, overview_document
from topoplan.reporting.standing import standings

LARGE = large_report(60)
EMPTY = Report("nothing", Topology())


def overview(report: Report) -> Any:
    """As the page reads it."""
    return json.loads(json.dumps(overview_document(report), allow_nan=False))


def basis(report: Report) -> dict[str, list[str]]:
    return dict(overview(report)["basis"])


def test_figures_are_those_of_the_text_report() -> None:
    told = overview(LARGE)
    line = gap_digest.coverage_line(LARGE)
    ratios = {one["title"]: one["text"] for one in told["coverage"]["ratios"]}
    assert line[0] == f"{ratios['Recommended tests']} recommended tests"
    assert line[1] == f"{ratios['Boundaries']} boundaries"
    assert line[2] == f"{ratios['Consumer calls']} consumer calls"
    assert line[3] == f"{told['coverage']['risk']['text']} of the risk that can be retired"
    assert line[4] == f"gaps: {told['gaps']}"
    assert told["top"] == [one.boundary.id for one in digest.ranked(LARGE)][:TOP_RISKS]
    assert sum(count for _, count in told["bands"]) == len(LARGE.profiles)


def test_of_nothing_there_is_no_share() -> None:
    told = overview(EMPTY)
    assert told["coverage"]["risk"] == {"text": "n/a" if EMPTY.coverage.read else "unknown", "share": None}
    assert [(one["text"], one["share"]) for one in told["coverage"]["ratios"]] == [("n/a", None)] * 4
    assert told["next"] == told["top"] == told["journeys"] == []
    assert told["plan"] == "no test recommended"


def test_without_evidence_coverage_is_unknown_and_not_nothing() -> None:
    told = overview(replace(LARGE, coverage=Coverage()))
    texts = {one["text"] for one in told["coverage"]["ratios"]}
    assert texts == {"unknown"}
    assert told["gaps"] == told["coverage"]["risk"]["text"] == "unknown"
    assert all(one["tests"].startswith("unknown") and one["share"] is None for one in told["journeys"])


def test_next_are_the_first_of_the_plan_that_are_neither_covered_nor_accepted() -> None:
    stands = standings(LARGE)
    found = next_tests(stands, most=len(stands))
    assert found
    assert [one for one in stands if one in found] == found
    assert {one.state for one in found}.isdisjoint({State.COVERED})
    accepted = found[0].test.id
    gaps = replace(
        LARGE.gaps,
        open=tuple(gap for gap in LARGE.gaps.open if gap.test != accepted),
        accepted=(Accepted(accepted, "", "0" * 32, "suppression"),),
    )
    assert next_tests(standings(replace(LARGE, gaps=gaps)))[0].test.id == found[1].test.id


def test_a_journey_is_tested_by_what_lies_on_it_alone() -> None:
    states = {one.test.id: one.state for one in standings(LARGE)}
    journey, told = LARGE.journeys[0], overview(LARGE)["journeys"][0]
    on = {
        boundary.id
        for boundary in LARGE.topology.boundaries
        if boundary.consumer in journey.services
        and (boundary.provider in journey.services or boundary.style == "resource")
    }
    tests = [test for test in LARGE.plan.tests if on.issuperset(test.boundaries)]
    covered = sum(states[test.id] is State.COVERED for test in tests)
    assert tests
    assert told["tests"].endswith(f"({covered} of {len(tests)})")
    assert told["about"].startswith(journey.criticality)


def test_what_is_missing_is_said_plainly() -> None:
    declared = basis(LARGE)
    assert declared["Traces"] == ["none read: nothing is known of traffic, and declarations were compared with nothing"]
    assert declared["History"][0].startswith("not used")
    assert declared["Changes"] == ["not compared: no base was given"]
    assert basis(replace(LARGE, coverage=Coverage()))["Test evidence"][0].startswith("none was read")


def test_what_was_observed_is_counted() -> None:
    boundaries = REPORT.topology.boundaries
    observed = sum(boundary.observed for boundary in boundaries)
    assert basis(REPORT)["Traces"][0].endswith(f"({observed} of {len(boundaries)}) boundaries")


def test_changes_are_those_of_the_other_formats() -> None:
    changes = CHANGED.changes
    assert changes
    told = overview(CHANGED)["changes"]
    expected = changes_digest.change_groups(CHANGED, changes)
    assert told["base"] == changes.base
    assert [(group["title"], [one["text"] for one in group["changes"]]) for group in told["groups"]] == [
        (title, [one.text for one in found]) for title, found in expected
    ]
    assert "Changes" not in basis(CHANGED)


def test_no_difference_is_said() -> None:
    told = overview(replace(REPORT, changes=Changes("main")))["changes"]
    assert told == {"base": "main", "groups": [], "nothing": changes_digest.NOTHING}


def test_without_gaps_it_is_said_what_that_means() -> None:
    report = replace(EMPTY, plan=Plan(), gaps=Gaps())
    assert overview(report)["gaps"] == "none: no test is recommended"
