"""The topology as a Mermaid flowchart, as GitHub and GitLab draw it inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from topoplan.model.facts import NodeKind
from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.drawing import BAND_COLORS, Arrow, Node, draw
from topoplan.reporting.figures import Band

MAX_EDGES = 500
"""Mermaid's default `maxEdges`: more arrows are not drawn unless the page configures it."""

_SHAPES = {
    NodeKind.SERVICE: ("(", ")"),
    NodeKind.GATEWAY: ("{{", "}}"),
    NodeKind.DATASTORE: ("[(", ")]"),
    NodeKind.BROKER: ("[[", "]]"),
    NodeKind.EXTERNAL: ("[", "]"),
}
# Letters, digits and spaces are plain; a hyphen or underscore too, but only inside a word, where no Markdown sees it.
_SPECIAL = re.compile(r"(?!(?<=[^\W_])[-_](?=[^\W_]))[!-/:-@\[-`{-~]")


def write(report: Report, out: IO[str], style: Style) -> None:
    """A flowchart from left to right; ids are synthetic, labels written with entity codes."""
    del style
    drawing = draw(report)
    lines = ["flowchart LR"]
    if len(drawing.arrows) > MAX_EDGES:
        lines.append(f"  %% {len(drawing.arrows)} arrows: set maxEdges in the Mermaid configuration to draw them")
    lines += [_node(node) for node in drawing.nodes]
    lines += [_arrow(arrow) for arrow in drawing.arrows]
    lines += _classes(drawing.nodes, drawing.arrows)
    out.write("\n".join(lines) + "\n")


def escaped(text: str) -> str:
    """`text` as a label: punctuation as Mermaid's `#code;`, but for hyphens and underscores inside words."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", text)


def _node(node: Node) -> str:
    opening, closing = _SHAPES[node.kind]
    caption = f"<br/>{escaped(node.caption)}" if node.caption else ""
    return f'  {node.id}{opening}"{escaped(node.name)}{caption}"{closing}'


def _arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.dashed else "-->"
    if arrow.beside:
        return f"  {arrow.tail} {line} {arrow.head}"
    caption = "<br/>".join(map(escaped, arrow.captions))
    return f"  {arrow.tail} {line}{f'|{chr(34)}{caption}{chr(34)}|' if caption else ''} {arrow.head}"


def _classes(nodes: tuple[Node, ...], arrows: tuple[Arrow, ...]) -> Iterator[str]:
    outside = [node.id for node in nodes if node.kind is NodeKind.EXTERNAL]
    if outside:
        yield "  classDef external stroke-dasharray: 4 3"
        yield f"  class {','.join(outside)} external"
    for band in Band:
        numbers = [str(number) for number, arrow in enumerate(arrows) if arrow.band is band and not arrow.beside]
        if numbers:
            width = {Band.HIGH: 4, Band.MEDIUM: 3, Band.LOW: 2}[band]
            yield f"  linkStyle {','.join(numbers)} stroke:{BAND_COLORS[band]},stroke-width:{width}px"
