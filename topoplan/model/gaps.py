"""Recommended tests whose evidence is missing, failing, stale or unverified."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from topoplan.model.coverage import State
from topoplan.model.place import Where
from topoplan.model.plan import Technique


class Urgency(StrEnum):
    """How much of the risk stays while a gap is open; `rank` orders it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """3 for high, 2 for medium, 1 for low."""
        return {Urgency.HIGH: 3, Urgency.MEDIUM: 2, Urgency.LOW: 1}[self]


class Missing(Struct, frozen=True, order=True):
    """One operation that a gap leaves open; `operation` is empty where the boundary has none or is meant as a whole.

    `fingerprint` (32 hex digits) is made of technique, boundary and operation alone, so it is stable over runs, lines
    and wording.
    """

    operation: str
    state: State
    fingerprint: str


class Gap(Struct, frozen=True):
    """A recommended test that is not covered."""

    test: str
    """Id of the recommendation: `contract:gateway->orders/http`."""
    technique: Technique
    boundary: str
    title: str
    state: State
    urgency: Urgency
    open_risk: float
    """Risk that closing this gap would still retire, in the unit of `Recommendation.risk_retired`: what the test
    catches of the risk left by the tests planned before it and by all others that exist."""
    missing: tuple[Missing, ...]
    """At least one, by operation."""
    reason: str
    """What is there and why it is not enough: `orders never verified this contract`."""
    next_step: str
    """What to do, in one sentence."""
    where: Where | None = None
    """The line that declares the boundary."""


class Ratio(Struct, frozen=True, order=True):
    """`covered` of `total`, addable; of nothing there is no share."""

    covered: int = 0
    total: int = 0

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.covered + other.covered, self.total + other.total)


class Tally(Struct, frozen=True):
    """Totals of one technique, or of all (`technique` None): only where a test is recommended."""

    technique: Technique | None
    tests: Ratio = Ratio()
    """Recommended tests that are covered."""
    boundaries: Ratio = Ratio()
    """Boundaries all of whose recommended tests are covered."""
    operations: Ratio = Ratio()
    """Distinct operations of providers that are covered for every consumer."""
    calls: Ratio = Ratio()
    """Pairs of consumer and operation."""
    risk_retired: float = 0.0
    """Of `risk_retirable`, what existing evidence retires: each test's share of its part."""
    risk_retirable: float = 0.0
    """Risk that the recommended tests would retire if all were verified (summed over boundaries and modes)."""


class Accepted(Struct, frozen=True, order=True):
    """A gap that is not told as one: suppressed by the configuration, or part of the baseline."""

    test: str
    operation: str
    fingerprint: str
    by: str
    """`suppression` or `baseline`."""
    reason: str = ""
    until: str = ""
    """ISO date of the last day, empty without end."""


class Gaps(Struct, frozen=True):
    """All gaps, most open risk first, and what they are measured against."""

    open: tuple[Gap, ...] = ()
    tallies: tuple[Tally, ...] = ()
    """All techniques together first, then each that is recommended."""
    total_risk: float = 0.0
    """Summed over boundaries and modes, before any test."""
    residual_risk: float = 0.0
    """With the tests that exist, each as far as it is proven."""
    accepted: tuple[Accepted, ...] = ()
    stale_baseline: tuple[str, ...] = ()
    """Entries of the baseline that no gap answers to any more, as `contract gateway->orders/http POST /orders`."""
    against: str = ""
    """What only new gaps were asked for against: a revision or a file; empty: all gaps."""

    @property
    def all(self) -> Tally:
        """The tally over all techniques."""
        return next((tally for tally in self.tallies if tally.technique is None), Tally(None))
