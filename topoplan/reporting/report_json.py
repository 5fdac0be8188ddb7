"""The report as a versioned JSON document; specs/schemas/report.schema.json describes it."""

from __future__ import annotations

from typing import IO

from topoplan.model.codec import encode
from topoplan.model.collector import collector_paused
from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.json_text import dump
from topoplan.reporting.summary import summarize
from topoplan.reporting.topology_json import topology_members

FORMAT = "topoplan/report"
FORMAT_VERSION = 1


def write(report: Report, out: IO[str], style: Style) -> None:
    """Everything in `report`, two spaces of indentation, one newline at the end."""
    del style
    dump(report_members(report), out)


@collector_paused()
def report_document(report: Report) -> dict[str, object]:
    """The document as builtins; its `topology` is a topology document in itself."""
    document: dict[str, object] = encode(report_members(report))
    return document


def report_members(report: Report) -> dict[str, object]:
    """The document with its values not encoded yet, for `dump` and for pages."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "tool": {"name": "topoplan", "version": report.tool_version},
        "system": report.system,
        "summary": summarize(report),
        "topology": topology_members(report.topology),
        "history": report.history,
        "journeys": report.journeys,
        "profiles": report.profiles,
        "plan": report.plan,
        "coverage": report.coverage,
        "gaps": report.gaps,
        "changes": report.changes,
        "method": report.method,
    }
