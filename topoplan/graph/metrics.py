"""Measures of the dependency graph; the only module that knows a graph library.

Plain dictionaries do for every figure the scores need: a library costs more to import than small systems cost to
measure. All walks are iterative, so a chain of any length is fine.
"""

from __future__ import annotations

import heapq
import importlib.util
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from topoplan.graph.centrality import betweenness_of_shallow
from topoplan.model.topology import Topology

if TYPE_CHECKING:
    import networkx

Edge = tuple[str, str]
"""(consumer, provider): the first depends on the second."""


class Depth(Struct, frozen=True):
    """Longest chain of services that call on to a service (`above`) and that it calls on to (`below`), in hops."""

    above: int
    below: int


class Placed(Struct, frozen=True):
    """A node in layer order. Layer 0 calls on nobody; `cycle` counts from 1, 0 for a node in no cycle."""

    node: str
    layer: int
    cycle: int


class _Condensation(Struct, frozen=True):
    """Strongly connected components, providers before their consumers, and the edges between them."""

    members: tuple[tuple[str, ...], ...]
    providers: tuple[tuple[int, ...], ...]


def digraph(topology: Topology) -> networkx.DiGraph[str]:
    """The topology as a networkx graph: one node per service, one edge consumer → provider per pair.

    Nodes carry `name`, `kind`, `technology`; edges carry `boundaries`, their ids as a tuple. Sorted by id.
    """
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for service in sorted(topology.services, key=lambda s: s.id):
        graph.add_node(service.id, name=service.name, kind=service.kind.value, technology=service.technology)
    for pair, ids in _by_pair(topology):
        graph.add_edge(*pair, boundaries=ids)
    return graph


def graphml(topology: Topology) -> Iterator[str]:
    """The lines of a GraphML document of `digraph`; boundary ids of one pair are joined by a space."""
    import networkx

    graph = digraph(topology)
    for _, _, data in graph.edges(data=True):
        data["boundaries"] = " ".join(data["boundaries"])
    yield from networkx.generate_graphml(graph)


def blast_radius(edges: Iterable[Edge]) -> dict[str, int]:
    """For each node, how many others depend on it directly or through others.

    Reachability as one big integer per component, or-ed along the condensation: 20,000 nodes take a fraction of a
    second where a search from every node takes minutes.
    """
    graph = _condense(edges)
    reach = [0] * len(graph.members)
    position = 0
    for index in range(len(graph.members) - 1, -1, -1):
        size = len(graph.members[index])
        reach[index] |= ((1 << size) - 1) << position
        position += size
        for provider in graph.providers[index]:
            reach[provider] |= reach[index]
    counts = {node: bits.bit_count() - 1 for nodes, bits in zip(graph.members, reach, strict=True) for node in nodes}
    return dict(sorted(counts.items()))


def sync_depth(edges: Iterable[Edge]) -> dict[str, Depth]:
    """For each node, the longest chain above and below it.

    A cycle of n services counts n − 1 hops, the longest walk that visits each once; so a further edge never makes a
    chain shorter.
    """
    graph = _condense(edges)
    inner = [len(nodes) - 1 for nodes in graph.members]
    below, above = inner.copy(), inner.copy()
    for index, providers in enumerate(graph.providers):
        below[index] += max((below[p] + 1 for p in providers), default=0)
    for index in range(len(graph.members) - 1, -1, -1):
        for provider in graph.providers[index]:
            above[provider] = max(above[provider], above[index] + 1 + inner[provider])
    depths = {node: Depth(above[i], below[i]) for i, nodes in enumerate(graph.members) for node in nodes}
    return dict(sorted(depths.items()))


def layered(edges: Iterable[Edge]) -> tuple[Placed, ...]:
    """All nodes so that consumers stand before their providers: by falling length of the longest chain below, then id.

    Only edges inside a cycle can point backwards; few do, since its members are ordered greedily, after Eades, Lin and
    Smyth's heuristic for feedback arcs (Inf. Process. Lett. 1993).
    """
    edges = sorted(set(edges))
    graph = _condense(edges)
    layer = [0] * len(graph.members)
    for index, providers in enumerate(graph.providers):
        layer[index] = max((layer[p] + 1 for p in providers), default=0)
    component = {node: index for index, nodes in enumerate(graph.members) for node in nodes}
    inner: dict[int, list[Edge]] = {}
    for consumer, provider in edges:
        if consumer != provider and component[consumer] == component[provider]:
            inner.setdefault(component[consumer], []).append((consumer, provider))
    order = sorted(range(len(graph.members)), key=lambda index: (-layer[index], graph.members[index]))
    cycles = {index: number for number, index in enumerate((i for i in order if i in inner), 1)}
    return tuple(
        Placed(node, layer[index], cycles.get(index, 0))
        for index in order
        for node in (_unwound(inner[index]) if index in inner else graph.members[index])
    )


def _unwound(edges: list[Edge]) -> list[str]:
    """The nodes of one cycle, those that call more than they are called first."""
    out: dict[str, list[str]] = {}
    into: dict[str, list[str]] = {}
    for consumer, provider in edges:
        out.setdefault(consumer, []).append(provider)
        into.setdefault(provider, []).append(consumer)
    surplus = {node: len(out[node]) - len(into[node]) for node in out}
    waiting = [(-value, node) for node, value in surplus.items()]
    heapq.heapify(waiting)
    order: list[str] = []
    while waiting:
        value, node = heapq.heappop(waiting)
        if surplus.get(node) != -value:  # placed already, or waiting again with another surplus
            continue
        del surplus[node]
        order.append(node)
        for other, change in [*((p, 1) for p in out[node]), *((c, -1) for c in into[node])]:
            if other in surplus:
                surplus[other] += change
                heapq.heappush(waiting, (-surplus[other], other))
    return order


def communities(edges: Iterable[Edge]) -> tuple[tuple[str, ...], ...]:
    """The nodes in groups with more edges inside than chance would give, sorted; edges given twice weigh twice.

    Louvain's method (Blondel et al., J. Stat. Mech. 2008) with a fixed seed; of a node without edges nothing is told.
    """
    import networkx

    weights = Counter((min(edge), max(edge)) for edge in edges)
    names = sorted({node for edge in weights for node in edge})
    numbers = {name: number for number, name in enumerate(names)}
    # Numbers, since the order of a set of strings differs from run to run.
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_weighted_edges_from((numbers[a], numbers[b], count) for (a, b), count in sorted(weights.items()))
    found = networkx.community.louvain_communities(graph, seed=0)
    return tuple(sorted(tuple(names[number] for number in sorted(members)) for members in found))


def fan_in(edges: Iterable[Edge]) -> dict[str, int]:
    """For each provider, how many different consumers it has."""
    consumers: dict[str, set[str]] = {}
    for consumer, provider in edges:
        consumers.setdefault(provider, set()).add(consumer)
    return {provider: len(found) for provider, found in sorted(consumers.items())}


def betweenness(edges: Iterable[Edge]) -> dict[str, float]:
    """For each node, the share (0–1) of the ordered pairs of other nodes whose shortest paths run through it, a pair
    with several of them counting by parts (Freeman, Sociometry 1977); exact.

    No score or report leans on it: among services, centrality says little of faults. It is there to be compared with.
    With the extra `graph` arrays are counted on, or by rustworkx where paths are long; else by networkx: seconds
    against an hour at 20,000 nodes. Six significant digits, as sums in another order differ in the last ones.
    """
    distinct = sorted(set(edges))
    names = sorted({node for edge in distinct for node in edge})
    numbers = {name: number for number, name in enumerate(names)}
    found = _betweenness(len(names), [(numbers[a], numbers[b]) for a, b in distinct if a != b])
    return {name: float(f"{found[number]:.6g}") for number, name in enumerate(names)}


def _betweenness(nodes: int, edges: list[tuple[int, int]]) -> Mapping[int, float]:
    if importlib.util.find_spec("numpy"):
        shares = betweenness_of_shallow(nodes, edges)
        if shares is not None:
            return dict(enumerate(shares))
    if importlib.util.find_spec("rustworkx"):
        import rustworkx

        fast: rustworkx.PyDiGraph[None, None] = rustworkx.PyDiGraph()
        fast.add_nodes_from([None] * nodes)
        fast.extend_from_edge_list(edges)
        return rustworkx.digraph_betweenness_centrality(fast)
    import networkx

    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(edges)
    return networkx.betweenness_centrality(graph)


def _by_pair(topology: Topology) -> list[tuple[Edge, tuple[str, ...]]]:
    pairs: dict[Edge, list[str]] = {}
    for boundary in sorted(topology.boundaries, key=lambda b: b.id):
        pairs.setdefault((boundary.consumer, boundary.provider), []).append(boundary.id)
    return [(pair, tuple(ids)) for pair, ids in sorted(pairs.items())]


def _adjacency(edges: Iterable[Edge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for consumer, provider in sorted(set(edges)):
        found.setdefault(consumer, []).append(provider)
        found.setdefault(provider, [])
    return found


def _condense(edges: Iterable[Edge]) -> _Condensation:
    """Tarjan's components (SIAM J. Comput. 1972) with an explicit stack; they come out providers first."""
    adjacency = _adjacency(edges)
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    place: dict[str, int] = {}
    component: dict[str, int] = {}
    members: list[tuple[str, ...]] = []
    open_nodes: list[str] = []
    for root in adjacency:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        place[root] = len(open_nodes)
        open_nodes.append(root)
        walk = [(root, iter(adjacency[root]))]
        while walk:
            node, successors = walk[-1]
            child = next((s for s in successors if s not in component), None)
            if child is None:
                walk.pop()
                if walk:
                    parent = walk[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    nodes = tuple(sorted(open_nodes[place[node] :]))
                    del open_nodes[place[node] :]
                    component.update(dict.fromkeys(nodes, len(members)))
                    members.append(nodes)
            elif child in order:
                low[node] = min(low[node], order[child])
            else:
                order[child] = low[child] = len(order)
                place[child] = len(open_nodes)
                open_nodes.append(child)
                walk.append((child, iter(adjacency[child])))
    providers = tuple(
        tuple(sorted({component[p] for n in nodes for p in adjacency[n]} - {index}))
        for index, nodes in enumerate(members)
    )
    return _Condensation(tuple(members), providers)
