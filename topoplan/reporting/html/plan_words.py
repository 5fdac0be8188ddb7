"""What the page says of the plan as a whole, in the words and figures of the other formats meant for reading."""

from __future__ import annotations

import math

from topoplan.model.plan import Level, Plan
from topoplan.model.report import Report
from topoplan.reporting import digest, plan_digest
from topoplan.reporting.figures import NOT_APPLICABLE, hours, percent
from topoplan.risk.weighing import settle

Document = dict[str, object]
Line = tuple[str, list[str]]
"""A label, and what is said under it."""
Point = tuple[int, float, float, str]
"""Place, hours, share of all risk, test."""

_POINTS = 1_000
"""Most points of a curve."""


def plan_document(report: Report) -> Document:
    """The document as builtins; `PlanExtras` in web/src/data.ts describes it."""
    plan = report.plan
    return {
        "facts": plan_lines(report),
        "budgets": [
            {
                "budget": hours(step.budget),
                "tests": step.tests,
                "share": percent(plan.existing_risk + step.risk_retired, plan.total_risk),
                "more": percent(more, plan.total_risk),
            }
            for step, more in plan_digest.added(plan)
        ],
        "curve": curve_points(plan),
        "told": plan_digest.budgets(plan),
        "pyramid": [_level(report, level) for level in plan.pyramid],
    }


def curve_points(plan: Plan) -> list[Point]:
    """After which test, in the plan's order from 1, how many hours are spent and which share of all risk (0–1) is
    retired; the whole curve of a very long plan, in steps of several tests."""
    total = plan.total_risk or 1.0
    found = [
        (place, point.hours, settle(point.risk / total), point.test.id)
        for place, point in enumerate(plan_digest.curve(plan), 1)
    ]
    step = max(math.ceil(len(found) / _POINTS), 1)
    return [(0, 0.0, settle(plan.existing_risk / total), ""), *found[step - 1 : -1 : step], *found[-1:]]


def plan_lines(report: Report) -> list[Line]:
    """What was asked for, what it takes, what it brings."""
    plan = report.plan
    proof = plan_digest.proof(plan)
    facts = {
        "Asked for": plan_digest.asked_for(plan.choice),
        "Size": [plan_digest.size(plan)],
        "Risk": _balance(report),
        "One hour more": [plan_digest.next_hour(plan)],
        "Proof": [proof] if proof else [],
        "Tests that exist": plan_digest.existing(report),
    }
    return [(label, words) for label, words in facts.items() if words]


def starts_from_existing(report: Report) -> bool:
    """Whether the plan starts from the tests that exist. One that does not, as `analyze` makes it, tells what all
    recommended tests bring, those that exist among them."""
    return bool(report.plan.existing_risk or not plan_digest.existing(report))


def _balance(report: Report) -> list[str]:
    plan = report.plan
    if not plan.total_risk:
        return ["not scored"]
    if starts_from_existing(report):
        return plan_digest.balance(report)
    _, _, stays = plan_digest.balance(report)
    return [f"{digest.retired(report)} retired by all these tests, those that exist included", stays]


def _level(report: Report, level: Level) -> Document:
    return {
        "title": plan_digest.LEVEL_TITLES.get(level.name, level.name),
        "existing": plan_digest.existing_cases(report, level),
        "planned": f"{level.planned:,}",
        "wanted": plan_digest.wanted(level) or NOT_APPLICABLE,
        "verdict": plan_digest.verdict(report, level),
    }
