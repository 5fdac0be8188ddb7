"""Blast radius and betweenness are networkx's figures on any graph, in whatever order its edges come."""

import random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.graph.metrics import betweenness, blast_radius

NODES = st.sampled_from([f"s{n}" for n in range(12)])
EDGES = st.lists(st.tuples(NODES, NODES), max_size=40)


@given(EDGES)
def test_blast_radius_is_the_number_of_ancestors(edges: list[tuple[str, str]]) -> None:
    graph = nx.DiGraph(edges)
    assert blast_radius(edges) == {node: len(nx.ancestors(graph, node)) for node in graph}


@given(EDGES)
def test_betweenness_is_that_of_networkx(edges: list[tuple[str, str]]) -> None:
    assert betweenness(edges) == pytest.approx(nx.betweenness_centrality(nx.DiGraph(edges)), rel=1e-5)


@given(EDGES, st.randoms())
def test_the_order_of_the_edges_does_not_matter(edges: list[tuple[str, str]], order: random.Random) -> None:
    shuffled = list(edges)
    order.shuffle(shuffled)
    assert betweenness(shuffled) == betweenness(edges)
    assert blast_radius(shuffled) == blast_radius(edges)
