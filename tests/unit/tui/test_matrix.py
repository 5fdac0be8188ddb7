"""Where the matrix shows a boundary, and in which colour."""

from __future__ import annotations

from large_system import large_report
from msgspec.structs import replace

from topoplan.model.gaps import Gaps
from topoplan.reporting.matrix import matrix
from topoplan.tui.views.index import index
from topoplan.tui.views.matrix import place_of, style_of


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
    none_open = matrix(replace(large_report(60), gaps=Gaps()))
    assert open_ones.cells
    assert none_open.cells
    cells = [*open_ones.cells.values(), *none_open.cells.values()]
    assert all(bool(style_of(cell)) == (cell.sign != ".") for cell in cells)
