"""One row per gap and operation, for spreadsheets (RFC 4180 with plain line feeds)."""

from __future__ import annotations

import csv
from typing import IO

from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.boundary_csv import cell
from topoplan.reporting.standing import to_mend

COLUMNS = (
    "urgency",
    "technique",
    "consumer",
    "provider",
    "operation",
    "state",
    "open_risk",
    "reason",
    "next_step",
    "boundary",
    "test",
    "place",
    "fingerprint",
)


def write(report: Report, out: IO[str], style: Style) -> None:
    """A head row and the open gaps, most open risk first; a text that could run as a formula starts with `'`.

    `open_risk` is that of the whole gap, repeated on each of its rows.
    """
    del style
    ends = {boundary.id: (boundary.consumer, boundary.provider) for boundary in report.topology.boundaries}
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for gap, missing in to_mend(report.gaps):
        consumer, provider = ends.get(gap.boundary, ("", ""))
        rows.writerow(
            [
                *map(cell, (gap.urgency, gap.technique, consumer, provider, missing.operation, missing.state)),
                gap.open_risk,
                *map(cell, (gap.reason, gap.next_step, gap.boundary, gap.test, str(gap.where or ""))),
                cell(missing.fingerprint),
            ]
        )
