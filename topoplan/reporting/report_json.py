"""The report as a versioned JSON document; specs/schemas/report.schema.json describes it."""

from __future__ import annotations

from typing import IO

from topoplan.model.codec import encode
from topoplan.model.collector import collector_paused
from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.summary import summarize
from topoplan.reporting.topology_json import dump, topology_document

FORMAT = "topoplan/report"
FORMAT_VERSION = 1


def write(report: Report, out: IO[str], style: Style) -> None:
    """Everything in `report`, two spaces of indentation, one newline at the end."""
    del style
    dump(report_document(report), out)


@collector_paused()
def report_document(report: Report) -> dict[str, object]:
    """The document as builtins; its `topology` is a topology document in itself."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "tool": {"name": "topoplan", "version": report.tool_version},
        "system": report.system,
        "summary": summarize(report),
        "topology": topology_document(report.topology),
        "history": encode(report.history),
        "journeys": encode(report.journeys),
        "profiles": encode(report.profiles),
        "plan": encode(report.plan),
        "coverage": encode(report.coverage),
        "gaps": encode(report.gaps),
        "changes": encode(report.changes),
        "method": encode(report.method),
    }
