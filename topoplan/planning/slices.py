"""Which tests of several real services are worth weighing: parts of journeys, and whole ones of money or compliance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from topoplan.model.facts import Style
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary
from topoplan.planning.residual import Risks, retired
from topoplan.planning.system import System
from topoplan.planning.techniques import Figures
from topoplan.risk.journey_factors import CRITICALITY, UNDECLARED

SLICE_SIZES = (3, 4)
"""Real services in a slice."""
SEEDS = 16
"""Boundaries of one journey, riskiest first, that a slice is grown from."""
END_TO_END = ("money", "compliance")
"""Criticalities of the journeys that an end-to-end test may be worth."""


class Path(Struct, frozen=True):
    """Connected services of one journey and the boundaries between them."""

    technique: Technique
    name: str
    """What identifies it, stable over runs: its services for a slice, its journey for an end-to-end test."""
    journey: Journey
    services: tuple[str, ...]
    """In the order of the journey."""
    boundaries: tuple[str, ...]
    """In the order of the journey. Calls and messages; stores are real in such a test, but no evidence of one ever
    tells that they were, so it is not credited with them."""
    shares: tuple[float, ...]
    """How far it proves its technique on each of them: see `share_on`."""


def paths(
    system: System,
    journeys: Iterable[Journey],
    risks: Mapping[str, Risks],
    table: Mapping[Technique, Figures],
) -> tuple[Path, ...]:
    """The slices and end-to-end tests worth weighing, by id; at most a bounded number of slices for each journey.

    Slices of the same services are one, of the most critical of their journeys and over the boundaries of all.
    """
    merged: dict[tuple[Technique, str], Path] = {}
    for journey in sorted(journeys, key=_precedence):
        on = boundaries_on(system, journey, risks)
        for path in (*_slices(journey, on, risks, table[Technique.SLICE]), *_whole(journey, on)):
            key = path.technique, path.name
            known = merged.get(key)
            merged[key] = path if known is None else _joined(known, path)
    return tuple(merged[key] for key in sorted(merged))


def boundaries_on(system: System, journey: Journey, scored: Mapping[str, object]) -> tuple[Boundary, ...]:
    """The scored calls and messages between real services that a journey runs through, in its order.

    Where only its services are known: from each service those to the nearest before it that it is joined to, in either
    direction, so that one service may call several in turn.
    """
    inside = set(system.members)

    def fits(boundary: Boundary) -> bool:
        ends = {boundary.consumer, boundary.provider}
        return boundary.style is not Style.RESOURCE and len(ends) == 2 and ends <= inside and boundary.id in scored

    if journey.boundaries:
        listed = (system.by_id[name] for name in dict.fromkeys(journey.boundaries) if name in system.by_id)
        return tuple(boundary for boundary in listed if fits(boundary))
    found: dict[str, Boundary] = {}
    services = tuple(dict.fromkeys(journey.services))
    for index, service in enumerate(services):
        for earlier in reversed(services[:index]):
            joined = [b for pair in ((earlier, service), (service, earlier)) for b in system.between(*pair) if fits(b)]
            found.update((boundary.id, boundary) for boundary in joined)
            if joined:
                break
    return tuple(found.values())


def share_on(boundary: Boundary) -> float:
    """The share of a boundary's operations that one path runs through: one of them, and the only one where none is
    known. That is what coverage will measure of such a test, so it is all it is credited with."""
    return 1 / max(1, len(boundary.operations))


def _path(technique: Technique, name: str, journey: Journey, on: Sequence[Boundary]) -> Path:
    return Path(technique, name, journey, _services(on), tuple(b.id for b in on), tuple(share_on(b) for b in on))


def _joined(known: Path, other: Path) -> Path:
    """The first path over the boundaries of both."""
    shares = dict(zip((*other.boundaries, *known.boundaries), (*other.shares, *known.shares), strict=True))
    names = tuple(dict.fromkeys((*known.boundaries, *other.boundaries)))
    return replace(known, boundaries=names, shares=tuple(shares[name] for name in names))


def _precedence(journey: Journey) -> tuple[float, int, str]:
    sources = list(JourneySource)
    return -CRITICALITY.get(journey.criticality, UNDECLARED), sources.index(journey.source), journey.name


def _whole(journey: Journey, on: Sequence[Boundary]) -> Iterable[Path]:
    declared = journey.source is JourneySource.CONFIG and journey.criticality in END_TO_END
    if declared and len(_services(on)) >= min(SLICE_SIZES):
        yield _path(Technique.E2E, journey.name, journey, on)


def _slices(journey: Journey, on: Sequence[Boundary], risks: Mapping[str, Risks], figures: Figures) -> Iterable[Path]:
    """From each of the riskiest boundaries the connected services that add most to what a slice would retire."""
    gains = {b.id: share_on(b) * sum(retired(risks[b.id], figures).values()) for b in on}
    joined: dict[str, dict[str, float]] = defaultdict(dict)
    for b in on:
        for one, other in ((b.consumer, b.provider), (b.provider, b.consumer)):
            joined[one][other] = joined[one].get(other, 0.0) + gains[b.id]
    seen: set[frozenset[str]] = set()
    for seed in sorted(on, key=lambda b: (-gains[b.id], b.id))[:SEEDS]:
        members = {seed.consumer, seed.provider}
        while len(members) < max(SLICE_SIZES):
            near = _neighbours(members, joined)
            if not near:
                break
            members.add(min(near, key=lambda name: (-near[name], name)))
            if len(members) in SLICE_SIZES and members not in seen:
                seen.add(frozenset(members))
                within = [b for b in on if {b.consumer, b.provider} <= members]
                yield _path(Technique.SLICE, "+".join(sorted(members)), journey, within)


def _neighbours(members: set[str], joined: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Services joined to the members → what a slice would retire on the boundaries to them."""
    near: dict[str, float] = {}
    for member in sorted(members):
        for other, gain in joined[member].items():
            if other not in members:
                near[other] = near.get(other, 0.0) + gain
    return near


def _services(on: Iterable[Boundary]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(service for b in on for service in flow(b)))


def flow(boundary: Boundary) -> tuple[str, str]:
    """The two ends in the direction in which a journey runs: a call to its provider, a message to its consumer."""
    if boundary.style is Style.MESSAGE:
        return boundary.provider, boundary.consumer
    return boundary.consumer, boundary.provider
