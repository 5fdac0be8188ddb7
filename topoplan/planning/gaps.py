"""The recommended tests that are not covered, what each leaves open, and how far the rest goes.

What is recommended does not depend on the evidence, only how far it is met does. So a passing check can close a gap but
never open one, and taking evidence away never closes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from topoplan.config import PlanningSettings
from topoplan.model.coverage import BoundaryCoverage, Coverage, State, TechniqueCoverage
from topoplan.model.gaps import Gap, Gaps, Missing, Ratio, Tally, Urgency
from topoplan.model.plan import Plan, Recommendation, Technique
from topoplan.model.risk import Mode, RiskProfile
from topoplan.model.topology import Boundary, Topology
from topoplan.planning.gap_wording import next_step_of, reason_of
from topoplan.planning.residual import after, residual, risks_of
from topoplan.planning.techniques import Figures, figures
from topoplan.risk.weighing import settle

URGENCY_FLOOR: Mapping[Urgency, float] = {Urgency.HIGH: 0.25, Urgency.MEDIUM: 0.1, Urgency.LOW: 0.0}
"""Lowest open risk of each urgency, highest first. A call of which nothing is known but that it exists opens about 0.22
without a contract, so `high` always has a reason of its own."""


def fingerprint(technique: Technique, boundary: str, operation: str = "") -> str:
    """32 hex digits that stay the same as long as technique, boundary and operation do."""
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
    wanted = [_Wanted(test, name, states.get(name)) for test in plan.tests for name in test.boundaries]
    left = {name: residual(risk, _graded(states.get(name), table)) for name, risk in sorted(risks.items())}
    found: list[Gap] = []
    earlier: dict[str, list[Technique]] = {}
    for one in wanted:
        before = earlier.setdefault(one.boundary, [])
        if one.state is not State.COVERED:
            open_risk = _open_risk(one, before, risks[one.boundary], table)
            found.append(_gap(one, boundaries[one.boundary], open_risk, table))
        before.append(one.test.technique)
    return Gaps(
        open=tuple(sorted(found, key=lambda gap: (-gap.open_risk, gap.test))),
        tallies=_tallies(wanted, boundaries),
        total_risk=settle(sum(sum(risk.values()) for risk in risks.values())),
        residual_risk=settle(sum(sum(risk.values()) for risk in left.values())),
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One recommended test on one boundary, and what is there of it."""

    test: Recommendation
    boundary: str
    coverage: BoundaryCoverage | None

    @property
    def there(self) -> TechniqueCoverage | None:
        return self.coverage.of(self.test.technique) if self.coverage else None

    @property
    def state(self) -> State:
        return self.there.state if self.there else State.UNKNOWN

    @property
    def share(self) -> float:
        return self.there.share if self.there else 0.0


def _graded(found: BoundaryCoverage | None, table: Mapping[Technique, Figures]) -> Iterable[tuple[Figures, float]]:
    return ((table[one.technique], one.share) for one in (found.techniques if found else ()) if one.share > 0)


def _open_risk(
    one: _Wanted, earlier: Sequence[Technique], risk: Mapping[Mode, float], table: Mapping[Technique, Figures]
) -> float:
    """What the test would still retire, summed over modes, once those the plan wants before it are done, and with every
    other test that exists. So the open risks of a boundary's gaps never count one risk twice. A sum, because the
    probability of any failure at all would grow in one mode when another is tested, and no passing check may make a gap
    more urgent."""
    own = one.test.technique
    there = [
        (table[t.technique], t.share)
        for t in (one.coverage.techniques if one.coverage else ())
        if t.share > 0 and t.technique is not own and t.technique not in earlier
    ]
    others = residual(risk, [*there, *((table[technique], 1.0) for technique in earlier)])
    now, closed = after(others, table[own], one.share), after(others, table[own])
    return settle(sum(now.values()) - sum(closed.values()))


def _gap(one: _Wanted, boundary: Boundary, open_risk: float, table: Mapping[Technique, Figures]) -> Gap:
    technique = one.test.technique
    operations = [op for op in (one.there.operations if one.there else ()) if op.state is not State.COVERED]
    missing = [(op.operation, op.state) for op in operations] or [("", one.state)]
    return Gap(
        test=one.test.id,
        technique=technique,
        boundary=one.boundary,
        title=one.test.title,
        state=one.state,
        urgency=urgency_of(open_risk),
        open_risk=open_risk,
        missing=tuple(sorted(Missing(op, state, fingerprint(technique, one.boundary, op)) for op, state in missing)),
        reason=reason_of(technique, one.there),
        next_step=next_step_of(one.test, one.there, table[technique]),
        where=next((e.where for e in boundary.evidence if e.where.line), None)
        or next((e.where for e in boundary.evidence), None),
    )


def _tallies(wanted: Sequence[_Wanted], boundaries: Mapping[str, Boundary]) -> tuple[Tally, ...]:
    techniques = sorted({one.test.technique for one in wanted}, key=list(Technique).index)
    own = (
        _tally(technique, [w for w in wanted if w.test.technique is technique], boundaries) for technique in techniques
    )
    return (_tally(None, wanted, boundaries), *own)


def _tally(technique: Technique | None, wanted: Sequence[_Wanted], boundaries: Mapping[str, Boundary]) -> Tally:
    by_boundary: dict[str, bool] = {}
    calls: dict[tuple[str, str], bool] = {}
    for one in wanted:
        by_boundary[one.boundary] = by_boundary.get(one.boundary, True) and one.state is State.COVERED
        for op in one.there.operations if one.there else ():
            key = (one.boundary, op.operation)
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
