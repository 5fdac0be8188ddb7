"""What is real in a test and what is stubbed, and from which source each stub is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from topoplan.coverage.contracts import check_of
from topoplan.model.coverage import Coverage, Grade
from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import joined
from topoplan.model.plan import Scope, Stub, Technique
from topoplan.model.topology import Boundary
from topoplan.planning.system import System, providers

Contracts = Mapping[tuple[str, str], str]
"""(consumer, provider) → the contract that tells what the consumer expects, `pact web / orders`."""

Runs = dict[str, Scope]
"""Provider → the scope of a test of it alone, kept from the first time: all contracts with a provider share it."""

_NONE: Contracts = {}


def contracts_of(boundaries: Iterable[Boundary], coverage: Coverage) -> dict[tuple[str, str], str]:
    """The contracts that stubs can be made from. One that failed says what the provider does *not* do, and one that was
    not read (only its verification was) has no text: neither makes a stub."""
    pairs = {boundary.id: (boundary.consumer, boundary.provider) for boundary in boundaries}
    found: dict[tuple[str, str], str] = {}
    for one in coverage.boundaries:
        pair, contract = pairs.get(one.boundary), one.of(Technique.CONTRACT)
        if pair is None or contract is None:
            continue
        own = [claim for claim in contract.claims if claim.check == check_of(*pair) and claim.operations]
        if own and all(claim.grade is not Grade.FAILING for claim in own):
            found[pair] = own[0].check
    return found


def scope_of(
    system: System,
    boundary: Boundary,
    technique: Technique,
    contracts: Contracts = _NONE,
    runs: Runs | None = None,
) -> Scope:
    """The scope of a test of one boundary.

    Services are listed in start order, after the resources: a service after those it calls. Everything a real
    service calls and that is not real itself is a stub; an external system always is. `runs` is filled for the further
    boundaries of the same system and contracts.
    """
    if technique is Technique.SCHEMA:
        return Scope()
    if technique is Technique.CONTRACT:
        return _contract(system, boundary, contracts, {} if runs is None else runs)
    if technique is Technique.IN_PROCESS:
        return _scope(system, (boundary.consumer,), (boundary.provider,), contracts)
    real = _real(system, (boundary.consumer, boundary.provider))
    return _scope(system, real, _resources(system, real, (boundary,)), contracts)


def scope_along(
    system: System, boundaries: Sequence[Boundary], *, whole: bool = False, contracts: Contracts = _NONE
) -> Scope:
    """The scope of a test of several boundaries: the services at their ends and what those store in, no more. `whole`:
    end to end, so that whatever the services call is real too, and only external systems are stubs."""
    ends = dict.fromkeys(
        end
        for boundary in boundaries
        for end in ((boundary.consumer,) if boundary.style is Style.RESOURCE else _ends(boundary))
    )
    real = _real(system, ends)
    if whole:
        real = _real(system, _closure(system, real))
    return _scope(system, real, _resources(system, real, boundaries), contracts)


def _ends(boundary: Boundary) -> tuple[str, str]:
    """The one that a journey comes from, and the one it goes to."""
    ends = boundary.consumer, boundary.provider
    return ends[::-1] if boundary.style is Style.MESSAGE else ends


def stub_source(system: System, service: str) -> str:
    """What a stub of a service is best made from where no contract tells what a consumer expects: its specification,
    what was recorded of it, or by hand."""
    node = system.context.services.get(service)
    if node and node.specs:
        return f"spec {min(node.specs)}"
    if service in system.seen:
        return "recorded traffic"
    return "hand-written stub"


def start_order(system: System, services: Iterable[str]) -> tuple[str, ...]:
    """The services with each after those of them it calls or sends messages to. Where that goes round in a circle, the
    one that comes first in `services` is started last of it."""
    wanted = list(dict.fromkeys(services))
    below = _below(system, wanted)
    ordered: dict[str, None] = {}
    entered: set[str] = set()
    stack = [(service, False) for service in reversed(wanted)]
    while stack:  # depth first, with a stack of its own: end-to-end scopes hold whole systems
        service, done = stack.pop()
        if done:
            ordered[service] = None
        elif service not in entered:
            entered.add(service)
            stack.append((service, True))
            stack += ((other, False) for other in sorted(below[service], reverse=True))
    return tuple(ordered)


def _below(system: System, services: Sequence[str]) -> dict[str, set[str]]:
    """Service → those among the services that it calls or sends messages to."""
    found: dict[str, set[str]] = {service: set() for service in services}
    for boundary in (b for service in services for b in system.outgoing.get(service, ())):
        if boundary.provider in found and boundary.style is Style.SYNC:
            found[boundary.consumer].add(boundary.provider)
        elif boundary.provider in found and boundary.style is Style.MESSAGE:
            found[boundary.provider].add(boundary.consumer)
    return found


def _contract(system: System, boundary: Boundary, contracts: Contracts, runs: Runs) -> Scope:
    """Two runs: the consumer's client alone against the contract, then the provider alone held to it. An external
    provider verifies nothing, so only the first run is left."""
    provider = boundary.provider
    real = _real(system, (provider, boundary.consumer))
    stubs = {provider: Stub(provider, "the contract, in the consumer's run")}
    resources: tuple[str, ...] = ()
    if provider in real:
        run = runs.get(provider)
        if run is None:
            run = runs[provider] = _scope(system, (provider,), providers(system, provider, Style.RESOURCE), contracts)
        stubs |= {stub.service: stub for stub in run.stubs}
        resources = run.resources
    return Scope(real, resources, tuple(stubs[name] for name in sorted(stubs)))


def _scope(system: System, real: Sequence[str], resources: Iterable[str], contracts: Contracts) -> Scope:
    outside = {name for name in resources if system.kind(name) is NodeKind.EXTERNAL}
    called = {p for service in real for p in providers(system, service, Style.SYNC) if p not in real}
    return Scope(
        start_order(system, real),
        tuple(_described(system, name) for name in sorted(set(resources) - outside)),
        tuple(Stub(name, _source(system, name, real, contracts)) for name in sorted(called | outside)),
    )


def _source(system: System, service: str, real: Sequence[str], contracts: Contracts) -> str:
    """What the real services' own contracts say of it; for those without one, what else there is."""
    callers = sorted(s for s in real if any(b.provider == service for b in system.outgoing.get(s, ())))
    pacts = sorted({contracts[caller, service] for caller in callers if (caller, service) in contracts})
    sources = list(pacts)
    if not pacts or any((caller, service) not in contracts for caller in callers):
        sources.append(stub_source(system, service))
    return joined(sources)


def _real(system: System, services: Iterable[str]) -> tuple[str, ...]:
    return tuple(service for service in services if system.kind(service) is not NodeKind.EXTERNAL)


def _closure(system: System, real: Iterable[str]) -> tuple[str, ...]:
    """All that the services call, directly or through others."""
    found = dict.fromkeys(real)
    todo = list(found)
    while todo:
        new = [p for p in providers(system, todo.pop(), Style.SYNC) if p not in found]
        found |= dict.fromkeys(new)
        todo += new
    return tuple(found)


def _resources(system: System, real: Iterable[str], boundaries: Iterable[Boundary]) -> tuple[str, ...]:
    found = {resource for service in real for resource in providers(system, service, Style.RESOURCE)}
    found |= {boundary.broker for boundary in boundaries if boundary.broker}
    return tuple(sorted(found))


def _described(system: System, resource: str) -> str:
    """`orders-db (postgres:16)`: the image without its registry, else the technology, else the name alone."""
    node = system.context.services.get(resource)
    what = (node.image.rpartition("/")[2].partition("@")[0] or node.technology) if node else ""
    return f"{resource} ({what})" if what and what != resource else resource
