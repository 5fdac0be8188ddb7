"""What every screen shares: switching, help, palette, themes, keys of one's own, crashes and leaving."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exploring import FixedSource, exploring, screen_text, settled, told, until
from sample_report import REPORT

from topoplan.errors import NoInputError
from topoplan.tui.app import SCREENS, ExploreApp
from topoplan.tui.preferences import Preferences
from topoplan.tui.running import explore
from topoplan.tui.screens.dialogs import TextDialog
from topoplan.tui.themes import OFFERED


async def test_number_keys_show_every_screen_and_come_back() -> None:
    async with exploring() as (app, pilot):
        for number, name in enumerate(SCREENS, 1):
            await pilot.press(str(number))
            await settled(app, pilot)
            assert app.screen is app.get_screen(name)
            assert len(app.screen_stack) == 2
            assert "5 services" in screen_text(app)
        assert told(app) == []


async def test_a_screen_opened_from_another_goes_back_to_the_numbered_ones() -> None:
    async with exploring() as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("5")
        await settled(app, pilot)
        assert app.screen is app.get_screen("drift")
        await pilot.press("1")
        await settled(app, pilot)
        assert app.screen is app.get_screen("gaps")


async def test_a_screen_that_was_away_shows_the_new_report() -> None:
    async with exploring(REPORT, REPORT) as (app, pilot):
        await pilot.press("6", "1", "r")
        await until(pilot, lambda: app.source.loads == 2)  # type: ignore[attr-defined]
        await settled(app, pilot)
        await pilot.press("6")
        await settled(app, pilot)
        assert app.screen._index is app.index  # type: ignore[attr-defined]


async def test_help_tells_of_the_focused_part_its_keys_and_signs() -> None:
    async with exploring(size=(100, 60)) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        await pilot.pause()
        text = screen_text(app)
        for part in ("Boundaries, riskiest first", "table.sort", "app.quit", "- uncovered", "C contract"):
            assert part in text
        await pilot.press("escape", "slash")
        app.action_help()
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        await pilot.pause()
        assert "numbers compare" in screen_text(app)


async def test_the_palette_lists_screens_themes_analysis_and_export() -> None:
    async with exploring() as (app, _):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {f"Screen: {name}" for name in SCREENS} <= titles
        assert {f"Theme: {name}" for name in OFFERED} <= titles
        assert {"Analyse again", "Export", "Sort by risk", "Save filter", "Help"} <= titles


@pytest.mark.parametrize("theme", OFFERED)
async def test_themes_draw_the_same_words_and_are_kept(theme: str, tmp_path: Path) -> None:
    async with exploring() as (app, _):
        words = screen_text(app)
    async with exploring(folder=tmp_path) as (app, pilot):
        app.theme = theme
        await settled(app, pilot)
        assert screen_text(app) == words
    async with exploring(folder=tmp_path) as (app, _):
        assert app.theme == theme


async def test_without_colours_everything_is_grey() -> None:
    async with exploring() as (app, pilot):
        app.theme = "no-colour"
        await settled(app, pilot)
        picture = app.export_screenshot()
        colours = {part[:6].lower() for part in picture.replace('fill="#', "fill: #").split("fill: #")[1:]}
        painted = {colour for colour in colours if not colour[:2] == colour[2:4] == colour[4:6]}
        assert painted <= {"ff5f57", "febc2e", "28c840", "c5c8c6"}, "only the window drawn around it"


async def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with exploring() as (app, _):
        assert app.no_color


async def test_keys_of_ones_own_work_and_clashes_are_told(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"app.drift": "x", "table.down": "n,down"}), "utf-8")
    async with exploring(folder=tmp_path) as (app, pilot):
        await pilot.press("x")
        await settled(app, pilot)
        assert app.screen is app.get_screen("drift")


async def test_a_bad_file_of_keys_is_told_and_the_usual_keys_work(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("[", "utf-8")
    async with exploring(folder=tmp_path) as (app, pilot):
        assert "keys.json: is no JSON [preferences-invalid]" in told(app)[0]
        await pilot.press("5")
        await settled(app, pilot)
        assert app.screen is app.get_screen("drift")


async def test_a_saved_report_has_nothing_to_analyse_again() -> None:
    source = FixedSource(REPORT)
    source.can_reload = False
    async with exploring(source=source) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: bool(told(app)))
        assert source.loads == 1
        assert "Analyse again" not in {command.title for command in app.get_system_commands(app.screen)}


async def test_ctrl_c_leaves_as_interrupted_even_from_a_question() -> None:
    async with exploring() as (app, pilot):
        await pilot.press("slash", "x", "ctrl+c")
        await pilot.pause()
    assert app.return_code == 130


async def test_asking_twice_analyses_once() -> None:
    source = FixedSource(REPORT)
    async with exploring(source=source) as (app, pilot):
        app.action_reload()
        app.action_reload()
        await settled(app, pilot)
        assert source.loads == 2


def run(monkeypatch: pytest.MonkeyPatch, app_does: Any, *reports: Any) -> int:
    """`explore` with an app that needs no terminal and does something once it runs."""

    def headless(self: ExploreApp, **_: object) -> None:
        import asyncio

        async def drive() -> None:
            async with self.run_test() as pilot:
                await settled(self, pilot)
                await app_does(self, pilot)

        try:
            asyncio.run(drive())
        except ZeroDivisionError:
            return  # a test run raises again what ended the app; `run` does not

    monkeypatch.setattr(ExploreApp, "run", headless)
    return explore(FixedSource(*reports), Preferences(None), watch=False)


async def leave(app: ExploreApp, pilot: Any) -> None:
    await pilot.press("q")


async def crash(app: ExploreApp, pilot: Any) -> None:
    app.call_later(lambda: 1 // 0)
    await pilot.pause()


def test_leaving_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, leave, REPORT) == 0


def test_an_app_that_never_had_a_report_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoInputError):
        run(monkeypatch, leave, NoInputError("nothing", slug="no-input"))


def test_a_crash_is_raised_and_prints_no_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError):
        run(monkeypatch, crash, REPORT)
    assert "locals" not in "".join(capsys.readouterr())
