"""The measures of the graph against networkx, and on shapes that break naive walks."""

import random
import subprocess
import sys
import xml.etree.ElementTree as ET

import networkx as nx
import pytest

from topoplan.graph.centrality import DEEPEST, betweenness_of_shallow
from topoplan.graph.metrics import (
    Depth,
    Placed,
    betweenness,
    blast_radius,
    digraph,
    fan_in,
    graphml,
    layered,
    sync_depth,
)
from topoplan.model.facts import NodeKind, Style
from topoplan.model.topology import Boundary, Service, Topology


def _random_edges(seed: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    return [(f"s{rng.randrange(30)}", f"s{rng.randrange(30)}") for _ in range(rng.randrange(1, 70))]


@pytest.mark.parametrize("seed", range(20))
def test_blast_radius_is_the_number_of_ancestors(seed: int) -> None:
    edges = _random_edges(seed)
    graph = nx.DiGraph(edges)
    assert blast_radius(edges) == {node: len(nx.ancestors(graph, node)) for node in sorted(graph)}


@pytest.mark.parametrize("seed", range(20))
def test_depth_on_a_graph_without_cycles_is_the_longest_path(seed: int) -> None:
    edges = [(min(e), max(e)) for e in _random_edges(seed) if e[0] != e[1]]
    graph = nx.DiGraph(edges)
    for node, depth in sync_depth(edges).items():
        assert depth.below == nx.dag_longest_path_length(graph.subgraph(nx.descendants(graph, node) | {node}))
        assert depth.above == nx.dag_longest_path_length(graph.subgraph(nx.ancestors(graph, node) | {node}))


@pytest.mark.parametrize("engine", ["numpy", "rustworkx", "networkx"])
@pytest.mark.parametrize("seed", range(10))
def test_betweenness_is_that_of_networkx_with_any_library(
    seed: int, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "networkx":
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    else:
        pytest.importorskip("rustworkx", reason="the extra `graph` is not installed")
        monkeypatch.setattr("importlib.util.find_spec", lambda name: name == engine or None)
    edges = _random_edges(seed)
    graph = nx.DiGraph(edges)
    found = betweenness([*edges, *edges])
    assert list(found) == sorted(graph)
    assert found == pytest.approx(nx.betweenness_centrality(graph), rel=1e-5)


@pytest.mark.parametrize("calls", [1, 3, 12])
def test_betweenness_on_arrays_counts_many_sources_and_paths(calls: int) -> None:
    pytest.importorskip("numpy", reason="the extra `graph` is not installed")
    rng = random.Random(calls)
    edges = sorted({(rng.randrange(150), rng.randrange(150)) for _ in range(150 * calls)})
    edges = [(tail, head) for tail, head in edges if tail != head]
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(150))
    expected = nx.betweenness_centrality(graph)
    found = betweenness_of_shallow(150, edges)
    assert found == pytest.approx([expected[node] for node in range(150)], rel=1e-12)
    assert all(found[node] == 0 for node in graph if expected[node] == 0)


@pytest.mark.parametrize(("hops", "shallow"), [(DEEPEST, True), (DEEPEST + 1, False)])
def test_betweenness_of_long_chains_is_left_to_a_library(hops: int, shallow: bool) -> None:
    pytest.importorskip("rustworkx", reason="the extra `graph` is not installed")
    chain = [(number, number + 1) for number in range(hops)]
    assert (betweenness_of_shallow(hops + 1, chain) is not None) is shallow
    found = betweenness((f"{tail:03}", f"{head:03}") for tail, head in chain)
    assert found == pytest.approx({f"{n:03}": n * (hops - n) / (hops * (hops - 1)) for n in range(hops + 1)}, rel=1e-5)


def test_betweenness_of_a_chain_and_of_two_ways() -> None:
    assert betweenness([("a", "b"), ("b", "c"), ("c", "c")]) == {"a": 0.0, "b": 0.5, "c": 0.0}
    ways = betweenness([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    assert ways["b"] == ways["c"] == pytest.approx(0.5 / 6, rel=1e-5)
    assert betweenness([]) == {}


def test_depth_of_a_cycle_counts_each_member_once() -> None:
    edges = [("gate", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "store")]
    assert sync_depth(edges)["gate"] == Depth(above=0, below=4)
    assert sync_depth(edges)["a"] == Depth(above=3, below=3)


def test_another_edge_never_makes_a_chain_shorter() -> None:
    chain = [(f"s{i}", f"s{i + 1}") for i in range(6)]
    before, after = sync_depth(chain), sync_depth([*chain, ("s4", "s1")])
    assert all(after[n].below >= before[n].below and after[n].above >= before[n].above for n in before)


def test_a_very_long_chain_of_small_cycles_does_not_recurse() -> None:
    chain = [(f"s{i}", f"s{i + 1}") for i in range(5000)]
    back = [(f"s{i + 1}", f"s{i}") for i in range(0, 5000, 3)]
    assert blast_radius(chain + back)["s5000"] == 5000


def test_fan_in_counts_consumers_once() -> None:
    assert fan_in([("a", "c"), ("b", "c"), ("a", "c")]) == {"c": 2}


@pytest.mark.parametrize("seed", range(20))
def test_layers_put_every_consumer_before_its_providers_but_inside_cycles(seed: int) -> None:
    edges = [edge for edge in _random_edges(seed) if edge[0] != edge[1]]
    placed = layered(edges)
    place = {p.node: number for number, p in enumerate(placed)}
    cycle = {p.node: p.cycle for p in placed}
    layer = {p.node: p.layer for p in placed}
    assert sorted(place) == sorted({node for edge in edges for node in edge})
    for consumer, provider in edges:
        if cycle[consumer] and cycle[consumer] == cycle[provider]:
            assert layer[consumer] == layer[provider]
        else:
            assert place[consumer] < place[provider]
            assert layer[consumer] > layer[provider]


def test_layers_count_cycles_and_break_a_ring_at_one_edge() -> None:
    ring = [("c", "b"), ("b", "a"), ("a", "c"), ("g", "c"), ("a", "db"), ("db", "db")]
    placed = layered(ring)
    assert placed[0] == Placed("g", 2, 0)
    assert [(p.node, p.cycle) for p in placed[1:4]] == [("a", 1), ("c", 1), ("b", 1)]
    assert placed[4] == Placed("db", 0, 0)


def test_layers_of_a_large_cycle_take_no_time_to_speak_of() -> None:
    ring = [(f"s{n:05}", f"s{(n + 1) % 20_000:05}") for n in range(20_000)]
    assert len(layered(ring)) == 20_000


def test_no_edges_are_no_figures() -> None:
    assert (blast_radius([]), sync_depth([]), fan_in([])) == ({}, {}, {})


def _topology() -> Topology:
    return Topology(
        services=(Service("b", "B <&>", NodeKind.DATASTORE, technology="redis"), Service("a", "A", NodeKind.GATEWAY)),
        boundaries=(
            Boundary("a->b/redis", "a", "b", Style.RESOURCE, "redis"),
            Boundary("a->b/http", "a", "b", Style.SYNC, "http"),
        ),
    )


def test_digraph_points_from_consumer_to_provider_with_all_boundaries_of_the_pair() -> None:
    graph = digraph(_topology())
    assert list(graph.nodes(data=True)) == [
        ("a", {"name": "A", "kind": "gateway", "technology": ""}),
        ("b", {"name": "B <&>", "kind": "datastore", "technology": "redis"}),
    ]
    assert list(graph.edges(data=True)) == [("a", "b", {"boundaries": ("a->b/http", "a->b/redis")})]


def test_graphml_reads_back() -> None:
    text = "\n".join(graphml(_topology()))
    ET.fromstring(text)
    back = nx.parse_graphml(text)
    assert back.nodes["b"]["name"] == "B <&>"
    assert back.edges["a", "b"]["boundaries"] == "a->b/http a->b/redis"


def test_measuring_imports_no_graph_library() -> None:
    code = (
        "import sys; from topoplan.graph.metrics import blast_radius, sync_depth; blast_radius([('a', 'b')]); "
        "sync_depth([('a', 'b')]); print([m for m in ('networkx', 'rustworkx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
