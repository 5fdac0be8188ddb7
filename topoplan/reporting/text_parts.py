"""Parts of pages at a terminal that tell of tests and plans: shared by the report, the plan and the explanation."""

from __future__ import annotations

from collections.abc import Sequence, Sized

from topoplan.model.facts import Source
from topoplan.model.phrases import counted
from topoplan.model.plan import Case, Level, Recommendation, Scope
from topoplan.model.report import Report
from topoplan.reporting import changes_digest, digest, plan_digest
from topoplan.reporting.figures import NOT_APPLICABLE, decimal, filled, percent
from topoplan.reporting.paper import Paper
from topoplan.reporting.tables import GAP, Cell, Column, pair_cutter

TOP_ITEMS = 8


def case_text(case: Case) -> str:
    """What is done and what is expected."""
    return f"{case.title}: {case.expect}" if case.expect else case.title


def scope_text(paper: Paper, scope: Scope) -> str:
    """`real: orders, orders-db (postgres:16) · stubbed: users (spec users.yaml)`; empty without a scope."""
    real = ", ".join(map(paper.show, (*scope.services, *scope.resources)))
    stubs = ", ".join(f"{paper.show(stub.service)} ({paper.show(stub.source)})" for stub in scope.stubs)
    return paper.joined([f"real: {real}" if real else "", f"stubbed: {stubs}" if stubs else ""])


def standing_text(paper: Paper, test: Recommendation, state: str = "") -> str:
    """The title, and beside it the journey it does not name, that the test was asked for, how far it exists."""
    journey = f"journey {paper.show(test.journey)}" if test.journey not in test.title else ""
    notes = ", ".join(part for part in (journey, "pinned" if test.pinned else "", state) if part)
    return f"{paper.show(test.title)} ({notes})" if notes else paper.show(test.title)


def write_test(paper: Paper, test: Recommendation, indent: int, most_cases: int) -> None:
    """Why a test is worth writing, its first cases and its scope."""
    paper.paragraph(paper.show(test.reason), indent=indent, paint=paper.dim)
    for case in test.cases[:most_cases]:
        paper.paragraph(paper.show(case_text(case)), lead=f"{paper.signs.bullet} ", indent=indent)
    more(paper, test.cases[most_cases:], "case", indent=indent)
    paper.paragraph(scope_text(paper, test.scope), indent=indent, paint=paper.dim)


def write_changes(paper: Paper, report: Report) -> None:
    """What is different from the base, where one was asked for."""
    changes = report.changes
    if changes is None:
        return
    groups = changes_digest.change_groups(report, changes)
    paper.heading(f"Changes since {paper.show(changes.base)}")
    if not groups:
        paper.paragraph(changes_digest.NOTHING, indent=GAP)
    for title, found in groups:
        paper.line(f"{' ' * GAP}{title}", paper.bold)
        for one in found[:TOP_ITEMS]:
            subject = paper.show(one.subject) if isinstance(one.subject, str) else paper.pair(one.subject)
            item(paper, subject, paper.show(one.text))
        more(paper, found[TOP_ITEMS:], "change", indent=2 * GAP)


def write_journeys(paper: Paper, report: Report) -> None:
    """Paths that users see: what runs through them decides risk and slices."""
    found = report.journeys
    if not found:
        return
    paper.heading("Journeys", of(min(TOP_ITEMS, len(found)), len(found)))
    for journey in found[:TOP_ITEMS]:
        path = f" {paper.signs.to} ".join(map(paper.show, journey.services))
        item(paper, f"{paper.show(journey.name)} ({plan_digest.about(journey)})", path)
    more(paper, found[TOP_ITEMS:], "journey", indent=2 * GAP)


def write_pyramid(paper: Paper, report: Report) -> None:
    """Cases by level, those that exist and those to write, against what the slices ask for."""
    levels = report.plan.pyramid
    most = max((level.existing + level.planned for level in levels), default=0)
    if not most:
        return
    paper.heading("Pyramid of tests", f"cases: {paper.signs.full} existing, {paper.signs.empty} planned")
    columns = [
        Column("Level"),
        Column("Existing", right=True),
        Column("Planned", right=True),
        Column("Wanted", right=True),
        Column(""),
        Column(""),
    ]
    paper.table(columns, [_level_row(paper, report, level, most) for level in levels])


def _level_row(paper: Paper, report: Report, level: Level, most: int) -> list[Cell]:
    cells = max(paper.width // 5, 10)
    both = filled((level.existing + level.planned) / most, cells)
    full = min(filled(level.existing / most, cells), both)
    texts = (
        plan_digest.LEVEL_TITLES.get(level.name) or paper.show(level.name),
        plan_digest.existing_cases(report, level),
        f"{level.planned:,}",
        plan_digest.wanted(level) or NOT_APPLICABLE,
        paper.signs.full * full + paper.signs.empty * (both - full),
        plan_digest.verdict(report, level),
    )
    return [Cell(text) for text in texts]


def write_observations(paper: Paper, report: Report) -> None:
    """What is off in the shape of the tests, and what to do about it."""
    found = report.plan.observations
    if not found:
        return
    names = {boundary.id: paper.pair(boundary) for boundary in report.topology.boundaries}
    paper.heading("Shape of the tests", counted(len(found), "observation"))
    for one in found[:TOP_ITEMS]:
        subject = names.get(one.subject) or paper.show(one.subject)
        text = f"{subject}: {paper.show(one.message)} [{paper.show(one.kind)}]"
        paper.paragraph(text, lead=f"{paper.signs.bullet} ", indent=2 * GAP)
        paper.paragraph(paper.show(one.advice), lead=f"{paper.signs.to} ", indent=3 * GAP)
    more(paper, found[TOP_ITEMS:], "observation", indent=2 * GAP)


def write_carried(paper: Paper, report: Report) -> None:
    """Where the risk lies that stays after the plan."""
    plan = report.plan
    if not plan.carried:
        return
    shown = plan.carried[:TOP_ITEMS]
    names = {boundary.id: paper.pair(boundary) for boundary in report.topology.boundaries}
    share = percent(plan.residual_risk, plan.total_risk)
    paper.heading("Risk that stays", f"{share}: {plan.residual_risk:.2f} of {plan.total_risk:.2f}")
    columns = [
        Column("Boundary", flex=1, least=16, cut=pair_cutter(paper.joints)),
        Column("Risk", right=True),
        Column("Of all", right=True),
        Column(""),
    ]
    cells = max(paper.width // 6, 8)
    rows = []
    for one in shown:
        name = names.get(one.boundary) or paper.show(one.boundary)
        bar = paper.bar(one.risk / shown[0].risk, cells)
        rows.append([Cell(text) for text in (name, decimal(one.risk), percent(one.risk, plan.total_risk), bar)])
    paper.table(columns, rows)
    more(paper, plan.carried[TOP_ITEMS:], "boundary")


def write_skips(paper: Paper, report: Report) -> None:
    """What is not worth testing, each reason once."""
    skips = digest.skip_groups(report)
    if not skips:
        return
    names = {b.id: paper.pair(b) for b in report.topology.boundaries}
    paper.heading("Not worth testing", counted(len(report.plan.skips), "subject"))
    for skip, alike in skips[:TOP_ITEMS]:
        subject = names.get(skip.subject) or paper.show(skip.subject)
        technique = f" ({paper.show(skip.technique)})" if skip.technique else ""
        item(paper, subject + (f" and {alike:,} more" if alike else "") + technique, paper.show(skip.reason))
    more(paper, skips[TOP_ITEMS:], "reason", indent=2 * GAP)


def write_failed(paper: Paper, sources: Sequence[Source]) -> None:
    """Files that could not be read, and why."""
    for source in sources[:TOP_ITEMS]:
        paper.paragraph(f"{paper.show(source.path)}: {paper.show(source.reason)}", lead="failed   ", indent=GAP)
    more(paper, sources[TOP_ITEMS:], "failed source", indent=GAP)


def item(paper: Paper, subject: str, text: str) -> None:
    """One point of a list."""
    paper.paragraph(f"{subject}: {text}" if text else subject, lead=f"{paper.signs.bullet} ", indent=2 * GAP)


def of(shown: int, total: int) -> str:
    """`8 of 12`."""
    return f"{shown:,} of {total:,}"


def more(paper: Paper, rest: Sized, noun: str, plural: str = "", indent: int = GAP) -> None:
    """How many items of a list were not shown."""
    if rest:
        paper.line(f"{' ' * indent}+ {counted(len(rest), f'more {noun}', plural and f'more {plural}')}", paper.dim)
