"""Where the dependency structure matrix shows a boundary, and its colours in the terminal."""

from __future__ import annotations

from topoplan.model.coverage import State
from topoplan.reporting.matrix import Cell, Matrix, Place
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
