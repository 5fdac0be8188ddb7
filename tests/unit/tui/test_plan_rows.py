"""The plan under a budget, journeys and the pyramid, as data."""

from __future__ import annotations

import itertools

import pytest
from large_system import large_report
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_report import REPORT

from topoplan.model.coverage import State
from topoplan.model.facts import Style
from topoplan.model.plan import Level, Plan
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.tui.views.index import index
from topoplan.tui.views.plan_rows import (
    JOURNEY_COLUMNS,
    TEST_COLUMNS,
    boundaries_of,
    budget_text,
    budgeted,
    journey_rows,
    pyramid_text,
    state_of,
    stepped,
)


def test_without_a_budget_everything_is_in_the_plan() -> None:
    report = large_report(60)
    shown = budgeted(index(report), None)
    assert shown.tests == report.plan.tests
    assert shown.hours == pytest.approx(report.plan.hours)
    assert shown.retired == pytest.approx(report.plan.total_risk - report.plan.residual_risk, rel=1e-3)
    assert "left out" not in budget_text(shown).plain


@pytest.mark.parametrize("budget", [0.5, 1, 10, 33, 100])
def test_a_budget_keeps_the_first_tests_it_can_pay(budget: float) -> None:
    report = large_report(60)
    shown = budgeted(index(report), budget)
    taken = report.plan.tests[: shown.taken]
    assert shown.tests == taken
    assert shown.hours <= budget
    assert shown.hours + report.plan.tests[shown.taken].hours > budget
    assert [row.number for row in shown.rows[: shown.taken]] == list(range(1, shown.taken + 1))
    assert {row.number for row in shown.rows[shown.taken :]} == {0}
    assert sorted(row.key for row in shown.rows) == sorted(test.id for test in report.plan.tests)
    assert shown.hours + shown.left_out_hours == pytest.approx(report.plan.hours)
    assert "left out" in budget_text(shown).plain


def test_a_plan_made_for_the_budget_is_shown_instead_of_a_cut() -> None:
    report = large_report(60)
    made = Plan(tests=report.plan.tests[3:5])
    shown = budgeted(index(report), 4, made)
    assert shown.tests == made.tests
    assert len(shown.rows) + shown.existing == len(report.plan.tests)


def test_sums_rise_along_the_plan() -> None:
    rows = budgeted(index(large_report(60)), None).rows
    assert all(a.hours < b.hours and a.retired <= b.retired for a, b in itertools.pairwise(rows))


def test_budgets_step_down_to_an_hour_and_up_to_none() -> None:
    whole, budget, seen = 213.0, None, []
    while budget != 1.0:
        budget = stepped(budget, -1, whole)
        assert budget is not None
        seen.append(budget)
    assert seen == sorted(set(seen), reverse=True)
    assert seen[0] < whole
    assert stepped(1.0, -1, whole) == 1.0
    up: list[float | None] = [1.0]
    while up[-1] is not None:
        up.append(stepped(up[-1], 1, whole))
    assert up[:9] == [1, 2, 3, 4, 5, 6, 7, 8, 12]
    assert stepped(None, 1, whole) is None


def test_a_test_is_there_as_far_as_its_worst_boundary() -> None:
    found = index(large_report(60))
    states = {state_of(test, found) for test in found.report.plan.tests}
    assert {State.COVERED, State.FAILING} <= states
    one, other = (
        next(t for t in found.report.plan.tests if state_of(t, found) is s and t.technique == "contract")
        for s in (State.COVERED, State.UNCOVERED)
    )
    both = replace(one, boundaries=(*one.boundaries, *other.boundaries))
    assert state_of(both, found) is State.UNCOVERED
    assert state_of(replace(one, boundaries=("gone",)), found) is State.UNCOVERED


def test_the_pyramid_is_a_line_for_each_level() -> None:
    text = pyramid_text((Level("slice", 0, 1), Level("boundary", 2, 8), Level("in_process", 1_000, 30))).plain
    assert [line.split()[:3] for line in text.splitlines()] == [
        ["Pyramid", "planned", "exist"], ["slice", "1", "0"], ["boundary", "8", "2"], ["in-process", "30", "1,000"],
    ]  # fmt: skip


def test_a_journey_lists_its_boundaries_in_its_own_order() -> None:
    found = index(large_report(120))
    for journey in found.report.journeys:
        boundaries = boundaries_of(journey, found)
        places = [journey.services.index(boundary.consumer) for boundary in boundaries]
        assert places == sorted(places)
        assert all(b.provider in journey.services or b.style is Style.RESOURCE for b in boundaries)
    rows = journey_rows(found)
    assert [row.journey.name for row in rows if row.boundary is None] == [j.name for j in found.report.journeys]
    assert len({row.key for row in rows}) == len(rows)


@pytest.mark.parametrize("nasty", NASTY)
def test_every_cell_of_nasty_rows_is_one_plain_line(nasty: str) -> None:
    found = index(nasty_report(nasty))
    cells = [column.cell(row).plain for row in budgeted(found, 3).rows for column in TEST_COLUMNS]
    cells += [column.cell(row).plain for row in journey_rows(found) for column in JOURNEY_COLUMNS]
    assert cells


def test_a_report_with_nothing_in_it_has_nothing_to_plan() -> None:
    found = index(Report("empty", Topology()))
    shown = budgeted(found, None)
    assert shown.rows == ()
    assert "n/a" in budget_text(shown).plain
    assert journey_rows(found) == []
    assert journey_rows(index(REPORT))
