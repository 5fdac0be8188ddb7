"""What is real in a test and what is stubbed, and from which source each stub is made."""

from __future__ import annotations

from collections.abc import Iterable

from topoplan.model.facts import NodeKind, Style
from topoplan.model.plan import Scope, Stub, Technique
from topoplan.model.topology import Boundary
from topoplan.planning.system import System, providers


def scope_of(system: System, boundary: Boundary, technique: Technique) -> Scope:
    """The scope of a test of one boundary.

    Services are listed in start order, after the resources: the provider before its consumer. Everything a real
    service calls and that is not real itself is a stub; an external system always is.
    """
    if technique is Technique.SCHEMA:
        return Scope()
    if technique is Technique.IN_PROCESS:
        real: tuple[str, ...] = (boundary.consumer,)
    else:
        ends = (boundary.provider, boundary.consumer)
        real = tuple(end for end in ends if system.kind(end) is not NodeKind.EXTERNAL)
    if technique is Technique.CONTRACT:
        return _contract(system, boundary, real)
    stubs = {s: Stub(s, stub_source(system, s)) for s in _called(system, real) if s not in real}
    resources = (boundary.provider,) if technique is Technique.IN_PROCESS else _resources(system, boundary, real)
    return Scope(
        services=real,
        resources=tuple(_described(system, resource) for resource in resources),
        stubs=tuple(stubs[name] for name in sorted(stubs)),
    )


def _contract(system: System, boundary: Boundary, real: tuple[str, ...]) -> Scope:
    """Two runs: the consumer's client alone against the contract, then the provider alone held to it. An external
    provider verifies nothing, so only the first run is left."""
    stubs = {boundary.provider: Stub(boundary.provider, "the contract, in the consumer's run")}
    inside = boundary.provider in real
    if inside:
        stubs |= {s: Stub(s, stub_source(system, s)) for s in _called(system, (boundary.provider,))}
    resources = providers(system, boundary.provider, Style.RESOURCE) if inside else ()
    return Scope(
        services=real,
        resources=tuple(_described(system, resource) for resource in resources),
        stubs=tuple(stubs[name] for name in sorted(stubs)),
    )


def stub_source(system: System, service: str) -> str:
    """What a stub of a service is best made from: its specification, what was recorded of it, or by hand."""
    node = system.context.services.get(service)
    if node and node.specs:
        return f"spec {min(node.specs)}"
    if service in system.seen:
        return "recorded traffic"
    return "hand-written stub"


def _called(system: System, real: Iterable[str]) -> list[str]:
    return sorted({provider for service in real for provider in providers(system, service, Style.SYNC)})


def _resources(system: System, boundary: Boundary, real: Iterable[str]) -> tuple[str, ...]:
    found = {resource for service in real for resource in providers(system, service, Style.RESOURCE)}
    if boundary.broker:
        found.add(boundary.broker)
    return tuple(sorted(found))


def _described(system: System, resource: str) -> str:
    """`orders-db (postgres:16)`: the image without its registry, else the technology, else the name alone."""
    node = system.context.services.get(resource)
    what = (node.image.rpartition("/")[2].partition("@")[0] or node.technology) if node else ""
    return f"{resource} ({what})" if what and what != resource else resource
