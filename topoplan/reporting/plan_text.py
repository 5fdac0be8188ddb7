"""A plan for a person at a terminal: what to write in which order, what each test adds, what risk stays."""

from __future__ import annotations

from typing import TextIO

from topoplan.model.coverage import State
from topoplan.model.phrases import seconds
from topoplan.model.report import Report
from topoplan.reporting import Style, digest, gap_digest, plan_digest
from topoplan.reporting.figures import hours, percent, ratio
from topoplan.reporting.paper import Paper
from topoplan.reporting.standing import known_states
from topoplan.reporting.tables import GAP, Cell, Column
from topoplan.reporting.text_parts import (
    more,
    of,
    standing_text,
    write_carried,
    write_failed,
    write_journeys,
    write_observations,
    write_pyramid,
    write_skips,
    write_test,
)

LISTED_TESTS = 60
TOP_TESTS = 10
TOP_CASES = 4

_BEGUN = (State.COVERED, State.PARTIAL, State.STALE, State.UNVERIFIED, State.FAILING)
_CURVE_FROM, _RUN_FROM = 100, 80
"""Widths from which the curve and the run time stand beside the order."""
_HANG = 6
_LEGEND = "Adds and in all: of the whole risk. Pinned tests come first, then most risk retired per hour of writing."


def write(report: Report, out: TextIO, style: Style) -> None:
    """The plan of `report`; long lists are cut with a note, the JSON format has them in full."""
    paper = Paper(out, style)
    _head(paper, report)
    _order(paper, report)
    _tests(paper, report)
    _budgets(paper, report)
    write_carried(paper, report)
    _existing(paper, report)
    write_pyramid(paper, report)
    write_observations(paper, report)
    write_journeys(paper, report)
    write_skips(paper, report)
    _failed(paper, report)


def _head(paper: Paper, report: Report) -> None:
    plan = report.plan
    paper.heading(
        f"Plan for {paper.show(report.system) or 'the system'}", f"topoplan {paper.show(report.tool_version)}"
    )
    rows = [
        ("Asked for", paper.joined([paper.show(part) for part in plan_digest.asked_for(plan.choice)])),
        ("Plan", plan_digest.size(plan)),
        ("Risk", paper.joined(plan_digest.balance(report))),
        ("Next hour", plan_digest.next_hour(plan)),
        ("Optimum", plan_digest.proof(plan)),
    ]
    paper.facts([(label, text) for label, text in rows if text])


def _order(paper: Paper, report: Report) -> None:
    """The order, with what each test adds; the bars beside it are the curve of risk retired."""
    plan = report.plan
    points = plan_digest.curve(plan)
    if not points:
        return
    states = known_states(report)
    paper.heading("Write in this order", _figures(paper, "to write", "a run", "adds", "in all"))
    if plan.existing_risk:
        share = percent(plan.existing_risk, plan.total_risk)
        note = _figures(paper, "", "", share, share, _bar(paper, plan.existing_risk, plan.total_risk))
        paper.ends("Tests that exist", note, indent=_HANG, paint=paper.dim)
    for place, point in enumerate(points[:LISTED_TESTS], 1):
        test = point.test
        state = states.get(test.id, State.UNKNOWN)
        note = _figures(
            paper,
            hours(test.hours),
            seconds(test.seconds),
            percent(test.risk_retired, plan.total_risk),
            percent(point.risk, plan.total_risk),
            _bar(paper, point.risk, plan.total_risk),
        )
        title = standing_text(paper, test, state.value if state in _BEGUN else "")
        paper.ends(title, note, lead=f"{place:>4}. ")
    more(paper, points[LISTED_TESTS:], "test", indent=_HANG)
    paper.line()
    paper.paragraph(_LEGEND, indent=GAP, paint=paper.dim)


def _figures(paper: Paper, *parts: str) -> str:
    """Columns of a test's cost and gain, then the bar where there is room; narrow paper has no run times."""
    write, run, *gains = parts
    shown = f"{write:>9}" + (f"{run:>12}" if paper.width >= _RUN_FROM else "") + f"{gains[0]:>7}{gains[1]:>8}"
    return shown + (f"  {gains[2] if gains[2:] else '':<{_cells(paper)}}" if _cells(paper) else "")


def _bar(paper: Paper, risk: float, total: float) -> str:
    return paper.bar(risk / total if total else 0.0, _cells(paper))


def _cells(paper: Paper) -> int:
    return paper.width // 8 if paper.width >= _CURVE_FROM else 0


def _tests(paper: Paper, report: Report) -> None:
    """The first tests with their cases and scope."""
    tests = report.plan.tests
    if not tests:
        return
    paper.heading("Cases and scope", of(min(TOP_TESTS, len(tests)), len(tests)))
    for place, test in enumerate(tests[:TOP_TESTS], 1):
        lead = f"{place:>4}. "
        paper.paragraph(paper.show(test.title), lead=lead, paint=paper.bold)
        paper.paragraph(paper.show(test.id), indent=len(lead), paint=paper.dim)
        write_test(paper, test, len(lead), TOP_CASES)
    more(paper, tests[TOP_TESTS:], "test", indent=_HANG)


def _budgets(paper: Paper, report: Report) -> None:
    """What smaller and larger budgets would buy, each against the one before."""
    plan = report.plan
    if not plan.steps:
        return
    paper.heading("What a budget buys", "of the whole risk")
    columns = [
        Column("Budget", right=True),
        Column("Tests", right=True),
        Column("To write", right=True),
        Column("Adds", right=True),
        Column("In all", right=True),
        Column("Risk retired"),
    ]
    rows = []
    for step, extra in plan_digest.added(plan):
        retired = plan.existing_risk + step.risk_retired
        share = retired / plan.total_risk if plan.total_risk else 0.0
        texts = (
            hours(step.budget),
            f"{step.tests:,}",
            hours(step.hours),
            percent(extra, plan.total_risk),
            percent(retired, plan.total_risk),
            paper.bar(share, max(paper.width - 50, 10) // 2),
        )
        rows.append([Cell(text) for text in texts])
    paper.table(columns, rows)


def _existing(paper: Paper, report: Report) -> None:
    """Which tests are there already, and what that rests on."""
    paper.heading("Tests that exist")
    if not report.coverage.read:
        paper.paragraph("unknown: no contract, test report or trace of a test run was read", indent=GAP)
        return
    share = percent(report.plan.existing_risk, report.plan.total_risk)
    paper.paragraph(f"{share} of the risk is retired by them, each counted as far as it is proven.", indent=GAP)
    for line in plan_digest.existing(report):
        paper.paragraph(line, lead=f"{paper.signs.bullet} ", indent=2 * GAP)
    evidence = paper.joined(gap_digest.evidence_read(report))
    paper.paragraph(f"Evidence: {evidence}" if evidence else "", indent=GAP, paint=paper.dim)


def _failed(paper: Paper, report: Report) -> None:
    failed = digest.failed_sources(report)
    if failed:
        paper.heading(
            "Not read: what these files hold is not in the plan", ratio(len(failed), len(report.topology.sources))
        )
        write_failed(paper, failed)
