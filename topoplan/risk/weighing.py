"""How measured factors become one score: a weighted mean of what is known, whose parts add up to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from msgspec import Struct

from topoplan.model.risk import Factor

PLACES = 5
"""Most places shown for one factor."""
PRIOR_VALUE = 0.5
"""What a factor nobody could measure is taken to be, on average: neither safe nor broken."""
PRIOR = "prior"
TELLING = 0.2
"""Value from which a factor is worth naming as a reason: what is hardly present explains nothing."""
KEPT = 1 << 16
"""Factors of which a further boundary may share the value."""

HALF: Mapping[str, float] = {
    "auth-schemes": 1,
    "blast-radius": 3,
    "breaking-changes": 1,
    "chain": 2,
    "error-rate": 0.02,
    "fan-in": 3,
    "field-clash": 1,
    "fixes": 5,
    "interface-churn": 0.25,
    "measured-fields": 2,
    "message-steps": 1,
    "open-operations": 2,
    "operations-used": 5,
    "routes": 5,
    "store-users": 1,
    "tail": 4,
    "unsafe-without-key": 1,
    "writers": 1,
}
"""The amount at which a factor that saturates is half present. A relative churn of 0.25, of an interface or of code, is
a quarter of it rewritten lately."""


class Reading(Struct, frozen=True):
    """One measurement: how strongly a factor is present (0–1, None when its input is missing) and why."""

    value: float | None
    reason: str
    facts: tuple[str, ...] = ()


class Weighted(Struct, frozen=True):
    """A reading under its name, with its weight among its peers (0–1, before missing ones are left out)."""

    name: str
    weight: float
    reading: Reading


def saturate(amount: float, half: float) -> float:
    """amount / (amount + half): 0 at 0, ½ at `half`, rising for ever towards 1; amounts below 0 count as 0."""
    return amount / (amount + half) if amount > 0 else 0.0


def settle(value: float) -> float:
    """A score to six places, so that platforms whose last bits differ print the same bytes."""
    return round(value, 6)


@cache
def prior(weight: float) -> Weighted:
    """The part of a score that holds before anything is known of the boundary."""
    return Weighted(PRIOR, weight, Reading(PRIOR_VALUE, "starting value of every boundary; what is known moves it"))


def mean(parts: Sequence[Weighted]) -> float:
    """The weighted mean of the known values, 0–1; 0 when none is known."""
    known = [(part.weight, part.reading.value) for part in parts if part.reading.value is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * value for weight, value in known) / total if total else 0.0


def factors(parts: Iterable[Weighted], scale: float = 1.0) -> tuple[Factor, ...]:
    """The parts as factors whose contributions add up to `scale × mean(parts)`, strongest first.

    `weight` becomes the share among the known parts; a missing one has no share and contributes nothing.
    """
    listed = tuple(parts)
    total = sum(part.weight for part in listed if part.reading.value is not None)
    found = [
        _factor(part.name, part.weight, part.reading.value, part.reading.reason, part.reading.facts, total, scale)
        for part in listed
    ]
    return tuple(sorted(found, key=lambda f: (-f.contribution, f.name)))


def telling(found: Iterable[Factor]) -> tuple[Factor, ...]:
    """The factors that explain a score, strongest first: those present to a degree and true of this boundary alone."""
    named = (f for f in found if f.name != PRIOR and f.contribution > 0 and f.value is not None and f.value >= TELLING)
    return tuple(sorted(named, key=lambda f: (-f.contribution, f.name)))


@lru_cache(maxsize=KEPT, typed=True)
def _factor(
    name: str, weight: float, value: float | None, reason: str, facts: tuple[str, ...], total: float, scale: float
) -> Factor:
    """Most factors are those of thousands of other boundaries too: one value for all keeps a large report small."""
    places = tuple(sorted(set(facts)))[:PLACES]
    if value is None or not total:
        return Factor(name, None, 0.0, 0.0, reason, places)
    share = weight / total
    return Factor(name, settle(value), settle(share), settle(scale * share * value), reason, places)
