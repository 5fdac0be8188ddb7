"""What each combination of techniques would retire on one boundary: the exact solver and the bound both start there.

Effects multiply within a boundary, so what a test adds depends on the others there, but on nothing elsewhere. Choosing
one combination for each boundary makes the whole a linear problem. How far a technique is proven on a boundary must not
depend on which test brings it there, and does not (`slices.share_on`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from topoplan.model.plan import Technique
from topoplan.planning.candidates import Candidate
from topoplan.planning.ledger import Ledger


class Configurations(Struct, frozen=True):
    """The combinations of one boundary."""

    techniques: tuple[Technique, ...]
    values: tuple[float, ...]
    """Risk retired by each combination, at the number whose bit i stands for technique i; at 0 nothing."""


def configurations(found: Iterable[Candidate], start: Ledger) -> dict[str, Configurations]:
    """Boundary → its combinations of the techniques that the candidates could bring there."""
    factors: dict[str, dict[Technique, tuple[float, ...]]] = {}
    for candidate in found:
        for boundary in candidate.boundaries:
            factors.setdefault(boundary, {})[candidate.technique] = start.factors(candidate, boundary)
    return {
        boundary: Configurations(tuple(by_technique), _values(start, boundary, by_technique))
        for boundary, by_technique in sorted(factors.items())
    }


def _values(start: Ledger, boundary: str, factors: Mapping[Technique, tuple[float, ...]]) -> tuple[float, ...]:
    risks = tuple(start.left[boundary].values())
    left = [risks]
    for own in factors.values():
        left += [tuple(risk * factor for risk, factor in zip(before, own, strict=True)) for before in left]
    whole = sum(risks)
    return tuple(max(0.0, whole - sum(after)) for after in left)
