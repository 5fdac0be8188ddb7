"""Ways to show a Report: one literal table per family of formats, each format loaded only when used."""

from __future__ import annotations

from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from topoplan.model.report import Report


class Style(Struct, frozen=True):
    """How a person's output may look; the caller decides it from the terminal. Documents ignore it."""

    width: int = 100
    """Columns to fill, 40 to 200 (made for 60 and more); anything outside is taken as the nearest bound."""
    color: bool = False
    """Terminal colours (SGR sequences) may be used."""
    unicode: bool = True
    """The stream takes any character; False: ASCII only, everything else as a backslash escape."""
    by_domain: bool = False
    """Pictures group services by domain before owner."""


class Writer(Protocol):
    """Writes a whole report to a stream it neither opens nor closes."""

    def __call__(self, report: Report, out: IO[Any], style: Style) -> None:
        """`out` takes text, or bytes where the format is binary. Raises OutputError when the format cannot be made;
        nothing has been written then."""
        ...


class Format(Struct, frozen=True):
    """One output format. `target` is its writer as `module:function`, imported on first use."""

    target: str
    suffix: str
    summary: str
    binary: bool = False

    def write(self, report: Report, out: IO[Any], style: Style) -> None:
        """Load the writer and write `report` to `out`; see `Writer`."""
        module, _, function = self.target.partition(":")
        writer: Writer = getattr(import_module(module), function)
        writer(report, out, style)


REPORT_FORMATS: dict[str, Format] = {
    "text": Format("topoplan.reporting.text:write", ".txt", "for a person at a terminal"),
    "json": Format("topoplan.reporting.report_json:write", ".json", "everything, versioned, with a JSON Schema"),
    "markdown": Format("topoplan.reporting.markdown:write", ".md", "for reviews and tickets"),
    "html": Format("topoplan.reporting.html.page:write", ".html", "one page to pass around, for a browser"),
}
"""Formats of a whole report."""

GRAPH_FORMATS: dict[str, Format] = {
    "json": Format("topoplan.reporting.topology_json:write", ".json", "the topology, versioned, with a JSON Schema"),
    "dot": Format("topoplan.reporting.dot:write", ".dot", "Graphviz source"),
    "svg": Format("topoplan.reporting.picture:write_svg", ".svg", "picture that scales, made by Graphviz"),
    "png": Format("topoplan.reporting.picture:write_png", ".png", "picture in pixels, made by Graphviz", binary=True),
    "pdf": Format("topoplan.reporting.picture:write_pdf", ".pdf", "picture on one page, made by Graphviz", binary=True),
    "mermaid": Format("topoplan.reporting.mermaid:write", ".mmd", "flowchart that GitHub and GitLab draw"),
    "graphml": Format("topoplan.reporting.graphml:write", ".graphml", "for graph tools such as yEd, Gephi, networkx"),
    "csv": Format("topoplan.reporting.boundary_csv:write", ".csv", "one row per boundary, for spreadsheets"),
}
"""Formats of the graph alone: they show `report.topology`, with risk where `report.profiles` has it. A bare topology
is written as `Report(system, topology)`."""

PICTURE_FORMATS = ("svg", "png", "pdf", "mermaid")
"""Those of them that show what a whole analysis knows: tests, gaps and risk."""

GAP_FORMATS: dict[str, Format] = {
    "text": Format("topoplan.reporting.gaps_text:write", ".txt", "for a person at a terminal"),
    "json": Format("topoplan.reporting.report_json:write", ".json", "the whole report, gaps included"),
    "markdown": Format("topoplan.reporting.gaps_markdown:write", ".md", "a comment on a pull request"),
    "sarif": Format("topoplan.reporting.gaps_sarif:write", ".sarif", "SARIF 2.1.0, for code scanning"),
    "junit": Format("topoplan.reporting.gaps_junit:write", ".xml", "JUnit XML, for a build server's test page"),
    "github": Format("topoplan.reporting.gaps_github:write", ".txt", "annotations of GitHub Actions"),
    "gitlab": Format("topoplan.reporting.gaps_gitlab:write", ".json", "GitLab Code Quality"),
    "csv": Format("topoplan.reporting.gaps_csv:write", ".csv", "one row per gap and operation, for spreadsheets"),
}
"""Formats of `topoplan gaps`: they show `report.gaps` and `report.coverage`."""

PLAN_FORMATS: dict[str, Format] = {
    "text": Format("topoplan.reporting.plan_text:write", ".txt", "for a person at a terminal"),
    "json": Format("topoplan.reporting.report_json:write", ".json", "the whole report, plan included"),
    "markdown": Format("topoplan.reporting.plan_markdown:write", ".md", "a ticket or comment with check boxes"),
    "csv": Format("topoplan.reporting.plan_csv:write", ".csv", "one row per test, for trackers and spreadsheets"),
    "svg": Format("topoplan.reporting.plan_svg:write", ".svg", "picture of the risk retired and the pyramid"),
}
"""Formats of `topoplan plan`: they show `report.plan`, and beside it what tests exist."""
