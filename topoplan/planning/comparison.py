"""Which gaps a change opens: those another state of the same system did not have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from topoplan.errors import DocumentError, UsageError
from topoplan.importing.workspace import Workspace
from topoplan.model.codec import decode
from topoplan.model.gaps import Gaps, Urgency

_REPORT_VERSION = 1


def opened_since(now: Gaps, before: Gaps, name: str) -> Gaps:
    """Only the gaps of `now` that `before` lacks, by operation: new boundaries, new operations, evidence lost; and
    those that have become more urgent. `name` says what `before` is: a revision or a file.

    Gaps that `before` accepted (a baseline, a suppression) were there too. The tallies stay those of `now`.
    """
    urgencies: dict[str, Urgency] = {m.fingerprint: gap.urgency for gap in before.open for m in gap.missing}
    accepted = {one.fingerprint for one in before.accepted}
    opened = []
    for gap in now.open:
        missing = tuple(
            m
            for m in gap.missing
            if m.fingerprint not in accepted
            and (m.fingerprint not in urgencies or urgencies[m.fingerprint].rank < gap.urgency.rank)
        )
        if missing:
            opened.append(replace(gap, missing=missing))
    return replace(now, open=tuple(opened), against=name)


def saved_gaps(path: str, base: Path) -> Gaps:
    """The gaps in the saved report at `path`, seen from `base`. Raises UsageError (`against-unusable`)."""
    try:
        data: Any = Workspace({path: base / path}).json(path).value
        if not isinstance(data, dict) or data.get("format") != "topoplan/report" or "gaps" not in data:
            raise DocumentError("is no report with gaps", slug="saved-misfit", where=path)
        if data.get("format_version") != _REPORT_VERSION:
            message = f"is not of format version {_REPORT_VERSION}, the one this topoplan reads"
            raise DocumentError(message, slug="saved-misfit", where=path)
        gaps = decode(Gaps, data["gaps"], "/gaps")
        if gaps.against:
            message = "holds only the gaps that another comparison left: save one without --against"
            raise DocumentError(message, slug="saved-misfit", where=path)
        return gaps
    except DocumentError as error:
        hint = "save one with `topoplan gaps -f json=FILE` or `topoplan analyze -f json=FILE`"
        message = f"cannot compare with {path!r}: {error.reason}"
        raise UsageError(message, slug="against-unusable", where=path, hint=hint) from None
