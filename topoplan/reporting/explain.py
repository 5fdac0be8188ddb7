"""One pair of services told in full: why topoplan believes in their boundaries, why they score so, what to test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from topoplan.model.phrases import sampled, seconds
from topoplan.model.plan import Recommendation
from topoplan.model.report import Report
from topoplan.model.risk import Factor, ModeRisk, RiskProfile
from topoplan.model.stats import Stats
from topoplan.model.topology import Boundary, Service
from topoplan.reporting import Style, digest
from topoplan.reporting.explain_coverage import write_coverage
from topoplan.reporting.figures import (
    NOT_APPLICABLE,
    band_of,
    decimal,
    hours,
    latency,
    percent,
    ratio,
)
from topoplan.reporting.paper import Paper
from topoplan.reporting.tables import GAP, Cell, Column
from topoplan.reporting.text_parts import case_text, scope_text, standing_text

_BAR = 10
_DOCUMENTED = {True: "yes", False: "no", None: "no spec"}


def write_explanation(report: Report, boundaries: Sequence[Boundary], out: TextIO, style: Style) -> None:
    """Everything the report knows of these boundaries, riskiest first as in the report; nothing is cut."""
    paper = Paper(out, style)
    wanted = {boundary.id for boundary in boundaries}
    for item in digest.ranked(report):
        if item.boundary.id in wanted:
            _boundary(paper, report, item.boundary, item.profile)
    ends = {end for boundary in boundaries for end in (boundary.consumer, boundary.provider, boundary.broker)}
    _names(paper, [service for service in report.topology.services if service.id in ends])


def _boundary(paper: Paper, report: Report, boundary: Boundary, profile: RiskProfile | None) -> None:
    score = f"risk {profile.score} of 100 ({band_of(profile.score)})" if profile else "not scored"
    paper.heading(paper.pair(boundary), score)
    rows = [
        ("Boundary", paper.show(boundary.id)),
        ("Style", paper.joined([boundary.style.value, paper.show(boundary.protocol)])),
        ("Channel", paper.joined([paper.show(boundary.channel), paper.show(boundary.broker)])),
        ("Basis", f"{digest.BASIS_TITLES[boundary.basis]}, {boundary.confidence} confidence"),
        ("Traffic", _traffic(paper, boundary.stats)),
    ]
    paper.facts([(label, text) for label, text in rows if text])
    _evidence(paper, boundary)
    _operations(paper, boundary)
    if profile:
        _risk(paper, profile)
    _tests(paper, report, boundary)
    write_coverage(paper, report, boundary)
    _observations(paper, report, boundary)
    _left_out(paper, report, boundary)
    _drift(paper, report, boundary)


def _traffic(paper: Paper, stats: Stats | None) -> str:
    if stats is None:
        return "none observed"
    figures = f"p50 {latency(stats.p50_ms)}, p95 {latency(stats.p95_ms)}, p99 {latency(stats.p99_ms)}"
    errors = f"errors {ratio(stats.errors, stats.calls)}"
    return paper.joined([sampled(stats.calls, stats.estimated_calls), errors, figures])


def _evidence(paper: Paper, boundary: Boundary) -> None:
    _title(paper, "Evidence")
    for evidence in boundary.evidence:
        source = f"{paper.show(evidence.importer)} {paper.show(evidence.rule)}".strip()
        text = paper.joined([f"{evidence.basis}, {evidence.confidence}", source, paper.show(evidence.detail)])
        _item(paper, f"{paper.show(str(evidence.where))}: {text}")


def _operations(paper: Paper, boundary: Boundary) -> None:
    if not boundary.operations:
        return
    _title(paper, "Operations")
    is_sampled = any(o.stats and o.stats.estimated_calls != o.stats.calls for o in boundary.operations)
    columns = [
        Column("Operation", flex=1, least=16),
        Column("Documented"),
        Column("Basis"),
        Column("Calls (before sampling)" if is_sampled else "Calls", right=True),
        Column("Errors", right=True),
        Column("p99", right=True),
    ]
    rows = []
    for operation in boundary.operations:
        stats = operation.stats
        figures = (
            (_calls(stats), percent(stats.errors, stats.calls), latency(stats.p99_ms))
            if stats
            else (NOT_APPLICABLE,) * 3
        )
        texts = (paper.show(operation.id), _DOCUMENTED[operation.documented], operation.basis.value, *figures)
        rows.append([Cell(text) for text in texts])
    paper.table(columns, rows, indent=2 * GAP)


def _calls(stats: Stats) -> str:
    """Those seen, and where sampling left some out, in brackets about how many there were."""
    estimated = stats.estimated_calls
    return f"{stats.calls:,}" if estimated == stats.calls else f"{stats.calls:,} ({estimated:,})"


def _risk(paper: Paper, profile: RiskProfile) -> None:
    _title(paper, f"Impact {decimal(profile.impact)}")
    _factors(paper, profile.impact_factors)
    for mode in profile.modes:
        _mode(paper, mode)
    for missing in profile.missing:
        _item(paper, f"not known: {paper.show(missing)}")


def _mode(paper: Paper, mode: ModeRisk) -> None:
    _title(
        paper,
        f"{mode.mode}: risk {decimal(mode.risk)} = likelihood {decimal(mode.likelihood)} {paper.signs.times} impact",
    )
    _factors(paper, mode.factors)


def _factors(paper: Paper, factors: Sequence[Factor]) -> None:
    """Each factor as a bar of how strongly it is present, what that adds, and why."""
    for factor in factors:
        if factor.value is None:
            lead = " " * _BAR + "  n/a   "
        else:
            added = f"+{decimal(factor.contribution)}".replace("+<", "<")  # as wide as the others
            lead = f"{paper.bar(factor.value, _BAR)}  {added:<6}"
        share = f" ({decimal(factor.weight)} of weight)" if factor.weight else ""
        text = f"{paper.show(factor.name)}: {paper.show(factor.reason)}{share}"
        paper.paragraph(text, lead=lead, indent=2 * GAP)
        if factor.facts:
            places = ", ".join(map(paper.show, factor.facts))
            paper.paragraph(places, indent=2 * GAP + len(lead), paint=paper.dim)


def _tests(paper: Paper, report: Report, boundary: Boundary) -> None:
    for place, test in enumerate(report.plan.tests, 1):
        if boundary.id in test.boundaries:
            _title(paper, f"Recommended test {place}: {standing_text(paper, test)}")
            _test(paper, test, report.plan.total_risk)


def _test(paper: Paper, test: Recommendation, total_risk: float) -> None:
    cost = f"{hours(test.hours)} to write, {seconds(test.seconds)} a run"
    retires = f"retires {percent(test.risk_retired, total_risk)} of all risk"
    purpose = f"for {', '.join(test.modes)}" if test.modes else ""
    paper.paragraph(paper.joined([test.technique.value, retires, cost, purpose]), indent=2 * GAP)
    paper.paragraph(paper.show(test.reason), indent=2 * GAP)
    for case in test.cases:
        _item(paper, paper.joined([paper.show(case_text(case)), paper.show(case.scenario)]))
    paper.paragraph(scope_text(paper, test.scope), indent=2 * GAP)
    for other in test.alternatives:
        _item(paper, f"not chosen: {other.technique}, {paper.show(other.reason)}")


def _left_out(paper: Paper, report: Report, boundary: Boundary) -> None:
    skips = [skip for skip in report.plan.skips if skip.subject == boundary.id]
    if skips:
        _title(paper, "Not worth testing")
    for skip in skips:
        technique = f"{paper.show(skip.technique)}: " if skip.technique else ""
        _item(paper, technique + paper.show(skip.reason))


def _observations(paper: Paper, report: Report, boundary: Boundary) -> None:
    """What is off about the tests of this boundary."""
    subjects = {boundary.id, *(test.id for test in report.plan.tests if boundary.id in test.boundaries)}
    found = [one for one in report.plan.observations if one.subject in subjects]
    if found:
        _title(paper, "Shape of the tests")
    for one in found:
        _item(paper, f"{paper.show(one.message)} [{paper.show(one.kind)}]")
        paper.paragraph(paper.show(one.advice), lead=f"{paper.signs.to} ", indent=3 * GAP)


def _drift(paper: Paper, report: Report, boundary: Boundary) -> None:
    found = [drift for drift in report.topology.drift if drift.subject == boundary.id]
    if found:
        _title(paper, "Drift")
    for drift in found:
        _item(paper, paper.joined([paper.show(drift.operation), paper.show(drift.message or drift.kind)]))


def _names(paper: Paper, services: Sequence[Service]) -> None:
    """Why names mean these services."""
    if not services:
        return
    paper.heading("Names")
    for service in services:
        also = f" (also {', '.join(map(paper.show, service.aliases))})" if service.aliases else ""
        paper.paragraph(f"{paper.show(service.id)}{also}", indent=GAP, paint=paper.bold)
        for join in service.joins:
            place = str(join.where or "")
            # Most reasons name their place already.
            where = f" ({paper.show(place)})" if place and place not in join.reason else ""
            _item(paper, f"{paper.show(join.name)}: {paper.show(join.reason)}{where}")


def _title(paper: Paper, title: str) -> None:
    paper.line()
    paper.line(f"{' ' * GAP}{title}", paper.bold)


def _item(paper: Paper, text: str) -> None:
    paper.paragraph(text, lead=f"{paper.signs.bullet} ", indent=2 * GAP)
