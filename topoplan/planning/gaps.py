"""The recommended tests that are not covered, and what is left open."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.config import Settings
from topoplan.model.coverage import Coverage
from topoplan.model.gaps import Gaps
from topoplan.model.plan import Plan
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Topology


def find_gaps(
    topology: Topology, profiles: Sequence[RiskProfile], plan: Plan, coverage: Coverage, settings: Settings
) -> Gaps:
    """Every recommended test without the state `covered`, most open risk first."""
    return Gaps()
