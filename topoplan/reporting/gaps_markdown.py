"""Gaps as a comment on a pull request: what is open and what to do first, the rest folded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from topoplan.model.gaps import Accepted, Gap, Tally
from topoplan.model.phrases import counted
from topoplan.model.report import Report
from topoplan.reporting import Style, digest, gap_digest
from topoplan.reporting.comment import folded, pair, rest, write_sections
from topoplan.reporting.figures import NOT_APPLICABLE, percent
from topoplan.reporting.prose import code, prose, row

MARKER = "<!-- topoplan gaps -->"
"""First line, by which a later run finds the comment to replace."""

TOP_GAPS = 25
TOP_DETAILED = 10
TOP_OPERATIONS = 20
TOP_ITEMS = 12


def write(report: Report, out: TextIO, style: Style) -> None:
    """The gaps of `report`; long lists are cut with a note, the JSON format has them in full."""
    del style
    makers: dict[str, Callable[[Report], Iterable[str]]] = {
        "Summary": _summary,
        "Not read": _failed,
        "Open gaps": _open,
        "About the evidence": _findings,
        "Covered, by technique": _tallies,
        "Details": _details,
        "Accepted gaps": _accepted,
        "Warnings": _warnings,
    }
    out.write(f"{MARKER}\n")
    write_sections(out, {title: make(report) for title, make in makers.items()}, report.tool_version)


def _summary(report: Report) -> Iterator[str]:
    found = report.gaps
    yield f"# Gaps in the tests of {code(report.system) or 'the system'}"
    yield ""
    if found.against:
        yield f"Only what {code(found.against)} does not have."
        yield ""
    yield f"- **Gaps:** {prose(gap_digest.counted_gaps(found))}"
    yield f"- **Covered:** {', '.join(gap_digest.covered(found))}"
    left = gap_digest.residual(found)
    if left:
        yield f"- **Risk:** {left}"
    evidence = gap_digest.evidence_read(report)
    if evidence:
        yield f"- **Evidence:** {'; '.join(evidence)}"
    yield f"- **Looked at:** {', '.join(gap_digest.looked_at(report))}"


def _failed(report: Report) -> Iterator[str]:
    failed = digest.failed_sources(report)
    if failed:
        yield "## Not read"
        yield ""
        yield "What these files hold counts as missing."
        yield ""
        yield from (f"- {code(source.path)}: {prose(source.reason)}" for source in failed[:TOP_ITEMS])
        yield from rest(failed, TOP_ITEMS, "file")


def _open(report: Report) -> Iterator[str]:
    found = report.gaps.open
    if not found:
        return
    pairs = {boundary.id: pair(boundary) for boundary in report.topology.boundaries}
    yield "## Open gaps"
    yield ""
    yield row(("Urgency", "Boundary", "Test", "State", "Operations", "What to do"))
    yield "| --- | --- | --- | --- | --- | --- |"
    for gap in found[:TOP_GAPS]:
        operations = [code(missing.operation) for missing in gap.missing if missing.operation]
        shown = ", ".join(operations[: gap_digest.OPERATIONS_NAMED])
        more = len(operations) - gap_digest.OPERATIONS_NAMED
        yield row(
            (
                gap.urgency.value,
                pairs.get(gap.boundary) or code(gap.boundary),
                gap_digest.title_of(gap.technique),
                gap.state.value,
                f"{shown} and {more:,} more" if more > 0 else shown,
                prose(gap.next_step),
            )
        )
    yield from rest(found, TOP_GAPS, "gap")


def _findings(report: Report) -> Iterator[str]:
    found = report.coverage.findings
    if not found:
        return
    items = []
    for finding in found[:TOP_ITEMS]:
        places = " and ".join(code(str(where)) for where in (finding.where, finding.other) if where)
        items.append(f"- {prose(finding.message)} ({code(finding.kind)}, at {places})")
    yield from folded(f"About the evidence ({len(found)})", [*items, *rest(found, TOP_ITEMS, "finding")])


def _tallies(report: Report) -> Iterator[str]:
    found = [tally for tally in report.gaps.tallies if tally.technique]
    if not found:
        return
    lines = [
        row(("Covered of recommended", "Tests", "Boundaries", "Operations", "Consumer calls", "Risk")),
        "| --- | --- | --- | --- | --- | --- |",
        *map(_tally, [*found, report.gaps.all]),
    ]
    yield from folded("Covered, by technique", lines)


def _tally(tally: Tally) -> str:
    name = digest.TECHNIQUE_TITLES[tally.technique] if tally.technique else "All"
    pairs = (f"{r.covered:,} of {r.total:,}" if r.total else NOT_APPLICABLE for r in gap_digest.ratios(tally))
    return row((name, *pairs, percent(tally.risk_retired, tally.risk_retirable)))


def _details(report: Report) -> Iterator[str]:
    found = report.gaps.open[:TOP_DETAILED]
    if found:
        lines = [line for place, gap in enumerate(found, 1) for line in _detail(place, gap)]
        yield from folded(f"Details of the first {counted(len(found), 'gap')}", lines)


def _detail(place: int, gap: Gap) -> Iterator[str]:
    yield f"**{place}.** {prose(gap.title)}"
    yield ""
    yield f"- Why open: {prose(gap_digest.reason_of(gap))}"
    for missing in gap.missing[:TOP_OPERATIONS]:
        if missing.operation:
            yield f"- {missing.state.value}: {code(missing.operation)}"
    yield from rest(gap.missing, TOP_OPERATIONS, "operation")
    if gap.where:
        yield f"- Declared at {code(str(gap.where))}"
    yield f"- Test {code(gap.test, 240)}"
    yield ""


def _accepted(report: Report) -> Iterator[str]:
    found, stale = report.gaps.accepted, report.gaps.stale_baseline
    if not found and not stale:
        return
    suppressed = [one for one in found if one.by == "suppression"]
    items = [*map(_suppressed, suppressed[:TOP_ITEMS]), *rest(suppressed, TOP_ITEMS, "suppressed operation")]
    if len(suppressed) < len(found):
        items += ["", f"{counted(len(found) - len(suppressed), 'operation')} in the baseline.", ""]
    items += [f"- closed, still in the baseline: {code(entry, 240)}" for entry in stale[:TOP_ITEMS]]
    items += rest(stale, TOP_ITEMS, "closed gap")
    yield from folded(f"Accepted gaps ({len(found)})", items)


def _suppressed(one: Accepted) -> str:
    until = f", until {code(one.until)}" if one.until else ""
    return f"- {code(f'{one.test} {one.operation}'.rstrip(), 240)}{until}" + (
        f": {prose(one.reason)}" if one.reason else ""
    )


def _warnings(report: Report) -> Iterator[str]:
    found = gap_digest.warnings(report)
    if found:
        items = [
            f"- {f'{code(str(notice.where))}: ' if notice.where else ''}{prose(notice.message)} ({code(notice.slug)})"
            for notice in found[:TOP_ITEMS]
        ]
        yield from folded(f"Warnings ({len(found)})", [*items, *rest(found, TOP_ITEMS, "warning")])
