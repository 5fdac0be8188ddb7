"""What is different from another analysis of the same system: its base."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Style
from topoplan.model.gaps import Tally, Urgency
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode


class GoneService(Struct, frozen=True, order=True):
    """A service that only the base has, with what is needed to draw it."""

    id: str
    name: str
    kind: NodeKind


class GoneBoundary(Struct, frozen=True, order=True):
    """A boundary that only the base has, with what is needed to draw it. Its ends may be gone as well."""

    id: str
    consumer: str
    provider: str
    style: Style
    protocol: str
    channel: str = ""


class OperationChange(Struct, frozen=True, order=True):
    """Operations that came to a boundary, or left it, while the boundary itself stays."""

    boundary: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class RiskChange(Struct, frozen=True):
    """A boundary that stays, with another score (0–100), and the factor that moved it most."""

    boundary: str
    before: int
    after: int
    mode: Mode | None = None
    """The failure mode that moved most; None when not known."""
    factor: str = ""
    """The factor of its likelihood or of the impact that moved it most; empty when not known."""
    reason_before: str = ""
    """The factor's facts in the base; empty where it had none."""
    reason_after: str = ""


class GapChange(Struct, frozen=True):
    """A recommended test that is open on one side alone, or on both but not to the same degree."""

    test: str
    technique: Technique
    boundary: str
    title: str
    before: State | None
    """How far it was covered; None where there was no such boundary, or nothing is known of it."""
    after: State | None
    urgency_before: Urgency | None
    """None where it was not open."""
    urgency_after: Urgency | None
    opened: tuple[str, ...] = ()
    """Operations it leaves open now and did not before, by id; empty texts stand for the boundary as a whole."""
    closed: tuple[str, ...] = ()


class Part(StrEnum):
    """What the base or this analysis may lack, so that it was not compared."""

    RISK = "risk"
    GAPS = "gaps"
    COVERAGE = "coverage"


class NotCompared(Struct, frozen=True, order=True):
    part: Part
    reason: str


class Changes(Struct, frozen=True):
    """All differences from the base; everything is sorted by id where nothing else is said."""

    base: str
    """The revision or file compared with, as it was given."""
    services_added: tuple[str, ...] = ()
    services_removed: tuple[GoneService, ...] = ()
    boundaries_added: tuple[str, ...] = ()
    boundaries_removed: tuple[GoneBoundary, ...] = ()
    operations: tuple[OperationChange, ...] = ()
    """Only of boundaries that stay."""
    risks: tuple[RiskChange, ...] = ()
    """Only of boundaries that stay; the greatest difference first."""
    gaps_opened: tuple[GapChange, ...] = ()
    """Most urgent first, as the other two."""
    gaps_closed: tuple[GapChange, ...] = ()
    gaps_changed: tuple[GapChange, ...] = ()
    """Open before and after, with another state, urgency or set of operations."""
    coverage_before: Tally | None = None
    """Totals over all recommended tests; None when not compared."""
    coverage_after: Tally | None = None
    not_compared: tuple[NotCompared, ...] = ()
