"""Where the nodes and lines of the page's graph stand: computed once, so that every reader sees the same picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from subprocess import TimeoutExpired
from unicodedata import east_asian_width

from msgspec import Struct

from topoplan.graph import Group
from topoplan.model.changes import GoneBoundary
from topoplan.model.facts import Style
from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.html.aggregate import Edge

READABLE = 150
"""Nodes up to which the graph opens with every one of them; above, it opens collapsed by group."""

WHOLE_NODES = 2000
"""Above, the page shows groups and neighbourhoods alone, and nobody lays out the whole."""

CURVED_EFFORT, WHOLE_EFFORT = 5_000, 30_000
"""Layers crossed by all lines (see `effort`) up to which lines are curves around the nodes, and up to which there is a
layout at all: `dot` needs a few seconds at either bound. Not a time limit: what is written must not depend on speed."""

_TIME_LIMIT = 60.0
"""Seconds until `dot` is given up, far above what the bounds on effort allow."""

_MARGIN, _LONGEST = 30, 28
"""Around a node's name, in pixels, and the letters of it that are shown."""

_POINTS_PER_INCH = 72

Arrow = tuple[int, int]
"""From and to which node, by number."""


class Look(Struct, frozen=True):
    """Sizes in pixels: of a letter, of a node at least, between nodes of a layer, and between layers."""

    letter: float
    width: int
    height: int
    beside: int
    between: int


SERVICES, GROUPS = Look(7.2, 84, 40, 10, 65), Look(12.5, 220, 72, 14, 60)
"""Groups are few and have many lines: their nodes are large, to be read in a picture that is as large as its lines."""


class Placed(Struct, frozen=True):
    """A laid-out graph in pixels, y downwards. `nodes` are centres and widths; `lines` hold the points of Bézier
    curves: a start, then two control points and an end for each piece."""

    width: int
    height: int
    nodes: tuple[tuple[int, int, int], ...]
    lines: tuple[tuple[int, ...], ...]


def layout_document(
    report: Report, groups: Sequence[Group], edges: Iterable[Edge], *, part: bool = False
) -> dict[str, object]:
    """How the graph opens and where everything stands; `Layout` in web/src/graph/place.ts describes it. `part` tells
    that `report` lacks boundaries of the system, whose graph is never shown as if it were the whole.

    `whole` has all services, then those that are gone since the base, and all boundaries, then those gone; `groups` has
    the groups and a line for each of `pairs`, the numbers of two of them. Both are null where they were not laid out:
    the page does it itself then, or, if `aggregated`, never shows the whole.
    """
    names, arrows = _whole(report)
    fits = not part and len(names) <= WHOLE_NODES and effort(len(names), arrows) <= WHOLE_EFFORT
    grouped = len(groups) > 1
    return {
        "opens": "groups" if grouped and (len(names) > READABLE or not fits) else "all",
        "aggregated": not fits,
        "whole": _document(place(names, arrows, SERVICES)) if fits else None,
        **groups_document(groups, edges),
    }


def groups_document(groups: Sequence[Group], edges: Iterable[Edge]) -> dict[str, object]:
    """The keys `groups` and `pairs` of `layout_document`."""
    pairs = sorted({_arrow(edge["consumer"], edge["provider"], message=edge["message"]) for edge in edges})
    placed = place([group.name for group in groups], pairs, GROUPS) if len(groups) > 1 else None
    return {"groups": _document(placed), "pairs": pairs}


def place(names: Sequence[str], arrows: Sequence[Arrow], look: Look) -> Placed | None:
    """A layered layout, left to right; None where it is too much work, and without a working `dot`."""
    from graphviz import CalledProcessError, ExecutableNotFound
    from graphviz.backend.dot_command import command
    from graphviz.backend.execute import run_check

    work = effort(len(names), arrows)
    if work > WHOLE_EFFORT:
        return None
    source = "\n".join(_source(names, arrows, look, curved=work <= CURVED_EFFORT)).encode("ascii")
    try:
        done = run_check(command("dot", "plain"), input=source, capture_output=True, quiet=True, timeout=_TIME_LIMIT)
    except (ExecutableNotFound, CalledProcessError, TimeoutExpired):
        return None
    return _read(bytes(done.stdout).decode("ascii"), len(names), arrows)


def effort(count: int, arrows: Iterable[Arrow]) -> int:
    """How many layers the arrows among `count` nodes cross in all, arrows between the same two nodes counted once: what
    the time of a layered layout grows with. Few dense systems need more of it than many sparse ones."""
    ahead: list[list[int]] = [[] for _ in range(count)]
    for tail, head in sorted(set(arrows)):
        if tail != head:
            ahead[tail].append(head)
    order = _order(ahead)
    place_of = {node: at for at, node in enumerate(order)}
    layer = [0] * count
    forward = sorted(
        (min(place_of[tail], place_of[head]), max(place_of[tail], place_of[head]))
        for tail, heads in enumerate(ahead)
        for head in heads
    )
    for first, second in forward:
        layer[second] = max(layer[second], layer[first] + 1)
    return sum(layer[second] - layer[first] for first, second in forward)


def _order(ahead: Sequence[Sequence[int]]) -> list[int]:
    """Nodes so that most arrows point forward: all but those that close a cycle."""
    done: list[int] = []
    seen = [False] * len(ahead)
    for start in range(len(ahead)):
        stack = [] if seen[start] else [(start, iter(ahead[start]))]
        seen[start] = True
        while stack:
            node, heads = stack[-1]
            following = next((head for head in heads if not seen[head]), None)
            if following is None:
                done.append(node)
                stack.pop()
            else:
                seen[following] = True
                stack.append((following, iter(ahead[following])))
    return done[::-1]


def _whole(report: Report) -> tuple[list[str], list[Arrow]]:
    nodes = {service.id: service.name for service in report.topology.services}
    boundaries: list[Boundary | GoneBoundary] = [*report.topology.boundaries]
    if report.changes:
        nodes |= {gone.id: gone.name for gone in report.changes.services_removed}
        boundaries += report.changes.boundaries_removed
    number = {node: at for at, node in enumerate(nodes)}
    arrows = [_arrow(number[it.consumer], number[it.provider], message=it.style is Style.MESSAGE) for it in boundaries]
    return list(nodes.values()), arrows


def _arrow(consumer: int, provider: int, *, message: bool) -> Arrow:
    """An arrow points along the call, or along the messages."""
    return (provider, consumer) if message else (consumer, provider)


def _source(names: Sequence[str], arrows: Iterable[Arrow], look: Look, *, curved: bool) -> Iterable[str]:
    yield "digraph {"
    # The bounds on rounds make large graphs ten times quicker without a difference to the eye; the ratio spreads the
    # layers of a large system over the screen instead of piling them up.
    yield (
        f"graph [rankdir=LR, nodesep={_inches(look.beside)}, ranksep={_inches(look.between)}, ratio=0.45, "
        f"nslimit=1, nslimit1=1, mclimit=0.1, splines={'true' if curved else 'line'}];"
    )
    yield f'node [shape=box, fixedsize=true, label="", height={_inches(look.height)}];'
    yield "edge [arrowhead=none];"
    for at, name in enumerate(names):
        yield f"n{at} [width={_inches(_width(name, look))}];"
    for tail, head in arrows:
        yield f"n{tail} -> n{head};"
    yield "}"


def _width(name: str, look: Look) -> int:
    cells = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)
    return max(look.width, round(min(cells, _LONGEST) * look.letter) + _MARGIN)


def _inches(pixels: int) -> str:
    return f"{pixels / _POINTS_PER_INCH:.3f}"


def _read(text: str, count: int, arrows: Sequence[Arrow]) -> Placed:
    """The `plain` format: inches, y upwards; lines between the same two nodes in any order, which are alike."""
    scale = height = 0.0
    width = 0.0
    nodes = [(0, 0, 0)] * count
    lines: dict[Arrow, list[tuple[int, ...]]] = {}
    for kind, *words in map(str.split, text.splitlines()):
        if kind == "graph":
            scale, width, height = float(words[0]) * _POINTS_PER_INCH, float(words[1]), float(words[2])
        elif kind == "node":
            x, y, wide = (float(word) for word in words[1:4])
            nodes[int(words[0][1:])] = (round(x * scale), round((height - y) * scale), round(wide * scale))
        elif kind == "edge":
            figures = [float(word) for word in words[3 : 3 + 2 * int(words[2])]]
            points = [round((height - value if at % 2 else value) * scale) for at, value in enumerate(figures)]
            lines.setdefault((int(words[0][1:]), int(words[1][1:])), []).append(tuple(points))
    found = tuple(lines[arrow].pop(0) for arrow in arrows)
    return Placed(round(width * scale), round(height * scale), tuple(nodes), found)


def _document(placed: Placed | None) -> dict[str, object] | None:
    if placed is None:
        return None
    return {"width": placed.width, "height": placed.height, "nodes": placed.nodes, "lines": placed.lines}
