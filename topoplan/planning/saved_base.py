"""Reads the saved report or topology that an analysis is compared with."""

from __future__ import annotations

from pathlib import Path

from topoplan.errors import DocumentError, UsageError
from topoplan.importing.saved import saved_report
from topoplan.importing.workspace import Workspace
from topoplan.model.gaps import Gaps
from topoplan.model.report import Report


def saved_base(path: str, base: Path) -> Report:
    """What the report or topology saved at `path`, seen from `base`, says of the system, every text safe to print.

    Parts that it does not have are left empty. Raises UsageError (`against-unusable`).
    """
    try:
        return saved_report(Workspace({path: base / path}).json(path).value, path)
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


def _unusable(path: str, reason: str) -> UsageError:
    hint = "save one with `topoplan analyze -f json=FILE`"
    message = f"cannot compare with {path!r}: {reason}"
    return UsageError(message, slug="against-unusable", where=path, hint=hint)
