"""How bad a failure of a boundary is: the weighted mean of what is known of its importance."""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.model.risk import Factor
from topoplan.model.topology import Boundary
from topoplan.risk import journey_factors, structure_factors, traffic_factors
from topoplan.risk.context import Context
from topoplan.risk.likelihood import Measure
from topoplan.risk.weighing import Reading, Weighted, factors, mean, settle

IMPACT_FACTORS: Mapping[str, tuple[float, Measure]] = {
    "criticality": (0.4, journey_factors.criticality),
    "blast-radius": (0.2, structure_factors.blast_radius),
    "traffic": (0.2, traffic_factors.traffic),
    "writes": (0.2, journey_factors.writes),
}
"""Factor → (weight before missing ones are left out, how it is measured)."""

BESIDE_IMPACT = 0.05
"""Impact of a boundary of what runs beside the system (tracing, metrics, load generators): no user notices."""


def impact(context: Context, boundary: Boundary) -> tuple[float, tuple[Factor, ...]]:
    """The impact, 0–1, and the factors whose contributions add up to it."""
    if context.beside(boundary):
        parts = [Weighted("beside-the-system", 1.0, Reading(BESIDE_IMPACT, "runs beside the system, not in it"))]
    else:
        measured = ((name, weight, measure(context, boundary)) for name, (weight, measure) in IMPACT_FACTORS.items())
        parts = [Weighted(name, weight, reading) for name, weight, reading in measured if reading is not None]
    return settle(mean(parts)), factors(parts)
