"""What is known of the tests of one boundary: each technique, each operation, each check with its grade and place."""

from __future__ import annotations

from topoplan.model.coverage import Claim, State, TechniqueCoverage
from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.digest import TECHNIQUE_TITLES
from topoplan.reporting.figures import percent
from topoplan.reporting.paper import Paper
from topoplan.reporting.tables import GAP


def write_coverage(paper: Paper, report: Report, boundary: Boundary) -> None:
    """Coverage by technique, then what a person should know of the evidence; nothing is cut."""
    coverage = report.coverage.of(boundary.id)
    for technique in coverage.techniques if coverage else ():
        _technique(paper, technique)
    findings = [finding for finding in report.coverage.findings if finding.boundary == boundary.id]
    if findings:
        _title(paper, "About the evidence")
    for finding in findings:
        places = " and ".join(paper.show(str(where)) for where in (finding.where, finding.other) if where)
        _item(paper, f"{paper.show(finding.message)} ({places}) [{paper.show(finding.kind)}]")


def _technique(paper: Paper, found: TechniqueCoverage) -> None:
    share = f", {percent(found.share, 1)} proven" if 0 < found.share < 1 else ""
    _title(paper, f"{TECHNIQUE_TITLES[found.technique]}: {found.state}{share}")
    if found.state is State.UNKNOWN:
        _item(paper, "nothing was read that could tell of such tests")
        return
    for operation in found.operations:
        paper.paragraph(paper.show(operation.operation), lead=f"{operation.state.value:<12}", indent=2 * GAP)
    for claim in found.claims:
        _claim(paper, claim)


def _claim(paper: Paper, claim: Claim) -> None:
    grade = f"{claim.grade.value}, stale" if claim.stale else claim.grade.value
    _item(paper, paper.joined([f"{paper.show(claim.check)}: {grade}", paper.show(claim.reason)]))
    hang = 3 * GAP
    if claim.operations:
        paper.paragraph(", ".join(map(paper.show, claim.operations)), lead="for ", indent=hang, paint=paper.dim)
    if claim.remedy:
        paper.paragraph(paper.show(claim.remedy), lead=f"{paper.signs.to} ", indent=hang)
    paper.paragraph(paper.show(str(claim.evidence.where)), lead="at ", indent=hang, paint=paper.dim)


def _title(paper: Paper, title: str) -> None:
    paper.line()
    paper.line(f"{' ' * GAP}{title}", paper.bold)


def _item(paper: Paper, text: str) -> None:
    paper.paragraph(text, lead=f"{paper.signs.bullet} ", indent=2 * GAP)
