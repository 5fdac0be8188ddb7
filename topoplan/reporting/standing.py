"""How far each recommended test is met, and what is left to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topoplan.model.coverage import State
from topoplan.model.gaps import Accepted, Gap, Gaps, Missing
from topoplan.model.plan import Recommendation
from topoplan.model.report import Report


@dataclass(frozen=True, slots=True)
class Standing:
    """One recommended test, and how far it is met."""

    test: Recommendation
    state: State
    """The worst of its boundaries."""
    gaps: tuple[Gap, ...] = ()
    accepted: tuple[Accepted, ...] = ()


def standings(report: Report) -> list[Standing]:
    """Every recommended test, in the plan's order."""
    states = {
        (found.boundary, one.technique): one.state for found in report.coverage.boundaries for one in found.techniques
    }
    gaps: dict[str, list[Gap]] = {}
    accepted: dict[str, list[Accepted]] = {}
    for gap in report.gaps.open:
        gaps.setdefault(gap.test, []).append(gap)
    for entry in report.gaps.accepted:
        accepted.setdefault(entry.test, []).append(entry)
    return [
        Standing(
            test,
            min((states.get((name, test.technique), State.UNKNOWN) for name in test.boundaries), key=lambda s: s.rank),
            tuple(gaps.get(test.id, ())),
            tuple(accepted.get(test.id, ())),
        )
        for test in report.plan.tests
    ]


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
