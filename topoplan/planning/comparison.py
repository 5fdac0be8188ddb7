"""Which gaps a change opens: those another state of the same system did not have."""

from __future__ import annotations

from msgspec.structs import replace

from topoplan.model.gaps import Gaps, Urgency


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
