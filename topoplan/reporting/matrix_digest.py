"""What is said of a place in the dependency structure matrix."""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.model.coverage import BoundaryCoverage
from topoplan.model.phrases import counted
from topoplan.model.topology import Boundary
from topoplan.reporting.gap_digest import reason_of, title_of
from topoplan.reporting.matrix import Cell, Matrix, Place
from topoplan.reporting.signs import arrow

MOST_BOUNDARIES = 4
"""Boundaries between two services that are told one by one."""


def explained(shown: Matrix, coverage: Mapping[str, BoundaryCoverage], place: Place) -> tuple[str, str, str]:
    """Three lines on a place: who depends on whom and through what; how far that is tested; what is open. `coverage`
    is by boundary."""
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
    return f"{pair}{back}", _boundaries(cell, coverage), verdict(cell)


def verdict(cell: Cell) -> str:
    """What is open here, worst first, and what to do; or why nothing is."""
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


def _boundaries(cell: Cell, coverage: Mapping[str, BoundaryCoverage]) -> str:
    told = [_states(boundary, coverage.get(boundary.id)) for boundary in cell.boundaries[:MOST_BOUNDARIES]]
    left = len(cell.boundaries) - len(told)
    return "; ".join([*told, *([f"and {left:,} more"] if left else [])])


def _states(boundary: Boundary, found: BoundaryCoverage | None) -> str:
    parts = [f"{t.technique.value.replace('_', '-')} {t.state.value}" for t in (found.techniques if found else ())]
    return f"{boundary.protocol} {boundary.channel}".strip() + (f": {', '.join(parts)}" if parts else "")
