"""Which failure modes a boundary has, and how often each is the cause, from the prior shares of real incidents."""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.model.facts import NodeKind, Style
from topoplan.model.risk import Mode
from topoplan.model.topology import Boundary
from topoplan.risk.context import Context

INCIDENT_SHARES: Mapping[str, float] = {
    "contract tests": 0.47,
    "tests on real infrastructure": 0.23,
    "unit tests": 0.12,
    "fault injection": 0.11,
    "no layer": 0.07,
}
"""Shares of 18 months of production incidents in three microservice systems, by the layer of tests that would have
caught them."""

# The shares above, each given to the modes that layer is written against, then divided by the largest.
# docs/explanation/model.md has the steps, a test repeats them.
MODE_WEIGHTS: Mapping[Mode, float] = {
    Mode.SCHEMA: 1.0,
    Mode.SEMANTIC: 0.41,
    Mode.BEHAVIOURAL: 0.18,
    Mode.TEMPORAL: 0.14,
    Mode.CASCADE: 0.43,
    Mode.INFRASTRUCTURE: 0.89,
    Mode.GATEWAY: 0.24,
    Mode.CONSISTENCY: 0.14,
}

_BY_STYLE: Mapping[Style, tuple[Mode, ...]] = {
    Style.SYNC: (Mode.SCHEMA, Mode.SEMANTIC, Mode.BEHAVIOURAL, Mode.TEMPORAL, Mode.CASCADE),
    Style.MESSAGE: (Mode.SCHEMA, Mode.SEMANTIC, Mode.BEHAVIOURAL, Mode.TEMPORAL),
    Style.RESOURCE: (Mode.INFRASTRUCTURE,),
}


def modes_of(context: Context, boundary: Boundary) -> tuple[Mode, ...]:
    """The modes that apply to a boundary, in the order of the table above."""
    found = set(_BY_STYLE[boundary.style])
    if boundary.style is Style.SYNC and context.kind(boundary.consumer) is NodeKind.GATEWAY:
        found.add(Mode.GATEWAY)
    if _may_leave_partial_state(context, boundary):
        found.add(Mode.CONSISTENCY)
    return tuple(mode for mode in MODE_WEIGHTS if mode in found)


def _may_leave_partial_state(context: Context, boundary: Boundary) -> bool:
    """On a journey that writes in two or more services, and not known to carry reads only."""
    surface = context.surfaces[boundary.id]
    reads_only = bool(surface.ids) and not surface.writing
    return not reads_only and any(len(route.writers) >= 2 for route in context.routes.get(boundary.id, ()))
