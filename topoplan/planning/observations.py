"""What is off about the shape of the tests, planned and existing, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from topoplan.model.coverage import BoundaryCoverage, Coverage, Grade
from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import counted, joined, listed
from topoplan.model.plan import Level, Observation, Recommendation, Technique
from topoplan.model.risk import Mode
from topoplan.model.topology import Boundary
from topoplan.planning.pyramid import BOUNDARY, IN_PROCESS, LEVELS, PER_SLICE, SLICE, ExistingCheck, existing_checks
from topoplan.planning.residual import residual, retired, risks_of
from topoplan.planning.system import System
from topoplan.planning.techniques import Figures

MOST_REAL = 4
"""Real services in one test, beyond which nobody can tell which of them failed; end-to-end tests apart."""
SERIOUS = ("money", "compliance")
"""Criticalities of journeys on which mocks alone are not enough."""

_ACROSS = (Technique.BOUNDARY, Technique.FAULT, Technique.SLICE, Technique.E2E)
"""Techniques with both ends of a boundary real, or its failures."""
_ONLY_TOGETHER = frozenset({Mode.TEMPORAL, Mode.CONSISTENCY})
"""Modes no test of a single boundary catches well."""

_SHAPES = (
    ("top-heavy", BOUNDARY, "boundary", "write tests of two services before the next slice"),
    ("few-in-process", IN_PROCESS, "in-process", "test what varies in one service; keep slices for the order of steps"),
)
"""Kind, the level there is too little of, its name in a sentence, advice."""


def observations_of(
    system: System,
    tests: Sequence[Recommendation],
    levels: Sequence[Level],
    coverage: Coverage | None,
    table: Mapping[Technique, Figures],
    min_value: float,
) -> tuple[Observation, ...]:
    """Everything worth saying, sorted. `levels` are those of `pyramid_of`; `min_value` is the risk retired per hour
    from which a test is worth having."""
    found = [*_shape(levels), *_planned_repeats(tests)]
    if coverage is not None:
        checks = existing_checks(coverage)
        found += [
            *_repeats(system, checks, coverage, table, min_value),
            *_end_to_end_alone(coverage),
            *_wide(system, checks),
            *_unmapped(coverage),
            *_over_mocked(system, coverage, tests),
            *_under_mocked(system, checks, levels),
        ]
    return tuple(sorted(set(found)))


def _shape(levels: Sequence[Level]) -> Iterator[Observation]:
    """The tests as they are, and as they would be with the plan carried out."""
    counts = {level.name: (level.existing, level.existing + level.planned) for level in levels}
    for subject, index in (("existing tests", 0), ("tests with the plan", 1)):
        if not any(level.planned if index else level.existing for level in levels):
            continue
        slices = counts[SLICE][index]
        for kind, name, what, advice in _SHAPES:
            least, most = PER_SLICE[name]
            if counts[name][index] < least * slices:
                message = (
                    f"{counted(slices, 'slice')} to {counted(counts[name][index], f'{what} case')}: "
                    f"wanted are {least} to {most} for each"
                )
                yield Observation(kind, subject, message, advice)


def _planned_repeats(tests: Iterable[Recommendation]) -> Iterator[Observation]:
    for test in tests:
        if test.technique is Technique.SLICE and _ONLY_TOGETHER.isdisjoint(test.modes):
            yield Observation(
                "repeating-slice",
                test.id,
                f"it is for {joined(mode.value for mode in test.modes) or 'nothing'} failures, which tests of single "
                "boundaries catch",
                "write the boundary tests first and see whether the slice is still worth it",
            )


def _repeats(
    system: System,
    checks: Iterable[ExistingCheck],
    coverage: Coverage,
    table: Mapping[Technique, Figures],
    min_value: float,
) -> Iterator[Observation]:
    """Slices that retire too little beside the tests of their own boundaries to be written again."""
    left = {one.boundary: one for one in coverage.boundaries}
    for check in checks:
        boundaries = check.covers.get(Technique.SLICE, ())
        if check.technique is not Technique.SLICE or not all(b in system.profiles for b in boundaries):
            continue
        if any(mode.mode is Mode.CONSISTENCY for b in boundaries for mode in system.profiles[b].modes):
            continue  # it may leave partial state over several stores: what slices are for
        worth = 0.0
        alone = False
        for name in boundaries:
            others = [
                (table[t.technique], max(c.share for c in t.claims if c.check != check.name))
                for t in left[name].techniques
                if LEVELS[t.technique] != SLICE and any(c.check != check.name and c.share for c in t.claims)
            ]
            alone = alone or not others
            rest = residual(risks_of(system.profiles[name]), others)
            worth += sum(retired(rest, table[Technique.SLICE]).values())
        if not alone and worth < min_value * table[Technique.SLICE].hours:
            yield Observation(
                "repeating-slice",
                check.name,
                f"the {counted(len(boundaries), 'boundary')} it runs through have tests of their own; it adds little",
                "keep its happy path, and drop the variations that those tests have too",
            )


def _end_to_end_alone(coverage: Coverage) -> Iterator[Observation]:
    for one in coverage.boundaries:
        if _proving(one) == {Technique.E2E}:
            yield Observation(
                "end-to-end-alone",
                one.boundary,
                "only end-to-end tests cover it: when one fails, nothing tells where",
                "write the cheapest test of the boundary itself",
            )


def _wide(system: System, checks: Iterable[ExistingCheck]) -> Iterator[Observation]:
    inside = set(system.members)
    for check in checks:
        if check.technique is Technique.E2E:
            continue
        used = (system.by_id[b] for t in _ACROSS for b in check.covers.get(t, ()) if b in system.by_id)
        real = sorted({end for boundary in used for end in (boundary.consumer, boundary.provider)} & inside)
        if len(real) > MOST_REAL:
            yield Observation(
                "wide-test",
                check.name,
                f"it runs {len(real)} real services ({listed(real, MOST_REAL)})",
                f"split it into slices of 3 or 4 services, or stub all but {MOST_REAL}",
            )


def _unmapped(coverage: Coverage) -> Iterator[Observation]:
    for finding in coverage.findings:
        if finding.kind == "unmapped-tests":
            yield Observation(
                "unmapped-suite",
                str(finding.where),
                "tests that belong to no boundary: nobody can tell what they protect",
                "give them rules under coverage.tests, or let them say what they cover",
            )


def _over_mocked(system: System, coverage: Coverage, tests: Iterable[Recommendation]) -> Iterator[Observation]:
    """Journeys of money or duty whose every boundary test replaces the other side."""
    techniques = {one.boundary: _proving(one) for one in coverage.boundaries}
    planned: dict[str, str] = {}
    for test in tests:
        if test.technique in _ACROSS:
            for boundary in test.boundaries:
                planned.setdefault(boundary, test.id)
    for journey, boundaries in sorted(_serious(system).items()):
        tested = set[Technique]().union(*(techniques.get(b.id, set()) for b in boundaries))
        if not tested or not tested.isdisjoint(_ACROSS):
            continue
        riskiest = max(boundaries, key=lambda b: (_risk(system, b), b.id))
        first = next((planned[b.id] for b in (riskiest, *boundaries) if b.id in planned), "")
        yield Observation(
            "over-mocked",
            riskiest.id,
            f"{journey} has {joined(t.value for t in Technique if t in tested)} tests only: no two of its services "
            "ever ran together",
            f"write {first} first" if first else "run the two services of this boundary together once",
        )


def _proving(boundary: BoundaryCoverage) -> set[Technique]:
    """Techniques of which a test ran and did not fail."""
    return {
        technique.technique
        for technique in boundary.techniques
        if any(claim.share and claim.grade is not Grade.DECLARED for claim in technique.claims)
    }


def _serious(system: System) -> dict[str, list[Boundary]]:
    """Journeys of money or duty → their calls and messages inside the system."""
    found: dict[str, list[Boundary]] = defaultdict(list)
    inside = set(system.members)
    for boundary in system.boundaries:
        if boundary.style is not Style.RESOURCE and {boundary.consumer, boundary.provider} <= inside:
            for route in system.context.routes.get(boundary.id, ()):
                if route.journey.criticality in SERIOUS:
                    found[route.journey.name].append(boundary)
    return found


def _risk(system: System, boundary: Boundary) -> float:
    profile = system.profiles.get(boundary.id)
    return profile.risk if profile else 0.0


def _under_mocked(system: System, checks: Iterable[ExistingCheck], levels: Iterable[Level]) -> Iterator[Observation]:
    real: dict[str, list[str]] = defaultdict(list)
    for check in checks:
        for boundary in {b for t in _ACROSS if t is not Technique.FAULT for b in check.covers.get(t, ())}:
            known = system.by_id.get(boundary)
            if known and system.kind(known.provider) is NodeKind.EXTERNAL:
                real[boundary].append(check.name)
    for boundary, names in sorted(real.items()):
        provider = system.by_id[boundary].provider
        yield Observation(
            "under-mocked",
            boundary,
            f"{listed(sorted(names), 2)} {'calls' if len(names) == 1 else 'call'} {provider} itself, which is external",
            f"stub {provider}, and hold the stub to its contract",
        )
    existing = {level.name: level.existing for level in levels}
    if existing[SLICE] and not existing[BOUNDARY] and not existing[IN_PROCESS]:
        yield Observation(
            "under-mocked",
            "existing tests",
            f"all {counted(existing[SLICE], 'test')} known run several real services",
            "begin with contracts and with each service on its own store: cheaper, and they tell where it fails",
        )
