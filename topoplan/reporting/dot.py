"""A drawing as Graphviz source: one look for `dot`, `svg`, `png` and `pdf`."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import IO

from topoplan.model.facts import NodeKind
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.reporting import Style, legend
from topoplan.reporting.drawing import Arrow, Cluster, Drawing, Mark, Node, draw
from topoplan.reporting.figures import Band

LARGE = 250
"""Nodes or arrows from which the layout is made cheaper: straight lines, fewer rounds of improvement."""

_WIDE = 'margin="0.16,0.08"'
_DENSE = 'margin="0.08,0.03", width=0.1, height=0.1'

_FONT = "Helvetica,Arial,sans-serif"
_INK, _GREY = "#1F2933", "#5B6570"
_SHAPES = {
    None: 'shape=folder, style=filled, fillcolor="#EDF0F3", color="#5B6570"',
    NodeKind.SERVICE: 'shape=box, style="rounded,filled", fillcolor="#EAF1FB", color="#3B6EA5"',
    NodeKind.GATEWAY: 'shape=hexagon, style=filled, fillcolor="#E3F4EE", color="#00795B"',
    NodeKind.DATASTORE: 'shape=cylinder, style=filled, fillcolor="#F3F1EA", color="#7D7352"',
    NodeKind.BROKER: 'shape=cds, style=filled, fillcolor="#F7ECF3", color="#A3527F"',
    NodeKind.EXTERNAL: 'shape=box, style="dashed,filled", fillcolor="#FFFFFF", color="#5B6570"',
}
_OUTLINES = {None: "folder", NodeKind.GATEWAY: "hexagon", NodeKind.DATASTORE: "cylinder", NodeKind.BROKER: "cds"}
_FAINT = "#C3C9D0"
_WIDTHS = {Band.HIGH: "4", Band.MEDIUM: "2.6", Band.LOW: "1.5", None: "1.2"}


def write(report: Report, out: IO[str], style: Style) -> None:
    """Valid DOT whatever the names: ids are synthetic, labels escaped."""
    out.write(source(draw(report, by_domain=style.by_domain)))


def source(drawing: Drawing) -> str:
    """The DOT text of a drawing."""
    dense = drawing.dense
    lines = [
        "digraph topology {",
        f"  graph [{_graph_attributes(drawing)}];",
        f'  node [fontname="{_FONT}", fontsize=12, fontcolor="{_INK}", penwidth=1.3, {_DENSE if dense else _WIDE}];',
        f'  edge [fontname="{_FONT}", fontsize=9, fontcolor="{_INK}", arrowsize={0.6 if dense else 0.8}];',
        *(_node(node, dense=dense) for node in drawing.nodes),
        *(_cluster(cluster) for cluster in drawing.clusters),
        *(_arrow(arrow, legend.color_of(arrow, drawing), captioned=not dense) for arrow in drawing.arrows),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _graph_attributes(drawing: Drawing) -> str:
    # Ranks across clusters keep arrows with words apart; without words ranks within clusters are more compact.
    room = "nodesep=0.05, ranksep=0.5" if drawing.dense else "nodesep=0.25, ranksep=0.7, newrank=true"
    common = (
        f'rankdir=LR, bgcolor=white, pad=0.3, {room}, fontname="{_FONT}", fontsize=10, fontcolor="{_INK}", '
        f'labelloc=t, labeljust=l, label=<{_legend(drawing)}>, tooltip="{_quoted(drawing.title)}"'
    )
    large = max(len(drawing.nodes), len(drawing.arrows)) > LARGE
    return f"{common}, splines=line, nslimit=1, mclimit=0.1" if large else common


def _node(node: Node, *, dense: bool) -> str:
    # Shapes tell kinds: where there is little room, only what a group holds is worth a line.
    lines = [*(() if dense and node.kind else node.captions), *((node.mark.value,) if node.mark else ())]
    captions = "".join(f'<BR/><FONT POINT-SIZE="9" COLOR="{_GREY}">{_html(line)}</FONT>' for line in lines)
    kind = " · ".join(node.captions) or (node.kind.value if node.kind else "group")
    attributes = [
        f"id={node.id}",
        _look(node, dense=dense),
        f"label=<<B>{_html(node.name)}</B>{captions}>",
        f'tooltip="{_quoted(f"{node.name} ({kind})")}"',
        *((f'URL="{_quoted(node.link)}"',) if node.link else ()),
    ]
    return f"  {node.id} [{', '.join(attributes)}];"


def _look(node: Node, *, dense: bool) -> str:
    outline = _OUTLINES.get(node.kind, "box")
    if node.mark is Mark.GONE:
        return f'shape={outline}, style="rounded,dotted", color="{_GREY}", fontcolor="{_GREY}"'
    if node.faint:
        rounded = "rounded," if outline == "box" else ""
        return f'shape={outline}, style="{rounded}filled", fillcolor="#F5F6F7", color="{_FAINT}"'
    room = ', margin="0.25,0.14"' if node.kind is NodeKind.BROKER and not dense else ""
    return _SHAPES[node.kind] + room + (", penwidth=3.5" if node.mark else "")


def _cluster(cluster: Cluster) -> str:
    look = f'label=<<B>{_html(cluster.name)}</B>>, style=rounded, color="{_FAINT}", bgcolor="#FAFBFC"'
    font = f'fontname="{_FONT}", fontsize=11, fontcolor="{_GREY}", labeljust=l, labelloc=t, margin=14'
    attributes = f'id={cluster.id}, {look}, {font}, tooltip="{_quoted(cluster.name)}"'
    return f"  subgraph cluster_{cluster.id} {{ graph [{attributes}]; {'; '.join(cluster.nodes)} }}"


def _arrow(arrow: Arrow, color: str, *, captioned: bool) -> str:
    attributes = [f"id={arrow.id}", f'tooltip="{_quoted(" · ".join((arrow.title, *arrow.captions)))}"']
    if arrow.mark is Mark.GONE:
        attributes.append(f'color="{_GREY}", fontcolor="{_GREY}", penwidth=1.2, style=dotted')
    elif arrow.faint:
        attributes.append(f'color="{_FAINT}", penwidth=0.8')
    else:
        attributes.append(f'color="{color}", penwidth={_WIDTHS[arrow.band]}')
    if arrow.mark is Mark.NEW:
        attributes.append(f'style="bold{",dashed" if arrow.dashed else ""}"')
    elif arrow.dashed:
        attributes.append("style=dashed")
    if arrow.message:
        attributes.append("arrowhead=onormal")
    if captioned and (arrow.mark or not arrow.faint):
        # A cell rather than bare lines: its padding keeps the text off the line.
        text = "<BR/>".join(map(_caption, arrow.captions)) or " "
        attributes.append(f'label=<<TABLE BORDER="0" CELLPADDING="3"><TR><TD>{text}</TD></TR></TABLE>>')
    elif arrow.count > 1 and not captioned:
        attributes.append(f'label="{arrow.count}"')
    return f"  {arrow.tail} -> {arrow.head} [{', '.join(attributes)}];"


def _caption(line: str) -> str:
    return f"<B>{line}</B>" if line == Mark.NEW else _html(line)


def _legend(drawing: Drawing) -> str:
    """Title and key as one table; only what the picture contains is explained."""
    title = f'<FONT POINT-SIZE="16"><B>{_html(drawing.title) or "Topology"}</B></FONT>'
    remark = f'<FONT POINT-SIZE="12">{_html(drawing.remark)}</FONT>' if drawing.remark else ""
    keys = [_SPACE.join(entries) for entries in (_color_key(drawing), legend.words(drawing))]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in (title, remark, *keys) if row)
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>'


_SPACE = "&#160;" * 4


def _color_key(drawing: Drawing) -> Iterator[str]:
    entries = list(legend.colors(drawing))
    if entries:
        yield "worst gap:"
    for color, meaning in entries:
        yield f'<FONT COLOR="{color}">&#9632;</FONT> {_html(meaning)}'


def _html(text: str) -> str:
    # A backslash starts an escape (\N, \l) even in HTML-like labels.
    return escape(text).replace("\\", "\\\\")


def _quoted(text: str) -> str:
    # Tooltips are unescaped twice: as a string, then as an escString.
    return escape(clean(text), quote=False).replace("\\", "\\\\\\\\").replace('"', '\\"')
