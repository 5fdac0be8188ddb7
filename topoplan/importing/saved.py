"""Reads what topoplan saved, reports and topologies, with every text in them safe to print."""

from __future__ import annotations

from typing import Any

from topoplan.errors import DocumentError
from topoplan.model.codec import decode
from topoplan.model.gaps import Tally
from topoplan.model.report import Report
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.model.topology import Topology

TOPOLOGY, REPORT = "topoplan/topology", "topoplan/report"
FORMAT_VERSION = 1
_MOST = 2**53


def form_of(document: Any, path: str) -> str:
    """`TOPOLOGY` or `REPORT`. Raises DocumentError for any other document, and for one of another version."""
    form = document.get("format") if isinstance(document, dict) else None
    if form not in (TOPOLOGY, REPORT):
        raise DocumentError("is no report or topology that topoplan saved", slug="saved-misfit", where=path)
    if document.get("format_version") != FORMAT_VERSION:
        message = f"is not of format version {FORMAT_VERSION}, the one this topoplan reads"
        raise DocumentError(message, slug="saved-version", where=path)
    return str(form)


def saved_topology(document: Any, path: str) -> Topology:
    """The topology in a saved document. Raises DocumentError as `form_of` does, and with the place of what does not
    fit."""
    if form_of(document, path) == TOPOLOGY:
        return decode(Topology, _cleaned(document))
    if "topology" not in document:
        raise _without_topology(path)
    return decode(Topology, _cleaned(document["topology"]), "/topology")


def saved_report(document: Any, path: str) -> Report:
    """The report in a saved document. Parts that it does not have (a topology has none, an older report may lack some)
    are left empty. Raises DocumentError as `saved_topology` does."""
    if form_of(document, path) == TOPOLOGY:
        return Report("", saved_topology(document, path))
    if "topology" not in document:
        raise _without_topology(path)
    tool = document.get("tool")
    version = tool.get("version") if isinstance(tool, dict) else None
    told = {"system": "", **document, "tool_version": version if isinstance(version, str) else ""}
    report = decode(Report, _cleaned(told))
    if not all(0 <= one.risk <= 1 for one in report.profiles) or not all(map(_is_possible, report.gaps.tallies)):
        raise DocumentError("has impossible figures", slug="saved-misfit", where=path)
    return report


def _without_topology(path: str) -> DocumentError:
    return DocumentError("is a report without a topology", slug="saved-misfit", where=path)


def _is_possible(tally: Tally) -> bool:
    ratios = (tally.tests, tally.boundaries, tally.operations, tally.calls)
    risks = (tally.risk_retired, tally.risk_retirable)
    return all(0 <= one.covered <= one.total <= _MOST for one in ratios) and all(0 <= risk <= _MOST for risk in risks)


def _cleaned(value: Any) -> Any:
    """The document with every text safe to print; nesting is bounded by the reader."""
    if isinstance(value, str):
        return clean(value, TEXT_LIMIT)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value
