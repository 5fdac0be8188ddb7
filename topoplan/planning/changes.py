"""Two reports of one system, compared: what came, what went, what moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from topoplan.model.changes import (
    Changes,
    GapChange,
    GoneBoundary,
    GoneService,
    NotCompared,
    OperationChange,
    Part,
    RiskChange,
)
from topoplan.model.coverage import BoundaryCoverage, State
from topoplan.model.gaps import Gap
from topoplan.model.plan import Recommendation
from topoplan.model.report import Report
from topoplan.model.risk import Factor, Mode, ModeRisk, RiskProfile
from topoplan.model.topology import Boundary
from topoplan.risk.weighing import PRIOR


def compare(before: Report, now: Report, name: str) -> Changes:
    """What is different in `now` from `before`, which is called `name`: a revision or a file. A pure function.

    A part that one of them lacks (a saved topology has neither scores nor gaps) is not compared, and said to be so.
    """
    then, here = ({b.id: b for b in report.topology.boundaries} for report in (before, now))
    services = [{s.id: s for s in report.topology.services} for report in (before, now)]
    lacking = tuple(_lacking(before, now))
    parts = {one.part for one in lacking}
    opened, closed, changed = ((), (), ()) if Part.GAPS in parts else _gap_changes(before, now)
    totals = (None, None) if Part.COVERAGE in parts else (before.gaps.all, now.gaps.all)
    return Changes(
        base=name,
        services_added=tuple(sorted(services[1].keys() - services[0].keys())),
        services_removed=tuple(
            GoneService(service.id, service.name, service.kind)
            for service_id, service in sorted(services[0].items())
            if service_id not in services[1]
        ),
        boundaries_added=tuple(sorted(here.keys() - then.keys())),
        boundaries_removed=tuple(_gone(then[one]) for one in sorted(then.keys() - here.keys())),
        operations=tuple(_operation_changes(then, here)),
        risks=() if Part.RISK in parts else _risk_changes(before.profiles, now.profiles),
        gaps_opened=opened,
        gaps_closed=closed,
        gaps_changed=changed,
        coverage_before=totals[0],
        coverage_after=totals[1],
        not_compared=lacking,
    )


def _lacking(before: Report, now: Report) -> Iterator[NotCompared]:
    """What one of the reports does not have, sorted by part."""
    sides = (("the base", before), ("this analysis", now))
    found = []
    for who, report in sides:
        if report.topology.boundaries and not report.profiles:
            found.append(NotCompared(Part.RISK, f"{who} has no scores"))
        if not report.gaps.tallies:
            found.append(NotCompared(Part.COVERAGE, f"{who} has no coverage"))
            found.append(NotCompared(Part.GAPS, f"{who} has no gaps"))
        elif report.gaps.against:
            reason = f"{who} has only the gaps that a comparison with {report.gaps.against} left"
            found.append(NotCompared(Part.GAPS, reason))
    yield from sorted(found)


def _gone(boundary: Boundary) -> GoneBoundary:
    return GoneBoundary(
        boundary.id, boundary.consumer, boundary.provider, boundary.style, boundary.protocol, boundary.channel
    )


def _operation_changes(then: Mapping[str, Boundary], here: Mapping[str, Boundary]) -> Iterator[OperationChange]:
    for boundary in sorted(then.keys() & here.keys()):
        before, after = ({op.id for op in side[boundary].operations} for side in (then, here))
        if before != after:
            yield OperationChange(boundary, tuple(sorted(after - before)), tuple(sorted(before - after)))


def _risk_changes(then: Iterable[RiskProfile], here: Iterable[RiskProfile]) -> tuple[RiskChange, ...]:
    known = {profile.boundary: profile for profile in then}
    pairs = [(known[profile.boundary], profile) for profile in here if profile.boundary in known]
    found = [_risk_change(before, after) for before, after in pairs if before.score != after.score]
    return tuple(sorted(found, key=lambda change: (-abs(change.after - change.before), change.boundary)))


def _risk_change(before: RiskProfile, after: RiskProfile) -> RiskChange:
    """The score's change, told by the mode that moved it most and by what moved that mode most."""
    sign = 1 if after.risk > before.risk else -1
    modes = [{mode.mode: mode for mode in profile.modes} for profile in (before, after)]
    rises = {mode: sign * (_risk(modes[1].get(mode)) - _risk(modes[0].get(mode))) for mode in Mode}
    told = RiskChange(before.boundary, before.score, after.score)
    most = max(rises, key=lambda mode: rises[mode])
    if rises[most] <= 0:
        return told
    moves = sorted(
        _moves((before, after), (modes[0].get(most), modes[1].get(most))), key=lambda m: (-sign * m[0], m[1])
    )
    if not moves or sign * moves[0][0] <= 0:
        return RiskChange(told.boundary, told.before, told.after, most)
    _, factor, reasons = moves[0]
    return RiskChange(told.boundary, told.before, told.after, most, factor, *reasons)


def _moves(
    profiles: tuple[RiskProfile, RiskProfile], modes: tuple[ModeRisk | None, ModeRisk | None]
) -> Iterator[tuple[float, str, tuple[str, str]]]:
    """How much each factor moved the risk of one mode, its name, and its facts before and after.

    Risk is likelihood × impact, so it moves by Δlikelihood × mean impact + Δimpact × mean likelihood, exactly, and
    each of the two moves by the sum of its factors' contributions.
    """
    impact = (profiles[0].impact + profiles[1].impact) / 2
    likelihood = sum(mode.likelihood for mode in modes if mode) / 2
    for scale, sides in (
        (impact, tuple(mode.factors if mode else () for mode in modes)),
        (likelihood, tuple(profile.impact_factors for profile in profiles)),
    ):
        before, after = ({factor.name: factor for factor in side if factor.name != PRIOR} for side in sides)
        for name in sorted(before.keys() | after.keys()):
            old, new = before.get(name), after.get(name)
            yield scale * (_contribution(new) - _contribution(old)), name, (_reason(old), _reason(new))


def _risk(mode: ModeRisk | None) -> float:
    return mode.risk if mode else 0.0


def _contribution(factor: Factor | None) -> float:
    return factor.contribution if factor else 0.0


def _reason(factor: Factor | None) -> str:
    return factor.reason if factor else ""


_GapChanges = tuple[tuple[GapChange, ...], tuple[GapChange, ...], tuple[GapChange, ...]]


def _gap_changes(before: Report, now: Report) -> _GapChanges:
    """Gaps opened, closed and changed. Whoever accepted a gap knew of it: accepting closes none, and one that is not
    accepted any more was there before."""
    then, here = ({gap.test: gap for gap in report.gaps.open} for report in (before, now))
    known, left = _Side(before), _Side(now)
    tests = {test.id: test for test in chain(before.plan.tests, now.plan.tests)}
    opened, closed, changed = [], [], []
    for test in sorted(then.keys() | here.keys()):
        old, new = then.get(test), here.get(test)
        gap = new or then[test]
        were, are = _missing(old), _missing(new)
        more = tuple(sorted(are - were - known.accepted(test)))
        less = tuple(sorted(were - are - left.accepted(test)))
        change = GapChange(
            test, gap.technique, gap.boundary, gap.title,
            old.state if old else known.state(gap, tests.get(test)),
            new.state if new else left.state(gap, tests.get(test)),
            old.urgency if old else None,
            new.urgency if new else None,
            more, less,
        )  # fmt: skip
        if old and new:
            if more or less or (old.state, old.urgency) != (new.state, new.urgency):
                changed.append(change)
        elif new and more:
            opened.append(change)
        elif old and less:
            closed.append(change)
    return _urgent_first(opened), _urgent_first(closed), _urgent_first(changed)


class _Side:
    """What one report knows of the tests that are no open gap in it."""

    def __init__(self, report: Report) -> None:
        self._accepted: dict[str, set[str]] = {}
        for one in report.gaps.accepted:
            self._accepted.setdefault(one.test, set()).add(one.operation)
        self._coverage = {found.boundary: found for found in report.coverage.boundaries}

    def accepted(self, test: str) -> set[str]:
        """Operations of a test that were accepted as open."""
        return self._accepted.get(test, set())

    def state(self, gap: Gap, test: Recommendation | None) -> State | None:
        """How far the test of `gap` is covered here: as the worst of its boundaries."""
        states = [
            _state(self._coverage.get(boundary), gap, along=bool(test and test.journey))
            for boundary in (test.boundaries if test else (gap.boundary,))
        ]
        known = [state for state in states if state is not None]
        return min(known, key=lambda state: state.rank) if known and len(known) == len(states) else None


def _state(found: BoundaryCoverage | None, gap: Gap, *, along: bool) -> State | None:
    """Of one boundary; a test along a path runs through one operation, so that the best of them speaks for it."""
    there = found.of(gap.technique) if found else None
    if there and along and there.operations:
        return max((op.state for op in there.operations), key=lambda state: state.rank)
    return there.state if there else None


def _missing(gap: Gap | None) -> set[str]:
    return {missing.operation for missing in gap.missing} if gap else set()


def _urgent_first(found: Iterable[GapChange]) -> tuple[GapChange, ...]:
    return tuple(sorted(found, key=lambda change: (-_urgency(change), change.test)))


def _urgency(change: GapChange) -> int:
    """The higher of both sides'."""
    return max(urgency.rank for urgency in (change.urgency_before, change.urgency_after) if urgency)
