"""Parts of Markdown documents that tell of tests and plans: shared by the report and the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topoplan.model.phrases import counted
from topoplan.model.plan import Case, Recommendation
from topoplan.model.report import Report
from topoplan.reporting import changes_digest, digest, plan_digest
from topoplan.reporting.comment import folded, pair, rest
from topoplan.reporting.figures import NOT_APPLICABLE, decimal, percent
from topoplan.reporting.prose import code, prose, row

TOP_ITEMS = 12
TOP_CASES = 10
TOP_DETAILED = 10


def changes(report: Report) -> Iterator[str]:
    """What is different from the base, where one was asked for."""
    changes = report.changes
    if changes is None:
        return
    yield f"## Changes since {code(changes.base)}"
    yield ""
    groups = changes_digest.change_groups(report, changes)
    if not groups:
        yield f"{changes_digest.NOTHING}."
    for title, found in groups:
        yield f"### {title}"
        yield ""
        for one in found[:TOP_ITEMS]:
            subject = prose(one.subject) if isinstance(one.subject, str) else pair(one.subject)
            yield f"- {subject}: {prose(one.text)}" if one.text else f"- {subject}"
        yield from rest(found, TOP_ITEMS, "change")
        yield ""


def details(report: Report) -> Iterator[str]:
    """Why, for what, what is real, and the cases of the first tests, folded."""
    tests = report.plan.tests[:TOP_DETAILED]
    if tests:
        yield from folded(f"Cases and scope of the first {counted(len(tests), 'test')}", _detail_lines(tests))


def _detail_lines(tests: Sequence[Recommendation]) -> Iterator[str]:
    for place, test in enumerate(tests, 1):
        yield f"**{place}.** {prose(test.title)}"
        yield ""
        if test.journey:
            yield f"- Journey: {code(test.journey)}"
        if test.reason:
            yield f"- Why: {prose(test.reason)}"
        if test.modes:
            yield f"- For: {', '.join(test.modes)}"
        real = [*test.scope.services, *test.scope.resources][:TOP_ITEMS]
        if real:
            yield f"- Real: {', '.join(map(code, real))}"
        if test.scope.stubs:
            stubs = (f"{code(stub.service)} from {prose(stub.source)}" for stub in test.scope.stubs[:TOP_ITEMS])
            yield f"- Stubbed: {', '.join(stubs)}"
        yield from map(_case, test.cases[:TOP_CASES])
        yield from rest(test.cases, TOP_CASES, "case")
        yield ""


def _case(case: Case) -> str:
    return f"- [ ] {prose(case.title)}" + (f": {prose(case.expect)}" if case.expect else "")


def journeys(report: Report) -> Iterator[str]:
    """Paths that users see, folded."""
    found = report.journeys
    if found:
        items = (
            f"- {code(journey.name)} ({plan_digest.about(journey)}): {' → '.join(map(code, journey.services))}"
            for journey in found[:TOP_ITEMS]
        )
        yield from folded(f"Journeys ({len(found)})", [*items, *rest(found, TOP_ITEMS, "journey")])


def pyramid(report: Report) -> Iterator[str]:
    """Cases by level, existing and planned, against what the slices ask for."""
    levels = report.plan.pyramid
    if not any(level.existing + level.planned for level in levels):
        return
    yield "## Pyramid of tests"
    yield ""
    yield row(("Cases", "Existing", "Planned", "Wanted", "Together"))
    yield "| --- | --- | --- | --- | --- |"
    for level in levels:
        title = plan_digest.LEVEL_TITLES.get(level.name) or code(level.name)
        asked = plan_digest.wanted(level) or NOT_APPLICABLE
        known = plan_digest.existing_cases(report, level)
        yield row((title, known, f"{level.planned:,}", asked, plan_digest.verdict(report, level)))


def observations(report: Report) -> Iterator[str]:
    """What is off in the shape of the tests, and what to do about it, folded."""
    found = report.plan.observations
    if not found:
        return
    names = {boundary.id: pair(boundary) for boundary in report.topology.boundaries}
    items = []
    for one in found[:TOP_ITEMS]:
        subject = names.get(one.subject) or code(one.subject)
        items.append(f"- {subject} ({code(one.kind)}): {prose(one.message)} → {prose(one.advice)}")
    yield from folded(f"Shape of the tests ({len(found)})", [*items, *rest(found, TOP_ITEMS, "observation")])


def carried(report: Report) -> Iterator[str]:
    """Where the risk lies that stays after the plan, folded."""
    plan = report.plan
    if not plan.carried:
        return
    names = {boundary.id: pair(boundary) for boundary in report.topology.boundaries}
    items = [
        f"- {names.get(one.boundary) or code(one.boundary)}: "
        f"{percent(one.risk, plan.total_risk)} of all risk ({decimal(one.risk)})"
        for one in plan.carried[:TOP_ITEMS]
    ]
    title = f"Risk that stays, on {counted(len(plan.carried), 'boundary')}"
    yield from folded(title, [*items, *rest(plan.carried, TOP_ITEMS, "boundary")])


def skips(report: Report) -> Iterator[str]:
    """What is not worth testing, each reason once, folded."""
    found = digest.skip_groups(report)
    if not found:
        return
    names = {boundary.id: pair(boundary) for boundary in report.topology.boundaries}
    items = [
        f"- {names.get(skip.subject) or code(skip.subject)}"
        + (f" and {alike:,} more" if alike else "")
        + (f" ({code(skip.technique)})" if skip.technique else "")
        + f": {prose(skip.reason)}"
        for skip, alike in found[:TOP_ITEMS]
    ]
    yield from folded(f"Not worth testing ({len(report.plan.skips)})", [*items, *rest(found, TOP_ITEMS, "reason")])
