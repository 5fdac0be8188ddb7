"""Recommended tests and what is deliberately left out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from topoplan.model.facts import Style
from topoplan.model.risk import Mode


class Technique(StrEnum):
    """Kinds of test, cheapest first."""

    SCHEMA = "schema"
    IN_PROCESS = "in_process"
    CONTRACT = "contract"
    BOUNDARY = "boundary"
    FAULT = "fault"
    SLICE = "slice"
    E2E = "e2e"


STYLE_TECHNIQUES: Mapping[Style, tuple[Technique, ...]] = {
    Style.SYNC: (Technique.CONTRACT, Technique.BOUNDARY, Technique.FAULT),
    Style.MESSAGE: (Technique.SCHEMA, Technique.CONTRACT, Technique.BOUNDARY, Technique.FAULT),
    Style.RESOURCE: (Technique.IN_PROCESS,),
}
"""Techniques aimed at one boundary that say something of a boundary of this style."""


class Case(Struct, frozen=True, order=True):
    """One thing to check. `expect` says what success looks like."""

    title: str
    operation: str = ""
    """Operation id, empty when the case is about the boundary as a whole."""
    scenario: str = ""
    """Kebab-case: `documented-outcome`, `timeout`, `unreachable`, `duplicate-request`, `redelivery`, `rollback`, …"""
    expect: str = ""


class Stub(Struct, frozen=True, order=True):
    """A service replaced in a test, and what its stub is made from."""

    service: str
    source: str
    """`spec users/openapi.yaml`, `recorded traffic`, or `hand-written stub`."""


class Scope(Struct, frozen=True):
    """What is real and what is not."""

    services: tuple[str, ...] = ()
    """Real services, in start order."""
    resources: tuple[str, ...] = ()
    """Real datastores and brokers, as `orders-db (postgres:16)`."""
    stubs: tuple[Stub, ...] = ()


class Alternative(Struct, frozen=True, order=True):
    """A technique that was considered for the same boundary and not chosen."""

    technique: Technique
    reason: str


class Recommendation(Struct, frozen=True):
    """One test worth writing. Risk figures are in the unit of RiskProfile (0–1 per boundary and mode, summed)."""

    id: str
    """`contract:gateway->orders/http`; stable over runs."""
    technique: Technique
    boundaries: tuple[str, ...]
    title: str
    reason: str
    modes: tuple[Mode, ...]
    """What it is for, strongest first."""
    risk_retired: float
    hours: float
    """To write, in person-hours."""
    seconds: float
    """A run in CI."""
    cases: tuple[Case, ...] = ()
    scope: Scope = Scope()
    alternatives: tuple[Alternative, ...] = ()
    journey: str = ""
    """Name of the journey a slice or an end-to-end test follows."""
    pinned: bool = False
    """Chosen by the team, whatever it is worth."""

    @property
    def value(self) -> float:
        """Risk retired per hour of writing."""
        return self.risk_retired / self.hours


class Skip(Struct, frozen=True, order=True):
    """Something not worth testing together, and why. `subject` is a boundary, a service, `journey NAME`, or
    `system`."""

    subject: str
    reason: str
    technique: str = ""
    """Which technique is not worth it; empty means any."""


class Level(Struct, frozen=True, order=True):
    """One level of the pyramid, in cases; a slice counts as one. `wanted` is the least and the most for the slices
    there are, (0, 0) when there is nothing to compare with."""

    name: str
    """`slice` (slices and end-to-end tests), `boundary` (two real services, faults included) or `in_process` (one
    service alone: its store, its contracts, its schemas)."""
    existing: int = 0
    planned: int = 0
    wanted: tuple[int, int] = (0, 0)


class Observation(Struct, frozen=True, order=True):
    """Something about the shape of the tests, planned or existing, and what to do about it."""

    kind: str
    """`top-heavy`, `few-in-process`, `repeating-slice`, `end-to-end-alone`, `wide-test`, `unmapped-suite`,
    `over-mocked`, `under-mocked`, `pins-over-budget`."""
    subject: str
    """Id of a boundary or test, or the place of a suite."""
    message: str
    advice: str


class BudgetStep(Struct, frozen=True):
    """What a budget would buy: the tests, of how many hours, and the risk they would retire together."""

    budget: float
    tests: int
    hours: float
    risk_retired: float


class Carried(Struct, frozen=True, order=True):
    """Risk that stays on one boundary, with the tests that are counted and all recommended ones."""

    boundary: str
    risk: float


class Choice(Struct, frozen=True):
    """What a person asks of a plan. An empty one asks for everything above the least value per hour."""

    hours: float | None = None
    """Most person-hours in all."""
    seconds: float | None = None
    """Most seconds that one run of all planned tests may take."""
    min_value: float | None = None
    """Risk retired per hour below which nothing is taken; None: as configured, or nothing below 0 with a budget."""
    techniques: tuple[Technique, ...] = ()
    """Only these; none: all."""
    pins: tuple[str, ...] = ()
    """Ids of tests, or globs, that are taken first."""
    excluded: tuple[str, ...] = ()
    """Ids of tests, or globs, that are never taken. A pin beats it only when it names the test in full."""
    exact: bool = False
    """Solve to the optimum, or prove how far from it the plan can be."""


class Plan(Struct, frozen=True):
    """Recommended tests in the order in which they are worth writing, with the risk before and after all of them."""

    tests: tuple[Recommendation, ...] = ()
    skips: tuple[Skip, ...] = ()
    total_risk: float = 0.0
    """Sum of risk over boundaries and modes before any test."""
    residual_risk: float = 0.0
    hours: float = 0.0
    seconds: float = 0.0
    choice: Choice = Choice()
    existing_risk: float = 0.0
    """What tests that exist retire of `total_risk`, where they were counted first; else 0."""
    carried: tuple[Carried, ...] = ()
    """Where `residual_risk` lies, most first."""
    next_hour: float = 0.0
    """Risk that one more hour would retire: the best value per hour among what is left out."""
    steps: tuple[BudgetStep, ...] = ()
    """What smaller and larger budgets would buy, by rising budget."""
    pyramid: tuple[Level, ...] = ()
    """Top first."""
    observations: tuple[Observation, ...] = ()
    bound: float | None = None
    """Proven most risk that any plan within the choice could retire; None: not asked for."""
