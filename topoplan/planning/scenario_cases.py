"""Cases a technique brings by itself: faults, retries, redelivery, stores, the duties of a gateway."""

from __future__ import annotations

from collections.abc import Iterator

from topoplan.model.facts import NodeKind, Style
from topoplan.model.operation import Operation
from topoplan.model.phrases import listed, milliseconds
from topoplan.model.plan import Case
from topoplan.model.topology import Boundary
from topoplan.planning.operation_cases import operations_of
from topoplan.planning.system import System
from topoplan.planning.wording import measured
from topoplan.risk.journeys import CACHES
from topoplan.risk.structure_factors import TRANSACTIONAL
from topoplan.risk.words import changes_state

FAULT_OPERATIONS = 2
"""Operations a fault test exercises: the client and its limits are the same for the others."""


def meaning_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """Values that must mean the same on both sides, each at the gravest operation that has it."""
    told: set[str] = set()
    for operation in operations_of(system, boundary):
        names = [name for name in measured(operation) if name not in told]
        told.update(names)
        if names:
            yield Case(
                f"{listed(names)} of {operation.id} {'means' if len(names) == 1 else 'mean'} the same on both sides",
                operation.id,
                "same-meaning",
                f"a value {boundary.consumer} reads or sends has the unit, currency, precision and time zone that "
                f"{boundary.provider} stores: a known amount and a time near midnight come back unchanged",
            )


def repeat_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """The same request or message twice."""
    consumer, provider = boundary.consumer, boundary.provider
    if boundary.style is Style.MESSAGE:
        yield Case(
            f"The same message of {_channel(boundary)} arrives twice",
            scenario="redelivery",
            expect=f"{consumer} acts once: its state and its own calls are the same as after one delivery",
        )
        return
    for name, operation in _writing(system, boundary):
        keyed = operation is not None and operation.idempotency_key
        yield Case(
            f"{name} is sent twice, as after a lost answer" + (" with the same idempotency key" if keyed else ""),
            name,
            "duplicate-request",
            f"{provider} acts once and gives the second request the first one's answer"
            if keyed
            else f"{provider} acts once or refuses the second request; {consumer} does not retry blindly",
        )


def fault_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """The provider slow, failing or gone; messages late, lost, out of order or unreadable."""
    if boundary.style is Style.MESSAGE:
        yield from _message_faults(boundary)
        return
    consumer, provider = boundary.consumer, boundary.provider
    names = [name for name, _ in _writing(system, boundary)] or _ids(system, boundary)
    for name in names[:FAULT_OPERATIONS] or [""]:
        call = name or f"the call to {provider}"
        slow = _slow(boundary)
        yield Case(
            f"{provider} takes {slow} over {call}", name, "slow", f"{consumer} still answers within its own time limit"
        )
        yield Case(
            f"{provider} never answers {call}",
            name,
            "timeout",
            f"{consumer} gives up at its time limit, frees the connection and answers with a documented error",
        )
        yield Case(
            f"{provider} answers {call} with 503",
            name,
            "upstream-error",
            f"{consumer} retries a bounded number of times with growing pauses, then answers with a documented error",
        )
    yield Case(
        f"{provider} is unreachable",
        scenario="unreachable",
        expect=f"{consumer} stays up, fails only what needs {provider} and recovers by itself when {provider} is back",
    )
    if system.kind(provider) is NodeKind.EXTERNAL:
        yield Case(
            f"{provider} answers 429 with Retry-After",
            scenario="rate-limited",
            expect=f"{consumer} waits as long as it is told to, and does the work once it may",
        )


def gateway_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """What a gateway owes its clients on the way to one provider."""
    if boundary.style is not Style.SYNC or system.kind(boundary.consumer) is not NodeKind.GATEWAY:
        return
    gateway, provider = boundary.consumer, boundary.provider
    ids = _ids(system, boundary)
    route = ids[0] if ids else ""
    through = route or f"a request for {provider}"
    closed = [o.id for o in operations_of(system, boundary) if o.unauthenticated is False]
    guarded = closed[0] if closed else route
    yield Case(
        f"{guarded or through} without credentials",
        guarded,
        "unauthenticated",
        f"{gateway} answers 401 and {provider} sees no request",
    )
    yield Case(
        f"{through} more often than allowed",
        route,
        "rate-limited",
        f"{gateway} answers 429 with Retry-After and {provider} sees no further request",
    )
    yield Case(
        f"{provider} answers {through} with 500",
        route,
        "upstream-error-translated",
        f"{gateway} answers 502 or its own documented error, without a stack trace or the name of {provider}",
    )
    yield Case(
        f"{through} gives {gateway}'s clients documented fields only",
        route,
        "no-internal-field",
        f"every field in {gateway}'s answer is in its public specification; those only {provider} knows are gone",
    )


def journey_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """A journey over several writing services that stops at this boundary."""
    for route in system.context.routes.get(boundary.id, ()):
        others = [service for service in route.writers if service != boundary.provider]
        if len(route.writers) < 2 or boundary.provider not in route.writers:
            continue
        undo = f" by {listed(route.compensations)}" if route.compensations else ""
        yield Case(
            f"{route.journey.name} stops after {boundary.provider} has written",
            scenario="rollback",
            expect=f"what {boundary.provider} wrote is taken back{undo} or completed later; "
            f"{listed(others)} and {boundary.provider} agree again",
        )


def store_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """A service on its real datastore, cache or broker."""
    service, store = boundary.consumer, boundary.provider
    node = system.context.services.get(store)
    technology = (node.technology if node else "") or boundary.protocol
    if node is not None and node.kind is NodeKind.BROKER:
        yield from _broker_cases(service, store)
        return
    surface = system.context.surfaces[boundary.id]
    for name in surface.ids[:FAULT_OPERATIONS]:
        yield Case(
            f"{service} runs {name} on {store}",
            name,
            "real-store",
            f"{store} accepts it and returns what {service} expects of it",
        )
    yield Case(
        f"{service} reads back from {store} what it wrote",
        scenario="write-then-read",
        expect="every field comes back equal: long text, other scripts, nulls, decimals and times with zone included",
    )
    if technology in CACHES:
        yield Case(
            f"An entry of {store} expires between two reads of {service}",
            scenario="expired-cache",
            expect=f"{service} loads it again from its source and answers the same",
        )
    if technology in TRANSACTIONAL:
        yield Case(
            f"{service} fails half way through a change in {store}",
            scenario="rollback",
            expect=f"{store} holds nothing of the change",
        )
        yield Case(
            f"Two requests to {service} change the same row of {store} at once",
            scenario="concurrent-write",
            expect="one wins and the other is retried or refused; no update is lost",
        )
    others = [user for user in system.context.sharing.users.get(store, ()) if user != service]
    if others:
        yield Case(
            f"{service} reads data written to {store} by {listed(others)}",
            scenario="shared-store",
            expect=f"{service} reads rows in the form {listed(others)} writes them",
        )
    yield Case(
        f"{store} is unreachable while {service} runs",
        scenario="unreachable",
        expect=f"{service} answers with a documented error and reconnects when {store} is back",
    )


def compatibility_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """The message schema against its last released version."""
    channel = _channel(boundary)
    fields = [f for op in operations_of(system, boundary) for f in op.fields]
    required = sorted({f.name for f in fields if f.required}) or sorted({f.name for f in fields})
    held = f" ({listed(required, 5)})" if required else ""
    yield Case(
        f"The schema of {channel} still has every field {boundary.consumer} reads{held}",
        scenario="backward-compatible",
        expect="the new schema reads messages of the last released one: no field removed, renamed or of another type",
    )
    yield Case(
        f"A message of {channel} with a field {boundary.consumer} does not know",
        scenario="forward-compatible",
        expect=f"{boundary.consumer}'s released schema reads it and ignores the new field",
    )


def _message_faults(boundary: Boundary) -> Iterator[Case]:
    consumer, channel = boundary.consumer, _channel(boundary)
    broker = boundary.broker or "the broker"
    yield Case(
        f"Two messages of {channel} arrive in the wrong order",
        scenario="out-of-order",
        expect=f"{consumer} ends in the state the later message of {boundary.provider} describes",
    )
    yield Case(
        f"{consumer} stops while it handles a message of {channel}",
        scenario="redelivery",
        expect=f"{broker} delivers it again and {consumer} acts once",
    )
    yield Case(
        f"A message of {channel} that {consumer} cannot read",
        scenario="unreadable-message",
        expect=f"{consumer} puts it aside with the reason and handles the next one",
    )
    yield Case(
        f"{broker} is unreachable",
        scenario="unreachable",
        expect=f"{boundary.provider} loses no message of {channel} and {consumer} reconnects by itself",
    )


def _broker_cases(service: str, broker: str) -> Iterator[Case]:
    yield Case(
        f"{service} publishes to or receives from the real {broker}",
        scenario="real-broker",
        expect=f"a message round trip through {broker} keeps key, headers and payload byte for byte",
    )
    yield Case(
        f"{broker} delivers a message to {service} twice",
        scenario="redelivery",
        expect=f"{service} acts once and acknowledges both",
    )
    yield Case(
        f"{broker} restarts while {service} runs",
        scenario="unreachable",
        expect=f"{service} reconnects by itself and loses no message it had accepted",
    )


def _writing(system: System, boundary: Boundary) -> list[tuple[str, Operation | None]]:
    found: list[tuple[str, Operation | None]] = [
        (op.id, op) for op in operations_of(system, boundary) if changes_state(op.id)
    ]
    undocumented = system.context.surfaces[boundary.id].undocumented
    return found + [(name, None) for name in undocumented if changes_state(name)]


def _ids(system: System, boundary: Boundary) -> list[str]:
    return [op.id for op in operations_of(system, boundary)] + list(system.context.surfaces[boundary.id].undocumented)


def _channel(boundary: Boundary) -> str:
    return boundary.channel or f"{boundary.provider}'s messages"


def _slow(boundary: Boundary) -> str:
    p99 = boundary.stats.p99_ms if boundary.stats else None
    return f"{milliseconds(10 * p99)}, ten times its p99," if p99 else "5 s"
