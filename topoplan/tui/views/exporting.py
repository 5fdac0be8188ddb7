"""What of a report is exported, in which format, and under which name."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from topoplan.config import PlanningSettings
from topoplan.model.report import Report
from topoplan.model.risk import RiskProfile
from topoplan.planning import find_gaps
from topoplan.reporting import GAP_FORMATS, GRAPH_FORMATS, REPORT_FORMATS, Format, Style
from topoplan.tui.views.index import ReportIndex

SCREEN = Format("", ".svg", "the screen as it is, as a picture")
FORMATS: Mapping[str, Format] = {
    **{name: GRAPH_FORMATS[name] for name in ("svg", "png", "dot", "mermaid")},
    "markdown": REPORT_FORMATS["markdown"],
    "gaps": GAP_FORMATS["markdown"],
    "json": REPORT_FORMATS["json"],
    "screen": SCREEN,
}
"""Name → format, in the order in which they are offered."""

SUMMARIES: Mapping[str, str] = {
    "svg": "graph, as a picture that scales",
    "png": "graph, as a picture in pixels",
    "dot": "graph, as Graphviz source",
    "mermaid": "graph, for Markdown",
    "markdown": "report, for reviews and tickets",
    "gaps": "gaps, as a Markdown comment",
    "json": "report, as data",
    "screen": "this screen, as a picture",
}

_UNFIT = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60


class Part(Struct, frozen=True):
    """A part of the report that can be exported. Without `boundaries` it is the whole report."""

    name: str
    """For a person: `everything`, `around orders`."""
    stem: str
    """For a file's name."""
    boundaries: frozenset[str] | None = None


def parts(found: ReportIndex, service: str, boundary: str) -> tuple[Part, ...]:
    """Everything; then what lies around the service and the boundary that a person points at, as far as they are
    known."""
    shown = [Part("everything", found.report.system or "topology")]
    if service in found.services:
        near = (*found.outgoing.get(service, ()), *found.incoming.get(service, ()))
        if near:
            shown.append(Part(f"around {found.services[service].name}", service, frozenset(b.id for b in near)))
    meant = found.boundaries.get(boundary)
    if meant:
        pair = f"{meant.consumer} to {meant.provider}"
        shown.append(Part(pair, f"{meant.consumer}-{meant.provider}", frozenset((meant.id,))))
    return tuple(shown)


def file_name(part: Part, format_name: str) -> str:
    """`orders.svg`: letters, digits, `.`, `-` and `_` only, and no hidden file."""
    ending = "-screen" if format_name == "screen" else "-gaps" if format_name == "gaps" else ""
    stem = _UNFIT.sub("-", part.stem).strip("-.")[:_LONGEST_NAME] or "topoplan"
    return f"{stem}{ending}{FORMATS[format_name].suffix}"


def narrowed(report: Report, boundaries: frozenset[str], settings: PlanningSettings) -> Report:
    """The report as if these boundaries were all there is. What is told of files is left out: it belongs to the
    whole."""
    topology = report.topology
    kept = tuple(boundary for boundary in topology.boundaries if boundary.id in boundaries)
    ends = {end for boundary in kept for end in (boundary.consumer, boundary.provider)}
    topology = replace(
        topology,
        services=tuple(service for service in topology.services if service.id in ends),
        boundaries=kept,
        sources=(),
        notices=(),
        drift=tuple(one for one in topology.drift if one.subject in boundaries),
        suggestions=(),
    )
    profiles = tuple(profile for profile in report.profiles if profile.boundary in boundaries)
    tests = tuple(test for test in report.plan.tests if boundaries.issuperset(test.boundaries))
    risk = sum(map(_risk, profiles))
    plan = replace(
        report.plan,
        tests=tests,
        skips=tuple(skip for skip in report.plan.skips if skip.subject in boundaries),
        total_risk=risk,
        residual_risk=max(risk - sum(test.risk_retired for test in tests), 0.0),
        hours=sum(test.hours for test in tests),
        seconds=sum(test.seconds for test in tests),
    )
    coverage = replace(
        report.coverage,
        boundaries=tuple(one for one in report.coverage.boundaries if one.boundary in boundaries),
        findings=tuple(one for one in report.coverage.findings if one.boundary in boundaries),
    )
    gaps = replace(
        find_gaps(topology, profiles, plan, coverage, settings),
        open=tuple(gap for gap in report.gaps.open if gap.boundary in boundaries),
        against=report.gaps.against,
    )
    return replace(report, topology=topology, journeys=(), profiles=profiles, plan=plan, coverage=coverage, gaps=gaps)


def content(report: Report, part: Part, format_name: str, settings: PlanningSettings) -> bytes:
    """The file's bytes. Raises OutputError when the format cannot be made; pictures may take a minute."""
    chosen = FORMATS[format_name]
    shown = report if part.boundaries is None else narrowed(report, part.boundaries, settings)
    if chosen.binary:
        picture = io.BytesIO()
        chosen.write(shown, picture, Style())
        return picture.getvalue()
    text = io.StringIO()
    chosen.write(shown, text, Style())
    return text.getvalue().encode("utf-8", "backslashreplace")


def _risk(profile: RiskProfile) -> float:
    return sum(mode.risk for mode in profile.modes)
