"""How far each recommended test is met, and what is left to mend."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from topoplan.model.coverage import BoundaryCoverage, State
from topoplan.model.gaps import Accepted, Gap, Gaps, Missing
from topoplan.model.plan import Recommendation, Technique
from topoplan.model.report import Report
from topoplan.reporting.signs import COLUMN_TECHNIQUES, mark_of


class Standing(Struct, frozen=True):
    """One recommended test, and how far it is met."""

    test: Recommendation
    state: State
    """The worst of its boundaries."""
    gaps: tuple[Gap, ...] = ()
    accepted: tuple[Accepted, ...] = ()


def standings(report: Report) -> list[Standing]:
    """Every recommended test, in the plan's order."""
    coverage = {found.boundary: found for found in report.coverage.boundaries}
    gaps: dict[str, list[Gap]] = {}
    accepted: dict[str, list[Accepted]] = {}
    for gap in report.gaps.open:
        gaps.setdefault(gap.test, []).append(gap)
    for entry in report.gaps.accepted:
        accepted.setdefault(entry.test, []).append(entry)
    return [
        Standing(
            test,
            state_of(test, next(iter(gaps.get(test.id, ())), None), coverage, report.coverage.read),
            tuple(gaps.get(test.id, ())),
            tuple(accepted.get(test.id, ())),
        )
        for test in report.plan.tests
    ]


def state_of(
    test: Recommendation,
    gap: Gap | None,
    coverage: Mapping[str, BoundaryCoverage],
    read: Collection[Technique],
) -> State:
    """The worst of its boundaries. Of a test along a journey what its gap says, else its boundaries' best operations:
    it runs through one of each. `coverage` is by boundary, `read` as in `Coverage`."""
    if gap and test.journey:
        return gap.state
    nothing = State.UNCOVERED if test.technique in read else State.UNKNOWN
    states = []
    for name in test.boundaries:
        found = coverage[name].of(test.technique) if name in coverage else None
        operations = [operation.state for operation in found.operations] if found and test.journey else []
        states.append(max(operations, key=lambda state: state.rank, default=found.state if found else nothing))
    return min(states, key=lambda state: state.rank, default=nothing)


def boundary_states(report: Report) -> dict[str, State]:
    """The state of each boundary's worst open gap, the one with most open risk; `covered` where all tests recommended
    for it alone are. A boundary without such tests, or with accepted gaps alone, has none."""
    covered: dict[str, bool] = {}
    for one in standings(report):
        if len(one.test.boundaries) == 1:
            boundary = one.test.boundaries[0]
            covered[boundary] = covered.get(boundary, True) and one.state is State.COVERED
    found = {boundary: State.COVERED for boundary, all_are in covered.items() if all_are}
    for gap in sorted(report.gaps.open, key=lambda gap: (gap.open_risk, gap.test)):
        found[gap.boundary] = gap.state
    return found


def marks(report: Report) -> dict[str, tuple[str, ...]]:
    """By boundary, letter and sign of each test recommended for it alone, in the order of the columns: `C-`, `F?`."""
    found: dict[str, dict[Technique, State]] = {}
    for one in standings(report):
        if one.test.technique in COLUMN_TECHNIQUES and len(one.test.boundaries) == 1:
            found.setdefault(one.test.boundaries[0], {})[one.test.technique] = one.state
    return {
        boundary: tuple(mark_of(technique, states[technique]) for technique in COLUMN_TECHNIQUES if technique in states)
        for boundary, states in found.items()
    }


def known_states(report: Report) -> dict[str, State]:
    """The state of each recommended test by id; nothing at all where no test evidence was read."""
    return {one.test.id: one.state for one in standings(report)} if report.coverage.read else {}


def to_mend(found: Gaps) -> Iterator[tuple[Gap, Missing]]:
    """Each operation that an open gap leaves open, most open risk first, no fingerprint twice."""
    seen: set[str] = set()
    for gap in found.open:
        for missing in gap.missing:
            if missing.fingerprint not in seen:
                seen.add(missing.fingerprint)
                yield gap, missing
