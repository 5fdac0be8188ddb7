"""Risk by failure mode that is left under the tests that exist, as the report's own totals count it."""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.planning.residual import Risks, residual, risks_of
from topoplan.planning.techniques import Figures

_ROUNDING = 1e-4
"""How far two sums of the same figures may lie apart."""


def residuals(report: Report, table: Mapping[Technique, Figures]) -> dict[str, Risks] | None:
    """Boundary → risk by mode with every test that exists counted as far as it is proven.

    None where the sum is not the report's `residual_risk`: then the report was made with another table of effects, or
    without profiles of some boundaries, and figures of this one would be wrong.
    """
    states = {found.boundary: found for found in report.coverage.boundaries}
    left: dict[str, Risks] = {}
    for profile in report.profiles:
        found = states.get(profile.boundary)
        tests = [(table[one.technique], one.share) for one in (found.techniques if found else ()) if one.share > 0]
        left[profile.boundary] = residual(risks_of(profile), tests)
    total = sum(sum(risks.values()) for risks in left.values())
    return left if abs(total - report.gaps.residual_risk) <= _ROUNDING else None
