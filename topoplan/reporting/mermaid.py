"""The topology as a Mermaid flowchart, as GitHub and GitLab draw it inside Markdown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import IO

from topoplan.model.facts import NodeKind
from topoplan.model.report import Report
from topoplan.reporting import Style, legend
from topoplan.reporting.atlas import atlas
from topoplan.reporting.drawing import Arrow, Drawing, Mark, Node
from topoplan.reporting.figures import Band
from topoplan.reporting.signs import GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, YELLOW

LARGEST = 40
"""Most nodes of a diagram that has a place in a comment; Mermaid spreads them more than Graphviz does."""

MAX_EDGES, MAX_TEXT = 500, 50_000
"""Mermaid's `maxEdges` and `maxTextSize`, which GitHub leaves as they are: beyond, an error is drawn instead."""

_SHAPES = {
    None: ("[/", "\\]"),
    NodeKind.SERVICE: ("(", ")"),
    NodeKind.GATEWAY: ("{{", "}}"),
    NodeKind.DATASTORE: ("[(", ")]"),
    NodeKind.BROKER: ("[[", "]]"),
    NodeKind.EXTERNAL: ("[", "]"),
}
_WIDTHS = {Band.HIGH: 4, Band.MEDIUM: 3, Band.LOW: 2, None: 1}
_CLASSES = {
    "external": "stroke-dasharray:4 3",
    "faint": f"stroke:{GREY},stroke-dasharray:1 2",
    "gone": f"stroke:{GREY},stroke-dasharray:2 4,color:{GREY}",
    "key": "fill:none,stroke:none,text-align:left",
    "new": "stroke-width:4px",
}
_COLOR_NAMES = {
    GREEN: "green",
    SKY: "blue",
    YELLOW: "yellow",
    ORANGE: "orange",
    PURPLE: "purple",
    VERMILLION: "red",
    GREY: "grey",
    legend.PALE: "pale",
}
# Letters, digits and spaces are plain; a hyphen or underscore too, but only inside a word, where no Markdown sees it.
_SPECIAL = re.compile(r"(?!(?<=[^\W_])[-_](?=[^\W_]))[!-/:-@\[-`{-~]")


def write(report: Report, out: IO[str], style: Style) -> None:
    """A flowchart from left to right; ids are synthetic, labels written with entity codes. What is too large for
    Mermaid, or to be read, is shown by group."""
    for largest in (LARGEST, 0):
        drawing = atlas(report, largest=largest, by_domain=style.by_domain).overview
        text = source(drawing)
        if len(drawing.arrows) <= MAX_EDGES and len(text) <= MAX_TEXT:
            break
    out.write(text)


def source(drawing: Drawing) -> str:
    """The Mermaid text of a drawing."""
    lines = ["flowchart LR", *map(_node, drawing.nodes)]
    for cluster in drawing.clusters:
        lines += [f'  subgraph {cluster.id}["{escaped(cluster.name)}"]', f"    {' & '.join(cluster.nodes)}", "  end"]
    lines += (_arrow(arrow, dense=drawing.dense) for arrow in drawing.arrows)
    lines += _key(drawing)
    lines += _looks(drawing)
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """`text` as a label: punctuation as Mermaid's `#code;`, but for hyphens and underscores inside words."""
    text = text.replace("\\n", "∖n")  # Mermaid makes a line break of it, however it is written
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", text)


def _node(node: Node) -> str:
    opening, closing = _SHAPES[node.kind]
    lines = (node.name, *node.captions, *((node.mark.value,) if node.mark else ()))
    return f'  {node.id}{opening}"{"<br/>".join(map(escaped, lines))}"{closing}'


def _arrow(arrow: Arrow, *, dense: bool) -> str:
    # Mermaid has no hollow head: a round one stands for messages.
    head = "o" if arrow.message else ">"
    line = "-.-" if arrow.dashed or arrow.mark is Mark.GONE else "--"
    captions = () if arrow.faint and not arrow.mark else arrow.captions
    if dense:
        captions = (str(arrow.count),) if arrow.count > 1 else ()
    caption = "<br/>".join(map(escaped, captions))
    words = f'|"{caption}"|' if caption else ""
    return f"  {arrow.tail} {line}{head}{words} {arrow.head}"


def _key(drawing: Drawing) -> Iterator[str]:
    """A node that tells what the looks mean."""
    colors = ", ".join(f"{_COLOR_NAMES[color]} {meaning}" for color, meaning in legend.colors(drawing))
    words = (line.replace("hollow head", "round head") for line in legend.words(drawing))
    lines = [line for line in (drawing.remark, colors, *words) if line]
    if lines:
        yield f'  key["{"<br/>".join(map(escaped, lines))}"]'
        yield "  class key key"


def _looks(drawing: Drawing) -> Iterator[str]:
    """Classes of nodes and styles of arrows, each said once for all that share it."""
    classes: dict[str, list[str]] = defaultdict(list)
    for node in drawing.nodes:
        if look := node.mark or ("faint" if node.faint else "external" if node.kind is NodeKind.EXTERNAL else ""):
            classes[look].append(node.id)
    for look, nodes in sorted(classes.items()):
        yield f"  class {','.join(nodes)} {look}"
    for look in sorted({*classes, *(("key",) if drawing.nodes else ())}):
        yield f"  classDef {look} {_CLASSES[look]}"
    styles: dict[str, list[str]] = defaultdict(list)
    for number, arrow in enumerate(drawing.arrows):
        styles[_style(arrow, legend.color_of(arrow, drawing))].append(str(number))
    for style, numbers in sorted(styles.items()):
        yield f"  linkStyle {','.join(numbers)} {style}"


def _style(arrow: Arrow, color: str) -> str:
    if arrow.faint or arrow.mark is Mark.GONE:
        return f"stroke:{GREY},stroke-width:1px"
    return f"stroke:{color},stroke-width:{_WIDTHS[arrow.band]}px"
