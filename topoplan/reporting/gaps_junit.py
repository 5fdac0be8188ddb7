"""The plan as JUnit XML: build servers show recommended tests that are not covered as failed ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO
from xml.etree import ElementTree as ET

from topoplan.model.facts import Source
from topoplan.model.gaps import Accepted, Gap
from topoplan.model.report import Report
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.reporting import Style, digest
from topoplan.reporting.standing import Standing, standings


def write(report: Report, out: IO[str], style: Style) -> None:
    """A suite per technique, a case per recommended test, and a suite of files that could not be read.

    Covered passes; a gap fails, also where nothing is known; what is accepted, or was open in what it is compared with,
    is skipped. Nothing was run, so no case has a time.
    """
    del style
    root = ET.Element("testsuites", name=_text(f"topoplan gaps of {report.system or 'the system'}"))
    suites: dict[str, list[Standing]] = {}
    for standing in standings(report):
        suites.setdefault(standing.test.technique.value, []).append(standing)
    for name, found in suites.items():
        _suite(root, f"topoplan.{name}", (_case(standing, report.gaps.against) for standing in found))
    failed = digest.failed_sources(report)
    if failed:
        _suite(root, "topoplan.sources", map(_failed, failed))
    _count(root)
    ET.indent(root)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def _suite(root: ET.Element, name: str, cases: Iterable[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    for case in cases:
        case.set("classname", name)
        suite.append(case)
    _count(suite)


def _count(element: ET.Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(len(element.findall(f".//{tag}"))))


def _case(standing: Standing, against: str) -> ET.Element:
    case = ET.Element("testcase", name=_text(standing.test.id))
    if standing.gaps:
        first = standing.gaps[0]
        failure = ET.SubElement(case, "failure", message=_text(first.reason), type=first.state.value)
        failure.text = "\n".join(line for gap in standing.gaps for line in _lines(gap))
    elif standing.accepted:
        ET.SubElement(case, "skipped", message=_text(_why(standing.accepted)))
    elif standing.state.value != "covered":
        ET.SubElement(case, "skipped", message=_text(f"{standing.state.value}, as in {against}"))
    return case


def _lines(gap: Gap) -> list[str]:
    """What stands below the message."""
    operations = [missing.operation for missing in gap.missing if missing.operation]
    lines = [
        gap.title,
        f"urgency: {gap.urgency.value}",
        f"state: {gap.state.value}",
        *(f"operation: {operation}" for operation in operations),
        f"to do: {gap.next_step}",
        f"at: {gap.where}" if gap.where else "",
    ]
    return [_text(line) for line in lines if line]


def _why(accepted: Iterable[Accepted]) -> str:
    told = (
        f"{one.by}{f' until {one.until}' if one.until else ''}{f': {one.reason}' if one.reason else ''}"
        for one in accepted
    )
    return "accepted by " + "; ".join(dict.fromkeys(told))


def _failed(source: Source) -> ET.Element:
    case = ET.Element("testcase", name=_text(source.path))
    ET.SubElement(
        case, "error", message=_text(source.reason), type="not-read"
    ).text = "What this file holds counts as missing."
    return case


def _text(text: str) -> str:
    return clean(text, TEXT_LIMIT)
