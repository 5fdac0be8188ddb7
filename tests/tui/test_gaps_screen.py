"""The gaps screen as a person uses it: look, sort, filter, open."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from exploring import NARROW, WIDE, FixedSource, exploring, screen_text, settled, told, until
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from rich.cells import cell_len
from sample_report import REPORT
from textual.widgets import Input, OptionList

from topoplan.errors import NoInputError
from topoplan.model.text import clean
from topoplan.tui.app import ExploreApp
from topoplan.tui.screens.boundary import BoundaryScreen
from topoplan.tui.screens.dialogs import AskDialog
from topoplan.tui.screens.gaps import GapsScreen
from topoplan.tui.views.gap_rows import GapRow
from topoplan.tui.widgets.table import RowTable


def table(app: ExploreApp) -> RowTable[GapRow]:
    assert isinstance(app.screen, GapsScreen)
    return app.screen.table


def shown(app: ExploreApp) -> list[str]:
    return [row.key for row in table(app).rows]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_boundary_is_there_riskiest_first(size: tuple[int, int]) -> None:
    async with exploring(size=size) as (app, _):
        assert set(shown(app)) == {boundary.id for boundary in REPORT.topology.boundaries}
        scores = [-1 if row.score is None else row.score for row in table(app).rows]
        assert scores == sorted(scores, reverse=True)
        text = screen_text(app)
        assert "Gaps · shop" in text
        assert "C~" in text
        assert "F!" in text


async def test_rows_are_left_out_when_garbage_is_looked_for() -> None:
    async with exploring() as (app, _):
        looked_through = {id(found) for found in gc.get_objects()}
        assert table(app).rows
        assert looked_through.isdisjoint(id(row) for row in table(app).rows)


async def test_a_column_sorts_by_key_and_by_click_on_its_title() -> None:
    async with exploring() as (app, pilot):
        await pilot.press("s")
        await settled(app, pilot)
        assert table(app).column.title == "Tests"
        await pilot.click(RowTable, offset=(2, 0))
        await settled(app, pilot)
        pairs = [row.pair.casefold() for row in table(app).rows]
        assert table(app).column.title == "Boundary"
        assert pairs == sorted(pairs)
        await pilot.press("S")
        await settled(app, pilot)
        assert [row.pair.casefold() for row in table(app).rows] == sorted(pairs, reverse=True)
        assert "by boundary, reversed" in screen_text(app)


async def test_a_sort_keeps_the_cursor_on_its_row() -> None:
    async with exploring() as (app, pilot):
        await pilot.press("down", "down")
        row = table(app).row
        await pilot.press("s", "S")
        await settled(app, pilot)
        assert row is not None
        assert table(app).row == row


async def test_a_filter_is_followed_while_it_is_typed_and_taken_away_by_escape() -> None:
    async with exploring() as (app, pilot):
        everything = shown(app)
        await pilot.press(*"/fault:failing")
        await settled(app, pilot)
        assert shown(app) == ["order->payment/http"]
        await pilot.press("enter")
        assert app.focused is table(app)
        assert "1 of" in screen_text(app)
        await pilot.press("escape")
        await settled(app, pilot)
        assert shown(app) == everything


async def test_a_mistake_in_a_filter_is_told_and_the_rest_of_it_used() -> None:
    async with exploring(size=WIDE) as (app, pilot):
        await pilot.press(*"/ownr:x payment")
        await settled(app, pilot)
        assert "no field 'ownr': did you mean owner?" in screen_text(app)
        assert shown(app)
        assert all("payment" in key for key in shown(app))


async def test_enter_and_a_double_click_open_the_boundary_under_the_cursor() -> None:
    async with exploring() as (app, pilot):
        first, second = shown(app)[:2]
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BoundaryScreen)
        assert app.boundary == first
        await pilot.press("1")
        await pilot.click(RowTable, offset=(2, 2), times=2)
        await pilot.pause()
        assert isinstance(app.screen, BoundaryScreen)
        assert app.boundary == second


async def test_a_filter_is_saved_found_again_and_forgotten(tmp_path: Path) -> None:
    async with exploring(folder=tmp_path / "kept") as (app, pilot):
        await pilot.press(*"/risk:>50", "enter", "w")
        await until(pilot, lambda: isinstance(app.screen, AskDialog))
        app.screen.query_one(Input).value = "[red]mine"
        await pilot.press("enter")
        await settled(app, pilot)
        assert app.saved_filters("gaps") == {"[red]mine": "risk:>50"}
        await pilot.press("colon", *"mine")
        await until(pilot, lambda: "Filter: [red]mine" in screen_text(app))
    async with exploring(folder=tmp_path / "kept") as (app, pilot):
        everything = len(shown(app))
        await pilot.press("f")
        await until(pilot, lambda: bool(app.screen.query(OptionList)))
        assert "[red]mine" in screen_text(app)
        await pilot.press("enter")
        await settled(app, pilot)
        assert 0 < len(shown(app)) < everything
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(app.screen, AskDialog))
        app.screen.query_one(Input).value = "[red]mine"
        await pilot.press("enter")
        await settled(app, pilot)
        assert app.saved_filters("gaps") == {}


async def test_analysing_again_shows_the_new_report_and_keeps_filter_and_row() -> None:
    smaller = replace(REPORT, topology=replace(REPORT.topology, boundaries=REPORT.topology.boundaries[:3]))
    async with exploring(REPORT, smaller) as (app, pilot):
        await pilot.press(*"/order", "enter", "down")
        await settled(app, pilot)
        before = table(app).row
        await pilot.press("r")
        await until(pilot, lambda: app.index is not None and app.index.report is smaller)
        await settled(app, pilot)
        assert app.screen.query_one(Input).value == "order"
        assert len(shown(app)) <= 3
        assert before is None or before.key not in shown(app) or table(app).row.key == before.key  # type: ignore[union-attr]


async def test_a_failed_analysis_is_told_and_the_old_report_stays() -> None:
    error = NoInputError("there is [b]nothing[/b]", slug="no-input", hint="give a folder")
    async with exploring(REPORT, error, ValueError("secret"), REPORT) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["there is [b]nothing[/b] [no-input]\ngive a folder"]
        await pilot.press("r")
        await until(pilot, lambda: len(told(app)) == 2)
        assert told(app)[1] == "this is a bug in topoplan: ValueError"
        assert len(shown(app)) == len(REPORT.topology.boundaries)
        await pilot.press("r")
        await until(pilot, lambda: app.failure is None)


async def test_a_first_analysis_that_fails_leaves_the_app_open_to_try_again() -> None:
    async with exploring(NoInputError("nothing here", slug="no-input"), REPORT) as (app, pilot):
        assert "not loaded" in screen_text(app)
        await pilot.press("r")
        await until(pilot, lambda: app.index is not None)
        await settled(app, pilot)
        assert shown(app)


async def test_watching_analyses_again_when_inputs_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.tui.app.WATCH_SECONDS", 0.05)
    source = FixedSource(REPORT)
    async with exploring(source=source, watch=True) as (_, pilot):
        await pilot.pause(0.2)
        assert source.loads == 1
        source.different = True
        await until(pilot, lambda: source.loads == 2)


MARKUP = " ".join(one for one in NASTY if one.isascii() and one.isprintable() and len(one) < 30)
WIDE_CHARACTERS = " ".join(one for one in NASTY if not one.isascii())


@pytest.mark.parametrize("nasty", [MARKUP, WIDE_CHARACTERS, "x" * 300, "x[/]"])
async def test_nasty_names_are_shown_as_they_are(nasty: str) -> None:
    """Markup in names means nothing; names reach the app cleaned, as facts and saved reports are."""
    async with exploring(nasty_report(clean(nasty)), size=WIDE) as (app, pilot):
        assert len(shown(app)) == len(REPORT.topology.boundaries)
        if len(nasty) < 10:
            assert f"{nasty}gateway → {nasty}order" in screen_text(app)
        for key in ("5", "6", "enter", "escape", "question_mark", "escape", "1", "w", "escape"):
            await pilot.press(key)
            await settled(app, pilot)
        assert {cell_len(line) for line in screen_text(app).splitlines()} == {WIDE[0]}
        assert app.crash is None
