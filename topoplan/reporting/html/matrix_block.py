"""The dependency structure matrix as the page draws it; of a very large system, of its groups."""

from __future__ import annotations

from collections import Counter

from topoplan.graph import groups
from topoplan.model.coverage import State
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting.matrix import Cell, Matrix, Place, matrix
from topoplan.reporting.matrix_digest import explained

MOST_ROWS = 500
"""More services than that are drawn by group: nobody reads a matrix of ten screens, and no browser scrolls it well."""
MOST_BOUNDARIES = 40
"""Boundaries of one cell, worst first, that the page can open from it."""

Document = dict[str, object]


def matrix_block(report: Report) -> Document:
    """The document as builtins; `MatrixBlock` in web/src/matrix.ts describes it. Cells row by row."""
    services = matrix(report)
    shown, note = services, ""
    if len(services.rows) > MOST_ROWS:
        shown = matrix(report, _group_names(report.topology))
        note = (
            f"{len(services.rows):,} services are too many to be told apart here: each row is a group of them. "
            "What a group's services use of each other stands on the diagonal."
        )
    coverage = {found.boundary: found for found in report.coverage.boundaries}
    return {
        "rows": [{"id": row.service, "name": row.name, "layer": row.layer, "cycle": row.cycle} for row in shown.rows],
        "cells": [
            {
                "at": list(place),
                "sign": cell.sign,
                "look": _look(cell),
                "back": cell.back,
                "boundaries": [boundary.id for boundary in cell.boundaries[:MOST_BOUNDARIES]],
                "count": len(cell.boundaries),
                "told": list(explained(shown, coverage, place)),
            }
            for place, cell in (shown.cells or {}).items()
        ],
        "first": list(_first(shown)),
        "alone": shown.alone,
        "note": note,
    }


def _first(shown: Matrix) -> Place:
    return next(iter(shown.worst), (0, 0))


def _look(cell: Cell) -> str:
    """The class that colours its sign: urgency of its worst gap, covered, or none."""
    if cell.gap:
        return f"level-{cell.gap.urgency.value}"
    return f"state-{State.COVERED.value}" if cell.all_covered else ""


def _group_names(topology: Topology) -> dict[str, str]:
    """Service → its group by name, with what holds it together where two groups share a name."""
    found = groups(topology)
    count = Counter(group.name for group in found)
    return {
        member: group.name if count[group.name] == 1 else f"{group.name} ({group.basis.value})"
        for group in found
        for member in group.members
    }
