"""The page that GitHub Actions shows for a job: Markdown appended to the file that the environment names."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping

from topoplan.errors import OutputError
from topoplan.model.report import Report
from topoplan.reporting import GAP_FORMATS, Style

LIMIT = 1024 * 1024
"""Bytes of one step's summary that GitHub takes; of a longer one it shows nothing."""


def append_summary(report: Report, environment: Mapping[str, str]) -> None:
    """Append the gaps as Markdown to $GITHUB_STEP_SUMMARY, where there is one and room in it. Raises OutputError."""
    file = environment.get("GITHUB_STEP_SUMMARY", "")
    if not file:
        return
    page = io.StringIO()
    GAP_FORMATS["markdown"].write(report, page, Style())
    content = page.getvalue().encode("utf-8", "backslashreplace")
    try:
        with open(file, "ab") as stream:
            if os.fstat(stream.fileno()).st_size + len(content) <= LIMIT:
                stream.write(content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot be written: {reason}", slug="output-failed", where="$GITHUB_STEP_SUMMARY") from None
