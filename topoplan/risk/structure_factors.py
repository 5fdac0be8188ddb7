"""Factors read from the shape of the system: chains, fan-in, shared stores, pairs joined twice."""

from __future__ import annotations

from topoplan.model.facts import Style
from topoplan.model.phrases import counted, listed
from topoplan.model.topology import Boundary
from topoplan.risk.context import Context
from topoplan.risk.journeys import CACHES
from topoplan.risk.weighing import HALF, Reading, saturate

TRANSACTIONAL = frozenset(
    {"cockroachdb", "db2", "mariadb", "mssql", "mysql", "oracle", "postgresql", "sqlite", "sqlserver", "tidb"}
)
"""Stores whose transactions a stub does not imitate."""


def calls_and_messages(context: Context, boundary: Boundary) -> Reading:
    """1 when the pair also meets in the other way, so a call can overtake a message or the reverse."""
    styles = context.sharing.styles.get(frozenset((boundary.consumer, boundary.provider)), frozenset())
    both = {Style.SYNC, Style.MESSAGE} <= styles
    return Reading(float(both), "joined both by calls and by messages" if both else "joined in one way only")


def shared_store(context: Context, boundary: Boundary) -> Reading:
    """1 when both sides use one datastore, so a reader can see what the writer has not finished."""
    stores = context.sharing.stores
    found = sorted(stores.get(boundary.consumer, frozenset()) & stores.get(boundary.provider, frozenset()))
    return Reading(float(bool(found)), f"both sides use {listed(found)}" if found else "no datastore in common")


def reads_after_writes(context: Context, boundary: Boundary) -> Reading | None:
    """For calls: 1 when the consumer also calls another service that sees the provider's writes, through one of its
    stores or through messages. An approximation: which call comes first is not known."""
    if boundary.style is not Style.SYNC:
        return None
    sharing = context.sharing
    stores = sorted(
        store
        for store in sharing.stores.get(boundary.provider, ())
        if sharing.store_callees.get((boundary.consumer, store), 0) > 1
    )
    others = sharing.correspondents.get(boundary.provider, frozenset()) & sharing.callees.get(
        boundary.consumer, frozenset()
    )
    if stores:
        return Reading(1.0, f"{boundary.consumer} also calls another user of {listed(stores)}")
    if others:
        return Reading(
            1.0,
            f"{boundary.consumer} also calls {listed(sorted(others))}, joined to {boundary.provider} by messages",
        )
    return Reading(0.0, f"{boundary.consumer} calls no other service that sees what {boundary.provider} writes")


def chain(context: Context, boundary: Boundary) -> Reading:
    """Hops of the longest synchronous chain through the boundary beyond itself: n / (n + 2)."""
    above, below = context.graph.depths.get(boundary.consumer), context.graph.depths.get(boundary.provider)
    further = (above.above if above else 0) + (below.below if below else 0)
    return Reading(
        saturate(further, HALF["chain"]), f"a synchronous chain of {counted(further + 1, 'hop')} runs through it"
    )


def fan_in(context: Context, boundary: Boundary) -> Reading:
    """Consumers of the provider beyond this one: n / (n + 3)."""
    consumers = context.graph.consumers.get(boundary.provider, 1)
    return Reading(saturate(consumers - 1, HALF["fan-in"]), f"{boundary.provider} has {counted(consumers, 'consumer')}")


def blast_radius(context: Context, boundary: Boundary) -> Reading:
    """Services that stop when the boundary fails: all that depend synchronously, directly or through others, on the
    provider; for a message on the consumer, and the consumer itself: n / (n + 3)."""
    if boundary.style is Style.MESSAGE:
        hit, hurt = boundary.consumer, 1 + context.graph.radius.get(boundary.consumer, 0)
        others = f" and {counted(hurt - 1, 'service')} behind it" if hurt > 1 else ""
        reason = f"it stops {hit}{others}"
    else:
        hit, hurt = boundary.provider, context.graph.radius.get(boundary.provider, 0)
        reason = (
            f"{counted(hurt, 'service')} {'depends' if hurt == 1 else 'depend'} on {hit}, directly or through others"
        )
    return Reading(saturate(hurt, HALF["blast-radius"]), reason)


def store_users(context: Context, boundary: Boundary) -> Reading:
    """Further services on the same datastore, cache or broker: n / (n + 1)."""
    others = [user for user in context.sharing.users.get(boundary.provider, ()) if user != boundary.consumer]
    reason = f"shared with {listed(others)}" if others else f"only {boundary.consumer} uses it"
    return Reading(saturate(len(others), HALF["store-users"]), reason)


def store_writes(context: Context, boundary: Boundary) -> Reading:
    """1 when the service writes to it."""
    surface = context.surfaces[boundary.id]
    if not surface.ids:
        return Reading(None, "its operations are not known")
    if not surface.writing:
        return Reading(0.0, "only reads seen")
    return Reading(1.0, f"written to by {listed(surface.writing)}")


def transactions(context: Context, boundary: Boundary) -> Reading:
    """1 for a store with transactions: rollback, isolation and locks are what stubs leave out."""
    return _technology(context, boundary, TRANSACTIONAL, "has transactions, which a stub does not imitate")


def expiry(context: Context, boundary: Boundary) -> Reading:
    """1 for a cache whose entries expire."""
    return _technology(context, boundary, CACHES, "entries may expire at any time")


def _technology(context: Context, boundary: Boundary, wanted: frozenset[str], reason: str) -> Reading:
    service = context.services.get(boundary.provider)
    technology = service.technology if service and service.technology else boundary.protocol
    if technology in ("", "tcp"):
        return Reading(None, "its technology is not known")
    return Reading(float(technology in wanted), f"{technology}: {reason}" if technology in wanted else technology)
