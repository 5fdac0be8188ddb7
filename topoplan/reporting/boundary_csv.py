"""One row per boundary, for spreadsheets (RFC 4180 with plain line feeds)."""

from __future__ import annotations

import csv
from typing import IO

from topoplan.model.report import Report
from topoplan.model.risk import RiskProfile
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.model.topology import Boundary
from topoplan.reporting import Style

COLUMNS = (
    "id",
    "consumer",
    "provider",
    "style",
    "protocol",
    "channel",
    "broker",
    "basis",
    "confidence",
    "operations",
    "calls",
    "errors",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "risk",
    "impact",
    "evidence",
)

# First characters that make a spreadsheet take a cell for a formula, full-width forms included
# (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write(report: Report, out: IO[str], style: Style) -> None:
    """A head row and the boundaries; unknown figures are empty, a text that could run as a formula starts with `'`."""
    del style
    profiles = {profile.boundary: profile for profile in report.profiles}
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for boundary in report.topology.boundaries:
        rows.writerow(_row(boundary, profiles.get(boundary.id)))


def _row(boundary: Boundary, profile: RiskProfile | None) -> list[str | int | float | None]:
    stats = boundary.stats
    texts = (
        boundary.id,
        boundary.consumer,
        boundary.provider,
        boundary.style,
        boundary.protocol,
        boundary.channel,
        boundary.broker,
        boundary.basis,
        boundary.confidence,
    )
    traffic = (stats.calls, stats.errors, stats.p50_ms, stats.p95_ms, stats.p99_ms) if stats else (None,) * 5
    places = " ".join(dict.fromkeys(str(evidence.where) for evidence in boundary.evidence))
    return [
        *map(cell, texts),
        len(boundary.operations),
        *traffic,
        profile.risk if profile else None,
        profile.impact if profile else None,
        cell(places),
    ]


def cell(text: str) -> str:
    """`text` on one line, with `'` before what a spreadsheet would run."""
    text = clean(text, TEXT_LIMIT)
    return f"'{text}" if text.startswith(_FORMULA) else text
