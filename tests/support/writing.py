"""Writing a report to a string or bytes, for tests of formats."""

from __future__ import annotations

import io
from collections.abc import Sequence

from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting import Format, Style
from topoplan.reporting.explain import write_explanation


def written(made: Format, report: Report, style: Style | None = None) -> str:
    """What a text format writes."""
    out = io.StringIO()
    made.write(report, out, style or Style())
    return out.getvalue()


def written_bytes(made: Format, report: Report) -> bytes:
    """What any format writes, text as UTF-8."""
    if not made.binary:
        return written(made, report).encode("utf-8")
    out = io.BytesIO()
    made.write(report, out, Style())
    return out.getvalue()


def explained(report: Report, boundaries: Sequence[Boundary], style: Style | None = None) -> str:
    """What `explain` writes."""
    out = io.StringIO()
    write_explanation(report, boundaries, out, style or Style())
    return out.getvalue()
