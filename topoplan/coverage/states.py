"""Claims to states: of every operation, boundary and technique."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from topoplan.coverage.claiming import Applied
from topoplan.coverage.operations import Operations
from topoplan.model.coverage import (
    BoundaryCoverage,
    Claim,
    Finding,
    Grade,
    OperationCoverage,
    State,
    TechniqueCoverage,
)
from topoplan.model.plan import STYLE_TECHNIQUES, Technique
from topoplan.model.topology import Boundary

_STATES = {
    Grade.VERIFIED: State.COVERED,
    Grade.UNVERIFIED: State.UNVERIFIED,
    Grade.DECLARED: State.UNVERIFIED,
    Grade.FAILING: State.FAILING,
}


UNKNOWN_SHARE = 0.5
"""What a contract test is worth where nobody tells which operations there are besides those it names."""


def state_of(claim: Claim) -> State:
    """What one claim makes of an operation. Only what was verified once can be stale: that something was never
    verified at all is the graver word."""
    stale = claim.stale and claim.grade is Grade.VERIFIED
    return State.STALE if stale else _STATES[claim.grade]


def boundary_states(
    boundaries: Iterable[Boundary],
    applied: Iterable[Applied],
    operations: Operations,
    contracted: Mapping[str, Sequence[str]],
    read: Collection[Technique],
) -> tuple[BoundaryCoverage, ...]:
    """The coverage of every boundary, by id. `contracted` gives the operations that contracts name; they stand in, for
    contract tests, where a boundary knows none of its own."""
    by_boundary: dict[tuple[str, Technique], list[Applied]] = defaultdict(list)
    for one in applied:
        by_boundary[one.boundary, one.technique].append(one)
    found = []
    for boundary in sorted(boundaries, key=lambda b: b.id):
        techniques = [
            _technique(
                technique,
                operations.known(boundary)
                or (contracted.get(boundary.id, ()) if technique is Technique.CONTRACT else ()),
                by_boundary.get((boundary.id, technique), ()),
                technique in read,
            )
            for technique in Technique
            if technique in STYLE_TECHNIQUES[boundary.style] or (boundary.id, technique) in by_boundary
        ]
        found.append(BoundaryCoverage(boundary.id, tuple(techniques)))
    return tuple(found)


def failing_beside(coverage: Iterable[BoundaryCoverage]) -> tuple[Finding, ...]:
    """Failing checks that a passing one beside them would hide."""
    return tuple(
        Finding(
            "failing-beside",
            f"{failing.check} fails, though {passing.check} passes, so the {technique.technique.value} test counts",
            failing.evidence.where,
            passing.evidence.where,
            boundary.boundary,
            common[0] if len(common) == 1 else "",
        )
        for boundary in coverage
        for technique in boundary.techniques
        for failing in technique.claims
        if failing.grade is Grade.FAILING
        for passing, common in _hiding(failing, technique.claims)
    )


def _hiding(failing: Claim, claims: Sequence[Claim]) -> list[tuple[Claim, tuple[str, ...]]]:
    for claim in claims:
        if claim.grade is Grade.VERIFIED and claim.check != failing.check:
            common = tuple(sorted({*claim.operations} & {*failing.operations}))
            if common or not claim.operations or not failing.operations:
                return [(claim, common)]
    return []


def _technique(
    technique: Technique, operations: Sequence[str], applied: Sequence[Applied], read: bool
) -> TechniqueCoverage:
    nothing = State.UNCOVERED if read else State.UNKNOWN
    claims = sorted({one.claim: None for one in applied}, key=_best_first)
    if not operations:
        state, share = _whole(technique, claims, nothing, any(a.whole and _covers(a.claim) for a in applied))
        return TechniqueCoverage(technique, state, share, (), tuple(claims))
    single = len(operations) == 1
    covered = [
        _operation(operation, [a.claim for a in applied if single or _speaks_of(a, operation)], nothing)
        for operation in sorted(operations)
    ]
    unnamed = [a.claim for a in applied if not (single or a.whole or a.claim.operations)]
    return TechniqueCoverage(
        technique, _state(covered, unnamed), _share(covered, unnamed), tuple(covered), tuple(claims)
    )


def _whole(technique: Technique, claims: Sequence[Claim], nothing: State, all_covered: bool) -> tuple[State, float]:
    """State and share of a boundary of which no operation is known: its best claim's. A contract test proves no more
    than the operations it names, so it covers such a boundary only when it says that these are all; else taking a
    contract away, which tells of more, could make it look better."""
    if not claims:
        return nothing, 0.0
    best = claims[0]
    if technique is Technique.CONTRACT and _covers(best) and not all_covered:
        return State.PARTIAL, best.share * UNKNOWN_SHARE
    return state_of(best), best.share


def _covers(claim: Claim) -> bool:
    return state_of(claim) is State.COVERED


def _speaks_of(applied: Applied, operation: str) -> bool:
    return applied.whole or operation in applied.claim.operations


def _operation(operation: str, claims: Sequence[Claim], nothing: State) -> OperationCoverage:
    if not claims:
        return OperationCoverage(operation, nothing)
    best = min(claims, key=_best_first)
    return OperationCoverage(operation, state_of(best), best.share)


def _state(operations: Sequence[OperationCoverage], unnamed: Sequence[Claim]) -> State:
    states = [o.state for o in operations]
    if all(state is State.COVERED for state in states):
        return State.COVERED
    best = max((*states, *(state_of(claim) for claim in unnamed)), key=lambda state: state.rank)
    return State.PARTIAL if best is State.COVERED else best


def _share(operations: Sequence[OperationCoverage], unnamed: Sequence[Claim]) -> float:
    """A claim that names no operation is worth one of them, and that may be one that is counted already."""
    named = sum(operation.share for operation in operations)
    return max(named, max((claim.share for claim in unnamed), default=0.0)) / len(operations)


def _best_first(claim: Claim) -> tuple[object, ...]:
    return (
        -claim.share,
        -state_of(claim).rank,
        claim.check,
        claim.evidence,
        claim.operations,
        -claim.time,
        claim.reason,
    )
