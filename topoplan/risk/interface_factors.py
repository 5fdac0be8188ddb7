"""Factors read from specifications: what is documented, what the fields mean, how the two sides differ."""

from __future__ import annotations

from topoplan.model.facts import Style
from topoplan.model.operation import MESSAGE_METHODS
from topoplan.model.phrases import counted, joined, listed
from topoplan.model.topology import Boundary
from topoplan.risk.context import Context
from topoplan.risk.surface import clashes
from topoplan.risk.weighing import HALF, Reading, saturate

# RFC 9110 section 9.2.2: repeating PUT and DELETE is harmless by definition, repeating these is not.
_NOT_IDEMPOTENT = frozenset({"POST", "PATCH"})


def undocumented(context: Context, boundary: Boundary) -> Reading:
    """Share of the used operations that no specification describes; 1 without a specification."""
    surface = context.surfaces[boundary.id]
    if boundary.style is Style.MESSAGE:
        missing = surface.undocumented
        reason = f"no schema for {listed(missing)}" if missing else "every message has a schema"
        return Reading(len(missing) / len(surface.ids), reason, surface.places)
    if not surface.specified:
        return Reading(1.0, f"{boundary.provider} has no specification")
    if not surface.undocumented:
        return Reading(0.0, f"{boundary.provider} documents what is used", surface.places[:1])
    share = len(surface.undocumented) / len(surface.ids)
    return Reading(share, f"used but not in the specification: {listed(surface.undocumented)}", surface.places[:1])


def operations_used(context: Context, boundary: Boundary) -> Reading:
    """How wide the used interface is: n / (n + 5)."""
    surface = context.surfaces[boundary.id]
    if not surface.ids:
        return Reading(None, "no operation is known")
    used = counted(len(surface.ids), "operation")
    named = f"{used} used: {listed(surface.ids)}"
    whose = f"{used} documented; which are used is not known" if surface.assumed else named
    return Reading(saturate(len(surface.ids), HALF["operations-used"]), whose, surface.places)


def measured_fields(context: Context, boundary: Boundary) -> Reading:
    """Fields of money, time or units, whose meaning the type does not hold: n / (n + 2)."""
    surface = context.surfaces[boundary.id]
    if not surface.has_fields:
        return Reading(None, "no field is documented")
    names = [name for name, _ in surface.measures]
    if not names:
        return Reading(0.0, "no field of money, time or units")
    kinds = joined(sorted({meaning.value for _, meaning in surface.measures}))
    reason = f"{counted(len(names), 'field')} of {kinds}: {listed(names)}"
    return Reading(saturate(len(names), HALF["measured-fields"]), reason, surface.places)


def field_clash(context: Context, boundary: Boundary) -> Reading:
    """Fields of the boundary that the consumer's own specification documents with another type or format:
    n / (n + 1)."""
    surface, own = context.surfaces[boundary.id], context.types.get(boundary.consumer)
    if not own or not surface.types:
        return Reading(None, "not both sides document fields with telling names")
    found = clashes(own, surface.types)
    if not found:
        return Reading(0.0, "both sides document shared field names alike")
    reason = f"other type or format in {boundary.consumer}'s own specification: {listed(found)}"
    return Reading(saturate(len(found), HALF["field-clash"]), reason, surface.places)


def owners_differ(context: Context, boundary: Boundary) -> Reading:
    """1 when two teams own the two sides."""
    consumer, provider = context.services.get(boundary.consumer), context.services.get(boundary.provider)
    ours, theirs = consumer.owner if consumer else "", provider.owner if provider else ""
    if not ours or not theirs:
        return Reading(None, "the owner of a side is not known")
    if ours == theirs:
        return Reading(0.0, f"{ours} owns both sides")
    return Reading(1.0, f"{ours} owns {boundary.consumer}, {theirs} owns {boundary.provider}")


def unsafe_without_key(context: Context, boundary: Boundary) -> Reading | None:
    """For calls: documented POST and PATCH operations without an idempotency key, which a retry may run twice:
    n / (n + 1)."""
    if boundary.style is not Style.SYNC:
        return None
    surface = context.surfaces[boundary.id]
    http = [op for op in surface.documented if op.method not in ("RPC", *MESSAGE_METHODS)]
    if not http:
        return Reading(None, "no documented HTTP operation")
    found = [op for op in http if op.method in _NOT_IDEMPOTENT and not op.idempotency_key]
    if not found:
        return Reading(0.0, "no POST or PATCH without an idempotency key")
    reason = f"no idempotency key on {listed(op.id for op in found)}"
    return Reading(
        saturate(len(found), HALF["unsafe-without-key"]), reason, tuple(str(op.where) for op in found if op.where)
    )


def redelivery(_: Context, boundary: Boundary) -> Reading | None:
    """1 for messages: brokers deliver at least once, so the consumer meets some message twice."""
    if boundary.style is not Style.MESSAGE:
        return None
    return Reading(1.0, f"{boundary.protocol} delivers {boundary.channel or 'messages'} at least once")


def routes(context: Context, boundary: Boundary) -> Reading:
    """Operations the gateway forwards to this provider: n / (n + 5)."""
    surface = context.surfaces[boundary.id]
    if not surface.ids:
        return Reading(None, "no route is known")
    return Reading(saturate(len(surface.ids), HALF["routes"]), counted(len(surface.ids), "route"), surface.places)


def auth_schemes(context: Context, boundary: Boundary) -> Reading:
    """Different security schemes behind one gateway edge: n / (n + 1)."""
    surface = context.surfaces[boundary.id]
    if not surface.documented:
        return Reading(None, "no operation is documented")
    names = sorted({scheme for op in surface.documented for scheme in op.security})
    reason = f"{counted(len(names), 'security scheme')}: {listed(names)}" if names else "no security scheme"
    return Reading(saturate(len(names), HALF["auth-schemes"]), reason, surface.places)


def open_operations(context: Context, boundary: Boundary) -> Reading:
    """Operations anyone may call: n / (n + 2)."""
    surface = context.surfaces[boundary.id]
    if all(op.unauthenticated is None for op in surface.documented):
        return Reading(None, "no specification says who may call")
    found = [op for op in surface.documented if op.unauthenticated]
    reason = f"anyone may call {listed(op.id for op in found)}" if found else "every operation asks for credentials"
    return Reading(
        saturate(len(found), HALF["open-operations"]), reason, tuple(str(op.where) for op in found if op.where)
    )
