"""Exporting with e: files, names, the question before overwriting, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from exploring import exploring, screen_text, settled, told
from large_system import large_report
from sample_report import REPORT
from textual.widgets import Input

from topoplan.errors import NoInputError
from topoplan.tui.screens.export import ExportScreen


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_view_suggests_format_and_part() -> None:
    async with exploring(large_report(60)) as (app, pilot):
        for keys, suggested in ((("e",), "generated-gaps.md"), (("escape", "3", "e"), "generated.svg")):
            await pilot.press(*keys)
            await settled(app, pilot)
            assert app.screen.query_one(Input).value == suggested
        await pilot.press("escape", "1", "enter", "e")
        await settled(app, pilot)
        consumer, provider = (app.index.boundaries[app.boundary].consumer, app.index.boundaries[app.boundary].provider)
        assert app.screen.query_one(Input).value == f"{consumer}-{provider}.md"


async def test_enter_writes_the_file_and_says_where(here: Path) -> None:
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("3", "e", "down", "down", "enter")
        await settled(app, pilot)
        assert not isinstance(app.screen, ExportScreen)
        (name,) = names(here)
        assert name.endswith(".dot")
        assert (here / name).read_text().startswith("digraph")
        assert any(str(here / name) in message for message in told(app))


async def test_a_part_in_another_format_under_another_name(here: Path) -> None:
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("3", "e", *["down"] * 6, "tab", "end", "tab", "home", "m", "y", "-", "enter")
        await settled(app, pilot)
        (name,) = names(here)
        assert name.startswith("my-")
        assert len(json.loads((here / name).read_text())["topology"]["boundaries"]) == 1


async def test_the_screen_itself_is_a_picture(here: Path) -> None:
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("3", "e", "end", "enter")
        await settled(app, pilot)
        (name,) = names(here)
        picture = (here / name).read_text()
        assert picture.startswith("<svg")
        assert "Matrix" in picture
        assert "Format" not in picture


@pytest.mark.parametrize(("answer", "kept"), [(("enter",), True), (("escape",), True), (("down", "enter"), False)])
async def test_a_file_is_overwritten_only_after_a_yes(here: Path, answer: tuple[str, ...], kept: bool) -> None:
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("3", "e", "down", "down")
        file = here / app.screen.query_one(Input).value
        file.write_text("mine")
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert f"{file.name} exists" in screen_text(app)
        assert file.read_text() == "mine"
        await pilot.press(*answer)
        await settled(app, pilot)
        assert (file.read_text() == "mine") is kept
        assert isinstance(app.screen, ExportScreen) is kept


@pytest.mark.parametrize(
    ("name", "said"),
    [("no/such/folder/x.dot", "cannot be written"), ("", "Name the file first"), ("x" * 300, "cannot be written")],
)
async def test_what_cannot_be_written_is_told_and_the_dialog_stays(here: Path, name: str, said: str) -> None:
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("3", "e", "down", "down")
        app.screen.query_one(Input).value = name
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, ExportScreen)
        assert said in screen_text(app)
        assert names(here) == []


async def test_a_missing_program_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(here))
    async with exploring(REPORT) as (app, pilot):
        await pilot.press("3", "e", "enter")
        await settled(app, pilot)
        assert "dot program was not found" in screen_text(app)
        assert names(here) == []


async def test_without_a_report_there_is_nothing_to_export() -> None:
    async with exploring(NoInputError("nothing here", slug="no-input")) as (app, pilot):
        await pilot.press("e")
        assert any("nothing to export" in message for message in told(app))
