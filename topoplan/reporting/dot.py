"""The topology as Graphviz source: one look for `dot`, `svg` and `png`."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import IO

from topoplan.model.facts import NodeKind
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.reporting import Style
from topoplan.reporting.drawing import BAND_COLORS, NO_RISK_COLOR, Arrow, Drawing, Node, draw
from topoplan.reporting.figures import BAND_FLOOR, Band

LARGE = 250
"""Nodes from which the layout is made cheaper: straight lines, no captions on arrows, fewer rounds of improvement."""

_FONT = "Helvetica,Arial,sans-serif"
_INK, _GREY = "#1F2933", "#5B6570"
_SHAPES = {
    NodeKind.SERVICE: 'shape=box, style="rounded,filled", fillcolor="#EAF1FB", color="#3B6EA5"',
    NodeKind.GATEWAY: 'shape=hexagon, style=filled, fillcolor="#E3F4EE", color="#00795B"',
    NodeKind.DATASTORE: 'shape=cylinder, style=filled, fillcolor="#F3F1EA", color="#7D7352"',
    NodeKind.BROKER: 'shape=cds, margin="0.25,0.14", style=filled, fillcolor="#F7ECF3", color="#A3527F"',
    NodeKind.EXTERNAL: 'shape=box, style="dashed,filled", fillcolor="#FFFFFF", color="#5B6570"',
}
_FAINT = "#C3C9D0"
_BESIDE = f'shape=box, style="rounded,filled", fillcolor="#F5F6F7", color="{_FAINT}"'
_WIDTHS = {Band.HIGH: "3.2", Band.MEDIUM: "2.2", Band.LOW: "1.4", None: "1.2"}


def write(report: Report, out: IO[str], style: Style) -> None:
    """Valid DOT whatever the names: ids are synthetic, labels escaped."""
    del style
    out.write(source(draw(report)))


def source(drawing: Drawing) -> str:
    """The DOT text of a drawing."""
    large = len(drawing.nodes) > LARGE
    lines = [
        "digraph topology {",
        f'  graph [{_graph_attributes(large=large)}, label=<{_legend(drawing)}>, tooltip="{_quoted(drawing.title)}"];',
        f'  node [fontname="{_FONT}", fontsize=12, fontcolor="{_INK}", penwidth=1.3, margin="0.16,0.08"];',
        f'  edge [fontname="{_FONT}", fontsize=9, fontcolor="{_INK}", arrowsize=0.8];',
        *(_node(node) for node in drawing.nodes),
        *(_arrow(arrow, captioned=not large) for arrow in drawing.arrows),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _graph_attributes(*, large: bool) -> str:
    common = (
        f'rankdir=LR, bgcolor=white, pad=0.3, nodesep=0.4, ranksep=0.9, fontname="{_FONT}", fontsize=10, '
        f'fontcolor="{_INK}", labelloc=t, labeljust=l'
    )
    return f"{common}, splines=line, nslimit=1, mclimit=0.1" if large else common


def _node(node: Node) -> str:
    caption = f'<BR/><FONT POINT-SIZE="9" COLOR="{_GREY}">{_html(node.caption)}</FONT>' if node.caption else ""
    attributes = [
        f"id={node.id}",
        _BESIDE if node.infrastructure else _SHAPES[node.kind],
        f"label=<<B>{_html(node.name)}</B>{caption}>",
        f'tooltip="{_quoted(f"{node.name} ({node.kind})")}"',
    ]
    return f"  {node.id} [{', '.join(attributes)}];"


def _arrow(arrow: Arrow, *, captioned: bool) -> str:
    attributes = [f"id={arrow.id}", f'tooltip="{_quoted(arrow.boundary.id)}"']
    if arrow.beside:
        attributes.append(f'color="{_FAINT}", penwidth=0.8')
    else:
        color = BAND_COLORS[arrow.band] if arrow.band else NO_RISK_COLOR
        attributes.append(f'color="{color}", penwidth={_WIDTHS[arrow.band]}')
    if arrow.dashed:
        attributes.append("style=dashed")
    if arrow.message:
        attributes.append("arrowhead=onormal, arrowsize=1.1")
    if captioned and not arrow.beside:
        # A cell rather than bare lines: its padding keeps the text off the line.
        text = "<BR/>".join(map(_html, arrow.captions)) or " "
        attributes.append(f'label=<<TABLE BORDER="0" CELLPADDING="3"><TR><TD>{text}</TD></TR></TABLE>>')
    return f"  {arrow.tail} -> {arrow.head} [{', '.join(attributes)}];"


def _legend(drawing: Drawing) -> str:
    """Title and key as one table; only what the picture contains is explained."""
    title = f'<FONT POINT-SIZE="16"><B>{_html(drawing.title) or "Topology"}</B></FONT>'
    keys = [_SPACE.join(entries) for entries in (_color_key(drawing), _line_key(drawing))]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in (title, *keys) if row)
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>'


_SPACE = "&#160;" * 5


def _color_key(drawing: Drawing) -> Iterator[str]:
    bands = {arrow.band for arrow in drawing.arrows if not arrow.beside}
    ceiling = 100
    for band, floor in BAND_FLOOR.items():
        if band in bands:
            yield f'<FONT COLOR="{BAND_COLORS[band]}">&#9632;</FONT> {band} risk ({floor}&#8211;{ceiling})'
        ceiling = floor - 1
    if None in bands and len(bands) > 1:
        yield f'<FONT COLOR="{NO_RISK_COLOR}">&#9632;</FONT> not scored'


def _line_key(drawing: Drawing) -> Iterator[str]:
    if any(not arrow.message for arrow in drawing.arrows):
        yield "filled arrow: calls or uses the provider"
    if any(arrow.message for arrow in drawing.arrows):
        yield "hollow arrow: messages to the consumer"
    if any(arrow.dashed for arrow in drawing.arrows):
        yield "dashed: declared, not observed"


def _html(text: str) -> str:
    # A backslash starts an escape (\N, \l) even in HTML-like labels.
    return escape(text).replace("\\", "\\\\")


def _quoted(text: str) -> str:
    # Tooltips are unescaped twice: as a string, then as an escString.
    return escape(clean(text), quote=False).replace("\\", "\\\\\\\\").replace('"', '\\"')
