"""Reads the saved report or topology that an analysis is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from topoplan.errors import DocumentError, UsageError
from topoplan.importing.workspace import Workspace
from topoplan.model.codec import decode
from topoplan.model.coverage import Coverage
from topoplan.model.gaps import Gaps, Ratio, Tally
from topoplan.model.plan import Plan
from topoplan.model.report import Report
from topoplan.model.risk import RiskProfile
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.model.topology import Topology

_TOPOLOGY, _REPORT = "topoplan/topology", "topoplan/report"
_VERSION = 1
_MOST = 2**53

T = TypeVar("T")


def saved_base(path: str, base: Path) -> Report:
    """What the report or topology saved at `path`, seen from `base`, says of the system, every text safe to print.

    Parts that it does not have (a topology has none, an older report may lack some) are left empty, as nothing else
    of it is needed. Raises UsageError (`against-unusable`).
    """
    try:
        return _report(Workspace({path: base / path}).json(path).value, path)
    except DocumentError as error:
        raise _unusable(path, error.reason) from None


def saved_gaps(path: str, base: Path) -> Gaps:
    """All gaps of the report saved at `path`. Raises UsageError (`against-unusable`), also where it holds none or only
    some of them."""
    gaps = saved_base(path, base).gaps
    if not gaps.tallies:
        raise _unusable(path, "is no report with gaps")
    if gaps.against:
        raise _unusable(path, "holds only the gaps that another comparison left: save one without --against")
    return gaps


def _report(document: Any, path: str) -> Report:
    form = document.get("format") if isinstance(document, dict) else None
    if form not in (_TOPOLOGY, _REPORT):
        raise DocumentError("is no report or topology that topoplan saved", slug="saved-misfit", where=path)
    if document.get("format_version") != _VERSION:
        message = f"is not of format version {_VERSION}, the one this topoplan reads"
        raise DocumentError(message, slug="saved-version", where=path)
    if form == _TOPOLOGY:
        return Report("", decode(Topology, _cleaned(document)))
    if "topology" not in document:
        raise DocumentError("is a report without a topology", slug="saved-misfit", where=path)
    found = Report(
        system="",
        topology=_part(Topology, document, "topology", Topology()),
        profiles=_part(tuple[RiskProfile, ...], document, "profiles", ()),
        plan=_part(Plan, document, "plan", Plan()),
        coverage=_part(Coverage, document, "coverage", Coverage()),
        gaps=_part(Gaps, document, "gaps", Gaps()),
    )
    if not all(0 <= profile.risk <= 1 for profile in found.profiles) or not all(map(_is_possible, found.gaps.tallies)):
        raise DocumentError("has impossible figures", slug="saved-misfit", where=path)
    return found


def _part(kind: type[T], document: dict[str, Any], key: str, absent: T) -> T:
    return decode(kind, _cleaned(document[key]), f"/{key}") if key in document else absent


def _is_possible(tally: Tally) -> bool:
    ratios: tuple[Ratio, ...] = (tally.tests, tally.boundaries, tally.operations, tally.calls)
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


def _unusable(path: str, reason: str) -> UsageError:
    hint = "save one with `topoplan analyze -f json=FILE`"
    message = f"cannot compare with {path!r}: {reason}"
    return UsageError(message, slug="against-unusable", where=path, hint=hint)
