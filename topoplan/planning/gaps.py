"""The recommended tests that are not covered, what each leaves open, and how far the rest goes.

What is recommended does not depend on the evidence, only how far it is met does. So a passing check can close a gap but
never open one, and taking evidence away never closes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan.config import PlanningSettings
from topoplan.model.coverage import BoundaryCoverage, Coverage, State, TechniqueCoverage
from topoplan.model.gaps import Gap, Gaps, Missing, Ratio, Tally, Urgency
from topoplan.model.phrases import counted
from topoplan.model.plan import Plan, Recommendation, Technique
from topoplan.model.risk import Mode, RiskProfile
from topoplan.model.topology import Boundary, Topology
from topoplan.planning.gap_wording import next_step_of, reason_of
from topoplan.planning.residual import after, residual, risks_of
from topoplan.planning.slices import share_on
from topoplan.planning.techniques import Figures, figures
from topoplan.risk.weighing import settle

URGENCY_FLOOR: Mapping[Urgency, float] = {Urgency.HIGH: 0.25, Urgency.MEDIUM: 0.1, Urgency.LOW: 0.0}
"""Lowest open risk of each urgency, highest first. A call of which nothing is known but that it exists opens about 0.22
without a contract, so `high` always has a reason of its own."""


def fingerprint(technique: Technique, boundary: str, operation: str = "") -> str:
    """32 hex digits that stay the same as long as technique, boundary and operation do. For a test of several
    boundaries the rest of its id stands for the boundary."""
    return hashlib.sha256("\0".join(("gap/1", technique, boundary, operation)).encode()).hexdigest()[:32]


def urgency_of(open_risk: float) -> Urgency:
    """The band of an open risk."""
    return next(urgency for urgency, floor in URGENCY_FLOOR.items() if open_risk >= floor)


def find_gaps(
    topology: Topology,
    profiles: Sequence[RiskProfile],
    plan: Plan,
    coverage: Coverage,
    settings: PlanningSettings = PlanningSettings(),
) -> Gaps:
    """Every recommended test without the state `covered`, most open risk first, then by id. A pure function."""
    table = figures(settings)
    boundaries = {boundary.id: boundary for boundary in topology.boundaries}
    states = {found.boundary: found for found in coverage.boundaries}
    risks = {profile.boundary: risks_of(profile) for profile in profiles}
    read = frozenset(coverage.read)
    wanted = [
        _Wanted(test, tuple(_part(test, boundaries[name], states.get(name), read) for name in test.boundaries))
        for test in plan.tests
    ]
    left = {name: residual(risk, _graded(states.get(name), table)) for name, risk in sorted(risks.items())}
    found: list[Gap] = []
    earlier: dict[str, dict[Technique, float]] = {name: {} for name in risks}
    for one in wanted:
        if one.state is not State.COVERED:
            open_risk = settle(sum(_open_risk(p, earlier[p.name], risks[p.name], table) for p in one.parts))
            found.append(_gap(one, open_risk))
        for part in one.parts:
            earlier[part.name].setdefault(one.test.technique, part.goal)
    return Gaps(
        open=tuple(sorted(found, key=lambda gap: (-gap.open_risk, gap.test))),
        tallies=_tallies(wanted, boundaries),
        total_risk=settle(sum(sum(risk.values()) for risk in risks.values())),
        residual_risk=settle(sum(sum(risk.values()) for risk in left.values())),
    )


class _Part(Struct, frozen=True):
    """One recommended test on one of its boundaries, and what is there of it."""

    test: Recommendation
    boundary: Boundary
    coverage: BoundaryCoverage | None
    there: TechniqueCoverage | None
    """By the technique of the test; None when no source could tell of it."""

    @property
    def name(self) -> str:
        return self.boundary.id

    @property
    def goal(self) -> float:
        """How far the test would prove its technique here, 0–1."""
        return share_on(self.boundary) if self.test.journey else 1.0

    @property
    def state(self) -> State:
        """A path runs through one operation, so that the best of them speaks for it."""
        if self.there is None:
            return State.UNKNOWN
        if self.test.journey and self.there.operations:
            return max((op.state for op in self.there.operations), key=lambda state: state.rank)
        return self.there.state

    @property
    def proven(self) -> float:
        """How far the technique is proven here, up to the goal."""
        return min(self.there.share, self.goal) if self.there else 0.0


def _part(
    test: Recommendation, boundary: Boundary, coverage: BoundaryCoverage | None, read: frozenset[Technique]
) -> _Part:
    """`read`: techniques of which some source could tell."""
    found = coverage.of(test.technique) if coverage else None
    nothing = TechniqueCoverage(test.technique, State.UNCOVERED) if test.technique in read else None
    return _Part(test, boundary, coverage, found or nothing)


class _Wanted(Struct, frozen=True):
    """One recommended test. It is as far as the worst of its boundaries, and partial where others are covered."""

    test: Recommendation
    parts: tuple[_Part, ...]

    @property
    def worst(self) -> _Part:
        return min(self.parts, key=lambda part: (part.state.rank, part.proven / part.goal))

    @property
    def state(self) -> State:
        worst = self.worst.state
        some = any(part.state is State.COVERED for part in self.parts)
        return State.PARTIAL if some and worst is not State.COVERED else worst

    @property
    def share(self) -> float:
        """How much of the test is there, 0–1: the mean over its boundaries."""
        return sum(part.proven / part.goal for part in self.parts) / len(self.parts)


def _graded(found: BoundaryCoverage | None, table: Mapping[Technique, Figures]) -> Iterable[tuple[Figures, float]]:
    return ((table[one.technique], one.share) for one in (found.techniques if found else ()) if one.share > 0)


def _open_risk(
    part: _Part, earlier: Mapping[Technique, float], risk: Mapping[Mode, float], table: Mapping[Technique, Figures]
) -> float:
    """What the test would still retire, summed over modes, once those the plan wants before it are done (technique →
    share), and with every other test that exists. So the open risks of a boundary's gaps never count one risk twice. A
    sum, because the probability of any failure at all would grow in one mode when another is tested, and no passing
    check may make a gap more urgent."""
    own = part.test.technique
    if own in earlier:
        return 0.0  # a technique counts once for a boundary
    shares = dict(earlier)
    for one in part.coverage.techniques if part.coverage else ():
        if one.technique is not own:
            shares[one.technique] = max(one.share, shares.get(one.technique, 0.0))
    others = residual(risk, ((table[technique], share) for technique, share in shares.items()))
    now, closed = after(others, table[own], part.proven), after(others, table[own], part.goal)
    return sum(now.values()) - sum(closed.values())


def _gap(one: _Wanted, open_risk: float) -> Gap:
    technique, worst, boundary = one.test.technique, one.worst, one.parts[0].boundary
    single = len(one.parts) == 1
    operations = [
        op for op in (worst.there.operations if single and worst.there else ()) if op.state is not State.COVERED
    ]
    missing = [(op.operation, op.state) for op in operations] or [("", one.state)]
    name = one.test.id.partition(":")[2]
    return Gap(
        test=one.test.id,
        technique=technique,
        boundary=boundary.id,
        title=one.test.title,
        state=one.state,
        urgency=urgency_of(open_risk),
        open_risk=open_risk,
        missing=tuple(sorted(Missing(op, state, fingerprint(technique, name, op)) for op, state in missing)),
        reason=reason_of(technique, worst.there) if single else _reason_along(one),
        next_step=next_step_of(one.test, worst.there),
        where=next((e.where for e in boundary.evidence if e.where.line), None)
        or next((e.where for e in boundary.evidence), None),
    )


def _reason_along(one: _Wanted) -> str:
    """How far a test of several boundaries is on the way, and what holds the worst of them."""
    covered = sum(part.state is State.COVERED for part in one.parts)
    why = reason_of(one.test.technique, one.worst.there)
    return f"{covered} of {counted(len(one.parts), 'boundary')} covered; {one.worst.name}: {why}" if covered else why


def _tallies(wanted: Sequence[_Wanted], boundaries: Mapping[str, Boundary]) -> tuple[Tally, ...]:
    techniques = sorted({one.test.technique for one in wanted}, key=list(Technique).index)
    own = (
        _tally(technique, [w for w in wanted if w.test.technique is technique], boundaries) for technique in techniques
    )
    return (_tally(None, wanted, boundaries), *own)


def _tally(technique: Technique | None, wanted: Sequence[_Wanted], boundaries: Mapping[str, Boundary]) -> Tally:
    by_boundary: dict[str, bool] = {}
    calls: dict[tuple[str, str], bool] = {}
    for part in (part for one in wanted for part in one.parts):
        by_boundary[part.name] = by_boundary.get(part.name, True) and part.state is State.COVERED
        for op in part.there.operations if part.there and not part.test.journey else ():
            key = (part.name, op.operation)
            calls[key] = calls.get(key, True) and op.state is State.COVERED
    operations: dict[tuple[str, str], bool] = {}
    for (boundary, operation), covered in calls.items():
        offered = (boundaries[boundary].provider, operation)
        operations[offered] = operations.get(offered, True) and covered
    return Tally(
        technique,
        tests=_ratio(one.state is State.COVERED for one in wanted),
        boundaries=_ratio(by_boundary.values()),
        operations=_ratio(operations.values()),
        calls=_ratio(calls.values()),
        risk_retired=settle(sum(one.test.risk_retired * one.share for one in wanted)),
        risk_retirable=settle(sum(one.test.risk_retired for one in wanted)),
    )


def _ratio(covered: Iterable[bool]) -> Ratio:
    known = list(covered)
    return Ratio(sum(known), len(known))
