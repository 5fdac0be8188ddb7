from __future__ import annotations

from itertools import pairwise
from time import perf_counter

import pytest
from exploring import NARROW, WIDE, exploring, screen_text, settled, told
from large_system import large_report
from nasty_report import NASTY
from textual.pilot import Pilot
from topology_builders import call, node, topology

from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.tui.app import ExploreApp
from topoplan.tui.screens.boundary import BoundaryScreen
from topoplan.tui.screens.find_service import FindService
from topoplan.tui.screens.focus import FocusScreen
from topoplan.tui.widgets.reading import Reading


async def focused(app: ExploreApp, pilot: Pilot[int], service: str) -> FocusScreen:
    app.service = service
    app.action_open("focus")
    await settled(app, pilot)
    assert isinstance(app.screen, FocusScreen)
    return app.screen


def column(app: ExploreApp) -> str:
    assert app.focused is not None
    return app.focused.id or ""


async def test_three_columns_show_who_uses_it_and_what_it_uses() -> None:
    async with exploring(size=WIDE) as (app, pilot):
        await focused(app, pilot, "order")
        text = screen_text(app)

        for said in ("Used by 2", "Uses 4", "◇ gateway", "≡ order-db", "» events", "#order.created by kafka"):
            assert said in text
        assert "1 service depends on it" in text


async def test_stepping_right_walks_along_the_calls_and_left_walks_back_up() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "gateway")
        await pilot.press("l")
        assert column(app) == "callees"
        await pilot.press("l")
        await pilot.pause()
        assert app.service == "order"
        assert column(app) == "callees"
        await pilot.press("right")
        await pilot.pause()
        assert app.service == "payment"
        await pilot.press("h", "left", "h")
        await pilot.pause()
        assert app.service == "order"


async def test_enter_walks_to_the_neighbour_under_the_cursor() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "order")
        await pilot.press("right", "j", "enter")
        await pilot.pause()

        assert app.service == "order-db"


async def test_history_goes_back_and_forward() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "gateway")
        await pilot.press("l", "l", "l")
        await pilot.pause()
        assert app.service == "payment"
        await pilot.press("left_square_bracket")
        assert app.service == "order"
        assert "1 step back · 1 step forward" in screen_text(app)
        await pilot.press("backspace", "backspace")
        assert app.service == "gateway"
        await pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert app.service == "payment"


async def test_search_goes_to_a_service_by_part_of_its_name() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "gateway")
        await pilot.press("slash", *"pay")
        await pilot.pause()
        assert isinstance(app.screen, FindService)
        assert "1 service" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.service == "payment"

        await pilot.press("slash", *"zzz", "enter", "escape")
        await pilot.pause()
        assert app.service == "payment"


async def test_arrows_choose_among_what_search_finds() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "gateway")
        await pilot.press("slash", *"order", "down", "enter")
        await pilot.pause()

        assert app.service == "order-db"


async def test_the_boundary_under_the_cursor_opens_and_comes_back() -> None:
    async with exploring() as (app, pilot):
        screen = await focused(app, pilot, "order")
        await pilot.press("right", "d")
        await settled(app, pilot)
        assert isinstance(app.screen, BoundaryScreen)
        assert app.boundary == "order->payment/http"
        assert "1 of 4" in screen_text(app)
        await pilot.press("v")
        await settled(app, pilot)
        assert app.screen is screen
        assert app.service == "payment"
        assert "payment" in str(screen.query_one("#middle-column").border_title)


async def test_a_column_without_boundaries_says_so() -> None:
    async with exploring(Report("one", topology([node("a")], []))) as (app, pilot):
        await focused(app, pilot, "a")
        await pilot.press("d")

        assert told(app)[-1] == "Nothing here has a boundary."


async def test_a_small_neighbourhood_can_be_drawn_as_boxes_and_walked() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "order")
        await pilot.press("b")
        await pilot.pause()
        assert "│ order " in screen_text(app)
        await pilot.press("j", "enter")
        await pilot.pause()
        assert app.service == "gateway"
        assert "│ gateway " in screen_text(app)
        await pilot.press("b")
        await pilot.pause()
        assert "Used by" in screen_text(app)


async def test_a_large_neighbourhood_is_not_drawn() -> None:
    names = [f"s{n:02}" for n in range(14)]
    system = topology([node("hub"), *map(node, names)], [call(name, "hub") for name in names])
    async with exploring(Report("hub", system)) as (app, pilot):
        await focused(app, pilot, "hub")
        await pilot.press("b")
        await pilot.pause()

        assert "too many" in told(app)[-1]
        assert "Used by 14" in screen_text(app)


async def test_walking_from_boxes_into_a_large_neighbourhood_shows_the_columns_again() -> None:
    names = [f"s{n:02}" for n in range(14)]
    system = topology([node("hub"), *map(node, names)], [call(name, "hub") for name in names])
    async with exploring(Report("hub", system)) as (app, pilot):
        await focused(app, pilot, "s00")
        await pilot.press("b", "j", "enter")
        await pilot.pause()

        assert app.service == "hub"
        assert "Used by 14" in screen_text(app)
        assert column(app) == "middle"


async def test_copying_a_column() -> None:
    async with exploring() as (app, pilot):
        await focused(app, pilot, "order")
        await pilot.press("right", "y")

        assert app.clipboard.startswith("- payment; http · service; risk")
        assert told(app)[-1] == "Copied the callees as Markdown."


async def test_a_report_without_services_is_no_trouble() -> None:
    async with exploring(Report("empty", topology([], []))) as (app, pilot):
        app.action_open("focus")
        await settled(app, pilot)
        await pilot.press("l", "enter", "d", "b", "backspace", "slash", "enter", "escape", "y", "o")

        assert "nothing is no service" in screen_text(app)


async def test_nasty_names_are_shown_as_plain_text() -> None:
    names = [f"{clean(nasty)} {n}" for n, nasty in enumerate(NASTY)]
    system = topology([*map(node, names)], [call(a, b) for a, b in pairwise(names)])
    async with exploring(Report("nasty", system)) as (app, pilot):
        screen = await focused(app, pilot, names[0])
        screen.query_one("#callees", Reading).focus()
        for name in names[1:]:
            await pilot.press("l")
            assert app.service == name
            assert "\x1b" not in screen_text(app)
        await pilot.press("y", "b", "slash", "[", "/", "]", "escape")

        assert isinstance(app.screen, FocusScreen)
        assert clean(NASTY[-1])[:10] in screen_text(app)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_system_of_300_services_is_walked_without_waiting(size: tuple[int, int]) -> None:
    async with exploring(large_report(300), size=size) as (app, pilot):
        screen = await focused(app, pilot, "shop-gateway")
        slowest = 0.0
        for _ in range(6):
            reading = screen.query_one("#callees", Reading)
            began = perf_counter()
            screen._walk("callees")
            slowest = max(slowest, perf_counter() - began)
            await pilot.pause()
            assert reading.is_attached

        assert len(screen._trail.past) >= 3
        # Far above what it takes, so that a busy machine does not fail it; the benchmark has the true figure.
        assert slowest < 0.5
