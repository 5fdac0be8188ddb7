"""What is said of a place in the matrix."""

from __future__ import annotations

import dataclasses

import pytest
from large_system import large_report
from nasty_report import NASTY, nasty_report

from topoplan.model.gaps import Gaps
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting.matrix import matrix
from topoplan.tui.views.index import index
from topoplan.tui.views.matrix import explained, place_of, style_of


def test_every_boundary_has_the_place_of_its_cell() -> None:
    report = large_report(60)
    found, shown = index(report), matrix(report)
    for boundary in report.topology.boundaries:
        place = place_of(shown, found, boundary.id)
        assert place is not None
        cell = shown.at(place)
        assert cell is not None
        assert boundary in cell.boundaries
    assert place_of(shown, found, "nobody") is None


def test_only_a_cell_that_tells_something_is_coloured() -> None:
    open_ones = matrix(large_report(60))
    none_open = matrix(dataclasses.replace(large_report(60), gaps=Gaps()))
    assert open_ones.cells
    assert none_open.cells
    cells = [*open_ones.cells.values(), *none_open.cells.values()]
    assert all(bool(style_of(cell)) == (cell.sign != ".") for cell in cells)


def test_the_cursor_explains_its_place() -> None:
    report = large_report(60)
    found, shown = index(report), matrix(report)
    place = shown.worst[0]
    cell = shown.at(place)
    assert cell is not None
    assert cell.gap is not None
    who, states, gap = explained(shown, found, place)
    assert shown.rows[place[0]].name in who
    assert shown.rows[place[1]].name in who
    assert cell.boundaries[0].protocol in states
    assert cell.gap.next_step in gap
    assert "closes dependency cycle" in explained(shown, found, shown.backward[0])[0]
    assert "layer" in explained(shown, found, (0, 0))[0]
    empty = next((0, c) for c in range(1, len(shown.rows)) if not shown.at((0, c)))
    assert "no boundary" in explained(shown, found, empty)[0]


def test_nothing_is_explained_too() -> None:
    nothing = Report("empty", Topology())
    assert explained(matrix(nothing), index(nothing), (0, 0))[0] == "No service depends on another."


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_are_shown_as_they_are(nasty: str) -> None:
    report = nasty_report(nasty)
    shown = matrix(report)
    assert all(explained(shown, index(report), place)[0] for place in shown.worst)
