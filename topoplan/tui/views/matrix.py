"""The dependency structure matrix: services in layers, and the worst open gap between every two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from topoplan.graph.metrics import layered
from topoplan.model.coverage import State
from topoplan.model.gaps import Gap, Urgency
from topoplan.model.phrases import counted
from topoplan.model.topology import Boundary
from topoplan.reporting.gap_digest import reason_of, title_of
from topoplan.reporting.signs import LETTERS, arrow
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.plan_rows import state_of
from topoplan.tui.views.signs import STATE_CHIPS, URGENCY_CHIPS

COVERED, NOTHING = "+", "."
"""What a cell shows where all recommended tests are covered, and where there is no gap for another reason: nothing is
recommended, or what is missing was accepted."""
HIGH = "^"
"""Follows the letter of a gap of high urgency."""

Place = tuple[int, int]
"""Row (consumer) and column (provider), from 0."""


@dataclass(frozen=True, slots=True)
class Row:
    """One service; it has the row and the column of the same number."""

    service: str
    name: str
    layer: int
    cycle: int
    """Number of the dependency cycle it is part of, 0 for none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Everything on which one service depends on another."""

    boundaries: tuple[Boundary, ...]
    """Worst first."""
    gap: Gap | None
    """The gap with most open risk."""
    back: bool
    """It points back to an earlier layer: an edge that closes a cycle."""
    tests: int
    """Recommended here."""
    covered: int
    """Of them."""

    @property
    def all_covered(self) -> bool:
        """Tests are recommended, and all of them are there and pass."""
        return 0 < self.tests == self.covered

    @property
    def sign(self) -> str:
        """Up to two characters: `C^` high, `C` medium, `c` low; `+` covered, `.` no open gap."""
        if self.gap is None:
            return COVERED if self.all_covered else NOTHING
        letter = LETTERS[self.gap.technique]
        if self.gap.urgency is Urgency.LOW:
            return letter.lower()
        return letter + HIGH if self.gap.urgency is Urgency.HIGH else letter

    @property
    def style(self) -> str:
        """Of the sign, beside which it stands; empty where there is nothing to tell."""
        if self.gap is None:
            return STATE_CHIPS[State.COVERED] if self.all_covered else ""
        return URGENCY_CHIPS[self.gap.urgency]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`cells` holds only the places with a boundary; `rows` only the services with one."""

    rows: tuple[Row, ...] = ()
    cells: Mapping[Place, Cell] | None = None
    columns: tuple[tuple[int, ...], ...] = ()
    """Row → its columns with a cell, rising."""
    worst: tuple[Place, ...] = ()
    """Places with a gap, most open risk first."""
    backward: tuple[Place, ...] = ()
    """Places of edges that close a cycle, row by row."""
    alone: int = 0
    """Services left out for want of a boundary."""

    def at(self, place: Place) -> Cell | None:
        """The cell at a place; None where there is no boundary."""
        return self.cells.get(place) if self.cells else None


def matrix(found: ReportIndex) -> Matrix:
    """The matrix of a report. Linear in its boundaries but for sorting, whatever the number of services."""
    pairs: dict[tuple[str, str], list[Boundary]] = defaultdict(list)
    for boundary in found.report.topology.boundaries:
        pairs[boundary.consumer, boundary.provider].append(boundary)
    rows = tuple(
        Row(placed.node, found.services[placed.node].name or placed.node, placed.layer, placed.cycle)
        for placed in layered(pairs)
    )
    number = {row.service: position for position, row in enumerate(rows)}
    cells: dict[Place, Cell] = {}
    for (consumer, provider), boundaries in pairs.items():
        place = number[consumer], number[provider]
        cells[place] = _cell(boundaries, found, back=place[1] < place[0])
    columns: list[list[int]] = [[] for _ in rows]
    for row, column in sorted(cells):
        columns[row].append(column)
    return Matrix(
        rows=rows,
        cells=cells,
        columns=tuple(map(tuple, columns)),
        worst=tuple(sorted((p for p, cell in cells.items() if cell.gap), key=lambda p: (-_open_risk(cells[p]), p))),
        backward=tuple(sorted(place for place, cell in cells.items() if cell.back)),
        alone=len(found.services) - len(rows),
    )


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


def _cell(boundaries: list[Boundary], found: ReportIndex, *, back: bool) -> Cell:
    gaps = {b.id: found.gaps.get(b.id, ()) for b in boundaries}
    worst = {name: max((gap.open_risk for gap in of), default=-1.0) for name, of in gaps.items()}
    ordered = sorted(boundaries, key=lambda b: (-worst[b.id], b.id))
    first = max(gaps[ordered[0].id], key=lambda gap: gap.open_risk, default=None)
    states = [state_of(test, found) for b in boundaries for test in found.tests.get(b.id, ())]
    return Cell(tuple(ordered), first, back, tests=len(states), covered=states.count(State.COVERED))


def _open_risk(cell: Cell) -> float:
    return cell.gap.open_risk if cell.gap else 0.0
