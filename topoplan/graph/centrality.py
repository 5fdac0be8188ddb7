"""Exact betweenness of a large and shallow graph, as a system of services is: a few operations on arrays per source.

Brandes' sums (Journal of Mathematical Sociology 2001) over the edges of the shortest paths alone, which for 64 sources
at a time are found by one breadth-first search with a bit for each (Then et al., VLDB 2014).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.intp]
    Figures = NDArray[np.float64]

DEEPEST = 64
"""Most calls in a row on a shortest path: every one costs a walk over all nodes, so that a long chain is slow here."""

_SOURCES = 64


def betweenness_of_shallow(nodes: int, edges: list[tuple[int, int]]) -> list[float] | None:
    """The share (0–1) of the ordered pairs of other nodes whose shortest paths run through each of `nodes`, numbered
    from 0; None where a shortest path is longer than `DEEPEST`. `edges` are distinct, without loops. Needs numpy."""
    import numpy as np

    if nodes < 3 or not edges:
        return [0.0] * nodes
    pairs = np.array(sorted(edges, key=lambda edge: edge[1]), dtype=np.intp)
    graph = _Graph(nodes, np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]))
    total = np.zeros(nodes)
    for first in range(0, nodes, _SOURCES):
        sources = np.arange(first, min(first + _SOURCES, nodes))
        nearness = graph.nearness(sources)
        if nearness is None:
            return None
        for source, near in zip(sources, nearness, strict=True):
            total += graph.dependencies(int(source), near)
    shares: list[float] = (total / ((nodes - 1) * (nodes - 2))).tolist()
    return shares


class _Graph:
    """Edges by their heads."""

    def __init__(self, nodes: int, tails: Numbers, heads: Numbers) -> None:
        import numpy as np

        self._nodes = nodes
        self._tails = tails
        self._heads = heads
        self._entered, self._starts = np.unique(heads, return_index=True)

    def nearness(self, sources: Numbers) -> NDArray[np.uint8] | None:
        """How near each node (column) is to each source (row): falls by one with each hop, 0 where no path leads; None
        where there are more than `DEEPEST` hops."""
        import numpy as np

        seen = np.zeros(self._nodes, "<u8")
        seen[sources] = np.uint64(1) << np.arange(len(sources), dtype=np.uint64)
        found, near = seen, np.zeros((self._nodes, _SOURCES), np.uint8)
        for _ in range(DEEPEST + 1):
            near += np.unpackbits(seen.view(np.uint8), bitorder="little").reshape(near.shape)
            reached = np.zeros_like(seen)
            reached[self._entered] = np.bitwise_or.reduceat(found[self._tails], self._starts)
            found = reached & ~seen
            if not found.any():
                return np.ascontiguousarray(near.T[: len(sources)])
            seen |= found
        return None

    def dependencies(self, source: int, near: NDArray[np.uint8]) -> Figures:
        """Of each node but the source: over all nodes, the share of the shortest paths there that run through it."""
        import numpy as np

        # Edges of shortest paths, those that lead furthest away first. An edge from where no path leads into the
        # source would seem to be one if its nearness, at most DEEPEST + 1, were the largest number of a byte.
        tail_near = near.take(self._tails)
        on_path = np.flatnonzero(tail_near - near.take(self._heads) == 1)
        tail_near = tail_near.take(on_path)
        on_path = on_path.take(tail_near.argsort(kind="stable"))
        tails, heads = self._tails.take(on_path), self._heads.take(on_path)
        ends = np.bincount(tail_near).cumsum().tolist()
        hops = [(tails[first:end], heads[first:end]) for first, end in pairwise(ends) if first < end]

        paths = np.zeros(self._nodes)
        paths[source] = 1
        for tail, head in reversed(hops):
            paths += np.bincount(head, paths.take(tail), self._nodes)
        # dependency / paths of a node is the sum of (1 + dependency) / paths of the nodes after it.
        single = np.divide(1.0, paths, out=np.zeros(self._nodes), where=paths > 0)
        shares = np.zeros(self._nodes)
        for tail, head in hops:
            shares += np.bincount(tail, single.take(head) + shares.take(head), self._nodes)
        shares[source] = 0
        shares *= paths
        return shares
