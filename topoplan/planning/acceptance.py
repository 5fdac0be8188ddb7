"""Gaps that a team has decided to live with: suppressions, and a baseline of known ones."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from topoplan.config import Suppression
from topoplan.model.gaps import Accepted, Gap, Gaps, Missing


class Known(Struct, frozen=True, order=True):
    """One entry of a baseline. The fingerprint decides; the rest is for people."""

    fingerprint: str
    technique: str = ""
    boundary: str = ""
    operation: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.technique, self.boundary, self.operation) if part) or self.fingerprint


def accept(gaps: Gaps, suppressions: Sequence[Suppression], baseline: Sequence[Known], today: str) -> Gaps:
    """Without the operations that are suppressed on the day `today` (ISO date) or in the baseline, and without gaps of
    which nothing is left. A suppression past its last day counts no more; a baseline entry no gap answers to is told.
    """
    valid = [one for one in suppressions if not one.until or one.until >= today]
    known = {entry.fingerprint: entry for entry in baseline}
    accepted: list[Accepted] = []
    kept: list[Gap] = []
    for gap in gaps.open:
        left: list[Missing] = []
        for missing in gap.missing:
            by = _accepted(gap, missing, valid, known)
            if by is None:
                left.append(missing)
            else:
                accepted.append(by)
        if left:
            kept.append(replace(gap, missing=tuple(left)))
    present = {missing.fingerprint for gap in gaps.open for missing in gap.missing}
    stale = sorted(str(entry) for entry in known.values() if entry.fingerprint not in present)
    return replace(gaps, open=tuple(kept), accepted=tuple(sorted(accepted)), stale_baseline=tuple(stale))


def expired(suppressions: Iterable[Suppression], today: str) -> tuple[Suppression, ...]:
    """The suppressions whose last day is over."""
    return tuple(one for one in suppressions if one.until and one.until < today)


def known_gaps(gaps: Gaps) -> tuple[Known, ...]:
    """The baseline that would accept exactly these gaps, with those that a baseline accepted already."""
    now = {
        Known(missing.fingerprint, gap.technique.value, gap.test.partition(":")[2], missing.operation)
        for gap in gaps.open
        for missing in gap.missing
    }
    before = {
        Known(one.fingerprint, one.test.partition(":")[0], one.test.partition(":")[2], one.operation)
        for one in gaps.accepted
        if one.by == "baseline"
    }
    return tuple(sorted(now | before, key=lambda entry: (entry.boundary, entry.technique, entry.operation)))


def _accepted(
    gap: Gap, missing: Missing, suppressions: Sequence[Suppression], known: dict[str, Known]
) -> Accepted | None:
    for one in suppressions:
        if fnmatch.fnmatchcase(gap.test, one.test) and (
            not one.operation or fnmatch.fnmatchcase(missing.operation, one.operation)
        ):
            return Accepted(gap.test, missing.operation, missing.fingerprint, "suppression", one.reason, one.until)
    if missing.fingerprint in known:
        return Accepted(gap.test, missing.operation, missing.fingerprint, "baseline")
    return None
