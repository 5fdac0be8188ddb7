"""Groups the nodes of a topology, so that a large system can be seen from further away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from enum import StrEnum
from itertools import takewhile

from msgspec import Struct

from topoplan.graph.metrics import communities
from topoplan.model.facts import NodeKind
from topoplan.model.topology import Service, Topology

_PROGRAMS = (NodeKind.SERVICE, NodeKind.GATEWAY)


class GroupBasis(StrEnum):
    """What holds a group together, surest first."""

    OWNER = "owner"
    DOMAIN = "domain"
    """A part of the business or of the whole system, as catalogues and labels name it."""
    FOLDER = "folder"
    """The code of its services lies in one folder, beside other such folders."""
    NEIGHBOURHOOD = "neighbourhood"
    """Its services are connected more to each other than to others: found in the graph, said by nobody."""
    BESIDE = "beside"
    """Infrastructure that runs beside the system."""
    ALONE = "alone"
    """What nothing tells where it belongs."""


class Group(Struct, frozen=True):
    """Nodes seen as one. `basis` and `name` together are unique; `members` are ids, sorted, at least one."""

    name: str
    basis: GroupBasis
    members: tuple[str, ...]


_Key = tuple[GroupBasis, str]


def groups(topology: Topology, *, by_domain: bool = False) -> tuple[Group, ...]:
    """Every node in exactly one group, by basis, then name.

    A service goes with its owner; without one, with its domain; then with its folder; else with its neighbourhood.
    `by_domain` asks for the domain before the owner. A basis that tells no two services apart (one owner of everything)
    counts for nothing, nor does a domain for each service. Datastores, brokers and externals with neither owner nor
    domain go with the group that has most boundaries with them.
    """
    found: dict[str, _Key] = {
        s.id: (GroupBasis.BESIDE, "beside the system") for s in topology.services if s.infrastructure
    }
    system = [service for service in topology.services if not service.infrastructure]
    said = [_owners(system), _domains(system)]
    for homes in reversed(said) if by_domain else said:
        found = homes | found
    programs = [service for service in system if service.kind in _PROGRAMS and service.id not in found]
    found |= {node: (GroupBasis.FOLDER, folder) for node, folder in _folders(programs).items()}
    found |= _neighbourhoods(topology, [service for service in programs if service.id not in found])
    found |= _users(
        topology, [service.id for service in system if service.kind not in _PROGRAMS and service.id not in found], found
    )
    members: dict[_Key, list[str]] = defaultdict(list)
    for service in topology.services:
        members[found.get(service.id, (GroupBasis.ALONE, "others"))].append(service.id)
    order = list(GroupBasis)
    keys = sorted(members, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(Group(name, basis, tuple(sorted(members[basis, name]))) for basis, name in keys)


def split(topology: Topology, group: Group, largest: int) -> tuple[Group, ...]:
    """The group in parts of at most `largest` nodes, numbered; neighbours stay together as far as they can."""
    if len(group.members) <= largest:
        return (group,)
    inside = set(group.members)
    services = [service for service in topology.services if service.id in inside]
    found = _neighbourhoods(topology, [service for service in services if service.kind in _PROGRAMS])
    found |= _users(topology, [service.id for service in services if service.id not in found], found)
    near: dict[str, list[str]] = defaultdict(list)
    for node in group.members:
        near[found[node][1] if node in found else ""].append(node)
    parts: list[list[str]] = []
    for _, nodes in sorted(near.items(), key=lambda item: (-len(item[1]), item[0])):
        for start in range(0, len(nodes), largest):
            piece = nodes[start : start + largest]
            home = next((part for part in parts if len(part) + len(piece) <= largest), None)
            if home is None:
                parts.append(piece)
            else:
                home += piece
    names = (f"{group.name} {number} of {len(parts)}" for number in range(1, len(parts) + 1))
    return tuple(Group(name, group.basis, tuple(sorted(part))) for name, part in zip(names, parts, strict=True))


def _owners(system: list[Service]) -> dict[str, _Key]:
    """The owner of each service that has one. Nothing where all have the same."""
    programs = {service.owner for service in system if service.kind in _PROGRAMS}
    return {s.id: (GroupBasis.OWNER, s.owner) for s in system if s.owner} if len(programs) > 1 else {}


def _domains(system: list[Service]) -> dict[str, _Key]:
    """The domain of each service that has one. Nothing where all have the same, or most have one for themselves."""
    programs = [service.domain for service in system if service.kind in _PROGRAMS]
    sizes = Counter(filter(None, programs))
    if len(set(programs)) < 2 or not _are_shared(sizes, sizes.total()):
        return {}
    return {s.id: (GroupBasis.DOMAIN, s.domain) for s in system if s.domain}


def _are_shared(sizes: Mapping[str, int], among: int) -> bool:
    """Whether most of so many services have their group with another."""
    return 2 * sum(size for size in sizes.values() if size > 1) >= among


def _folders(services: list[Service]) -> dict[str, str]:
    """The folder that holds each service's code, by its name in the folder common to all. Nothing where most services
    have such a folder for themselves: that is a place for every service, not a grouping."""
    code = {service.id: service.folders[0].split("/") for service in services if service.folders}
    common = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*code.values(), strict=False)))
    first = {node: "".join(parts[common : common + 1]) or "." for node, parts in code.items()}
    sizes = Counter(first.values())
    return first if len(sizes) > 1 and _are_shared(sizes, len(services)) else {}


def _neighbourhoods(topology: Topology, services: list[Service]) -> dict[str, _Key]:
    """Communities among these services, called after the one with most boundaries inside; datastores tie them too."""
    own = {service.id for service in services}
    ties = own | {s.id for s in topology.services if s.kind is NodeKind.DATASTORE and not s.infrastructure}
    pairs = [(b.consumer, b.provider) for b in topology.boundaries if b.consumer in ties and b.provider in ties]
    parts = communities(pairs)
    place = {node: number for number, nodes in enumerate(parts) for node in nodes}
    degree = Counter(n for a, b in pairs if place[a] == place[b] and a in own and b in own for n in (a, b))
    found: dict[str, _Key] = {}
    names = {service.id: service.name for service in services}
    for nodes in parts:
        inside = own.intersection(nodes)
        if inside:
            centre = min(inside, key=lambda node: (-degree[node], node))
            found |= dict.fromkeys(inside, (GroupBasis.NEIGHBOURHOOD, f"around {names[centre]}"))
    return found


def _users(topology: Topology, nodes: list[str], known: Mapping[str, _Key]) -> dict[str, _Key]:
    """The group that has most boundaries with each node."""
    votes: dict[str, Counter[_Key]] = {node: Counter() for node in nodes}
    for boundary in topology.boundaries:
        for node, other in ((boundary.consumer, boundary.provider), (boundary.provider, boundary.consumer)):
            if node in votes and other in known and known[other][0] is not GroupBasis.BESIDE:
                votes[node][known[other]] += 1
        if boundary.broker in votes and boundary.consumer in known:
            votes[boundary.broker][known[boundary.consumer]] += 1
    return {node: min(found, key=lambda key: (-found[key], key)) for node, found in votes.items() if found}
