"""Gaps for a person at a terminal: how much is covered, what is open, what to do about it."""

from __future__ import annotations

from typing import TextIO

from topoplan.model.gaps import Accepted, Gap, Tally, Urgency
from topoplan.model.phrases import counted
from topoplan.model.report import Report
from topoplan.reporting import Style, digest, gap_digest
from topoplan.reporting.figures import Band, percent, ratio
from topoplan.reporting.paper import Paper
from topoplan.reporting.tables import GAP, Cell, Column

LISTED_GAPS = 40
TOP_FINDINGS = 12
TOP_ACCEPTED = 8
TOP_WARNINGS = 8

_PAINT_OF = {Urgency.HIGH: Band.HIGH, Urgency.MEDIUM: Band.MEDIUM, Urgency.LOW: Band.LOW}


def write(report: Report, out: TextIO, style: Style) -> None:
    """The gaps of `report`; long lists are cut with a note, the JSON format has them in full."""
    paper = Paper(out, style)
    _head(paper, report)
    _tallies(paper, report)
    _open(paper, report)
    _findings(paper, report)
    _accepted(paper, report)
    _warnings(paper, report)
    _failed(paper, report)


def _head(paper: Paper, report: Report) -> None:
    paper.heading(f"Gaps of {paper.show(report.system) or 'the system'}", f"topoplan {paper.show(report.tool_version)}")
    found = report.gaps
    rows = [
        ("Gaps", gap_digest.counted_gaps(found)),
        ("Covered", paper.joined(gap_digest.covered(found))),
        ("Risk", gap_digest.residual(found)),
        ("Evidence", paper.joined(gap_digest.evidence_read(report))),
        ("Looked at", paper.joined(gap_digest.looked_at(report))),
        ("Against", f"only what {paper.show(found.against)} does not have" if found.against else ""),
    ]
    paper.facts([(label, text) for label, text in rows if text])


def _tallies(paper: Paper, report: Report) -> None:
    rows = [tally for tally in report.gaps.tallies if tally.technique is not None]
    if not rows:
        return
    paper.heading("Covered, by technique", "covered of recommended")
    columns = [
        Column("Technique"),
        Column("Tests", right=True),
        Column("Boundaries", right=True),
        Column("Operations", right=True),
        Column("Consumer calls", right=True),
        Column("Risk", right=True),
    ]
    paper.table(columns, [_tally_row(tally) for tally in rows] + [_tally_row(report.gaps.all)])


def _tally_row(tally: Tally) -> list[Cell]:
    name = digest.TECHNIQUE_TITLES[tally.technique] if tally.technique else "All"
    pairs = (f"{r.covered:,}/{r.total:,}" if r.total else "n/a" for r in gap_digest.ratios(tally))
    return [Cell(name), *map(Cell, pairs), Cell(percent(tally.risk_retired, tally.risk_retirable))]


def _open(paper: Paper, report: Report) -> None:
    found = report.gaps.open
    if not found:
        return
    names = {boundary.id: paper.pair(boundary) for boundary in report.topology.boundaries}
    paper.heading("Open, most risk first", f"{min(len(found), LISTED_GAPS):,} of {len(found):,}")
    for gap in found[:LISTED_GAPS]:
        _gap(paper, gap, names.get(gap.boundary) or paper.show(gap.boundary))
    if len(found) > LISTED_GAPS:
        paper.line(f"{' ' * GAP}+ {counted(len(found) - LISTED_GAPS, 'more gap')}", paper.dim)


def _gap(paper: Paper, gap: Gap, pair: str) -> None:
    lead = f"{gap.urgency.value:<8}"
    note = f"{gap.technique.value}: {gap.state.value}"
    operations = gap_digest.operations_of(gap)
    title = f"{pair}: {paper.show(operations)}" if operations else pair
    paper.ends(title, note, lead=lead, indent=GAP, paint=paper.paint_of(_PAINT_OF[gap.urgency]))
    hang = GAP + len(lead)
    paper.paragraph(paper.show(gap_digest.reason_of(gap)), indent=hang)
    paper.paragraph(paper.show(gap.next_step), lead=f"{paper.signs.to} ", indent=hang)
    if gap.where:
        paper.paragraph(paper.show(str(gap.where)), lead="at ", indent=hang, paint=paper.dim)


def _findings(paper: Paper, report: Report) -> None:
    found = report.coverage.findings
    if not found:
        return
    paper.heading("About the evidence", counted(len(found), "finding"))
    for finding in found[:TOP_FINDINGS]:
        places = " and ".join(paper.show(str(where)) for where in (finding.where, finding.other) if where)
        text = f"{paper.show(finding.message)} ({places}) [{paper.show(finding.kind)}]"
        paper.paragraph(text, lead=f"{paper.signs.bullet} ", indent=GAP)
    if len(found) > TOP_FINDINGS:
        paper.line(f"{' ' * GAP}+ {counted(len(found) - TOP_FINDINGS, 'more finding')}", paper.dim)


def _accepted(paper: Paper, report: Report) -> None:
    found, stale = report.gaps.accepted, report.gaps.stale_baseline
    if not found and not stale:
        return
    paper.heading("Accepted gaps", counted(len(found), "operation"))
    for one in [item for item in found if item.by == "suppression"][:TOP_ACCEPTED]:
        paper.paragraph(_accepted_text(paper, one), lead=f"{paper.signs.bullet} ", indent=GAP)
    known = sum(item.by == "baseline" for item in found)
    if known:
        paper.line(f"{' ' * GAP}{counted(known, 'operation')} in the baseline", paper.dim)
    for entry in stale[:TOP_ACCEPTED]:
        paper.paragraph(
            f"closed, still in the baseline: {paper.show(entry)}", lead=f"{paper.signs.bullet} ", indent=GAP
        )
    if len(stale) > TOP_ACCEPTED:
        paper.line(f"{' ' * GAP}+ {counted(len(stale) - TOP_ACCEPTED, 'more closed gap')}", paper.dim)


def _accepted_text(paper: Paper, one: Accepted) -> str:
    until = f" until {paper.show(one.until)}" if one.until else ""
    return f"{paper.show(one.test)} {paper.show(one.operation)}".rstrip() + f"{until}: {paper.show(one.reason)}"


def _warnings(paper: Paper, report: Report) -> None:
    found = gap_digest.warnings(report)
    if not found:
        return
    paper.heading("Warnings", counted(len(found), "warning"))
    for notice in found[:TOP_WARNINGS]:
        place = f"{paper.show(str(notice.where))}: " if notice.where else ""
        text = f"{place}{paper.show(notice.message)} [{paper.show(notice.slug)}]"
        paper.paragraph(text, lead=f"{paper.signs.bullet} ", indent=GAP)
    if len(found) > TOP_WARNINGS:
        paper.line(f"{' ' * GAP}+ {counted(len(found) - TOP_WARNINGS, 'more warning')}", paper.dim)


def _failed(paper: Paper, report: Report) -> None:
    failed = digest.failed_sources(report)
    if not failed:
        return
    total = len(report.topology.sources)
    paper.heading("Not read: what these files hold counts as missing", f"failed {ratio(len(failed), total)}")
    for source in failed:
        paper.paragraph(f"{paper.show(source.path)}: {paper.show(source.reason)}", lead="failed   ", indent=GAP)
