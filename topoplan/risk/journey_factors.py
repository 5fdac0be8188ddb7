"""Factors read from journeys and from what the team said matters: criticality, writes, partial state."""

from __future__ import annotations

from topoplan.model.facts import Style
from topoplan.model.journey import JourneySource
from topoplan.model.phrases import counted, listed
from topoplan.model.topology import Boundary
from topoplan.risk.context import Context
from topoplan.risk.journeys import Route
from topoplan.risk.weighing import HALF, Reading, saturate

CRITICALITY = {
    "money": 1.0,
    "compliance": 1.0,
    "critical": 1.0,
    "high": 0.75,
    "normal": 0.5,
    "medium": 0.5,
    "low": 0.25,
}
"""How much each word for criticality counts; of journeys (`money` … `low`) and of services (`critical` … `low`)."""
UNDECLARED = CRITICALITY["normal"]


def criticality(context: Context, boundary: Boundary) -> Reading:
    """The highest criticality of a configured journey through the boundary or of a service at its ends; undeclared is
    normal. Traces tell that there is a journey, not how much it matters."""
    words = [
        (route.journey.criticality, f"on journey {route.journey.name} ({route.journey.criticality})")
        for route in context.routes.get(boundary.id, ())
        if route.journey.source is JourneySource.CONFIG
    ]
    for end in (boundary.consumer, boundary.provider):
        service = context.services.get(end)
        if service and service.criticality:
            words.append((service.criticality, f"{end} is {service.criticality}"))
    if not words:
        return Reading(UNDECLARED, "on no configured journey and no criticality declared: taken as normal")
    value, reason = min((-CRITICALITY.get(word, UNDECLARED), reason) for word, reason in words)
    return Reading(-value, reason)


def writes(context: Context, boundary: Boundary) -> Reading:
    """1 when data may be written through the boundary, 0 when it is only read."""
    surface = context.surfaces[boundary.id]
    if boundary.style is Style.MESSAGE:
        return Reading(1.0, "a message is acted upon")
    if not surface.ids:
        return Reading(None, "its operations are not known")
    if not surface.writing:
        return Reading(0.0, "reads only")
    how = "may be written" if surface.assumed else "written"
    return Reading(1.0, f"data {how} by {listed(surface.writing)}", surface.places)


def writers(context: Context, boundary: Boundary) -> Reading:
    """Services beyond the first in which one journey writes: n / (n + 1)."""
    route = _widest(context, boundary)
    reason = f"journey {route.journey.name} writes in {counted(len(route.writers), 'service')}: {listed(route.writers)}"
    return Reading(saturate(len(route.writers) - 1, HALF["writers"]), reason)


def message_steps(context: Context, boundary: Boundary) -> Reading:
    """Message steps of a journey, after which nobody waits for the outcome: n / (n + 1)."""
    route = max(_writing(context, boundary), key=lambda r: (r.messages, r.journey.name))
    return Reading(
        saturate(route.messages, HALF["message-steps"]),
        f"journey {route.journey.name} has {counted(route.messages, 'message step')}",
    )


def compensations(context: Context, boundary: Boundary) -> Reading:
    """1 when a journey has operations that take back earlier steps (cancel, refund, release): a saga can stop half
    way."""
    found = sorted({i for route in _writing(context, boundary) for i in route.compensations})
    reason = f"steps taken back by {listed(found)}" if found else "no compensating operation seen"
    return Reading(float(bool(found)), reason)


def _writing(context: Context, boundary: Boundary) -> list[Route]:
    return [route for route in context.routes.get(boundary.id, ()) if len(route.writers) >= 2]


def _widest(context: Context, boundary: Boundary) -> Route:
    return min(_writing(context, boundary), key=lambda r: (-len(r.writers), r.journey.name))
