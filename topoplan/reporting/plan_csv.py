"""One row per planned test, for trackers and spreadsheets (RFC 4180 with plain line feeds)."""

from __future__ import annotations

import csv
from typing import IO

from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.boundary_csv import cell
from topoplan.reporting.plan_digest import curve

COLUMNS = (
    "place",
    "id",
    "title",
    "technique",
    "journey",
    "boundaries",
    "hours",
    "seconds",
    "risk_retired",
    "cumulative",
    "cases",
    "pinned",
    "reason",
)


def write(report: Report, out: IO[str], style: Style) -> None:
    """A head row and the tests in the order of the plan; a text that could run as a formula starts with `'`.

    `cumulative` is the risk retired once the test is written, tests that exist included.
    """
    del style
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for place, point in enumerate(curve(report.plan), 1):
        test = point.test
        rows.writerow(
            [
                place,
                *map(cell, (test.id, test.title, test.technique, test.journey, " ".join(test.boundaries))),
                test.hours,
                test.seconds,
                test.risk_retired,
                round(point.risk, 9),
                len(test.cases),
                "yes" if test.pinned else "no",
                cell(test.reason),
            ]
        )
