"""What the page says of boundaries and of gaps as a whole, in the words of the other formats."""

from __future__ import annotations

from topoplan.model.report import Report
from topoplan.reporting import digest, gap_digest

Document = dict[str, object]


def boundary_reasons(report: Report) -> dict[str, str]:
    """Boundary → its riskiest failure mode and what adds most to it; nothing of boundaries without a score."""
    return {found.boundary.id: found.main_reason for found in digest.ranked(report) if found.main_reason}


def gap_facts(report: Report) -> list[list[str]]:
    """Label and text of what stands above the gaps, only lines that say something."""
    found = report.gaps
    rows = [
        ("Gaps", gap_digest.counted_gaps(found)),
        # Without evidence nothing is known: 0 % would say that nothing is there.
        ("Covered", ", ".join(gap_digest.covered(found)) if report.coverage.read else ""),
        ("Risk", gap_digest.residual(found)),
        ("Evidence", "; ".join(gap_digest.evidence_read(report))),
        ("Against", f"only what {found.against} does not have" if found.against else ""),
    ]
    return [[label, text] for label, text in rows if text]
