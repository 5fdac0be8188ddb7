"""Recommended tests and what is deliberately left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """One thing to check. `expect` says what success looks like."""

    title: str
    operation: str = ""
    """Operation id, empty when the case is about the boundary as a whole."""
    scenario: str = ""
    """Kebab-case: `documented-outcome`, `timeout`, `unreachable`, `duplicate-request`, `redelivery`, `rollback`, …"""
    expect: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Stub:
    """A service replaced in a test, and what its stub is made from."""

    service: str
    source: str
    """`spec users/openapi.yaml`, `recorded traffic`, or `hand-written stub`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is real and what is not."""

    services: tuple[str, ...] = ()
    """Real services, in start order."""
    resources: tuple[str, ...] = ()
    """Real datastores and brokers, as `orders-db (postgres:16)`."""
    stubs: tuple[Stub, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Alternative:
    """A technique that was considered for the same boundary and not chosen."""

    technique: Technique
    reason: str


@dataclass(frozen=True, slots=True)
class Recommendation:
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

    @property
    def value(self) -> float:
        """Risk retired per hour of writing."""
        return self.risk_retired / self.hours


@dataclass(frozen=True, slots=True, order=True)
class Skip:
    """Something not worth testing together, and why. `subject` is a boundary, service or system."""

    subject: str
    reason: str
    technique: str = ""
    """Which technique is not worth it; empty means any."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Recommended tests, best value first, with the risk before and after all of them."""

    tests: tuple[Recommendation, ...] = ()
    skips: tuple[Skip, ...] = ()
    total_risk: float = 0.0
    """Sum of risk over boundaries and modes before any test."""
    residual_risk: float = 0.0
    hours: float = 0.0
    seconds: float = 0.0
