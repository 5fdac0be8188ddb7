"""Scored boundaries: every number carries its factors, every factor its facts."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct


class Mode(StrEnum):
    """Failure modes of a boundary."""

    SCHEMA = "schema"
    SEMANTIC = "semantic"
    BEHAVIOURAL = "behavioural"
    TEMPORAL = "temporal"
    CASCADE = "cascade"
    INFRASTRUCTURE = "infrastructure"
    GATEWAY = "gateway"
    CONSISTENCY = "consistency"


class Factor(Struct, frozen=True):
    """One reason a score is what it is.

    `value` ∈ [0, 1] is how strongly the factor is present, `weight` ∈ [0, 1] its share, `contribution` what it adds to
    the score it belongs to. A factor whose input is missing has value None and contributes nothing.
    """

    name: str
    value: float | None
    weight: float
    contribution: float
    reason: str
    """The facts in words and figures: `3 breaking changes in 365 days`, `p99/p50 = 14`."""
    facts: tuple[str, ...] = ()
    """Places of the facts, as `file:line`, at most five."""


class ModeRisk(Struct, frozen=True):
    """Risk of one failure mode of one boundary: `risk = likelihood × impact`, all in [0, 1]."""

    mode: Mode
    likelihood: float
    risk: float
    factors: tuple[Factor, ...] = ()


class RiskProfile(Struct, frozen=True):
    """All risk of one boundary. `risk = 1 − Π(1 − risk of mode)`, in [0, 1]; `score` shows it as 0–100."""

    json_extra: ClassVar[tuple[str, ...]] = ("score",)

    boundary: str
    risk: float
    impact: float
    impact_factors: tuple[Factor, ...] = ()
    modes: tuple[ModeRisk, ...] = ()
    """Only the modes that apply, sorted by falling risk, then name."""
    missing: tuple[str, ...] = ()
    """Inputs that were not there: `no version control history`, `no traces`."""

    @property
    def score(self) -> int:
        """Risk as a whole number 0–100; never rounded to 0 or 100 unless it is."""
        shown = round(self.risk * 100)
        if shown == 0 and self.risk > 0:
            return 1
        return 99 if shown == 100 and self.risk < 1 else shown
