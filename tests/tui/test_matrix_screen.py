"""The matrix screen under keys: moving, jumping, opening; fixed headers; nasty names."""

from __future__ import annotations

import time

import pytest
from exploring import WIDE, exploring, screen_text, settled
from large_system import large_report
from sample_report import REPORT
from textual.geometry import Size

from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.tui.screens.boundary import BoundaryScreen
from topoplan.tui.widgets.grid import MatrixGrid


async def test_it_opens_on_what_was_pointed_at_and_enter_opens_the_boundary() -> None:
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("down", "3")
        await settled(app, pilot)
        grid = app.screen.query_one(MatrixGrid)
        cell = grid.matrix.at(grid.cursor)
        assert cell is not None
        assert app.boundary in {boundary.id for boundary in cell.boundaries}
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, BoundaryScreen)


async def test_n_walks_the_gaps_from_the_worst_and_the_line_below_explains() -> None:
    async with exploring(large_report(60)) as (app, pilot):
        await pilot.press("3")
        await settled(app, pilot)
        grid = app.screen.query_one(MatrixGrid)
        grid.go(grid.matrix.worst[0])
        await pilot.press("n", "n", "N")
        assert grid.cursor == grid.matrix.worst[1]
        await settled(app, pilot)
        cell = grid.matrix.at(grid.cursor)
        assert cell is not None
        assert cell.gap is not None
        shown = screen_text(app)
        assert f"{grid.matrix.rows[grid.cursor[0]].name} " in shown
        assert "Worst gap" in shown
        assert app.boundary == cell.boundaries[0].id


async def test_b_walks_the_edges_that_close_cycles() -> None:
    async with exploring(large_report(60)) as (app, pilot):
        await pilot.press("3")
        await settled(app, pilot)
        grid = app.screen.query_one(MatrixGrid)
        grid.go((0, 0))
        places = []
        for _ in grid.matrix.backward:
            await pilot.press("b")
            places.append(grid.cursor)
        assert tuple(places) == grid.matrix.backward
        assert "closes dependency cycle" in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), WIDE, (40, 12)])
async def test_headers_stay_while_300_services_scroll(size: tuple[int, int]) -> None:
    async with exploring(large_report(300), size=size) as (app, pilot):
        await pilot.press("3")
        await settled(app, pilot)
        grid = app.screen.query_one(MatrixGrid)
        last = len(grid.matrix.rows) - 1
        grid.go((last, last))
        await settled(app, pilot)
        shown = screen_text(app)
        assert grid.matrix.rows[last].name[:8] in shown
        assert f" {(last + 1) % 100:02}" in shown
        assert "no boundary" not in shown
        grid.go((0, 0))
        await settled(app, pilot)
        assert grid.matrix.rows[0].name[:8] in screen_text(app)
        assert grid.scroll_offset == (0, 0)


async def test_one_look_at_300_services_is_drawn_in_less_than_50_ms() -> None:
    async with exploring(large_report(300), size=WIDE) as (app, pilot):
        await pilot.press("3")
        await settled(app, pilot)
        grid = app.screen.query_one(MatrixGrid)
        spent = []
        for place in grid.matrix.worst[:10]:
            start = time.process_time()
            grid.go(place)
            for y in range(grid.size.height):
                assert grid.render_line(y).cell_length <= grid.size.width
            spent.append(time.process_time() - start)
        assert sorted(spent)[len(spent) // 2] < 0.05


async def test_ends_of_a_row_are_its_first_and_last_cell_and_a_click_points() -> None:
    async with exploring(large_report(60)) as (app, pilot):
        await pilot.press("3")
        await settled(app, pilot)
        grid = app.screen.query_one(MatrixGrid)
        grid.go((0, 0))
        await pilot.press("end")
        assert grid.cursor == (0, grid.matrix.columns[0][-1])
        await pilot.press("home", "down", "right", "pagedown", "pageup")
        assert grid.cursor == (1 if grid.size.height else 0, grid.matrix.columns[0][0] + 1) or grid.cursor[0] == 0
        grid.go((0, 0))
        await pilot.click(grid, offset=(grid.virtual_size.width - 3 * len(grid.matrix.rows) + 4, 3))
        assert grid.cursor == (2, 1)


async def test_nothing_to_show_and_no_cycle_are_told() -> None:
    async with exploring(Report("empty", Topology())) as (app, pilot):
        await pilot.press("3")
        await settled(app, pilot)
        assert "No service depends on another." in screen_text(app)
        await pilot.press("n", "b", "end", "enter", "down")
        assert app.screen.query_one(MatrixGrid).virtual_size != Size(0, 0)
        assert any("there is no cycle" in one.message for one in app._notifications)
