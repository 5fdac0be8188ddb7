"""What the page says of the plan as a whole."""

from __future__ import annotations

import pytest
from large_system import large_report
from msgspec.structs import replace
from sample_plan import PLANNED
from sample_report import REPORT

from topoplan.model.plan import Plan
from topoplan.model.report import Report
from topoplan.reporting import plan_digest
from topoplan.reporting.html.plan_words import plan_document, plan_lines, starts_from_existing

LARGE = large_report(60)


@pytest.mark.parametrize("report", [REPORT, PLANNED, LARGE], ids=["sample", "planned", "generated"])
def test_every_level_and_budget_is_told(report: Report) -> None:
    told = plan_document(report)
    assert isinstance(told["pyramid"], list)
    assert isinstance(told["budgets"], list)
    assert len(told["pyramid"]) == len(report.plan.pyramid)
    assert [one["tests"] for one in told["budgets"]] == [step.tests for step in report.plan.steps]
    assert dict(plan_lines(report))["Size"] == [plan_digest.size(report.plan)]


def test_a_plan_of_what_the_system_needs_does_not_say_that_no_risk_is_retired_yet() -> None:
    assert plan_digest.existing(LARGE)
    assert not starts_from_existing(LARGE)
    [share, stays] = dict(plan_lines(LARGE))["Risk"]
    assert share.endswith("those that exist included")
    assert "stays" in stays


def test_a_plan_that_starts_from_tests_that_exist_counts_them() -> None:
    assert starts_from_existing(PLANNED)
    told = plan_document(PLANNED)
    assert [one["existing"] for one in told["pyramid"]] == [f"{level.existing:,}" for level in PLANNED.plan.pyramid]
    assert dict(plan_lines(PLANNED))["Risk"] == plan_digest.balance(PLANNED)


def test_an_empty_plan_has_no_figures() -> None:
    lines = dict(plan_lines(replace(REPORT, plan=Plan())))
    assert lines["Risk"] == ["not scored"]
    assert lines["Size"] == ["no test"]
    assert "Proof" not in lines
