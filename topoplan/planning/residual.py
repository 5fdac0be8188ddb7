"""What risk is left after tests: pure arithmetic, shared by the plan and by coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from topoplan.model.risk import Mode, RiskProfile
from topoplan.planning.techniques import Figures

Risks = Mapping[Mode, float]
"""Risk by mode of one boundary, each 0–1."""


def risks_of(profile: RiskProfile) -> dict[Mode, float]:
    """The risk by mode before any test."""
    return {mode.mode: mode.risk for mode in profile.modes}


def after(risks: Risks, test: Figures, grade: float = 1.0) -> dict[Mode, float]:
    """The risk by mode once a test is there: `risk × (1 − effect × grade)`, with grade 0–1 how far the test is proven
    (1: ran and passed)."""
    return {mode: risk * (1 - test.effects.get(mode, 0.0) * grade) for mode, risk in risks.items()}


def residual(risks: Risks, tests: Iterable[tuple[Figures, float]]) -> dict[Mode, float]:
    """The risk by mode under several graded tests; their order changes nothing but the last bits."""
    left = dict(risks)
    for test, grade in tests:
        left = after(left, test, grade)
    return left


def rest(effect: float, share: float, goal: float = 1.0) -> float:
    """What proving a test up to `goal` (0–1) still does to the risk left under it, where `share` of it is proven
    already: the factor 1 − effect × share becomes 1 − effect × goal."""
    return effect * (goal - share) / (1 - effect * share) if share < goal else 0.0


def retired(risks: Risks, test: Figures) -> dict[Mode, float]:
    """The risk by mode that one more passing test takes away, strongest first, without the modes it does nothing
    for."""
    gains = {mode: risk * test.effects.get(mode, 0.0) for mode, risk in risks.items()}
    return {mode: gain for mode, gain in sorted(gains.items(), key=lambda item: (-item[1], item[0].value)) if gain > 0}
