"""What the screens say of the dependency structure matrix, and its colours in the terminal."""

from __future__ import annotations

from topoplan.model.coverage import State
from topoplan.model.phrases import counted
from topoplan.model.topology import Boundary
from topoplan.reporting.gap_digest import reason_of, title_of
from topoplan.reporting.matrix import Cell, Matrix, Place
from topoplan.reporting.signs import arrow
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.signs import STATE_CHIPS, URGENCY_CHIPS


def style_of(cell: Cell) -> str:
    """Of the cell's sign, beside which it stands; empty where there is nothing to tell."""
    if cell.gap is None:
        return STATE_CHIPS[State.COVERED] if cell.all_covered else ""
    return URGENCY_CHIPS[cell.gap.urgency]


def place_of(shown: Matrix, found: ReportIndex, boundary: str) -> Place | None:
    """Where a boundary is shown; None when it is not."""
    meant = found.boundaries.get(boundary)
    rows = {row.service: number for number, row in enumerate(shown.rows)} if meant else {}
    return (rows[meant.consumer], rows[meant.provider]) if meant and meant.consumer in rows else None


def explained(shown: Matrix, found: ReportIndex, place: Place) -> tuple[str, str, str]:
    """Three lines on a place: who depends on whom and through what; how far that is tested; what is open."""
    if not shown.rows:
        return "No service depends on another.", "", ""
    consumer, provider = shown.rows[place[0]], shown.rows[place[1]]
    cell = shown.at(place)
    if cell is None and consumer == provider:
        cycle = f", in dependency cycle {consumer.cycle}" if consumer.cycle else ""
        return f"{consumer.name} · layer {consumer.layer}{cycle}", "", ""
    pair = f"{consumer.name} {arrow(cell.boundaries[0]) if cell else '→'} {provider.name}"
    if cell is None:
        return f"{pair} · no boundary", "", ""
    back = f" · points back: closes dependency cycle {consumer.cycle}" if cell.back else ""
    states = "; ".join(_states(boundary, found) for boundary in cell.boundaries)
    return f"{pair}{back}", states, _verdict(cell)


def _states(boundary: Boundary, found: ReportIndex) -> str:
    coverage = found.coverage.get(boundary.id)
    parts = [
        f"{t.technique.value.replace('_', '-')} {t.state.value}" for t in (coverage.techniques if coverage else ())
    ]
    return f"{boundary.protocol} {boundary.channel}".strip() + (f": {', '.join(parts)}" if parts else "")


def _verdict(cell: Cell) -> str:
    if cell.gap is None:
        if not cell.tests:
            return "No test is recommended."
        return f"No gap is open: {cell.covered} of {counted(cell.tests, 'recommended test')} covered" + (
            "." if cell.all_covered else ", the others accepted."
        )
    gap = cell.gap
    return (
        f"Worst gap, {gap.urgency.value}: {title_of(gap.technique).lower()}: {reason_of(gap)}. To do: {gap.next_step}."
    )
