"""Claims on their way to states: where each applies, and which of several results of one check counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from topoplan.coverage.ages import Ages, day
from topoplan.model.checks import Verdict
from topoplan.model.coverage import Claim, Finding, Grade
from topoplan.model.place import Evidence
from topoplan.model.plan import Technique

GRADES = {
    Verdict.PASSED: Grade.VERIFIED,
    Verdict.FAILED: Grade.FAILING,
    Verdict.SKIPPED: Grade.DECLARED,
    Verdict.UNKNOWN: Grade.DECLARED,
}
"""What a test of its own proves by how it ended."""

_WORST_FIRST = (Verdict.FAILED, Verdict.PASSED, Verdict.UNKNOWN, Verdict.SKIPPED)
_ENDED = {Verdict.PASSED: "passed", Verdict.FAILED: "failed", Verdict.SKIPPED: "skipped"}
_REMEDIES = {
    Verdict.PASSED: "",
    Verdict.FAILED: "make it pass",
    Verdict.SKIPPED: "run it, it is skipped",
    Verdict.UNKNOWN: "read its test report too, or set test.case.result.status on its span",
}


class Applied(Struct, frozen=True):
    """One claim at one boundary and technique. `whole`: it speaks of all operations of the boundary, or these are not
    known."""

    boundary: str
    technique: Technique
    claim: Claim
    whole: bool = False


class Told(Struct, frozen=True):
    """What one kind of evidence says."""

    applied: tuple[Applied, ...] = ()
    findings: tuple[Finding, ...] = ()


class Ended(Protocol):
    """Anything that ended somehow, at some time."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def evidence(self) -> Evidence: ...
    @property
    def time(self) -> int: ...


R = TypeVar("R", bound=Ended)


def deciding(results: Iterable[R], ages: Ages) -> R:
    """The result that counts of several of one check: the newest. One whose time nothing tells may be the newest, so
    all of those are asked too, and a failed one wins."""
    timed: list[tuple[int, R]] = [(ages.time(result), result) for result in results]
    newest = max(time for time, _ in timed)
    open_ = [entry for entry in timed if entry[0] in (0, newest)]
    return min(open_, key=lambda e: (_WORST_FIRST.index(e[1].verdict), e[0] > 0, e[1].evidence))[1]


def claim_of(
    check: str, result: Ended, ages: Ages, provider: str, operations: Sequence[str] = (), verdict: Verdict | None = None
) -> Claim:
    """What a test that is its own check proves; `verdict` where another source tells how it ended."""
    ended = result.verdict if verdict is None else verdict
    time = ages.time(result)
    reason = _ENDED.get(ended, "it ran, but nothing tells how it ended")
    if time and ended in _ENDED:
        reason += f" on {day(time)}"
    late = ages.lateness(time, provider)
    return Claim(
        check,
        GRADES[ended],
        result.evidence,
        tuple(operations),
        stale=bool(late),
        time=time,
        reason=f"{reason}, {late}" if late else reason,
        remedy=_REMEDIES[ended] or ("run it again" if late else ""),
    )
