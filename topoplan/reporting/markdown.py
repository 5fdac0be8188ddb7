"""The report for reviews and tickets: Markdown as GitHub and GitLab show it, short enough for one comment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from topoplan.model.coverage import State
from topoplan.model.phrases import counted, seconds
from topoplan.model.report import Report
from topoplan.reporting import Style, digest, gap_digest, markdown_parts, plan_digest
from topoplan.reporting.comment import folded, pair, rest, write_sections
from topoplan.reporting.digest import Ranked
from topoplan.reporting.figures import NOT_APPLICABLE, band_of, hours, percent, ratio
from topoplan.reporting.markdown_parts import TOP_ITEMS
from topoplan.reporting.prose import code, prose, row
from topoplan.reporting.standing import known_states
from topoplan.reporting.summary import summarize

TOP_BOUNDARIES = 25
TOP_TESTS = 25


def write(report: Report, out: TextIO, style: Style) -> None:
    """The whole report; long lists are cut with a note, the JSON format has them in full."""
    del style
    makers: dict[str, Callable[[Report], Iterable[str]]] = {
        "Summary": _summary,
        "Changes": markdown_parts.changes,
        "Riskiest boundaries": _boundaries,
        "Recommended tests": _tests,
        "Cases": markdown_parts.details,
        "Pyramid": markdown_parts.pyramid,
        "Shape of the tests": markdown_parts.observations,
        "Journeys": markdown_parts.journeys,
        "Sources not analysed": _sources,
        "Drift": _drift,
        "Suggestions": _suggestions,
        "Notices": _notices,
        "Not worth testing": markdown_parts.skips,
    }
    write_sections(out, {title: make(report) for title, make in makers.items()}, report.tool_version)


def _summary(report: Report) -> Iterator[str]:
    counts = summarize(report)
    yield f"# Test topology of {code(report.system) or 'the system'}"
    yield ""
    yield f"- **Services:** {', '.join(digest.counted_services(counts))}"
    yield f"- **Boundaries:** {', '.join(digest.counted_bases(counts))}"
    yield f"- **Sources:** {', '.join(f'{number:,} {state}' for state, number in counts['sources'].items())}"
    yield f"- **History:** {prose(digest.looked_back(report))}"
    best = digest.ranked(report)[:1]
    if best and best[0].profile:
        score = best[0].profile.score
        yield f"- **Highest risk:** {score} of 100 ({band_of(score)}), {pair(best[0].boundary)}"
    plan = report.plan
    if plan.tests:
        cost = f"{hours(plan.hours)} to write, {seconds(plan.seconds)} a run"
        tests = counted(len(plan.tests), "test")
        yield f"- **Plan:** {tests} would retire {digest.retired(report)} of the risk; {cost}"
        if plan.steps:
            yield f"- **Budgets:** {', '.join(plan_digest.budgets(plan))}"
        yield f"- **Coverage:** {', '.join(gap_digest.coverage_line(report))}"


def _boundaries(report: Report) -> Iterator[str]:
    found = digest.ranked(report)
    if not found:
        return
    yield "## Riskiest boundaries"
    yield ""
    yield row(("Risk", "Boundary", "Via", "Basis", "Mainly"))
    yield "| --- | --- | --- | --- | --- |"
    yield from map(_boundary_row, found[:TOP_BOUNDARIES])
    yield from rest(found, TOP_BOUNDARIES, "boundary")


def _boundary_row(item: Ranked) -> str:
    score = f"{item.profile.score} {band_of(item.profile.score)}" if item.profile else NOT_APPLICABLE
    return row((score, pair(item.boundary), code(item.via), item.boundary.basis, prose(item.main_reason)))


def _tests(report: Report) -> Iterator[str]:
    tests, total = report.plan.tests, report.plan.total_risk
    if not tests:
        return
    yield "## Recommended tests"
    yield ""
    states = known_states(report)
    yield row(("No.", "Test", "Technique", "State", "Retires", "To write", "A run"))
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for place, test in enumerate(tests[:TOP_TESTS], 1):
        cost = (percent(test.risk_retired, total), hours(test.hours), seconds(test.seconds))
        yield row((str(place), prose(test.title), code(test.technique), states.get(test.id, State.UNKNOWN), *cost))
    yield from rest(tests, TOP_TESTS, "test")


def _drift(report: Report) -> Iterator[str]:
    groups = digest.drift_groups(report)
    if groups:
        yield "## Drift between declarations and traces"
        yield ""
    names = {boundary.id: pair(boundary) for boundary in report.topology.boundaries}
    for title, found in groups:
        items = (
            f"- {names.get(drift.subject) or code(drift.subject)} {code(drift.operation)}".rstrip()
            + (f": {prose(drift.message)}" if drift.message else "")
            for drift in found[:TOP_ITEMS]
        )
        yield from folded(f"{title} ({len(found)})", [*items, *rest(found, TOP_ITEMS, "difference")])


def _suggestions(report: Report) -> Iterator[str]:
    found = report.topology.suggestions
    if found:
        items = (f"- {pair(boundary)}: {prose(digest.first_evidence(boundary))}" for boundary in found[:TOP_ITEMS])
        title = f"Suggested by weak evidence ({len(found)})"
        yield from folded(title, [*items, *rest(found, TOP_ITEMS, "boundary", "boundaries")])


def _notices(report: Report) -> Iterator[str]:
    found = digest.notices(report)
    if not found:
        return
    items = [
        f"- {notice.severity}: "
        + (f"{code(str(notice.where))} " if notice.where else "")
        + f"{prose(notice.message)} ({code(notice.slug)})"
        for notice in found[:TOP_ITEMS]
    ]
    yield from folded(f"Notices ({len(found)})", [*items, *rest(found, TOP_ITEMS, "notice")])


def _sources(report: Report) -> Iterator[str]:
    failed, skipped = digest.failed_sources(report), digest.skip_reasons(report)
    total = len(report.topology.sources)
    left = sum(number for _, number in skipped)
    if not failed and not skipped:
        return
    yield "## Sources not analysed"
    yield ""
    yield f"Analysed {ratio(total - len(failed) - left, total)}."
    yield ""
    yield from (f"- failed: {code(source.path)}: {prose(source.reason)}" for source in failed[:TOP_ITEMS])
    yield from rest(failed, TOP_ITEMS, "failed source")
    if skipped:
        yield ""
        items = [f"- {number:,}: {prose(reason)}" for reason, number in skipped[:TOP_ITEMS]]
        yield from folded(f"{left:,} skipped", [*items, *rest(skipped, TOP_ITEMS, "reason")])
