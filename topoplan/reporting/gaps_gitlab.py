"""Gaps as a GitLab Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

from typing import IO

from topoplan.model.gaps import Urgency
from topoplan.model.report import Report
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.reporting import Style, gap_digest
from topoplan.reporting.json_text import dump
from topoplan.reporting.standing import to_mend

_SEVERITIES = {Urgency.HIGH: "critical", Urgency.MEDIUM: "major", Urgency.LOW: "minor"}

UNPLACED = "topoplan.yaml"
"""Where a boundary without any place is shown: the file that can name it."""


def write(report: Report, out: IO[str], style: Style) -> None:
    """One entry per gap and operation, most open risk first; GitLab tells them apart by fingerprint."""
    del style
    pairs = {boundary.id: gap_digest.pair_of(boundary) for boundary in report.topology.boundaries}
    entries = [
        {
            "description": clean(
                gap_digest.sentence_of(gap, missing, pairs.get(gap.boundary, gap.boundary)), TEXT_LIMIT
            ),
            "check_name": f"topoplan/{gap.technique.value}",
            "fingerprint": missing.fingerprint,
            "severity": _SEVERITIES[gap.urgency],
            "location": {
                "path": gap.where.path if gap.where else UNPLACED,
                "lines": {"begin": max(gap.where.line, 1) if gap.where else 1},
            },
        }
        for gap, missing in to_mend(report.gaps)
    ]
    dump(entries, out)
