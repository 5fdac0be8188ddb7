"""How many cases there are on each level of the pyramid, planned and existing, against the shape that stays cheap."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from topoplan.model.coverage import Coverage, Grade
from topoplan.model.plan import Level, Recommendation, Technique

SLICE, BOUNDARY, IN_PROCESS = "slice", "boundary", "in_process"

LEVELS: Mapping[Technique, str] = {
    Technique.E2E: SLICE,
    Technique.SLICE: SLICE,
    Technique.FAULT: BOUNDARY,
    Technique.BOUNDARY: BOUNDARY,
    Technique.CONTRACT: IN_PROCESS,
    Technique.SCHEMA: IN_PROCESS,
    Technique.IN_PROCESS: IN_PROCESS,
}
"""Technique → the level it counts for, widest first."""

PER_SLICE: Mapping[str, tuple[int, int]] = {SLICE: (0, 0), BOUNDARY: (5, 10), IN_PROCESS: (20, 50)}
"""Cases wanted for one slice, least and most."""


class ExistingCheck(Struct, frozen=True):
    """One test or contract that exists, with all it was seen to cover. An environment or a test without any result is
    none: it may never have run."""

    name: str
    covers: Mapping[Technique, tuple[str, ...]]
    """Technique → ids of boundaries, sorted."""

    @property
    def technique(self) -> Technique:
        """The widest: a test of a path is no further boundary test."""
        return next(technique for technique in LEVELS if technique in self.covers)


def existing_checks(coverage: Coverage | None) -> tuple[ExistingCheck, ...]:
    """Every check of the coverage that ran, or could have, by name."""
    found: dict[str, dict[Technique, list[str]]] = defaultdict(lambda: defaultdict(list))
    for boundary in coverage.boundaries if coverage else ():
        for technique in boundary.techniques:
            for name in {claim.check for claim in technique.claims if claim.grade is not Grade.DECLARED}:
                found[name][technique.technique].append(boundary.boundary)
    return tuple(
        ExistingCheck(name, {technique: tuple(sorted(ids)) for technique, ids in covers.items()})
        for name, covers in sorted(found.items())
    )


def pyramid_of(tests: Iterable[Recommendation], coverage: Coverage | None = None) -> tuple[Level, ...]:
    """The levels, top first. A recommended test counts with its cases, a check that exists as one case, on the widest
    level it was seen on. A slice or an end-to-end test counts as one: its cases are one path walked with variations."""
    planned, existing = Counter[str](), Counter[str]()
    for test in tests:
        level = LEVELS[test.technique]
        planned[level] += 1 if level == SLICE else len(test.cases)
    for check in existing_checks(coverage):
        existing[LEVELS[check.technique]] += 1
    slices = planned[SLICE] + existing[SLICE]
    return tuple(
        Level(name, existing[name], planned[name], (least * slices, most * slices))
        for name, (least, most) in PER_SLICE.items()
    )
