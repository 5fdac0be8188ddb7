"""What is deliberately not tested, and why, as explicitly as what is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from topoplan.model.facts import NodeKind, Style
from topoplan.model.journey import JourneySource
from topoplan.model.phrases import counted
from topoplan.model.plan import STYLE_TECHNIQUES, Skip, Technique
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Boundary
from topoplan.planning.candidates import Candidate, misfit
from topoplan.planning.limits import Limits
from topoplan.planning.residual import risks_of
from topoplan.planning.selection import Selection
from topoplan.planning.system import SMALLEST, System
from topoplan.planning.wording import hours

SYSTEM = "system"
"""Subject of a skip that is about the system as a whole."""


def skips_of(
    system: System, options: Mapping[str, tuple[Candidate, ...]], selection: Selection, limits: Limits
) -> tuple[Skip, ...]:
    """Everything left out, sorted by subject; the system as a whole first."""
    tested = {boundary for chosen in selection.chosen for boundary in chosen.candidate.boundaries}
    found = [_boundary(system, b, options, selection, limits) for b in system.boundaries if b.id not in tested]
    found += [
        Skip(b.id, "external: never real in a test; contract and stub only", Technique.BOUNDARY.value)
        for b in system.boundaries
        if b.id in tested and NodeKind.EXTERNAL in (system.kind(b.consumer), system.kind(b.provider))
    ]
    return (*_whole(system), *sorted([*found, *_journeys(options, selection, limits)]))


def _whole(system: System) -> Iterator[Skip]:
    count = len(system.members)
    if system.small:
        yield Skip(
            SYSTEM,
            f"{counted(count, 'service')}: under {SMALLEST}, integration topology is not worth planning; the tests of "
            "single boundaries and stores are",
        )
    possible = count * (count - 1) // 2
    inside = set(system.members)
    talking = {
        frozenset((b.consumer, b.provider))
        for b in system.boundaries
        if b.style is not Style.RESOURCE and b.consumer != b.provider and {b.consumer, b.provider} <= inside
    }
    if 0 < len(talking) < possible:  # where no call is known, nothing is known of the pairs either
        yield Skip(
            SYSTEM,
            f"{counted(count, 'service')} make {counted(possible, 'possible pair')}, {len(talking)} talk: "
            f"the other {possible - len(talking)} need no test together",
        )


def _boundary(
    system: System,
    boundary: Boundary,
    options: Mapping[str, tuple[Candidate, ...]],
    selection: Selection,
    limits: Limits,
) -> Skip:
    reasons = [misfit(system, boundary, technique) for technique in STYLE_TECHNIQUES[boundary.style]]
    if None not in reasons:
        return Skip(boundary.id, str(reasons[0]))
    profile = system.profiles.get(boundary.id)
    if profile is None:
        return Skip(boundary.id, "not scored")
    allowed = [c for c in options[boundary.id] if limits.barred(c) is None]
    if not allowed:
        return Skip(boundary.id, f"risk {profile.score} of 100: every test of it is left out by choice")
    best = max(allowed, key=lambda c: (selection.worth(c), c.id))
    return Skip(boundary.id, f"{_standing(system, profile, selection)}: {_best(best, selection, limits)}")


def _standing(system: System, profile: RiskProfile, selection: Selection) -> str:
    """How risky an untested boundary is, and what makes it less worth a test."""
    boundary = system.by_id[profile.boundary]
    before, left = sum(risks_of(profile).values()), sum(selection.left[boundary.id].values())
    said = f"risk {profile.score} of 100"
    if left < before:
        said += f", {1 - left / before:.0%} of it covered by tests that exist"
    consumers = system.context.graph.consumers.get(boundary.provider, 0)
    calls_on = any(b.style is not Style.RESOURCE for b in system.outgoing.get(boundary.provider, ()))
    if boundary.style is Style.SYNC and consumers == 1 and not calls_on:
        said += ", a leaf that one service calls"
    return said


def _best(best: Candidate, selection: Selection, limits: Limits) -> str:
    worth = selection.worth(best)
    if not worth:
        return "no test would retire any of the rest"
    name = best.id if best.path else best.technique.value
    return (
        f"the best test ({name}, {hours(best.figures.hours)}) would retire {worth:.2g} per hour, "
        f"{limits.shortfall(worth)}"
    )


def _journeys(options: Mapping[str, tuple[Candidate, ...]], selection: Selection, limits: Limits) -> Iterator[Skip]:
    """Journeys that are known, whose services get no test together: why not even the best one."""
    chosen = {one.candidate.id for one in selection.chosen}
    by_journey: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for candidate in (c for found in options.values() for c in found):
        journey = candidate.path.journey if candidate.path else None
        if journey and journey.source is not JourneySource.PROPOSED:
            by_journey[journey.name][candidate.id] = candidate
    for name, found in by_journey.items():
        allowed = [c for c in found.values() if limits.barred(c) is None]
        if allowed and chosen.isdisjoint(found):
            best = max(allowed, key=lambda c: (selection.worth(c), c.id))
            yield Skip(f"journey {name}", _best(best, selection, limits), Technique.SLICE.value)
