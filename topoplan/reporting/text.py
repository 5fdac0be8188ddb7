"""The report for a person at a terminal: what is there, what is risky, what to test, what to doubt."""

from __future__ import annotations

from typing import TextIO

from topoplan.model.coverage import State
from topoplan.model.facts import Severity
from topoplan.model.phrases import counted, seconds
from topoplan.model.plan import Recommendation
from topoplan.model.report import Report
from topoplan.reporting import Style, digest, gap_digest, plan_digest
from topoplan.reporting.digest import Group, Ranked
from topoplan.reporting.figures import NOT_APPLICABLE, band_of, hours, percent, ratio
from topoplan.reporting.paper import Paper
from topoplan.reporting.standing import known_states
from topoplan.reporting.summary import summarize
from topoplan.reporting.tables import GAP, Cell, Column, pair_cutter
from topoplan.reporting.text_parts import (
    TOP_ITEMS,
    item,
    more,
    of,
    standing_text,
    write_changes,
    write_failed,
    write_journeys,
    write_observations,
    write_pyramid,
    write_skips,
    write_test,
)

TOP_BOUNDARIES = 10
TOP_TESTS = 5
LISTED_TESTS = 20
TOP_CASES = 3

_COSTS = "{:>7}{:>10}{:>12}"
"""Columns of a test's share of all risk, hours and run time."""

# Narrower paper leaves a column out rather than cutting every cell of it.
_REASON_FROM, _BASIS_FROM = 80, 110


def write(report: Report, out: TextIO, style: Style) -> None:
    """The whole report; long lists are cut with a note, the JSON format has them in full."""
    paper = Paper(out, style)
    _head(paper, report)
    write_changes(paper, report)
    _boundaries(paper, report)
    write_journeys(paper, report)
    _tests(paper, report)
    write_pyramid(paper, report)
    write_observations(paper, report)
    _drift(paper, report)
    _suggestions(paper, report)
    write_skips(paper, report)
    _notices(paper, report)
    _sources(paper, report)


def _head(paper: Paper, report: Report) -> None:
    counts = summarize(report)
    system = paper.show(report.system) or "System"
    version = paper.show(report.tool_version)
    budgets = plan_digest.budgets(report.plan)
    paper.heading(system, f"topoplan {version}".strip())
    paper.facts(
        [
            ("Services", paper.joined(digest.counted_services(counts))),
            ("Boundaries", paper.joined(digest.counted_bases(counts))),
            ("Sources", paper.joined([f"{number:,} {state}" for state, number in counts["sources"].items()])),
            ("History", paper.show(digest.looked_back(report))),
            ("Risk", _risk_line(paper, report)),
            ("Plan", plan_digest.would_retire(report.plan)),
            *([("Budgets", paper.joined(budgets))] if budgets else []),
            ("Coverage", paper.joined(gap_digest.coverage_line(report))),
        ]
    )


def _risk_line(paper: Paper, report: Report) -> str:
    best = digest.ranked(report)[:1]
    if not best or not best[0].profile:
        return "not scored"
    profile, boundary = best[0].profile, best[0].boundary
    where = f"{paper.pair(boundary)}, {paper.show(best[0].via)}"
    return f"highest {profile.score} of 100 ({band_of(profile.score)}): {where}"


def _boundaries(paper: Paper, report: Report) -> None:
    found = digest.ranked(report)
    if not found:
        return
    shown = found[:TOP_BOUNDARIES]
    paper.heading("Riskiest boundaries", of(len(shown), len(found)))
    columns = [
        Column("Risk", right=True),
        Column(""),
        Column("Boundary", flex=6, least=15, cut=pair_cutter(paper.joints)),
        Column("Via", flex=2),
        *([Column("Basis")] if paper.width >= _BASIS_FROM else []),
        Column("Mainly", flex=4),
    ]
    paper.table(columns, [_boundary_row(paper, item) for item in shown])
    paper.line()
    more(paper, found[TOP_BOUNDARIES:], "boundary")
    paper.paragraph("One in full: topoplan explain CONSUMER PROVIDER", indent=GAP, paint=paper.dim)


def _boundary_row(paper: Paper, item: Ranked) -> list[Cell]:
    profile = item.profile
    cells = max(paper.width // 12, 5)
    bar = Cell(paper.bar(profile.risk, cells), paper.band_paint(profile.score)) if profile else Cell("")
    return [
        Cell(str(profile.score) if profile else NOT_APPLICABLE),
        bar,
        Cell(paper.pair(item.boundary)),
        Cell(paper.show(item.via)),
        *([Cell(item.boundary.basis)] if paper.width >= _BASIS_FROM else []),
        Cell(paper.show(item.main_reason if paper.width >= _REASON_FROM else item.main_mode)),
    ]


def _tests(paper: Paper, report: Report) -> None:
    """What each technique takes together, then every test in the order in which it is worth writing."""
    tests = report.plan.tests
    if not tests:
        return
    total = report.plan.total_risk
    states = known_states(report)
    paper.heading("Recommended tests", _COSTS.format("of risk", "to write", "a run"))
    for group in digest.grouped_tests(report):
        count = gap_digest.count_of(group, states)
        paper.ends(f"{group.title} ({count})", _cost(group, total), indent=GAP, paint=paper.bold)
    paper.line()
    paper.paragraph(
        "Most risk retired per hour first, tests of one boundary before those of several.", indent=GAP, paint=paper.dim
    )
    for place, test in enumerate(tests[:LISTED_TESTS], 1):
        _test(paper, place, test, total, states.get(test.id), in_full=place <= TOP_TESTS)
    more(paper, tests[LISTED_TESTS:], "test", indent=6)


def _test(
    paper: Paper, place: int, test: Recommendation, total_risk: float, state: State | None, *, in_full: bool
) -> None:
    lead = f"{place:>4}. "
    paper.ends(standing_text(paper, test, state or ""), _cost(test, total_risk), lead=lead)
    if in_full:
        write_test(paper, test, len(lead), TOP_CASES)


def _drift(paper: Paper, report: Report) -> None:
    groups = digest.drift_groups(report)
    if not groups:
        return
    names = {b.id: paper.pair(b) for b in report.topology.boundaries}
    paper.heading("Drift between declarations and traces", counted(len(report.topology.drift), "difference"))
    for title, found in groups:
        paper.line(f"{' ' * GAP}{paper.show(title)} ({len(found)})", paper.bold)
        for drift in found[:TOP_ITEMS]:
            subject = names.get(drift.subject) or paper.show(drift.subject)
            item(paper, f"{subject} {paper.show(drift.operation)}".rstrip(), paper.show(drift.message))
        more(paper, found[TOP_ITEMS:], "difference", indent=4)


def _suggestions(paper: Paper, report: Report) -> None:
    found = report.topology.suggestions
    if not found:
        return
    paper.heading("Suggested by weak evidence", of(min(TOP_ITEMS, len(found)), len(found)))
    for boundary in found[:TOP_ITEMS]:
        item(paper, paper.pair(boundary), paper.show(digest.first_evidence(boundary)))
    more(paper, found[TOP_ITEMS:], "boundary", "boundaries", indent=4)


def _notices(paper: Paper, report: Report) -> None:
    found = digest.notices(report)
    if not found:
        return
    told = [counted(sum(n.severity is severity for n in found), noun) for severity, noun in _SEVERITIES.items()]
    paper.heading("Notices", ", ".join(text for text in told if not text.startswith("0 ")))
    for notice in found[:TOP_ITEMS]:
        place = f"{paper.show(str(notice.where))}: " if notice.where else ""
        text = f"{place}{paper.show(notice.message)} [{paper.show(notice.slug)}]"
        paper.paragraph(text, lead=f"{notice.severity.value:<9}", indent=GAP)
    more(paper, found[TOP_ITEMS:], "notice", indent=GAP)


_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}


def _sources(paper: Paper, report: Report) -> None:
    failed, skipped = digest.failed_sources(report), digest.skip_reasons(report)
    if not failed and not skipped:
        return
    total = len(report.topology.sources)
    analysed = total - len(failed) - sum(number for _, number in skipped)
    paper.heading("Sources not analysed", f"analysed {ratio(analysed, total)}")
    write_failed(paper, failed)
    for reason, number in skipped[:TOP_ITEMS]:
        paper.paragraph(f"{number:,}: {paper.show(reason) or 'no reason given'}", lead="skipped  ", indent=GAP)
    more(paper, skipped[TOP_ITEMS:], "reason", indent=GAP)


def _cost(item: Group | Recommendation, total_risk: float) -> str:
    return _COSTS.format(percent(item.risk_retired, total_risk), hours(item.hours), seconds(item.seconds))
