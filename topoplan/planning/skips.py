"""What is deliberately not tested, and why, as explicitly as what is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import counted
from topoplan.model.plan import STYLE_TECHNIQUES, Skip, Technique
from topoplan.model.topology import Boundary
from topoplan.planning.candidates import Candidate, misfit
from topoplan.planning.selection import Selection
from topoplan.planning.system import SMALLEST, System

SYSTEM = "system"
"""Subject of a skip that is about the system as a whole."""


def skips_of(
    system: System, options: Mapping[str, tuple[Candidate, ...]], selection: Selection, min_value: float
) -> tuple[Skip, ...]:
    """Everything left out, sorted by subject; the system as a whole first."""
    tested = {boundary for chosen in selection.chosen for boundary in chosen.candidate.boundaries}
    found = [_boundary(system, b, options, selection, min_value) for b in system.boundaries if b.id not in tested]
    found += [
        Skip(b.id, "external: never real in a test; contract and stub only", Technique.BOUNDARY.value)
        for b in system.boundaries
        if b.id in tested and NodeKind.EXTERNAL in (system.kind(b.consumer), system.kind(b.provider))
    ]
    return (*_whole(system), *sorted(found))


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
    min_value: float,
) -> Skip:
    reasons = [misfit(system, boundary, technique) for technique in STYLE_TECHNIQUES[boundary.style]]
    if None not in reasons:
        return Skip(boundary.id, str(reasons[0]))
    profile = system.profiles.get(boundary.id)
    if profile is None:
        return Skip(boundary.id, "not scored")
    found = options[boundary.id]
    best = max(found, key=lambda c: (selection.worth(c), c.id))
    return Skip(
        boundary.id,
        f"risk {profile.score} of 100: the best test ({best.technique.value}, {best.figures.hours:g} h) would retire "
        f"{selection.worth(best):.2g} per hour, below {min_value:g}",
    )
