"""Gaps as workflow commands of GitHub Actions, which it shows at the lines of a pull request
(https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands)."""

from __future__ import annotations

from typing import IO

from topoplan.model.gaps import Gap, Urgency
from topoplan.model.report import Report
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.reporting import Style, digest, gap_digest

SHOWN = 10
"""Annotations of each kind; GitHub shows no more of one step."""

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def write(report: Report, out: IO[str], style: Style) -> None:
    """Errors for gaps of high urgency and files that failed, warnings for the others, a notice with the totals."""
    del style
    errors = [_failed(source.path, source.reason) for source in digest.failed_sources(report)]
    pairs = {boundary.id: gap_digest.pair_of(boundary) for boundary in report.topology.boundaries}
    high = [gap for gap in report.gaps.open if gap.urgency is Urgency.HIGH]
    others = [gap for gap in report.gaps.open if gap.urgency is not Urgency.HIGH]
    errors += [_gap("error", gap, pairs) for gap in high]
    warnings = [_gap("warning", gap, pairs) for gap in others]
    for line in (*errors[:SHOWN], *warnings[:SHOWN]):
        out.write(line)
    left_out = max(len(errors) - SHOWN, 0) + max(len(warnings) - SHOWN, 0)
    out.write(_command("notice", _totals(report, left_out), title="Gaps in tests between services"))


def _gap(command: str, gap: Gap, pairs: dict[str, str]) -> str:
    pair = pairs.get(gap.boundary, gap.boundary)
    operations = gap_digest.operations_of(gap)
    why = gap_digest.reason_of(gap)
    reason = f"{operations}: {why}" if operations else why
    title = f"{gap_digest.title_of(gap.technique)} {gap.state.value}: {pair}"
    message = f"{reason}. To do: {gap.next_step}."
    place = {"file": gap.where.path, "line": str(max(gap.where.line, 1))} if gap.where else {}
    return _command(command, message, **place, title=title)


def _failed(path: str, reason: str) -> str:
    return _command("error", f"{reason}. What it holds counts as missing.", file=path, title="Not read")


def _totals(report: Report, left_out: int) -> str:
    parts = [
        f"Gaps: {gap_digest.counted_gaps(report.gaps)}",
        f"covered: {', '.join(gap_digest.covered(report.gaps))}",
    ]
    if not report.gaps.open:
        parts.append(f"looked at {', '.join(gap_digest.looked_at(report))}")
    if left_out:
        parts.append(f"{left_out:,} more in the job's summary")
    return "; ".join(parts)


def _command(name: str, message: str, **properties: str) -> str:
    told = ",".join(f"{key}={clean(value, TEXT_LIMIT).translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {told}::{clean(message, TEXT_LIMIT).translate(_DATA)}\n"
