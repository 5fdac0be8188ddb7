"""How fast the measures of the graph are on a random system of 20,000 services and 100,000 calls, against networkx.

    python tests/benchmarks/bench_graph.py [SERVICES]

Prints the ratio of networkx's time to ours for the blast radius of every node (target at 20,000: at least 1,000) and
for exact betweenness (at least 50; needs the extra `graph`), and ends with 1 when a target is missed. networkx would
take an hour: it is run from a sample of the nodes and scaled up to all, since both of its ways do one walk a node. The
best of three runs in turn counts. All of them are on one processor, so that a busy machine slows them alike.
"""

from __future__ import annotations

import random
import sys
from time import perf_counter, process_time

import networkx as nx

from topoplan.graph.metrics import Edge, betweenness, blast_radius, layered, sync_depth

SAMPLE = 20
RUNS = 3
TARGETS = {"blast radius": 1_000, "betweenness": 50}


def random_edges(services: int, rng: random.Random) -> list[Edge]:
    names = [f"s{n:05}" for n in range(services)]
    edges = {(rng.choice(names), rng.choice(names)) for _ in range(5 * services)}
    return sorted(edge for edge in edges if edge[0] != edge[1])


def radius_ratio(edges: list[Edge], rng: random.Random) -> float:
    spent = []
    for _ in range(RUNS):
        start = perf_counter()
        radius = blast_radius(edges)
        spent.append(perf_counter() - start)
    ours = sorted(spent)[RUNS // 2]
    graph = nx.DiGraph(edges)
    sample = rng.sample(sorted(graph), SAMPLE)
    start = perf_counter()
    found = {node: len(nx.ancestors(graph, node)) for node in sample}
    theirs = (perf_counter() - start) * len(graph) / SAMPLE
    if found != {node: radius[node] for node in sample}:
        raise SystemExit("blast radius differs from networkx")
    return told("blast radius", ours, theirs)


def betweenness_ratio(edges: list[Edge]) -> float:
    small = random_edges(200, random.Random(2))
    expected = nx.betweenness_centrality(nx.DiGraph(small))
    if any(abs(share - expected[node]) > 1e-6 for node, share in betweenness(small).items()):
        raise SystemExit("betweenness differs from networkx")
    graph = nx.DiGraph(edges)
    ours, theirs = [], []
    for seed in range(RUNS):
        start = process_time()
        betweenness(edges)
        ours.append(process_time() - start)
        start = process_time()
        nx.betweenness_centrality(graph, k=SAMPLE, seed=seed)
        theirs.append((process_time() - start) * len(graph) / SAMPLE)
    return told("betweenness", min(ours), min(theirs))


def told(what: str, ours: float, theirs: float) -> float:
    ratio = theirs / ours
    print(f"{what:<13} {ours:8.2f} s, networkx about {theirs:7,.0f} s: {ratio:6,.0f}× (target {TARGETS[what]:,}×)")
    return ratio


if __name__ == "__main__":
    generator = random.Random(1)
    graph_edges = random_edges(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, generator)
    print(f"{len(graph_edges):,} edges")
    ratios = {
        "blast radius": radius_ratio(graph_edges, generator),
        "betweenness": betweenness_ratio(graph_edges),
    }
    for measure in (sync_depth, layered):
        begun = perf_counter()
        measure(graph_edges)
        print(f"{measure.__name__:<13} {perf_counter() - begun:8.2f} s")
    sys.exit(any(ratio < TARGETS[what] for what, ratio in ratios.items()))
