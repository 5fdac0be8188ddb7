"""Everything one analysis found: the only value reporters and the TUI see."""

from __future__ import annotations

from msgspec import Struct

from topoplan.model.change import History
from topoplan.model.changes import Changes
from topoplan.model.coverage import Coverage
from topoplan.model.gaps import Gaps
from topoplan.model.journey import Journey
from topoplan.model.method import MethodSection
from topoplan.model.plan import Plan
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Topology

__all__ = ["Journey", "Report"]


class Report(Struct, frozen=True):
    """One analysis. `profiles` is sorted by falling risk, then boundary id."""

    system: str
    topology: Topology
    history: History = History()
    journeys: tuple[Journey, ...] = ()
    profiles: tuple[RiskProfile, ...] = ()
    plan: Plan = Plan()
    coverage: Coverage = Coverage()
    gaps: Gaps = Gaps()
    tool_version: str = ""
    changes: Changes | None = None
    """What is different from another analysis; None when none was compared with."""
    method: tuple[MethodSection, ...] = ()
    """The figures it was made with; none for a topology alone."""
