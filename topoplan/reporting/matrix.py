"""The dependency structure matrix: services in layers, and the worst open gap between every two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from topoplan.graph.metrics import layered
from topoplan.model.coverage import State
from topoplan.model.gaps import Gap, Urgency
from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.signs import LETTERS
from topoplan.reporting.standing import standings

COVERED, NOTHING = "+", "."
"""What a cell shows where all recommended tests are covered, and where there is no gap for another reason: nothing is
recommended, or what is missing was accepted."""
HIGH = "^"
"""Follows the letter of a gap of high urgency."""

Place = tuple[int, int]
"""Row (consumer) and column (provider), from 0."""


class Row(Struct, frozen=True):
    """One service; it has the row and the column of the same number."""

    service: str
    name: str
    layer: int
    """The longest chain of services it calls on to, in hops; rows fall by it."""
    cycle: int
    """Number of the dependency cycle it is part of, 0 for none."""


class Cell(Struct, frozen=True):
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


class Matrix(Struct, frozen=True):
    """`cells` holds only the places with a boundary, row by row; `rows` only the services with one."""

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


def matrix(report: Report, within: Mapping[str, str] | None = None) -> Matrix:
    """The matrix of a report. Linear in its boundaries but for sorting, whatever the number of services.

    `within` puts services together: service → the name of the row that stands for it and others.
    """
    inside = within or {}
    pairs: dict[tuple[str, str], list[Boundary]] = defaultdict(list)
    for boundary in report.topology.boundaries:
        consumer, provider = boundary.consumer, boundary.provider
        pairs[inside.get(consumer, consumer), inside.get(provider, provider)].append(boundary)
    services = report.topology.services
    names = {} if inside else {service.id: service.name for service in services}
    rows = tuple(Row(one.node, names.get(one.node) or one.node, one.layer, one.cycle) for one in layered(pairs))
    number = {row.service: position for position, row in enumerate(rows)}
    gaps, states = _gaps(report), _states(report)
    cells: dict[Place, Cell] = {}
    columns: list[list[int]] = [[] for _ in rows]
    for row, column, boundaries in sorted((number[a], number[b], found) for (a, b), found in pairs.items()):
        cells[row, column] = _cell(boundaries, gaps, states, back=column < row)
        columns[row].append(column)
    return Matrix(
        rows=rows,
        cells=cells,
        columns=tuple(map(tuple, columns)),
        worst=tuple(sorted((p for p, cell in cells.items() if cell.gap), key=lambda p: (-_open_risk(cells[p]), p))),
        backward=tuple(place for place, cell in cells.items() if cell.back),
        alone=len({inside.get(service.id, service.id) for service in services}) - len(rows),
    )


def _gaps(report: Report) -> Mapping[str, Gap]:
    """Boundary → its gap with most open risk."""
    worst: dict[str, Gap] = {}
    for gap in report.gaps.open:
        if gap.boundary not in worst or gap.open_risk > worst[gap.boundary].open_risk:
            worst[gap.boundary] = gap
    return worst


def _states(report: Report) -> Mapping[str, list[State]]:
    """Boundary → how far each recommended test of it is there."""
    states: dict[str, list[State]] = {}
    for one in standings(report):
        for boundary in one.test.boundaries:
            states.setdefault(boundary, []).append(one.state)
    return states


def _cell(
    boundaries: Iterable[Boundary], gaps: Mapping[str, Gap], states: Mapping[str, list[State]], *, back: bool
) -> Cell:
    ordered = sorted(boundaries, key=lambda b: (-gaps[b.id].open_risk if b.id in gaps else 1.0, b.id))
    here = [state for b in ordered for state in states.get(b.id, ())]
    return Cell(tuple(ordered), gaps.get(ordered[0].id), back, tests=len(here), covered=here.count(State.COVERED))


def _open_risk(cell: Cell) -> float:
    return cell.gap.open_risk if cell.gap else 0.0
