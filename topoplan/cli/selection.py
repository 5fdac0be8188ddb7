"""Which services, boundaries and tests a person means, and what to say when it is none or several."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from topoplan.errors import UsageError
from topoplan.model.journey import Journey
from topoplan.model.plan import Recommendation
from topoplan.model.topology import Boundary, Service, Topology

_SHOWN, _SUGGESTED = 10, 5


def find_service(topology: Topology, wanted: str) -> Service:
    """The service with this id, name or alias; upper and lower case are told apart only where they must be.

    Raises UsageError: `unknown-service` with the nearest names, `ambiguous-service` with the ids it may mean.
    """
    folded = wanted.casefold()
    rules: tuple[Callable[[Service], bool], ...] = (
        lambda s: s.id == wanted,
        lambda s: s.id.casefold() == folded,
        lambda s: s.name.casefold() == folded,
        lambda s: folded in {alias.casefold() for alias in s.aliases},
    )
    for rule in rules:
        meant = [service for service in topology.services if rule(service)]
        if len(meant) == 1:
            return meant[0]
        if meant:
            hint = f"use an id: {_listed(s.id for s in meant)}"
            raise UsageError(f"'{wanted}' means several services", slug="ambiguous-service", hint=hint)
    raise UsageError(f"there is no service '{wanted}'", slug="unknown-service", hint=_nearest(topology, folded))


def find_journey(journeys: Sequence[Journey], wanted: str) -> Journey:
    """The journey of this name, in any case. Raises UsageError (`unknown-journey`) with the nearest names."""
    known = {journey.name.casefold(): journey for journey in reversed(journeys)}
    named = {journey.name: journey for journey in journeys}
    if found := named.get(wanted) or known.get(wanted.casefold()):
        return found
    near = [known[name].name for name in difflib.get_close_matches(wanted.casefold(), sorted(known), n=_SUGGESTED)]
    names = _listed(journey.name for journey in journeys)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {names}" if names else "none is known here"
    raise UsageError(f"there is no journey '{wanted}'", slug="unknown-journey", hint=hint)


def boundaries_between(topology: Topology, consumer: str, provider: str) -> tuple[Boundary, ...]:
    """The boundaries on which `consumer` depends on `provider`, sorted by id; never empty.

    Raises UsageError as `find_service` does, or `no-boundary` with what each of the two is connected to.
    """
    left, right = find_service(topology, consumer), find_service(topology, provider)
    found = tuple(b for b in topology.boundaries if (b.consumer, b.provider) == (left.id, right.id))
    if found:
        return found
    message = f"{left.id} does not depend on {right.id}"
    if any((b.consumer, b.provider) == (right.id, left.id) for b in topology.boundaries):
        hint = f"it is the other way round: topoplan explain {right.id} {left.id}"
        raise UsageError(message, slug="no-boundary", hint=hint)
    hint = "; ".join(_connections(topology, service) for service in dict.fromkeys((left.id, right.id)))
    raise UsageError(message, slug="no-boundary", hint=hint)


def require_pins(tests: Sequence[Recommendation], pins: Iterable[str]) -> None:
    """Every pin is in the plan, since a plan takes what its pins name before anything else. Raises UsageError
    (`unknown-test`) for the first that names no test there could be."""
    for pin in pins:
        if not any(test.id == pin or fnmatchcase(test.id, pin) for test in tests):
            hint = "ids are in: topoplan plan -f csv --min-value 0"
            raise UsageError(f"'{pin}' names no test that can be planned", slug="unknown-test", hint=hint)


def _connections(topology: Topology, service: str) -> str:
    providers = sorted({b.provider for b in topology.boundaries if b.consumer == service})
    consumers = sorted({b.consumer for b in topology.boundaries if b.provider == service})
    parts = []
    if providers:
        parts.append(f"depends on {_listed(providers)}")
    if consumers:
        parts.append(f"is used by {_listed(consumers)}")
    return f"{service} {' and '.join(parts) or 'has no boundaries'}"


def _nearest(topology: Topology, folded: str) -> str:
    ids = {name.casefold(): s.id for s in reversed(topology.services) for name in (*s.aliases, s.name, s.id)}
    holding = [name for name in sorted(ids) if folded and folded in name]
    alike = difflib.get_close_matches(folded, sorted(ids), n=_SUGGESTED)
    near = list(dict.fromkeys(ids[name] for name in (*alike, *holding)))[:_SUGGESTED]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known are {_listed(s.id for s in topology.services)}"


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + more
