"""A plan for a ticket or a comment: tests as check boxes in their order, what each adds, what risk stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from topoplan.model.phrases import seconds
from topoplan.model.report import Report
from topoplan.reporting import Style, digest, markdown_parts, plan_digest
from topoplan.reporting.comment import rest, write_sections
from topoplan.reporting.figures import hours, percent
from topoplan.reporting.plan_digest import Point
from topoplan.reporting.prose import code, prose, row

TOP_TESTS = 60
TOP_ITEMS = 12


def write(report: Report, out: TextIO, style: Style) -> None:
    """The plan of `report`; long lists are cut with a note, the JSON format has them in full."""
    del style
    makers: dict[str, Callable[[Report], Iterable[str]]] = {
        "Summary": _summary,
        "Not read": _failed,
        "Tests": _tests,
        "Cases": markdown_parts.details,
        "What a budget buys": _budgets,
        "Risk that stays": markdown_parts.carried,
        "Tests that exist": _existing,
        "Pyramid": markdown_parts.pyramid,
        "Shape of the tests": markdown_parts.observations,
        "Journeys": markdown_parts.journeys,
        "Not worth testing": markdown_parts.skips,
    }
    write_sections(out, {title: make(report) for title, make in makers.items()}, report.tool_version)


def _summary(report: Report) -> Iterator[str]:
    plan = report.plan
    yield f"# Test plan for {code(report.system) or 'the system'}"
    yield ""
    yield f"- **Asked for:** {'; '.join(map(prose, plan_digest.asked_for(plan.choice)))}"
    yield f"- **Plan:** {plan_digest.size(plan)}"
    yield f"- **Risk:** {', '.join(plan_digest.balance(report))}"
    yield f"- **Next hour:** {plan_digest.next_hour(plan)}"
    if plan.bound is not None:
        yield f"- **Optimum:** {plan_digest.proof(plan)}"


def _failed(report: Report) -> Iterator[str]:
    failed = digest.failed_sources(report)
    if failed:
        yield "Not read, so what these files hold is not in the plan:"
        yield ""
        yield from (f"- {code(source.path)}: {prose(source.reason)}" for source in failed[:TOP_ITEMS])
        yield from rest(failed, TOP_ITEMS, "file")


def _tests(report: Report) -> Iterator[str]:
    points = plan_digest.curve(report.plan)
    if not points:
        return
    yield "## Write in this order"
    yield ""
    yield from (_test(place, point, report.plan.total_risk) for place, point in enumerate(points[:TOP_TESTS], 1))
    yield from rest(points, TOP_TESTS, "test")


def _test(place: int, point: Point, total: float) -> str:
    test = point.test
    journey = f", journey {code(test.journey)}" if test.journey not in test.title else ""
    pinned = ", pinned" if test.pinned else ""
    gain = f"adds {percent(test.risk_retired, total)}, in all {percent(point.risk, total)} of the risk"
    cost = f"{hours(test.hours)} to write, {seconds(test.seconds)} a run"
    return f"- [ ] **{place}.** {prose(test.title)} ({code(test.technique)}{journey}{pinned}): {cost}; {gain}"


def _budgets(report: Report) -> Iterator[str]:
    plan = report.plan
    if not plan.steps:
        return
    yield "## What a budget buys"
    yield ""
    yield row(("Budget", "Tests", "To write", "Adds", "In all"))
    yield "| --- | --- | --- | --- | --- |"
    for step, extra in plan_digest.added(plan):
        shares = (percent(extra, plan.total_risk), percent(plan.existing_risk + step.risk_retired, plan.total_risk))
        yield row((hours(step.budget), f"{step.tests:,}", hours(step.hours), *shares))


def _existing(report: Report) -> Iterator[str]:
    yield "## Tests that exist"
    yield ""
    if not report.coverage.read:
        yield "Unknown: no contract, test report or trace of a test run was read."
        return
    share = percent(report.plan.existing_risk, report.plan.total_risk)
    yield f"{share} of the risk is retired by them, each counted as far as it is proven."
    yield ""
    yield from (f"- {line}" for line in plan_digest.existing(report))
