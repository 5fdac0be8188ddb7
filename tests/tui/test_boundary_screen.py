from __future__ import annotations

from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path

import pytest
from exploring import WIDE, FixedSource, exploring, screen_text, settled, told
from large_system import large_report
from nasty_report import NASTY, nasty_report
from sample_report import GATEWAY_ORDER, ORDER_DB, ORDER_PAYMENT, REPORT
from textual.pilot import Pilot
from topology_builders import call, node, topology

from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.risk import profile
from topoplan.tui.app import ExploreApp
from topoplan.tui.screens.boundary import BoundaryScreen
from topoplan.tui.widgets import opening
from topoplan.tui.widgets.reading import Reading

run_editor = opening.run_editor


class OpenedSource(FixedSource):
    """Its files lie below a folder."""

    def __init__(self, folder: Path, *reports: Report) -> None:
        super().__init__(*reports)
        self.roots = {".": folder}


async def opened(app: ExploreApp, pilot: Pilot[int], *among: str) -> BoundaryScreen:
    app.open_boundary(GATEWAY_ORDER.id, among)
    await settled(app, pilot)
    assert isinstance(app.screen, BoundaryScreen)
    return app.screen


async def go_to_place(app: ExploreApp, pilot: Pilot[int], place: str) -> None:
    """Move down to a line that tells of this place."""
    reading = app.screen.query_one(Reading)
    for _ in range(200):
        if reading.line is not None and str(reading.line.where) == place:
            return
        await pilot.press("j")
    raise AssertionError(f"no line tells of {place}")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Commands that would have been started, in a terminal that an editor can take over."""
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(ExploreApp, "suspend", lambda self: nullcontext())
    monkeypatch.setattr(opening, "run_editor", lambda command: started.append(tuple(command)) or "")
    monkeypatch.setenv("EDITOR", "vim -n")
    monkeypatch.delenv("VISUAL", raising=False)
    return started


async def test_from_the_table_to_a_boundary_and_back() -> None:
    async with exploring() as (app, pilot):
        before = app.screen
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, BoundaryScreen)
        assert "Failure modes" in screen_text(app)

        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is before


async def test_the_page_says_why_and_what_to_do_in_the_first_window() -> None:
    async with exploring() as (app, pilot):
        await opened(app, pilot)
        text = screen_text(app)

        assert "gateway → order risk 71 of 100 (high)" in text
        assert "most open: contract, high" in text
        assert "schema" in text


async def test_reading_on_with_letters_arrows_and_pages() -> None:
    async with exploring() as (app, pilot):
        reading = (await opened(app, pilot)).query_one(Reading)
        for key, cursor in (("j", 1), ("down", 2), ("k", 1), ("up", 0), ("up", 0)):
            await pilot.press(key)
            assert reading.cursor == cursor
        await pilot.press("pagedown")
        below = reading.cursor
        assert below > 5
        await pilot.press("pageup")
        assert reading.cursor < below
        await pilot.press("G")
        assert "called 40 times" in screen_text(app)
        await pilot.press("g")
        assert reading.cursor == 0
        assert "gateway → order risk" in screen_text(app)


async def test_sections_fold_one_by_one_and_together() -> None:
    async with exploring() as (app, pilot):
        await opened(app, pilot)
        await pilot.press("tab", "enter")
        assert "▸ Failure modes" in screen_text(app)
        assert "▾ Why 71" in screen_text(app)
        await pilot.press("enter", "z")
        text = screen_text(app)
        for title in ("Failure modes", "Why 71", "Operations", "Recommended tests", "Tests that exist", "Evidence"):
            assert f"▸ {title}" in text
        await pilot.press("z")
        assert "▾ Why 71" in screen_text(app)


async def test_the_editor_opens_the_place_of_the_line(tmp_path: Path, commands: list[tuple[str, ...]]) -> None:
    (tmp_path / "order").mkdir()
    (tmp_path / "order" / "openapi.yaml").write_text("openapi: 3.1.0\n")
    async with exploring(source=OpenedSource(tmp_path, REPORT)) as (app, pilot):
        await opened(app, pilot)
        await go_to_place(app, pilot, "order/openapi.yaml:12")
        assert "o opens order/openapi.yaml:12" in screen_text(app)
        await pilot.press("o")
        await pilot.press("enter")

        expected = ("vim", "-n", "+12", str((tmp_path / "order" / "openapi.yaml").resolve()))
        assert commands == [expected, expected]


async def test_what_cannot_be_opened_is_told_and_starts_nothing(
    tmp_path: Path, commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "order").mkdir()
    async with exploring(source=OpenedSource(tmp_path / "order", REPORT)) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("o")
        assert "no place" in told(app)[-1]
        await go_to_place(app, pilot, "order/openapi.yaml:12")
        await pilot.press("o")
        assert "not there" in told(app)[-1]
        (tmp_path / "order" / "order").mkdir()
        (tmp_path / "order" / "order" / "openapi.yaml").symlink_to("/etc/hostname")
        await pilot.press("o")
        assert "outside" in told(app)[-1]
        (tmp_path / "order" / "order" / "openapi.yaml").unlink()
        (tmp_path / "order" / "order" / "openapi.yaml").write_text("x")
        monkeypatch.delenv("EDITOR")
        await pilot.press("o")
        assert "set EDITOR" in told(app)[-1]

    assert commands == []


async def test_an_editor_that_does_not_exist_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commands: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(opening, "run_editor", run_editor)
    monkeypatch.setenv("EDITOR", str(tmp_path / "no-such-editor"))
    (tmp_path / "compose.yaml").write_text("x")
    async with exploring(source=OpenedSource(tmp_path, REPORT)) as (app, pilot):
        await opened(app, pilot)
        await go_to_place(app, pilot, "compose.yaml:6")
        await pilot.press("o")

        assert "could not be started" in told(app)[-1]


async def test_a_terminal_that_cannot_be_handed_over_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    (tmp_path / "compose.yaml").write_text("x")
    async with exploring(source=OpenedSource(tmp_path, REPORT)) as (app, pilot):
        await opened(app, pilot)
        await go_to_place(app, pilot, "compose.yaml:6")
        await pilot.press("o")

        assert "terminal of its own" in told(app)[-1]


async def test_copying_a_line_a_section_and_the_page() -> None:
    async with exploring() as (app, pilot):
        await opened(app, pilot)
        await pilot.press("j", "y")
        assert app.clipboard == "- sync · http · declared and observed, high confidence\n"
        assert told(app)[-1] == "Copied the line as Markdown."
        await pilot.press("tab", "y")
        assert app.clipboard.startswith("## Failure modes\n\n- 0.53 schema")
        assert told(app)[-1] == "Copied the section Failure modes as Markdown."
        await pilot.press("g", "y")
        page = app.clipboard
        assert page.startswith("# `gateway → order risk 71 of 100 (high)`")
        assert "## Evidence" in page
        await pilot.press("j", "Y")
        assert app.clipboard == page


async def test_next_and_previous_walk_the_list_it_came_from_round_its_ends() -> None:
    async with exploring() as (app, pilot):
        await opened(app, pilot, ORDER_DB.id, GATEWAY_ORDER.id, ORDER_PAYMENT.id)
        assert "2 of 3" in screen_text(app)
        await pilot.press("n")
        await settled(app, pilot)
        assert "order → payment" in screen_text(app)
        assert app.boundary == ORDER_PAYMENT.id
        await pilot.press("n")
        await settled(app, pilot)
        assert "order → order-db" in screen_text(app)
        await pilot.press("p", "p")
        await settled(app, pilot)
        assert "gateway → order" in screen_text(app)


async def test_without_a_list_the_riskiest_come_first() -> None:
    async with exploring() as (app, pilot):
        await opened(app, pilot)
        assert f"1 of {len(REPORT.profiles)}" in screen_text(app)


@pytest.mark.parametrize(("key", "service"), [("c", "gateway"), ("v", "order")])
async def test_to_an_end_of_the_boundary_in_focus(key: str, service: str) -> None:
    async with exploring() as (app, pilot):
        await opened(app, pilot)
        await pilot.press(key)
        await settled(app, pilot)

        assert app.screen.TITLE_TEXT == "Focus"  # type: ignore[attr-defined]
        assert app.service == service


async def test_a_boundary_that_a_new_report_no_longer_has_is_told() -> None:
    async with exploring(REPORT, Report("empty", type(REPORT.topology)())) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("r")
        await settled(app, pilot)

        assert "is not in this report" in screen_text(app)


async def test_nasty_names_are_shown_as_plain_text() -> None:
    names = [f"{clean(nasty)} {n}" for n, nasty in enumerate(NASTY)]
    system = topology([*map(node, names)], [call(a, b, f"GET /{b}") for a, b in pairwise(names)])
    report = Report("nasty", system, profiles=profile(system))
    async with exploring(report) as (app, pilot):
        app.open_boundary(system.boundaries[0].id)
        for _ in system.boundaries:
            await settled(app, pilot)
            await pilot.press("y", "n")
            assert "\x1b" not in screen_text(app)
        assert isinstance(app.screen, BoundaryScreen)


async def test_texts_of_every_kind_are_shown_as_plain_text() -> None:
    async with exploring(nasty_report("[bold red]x[/] "), size=WIDE) as (app, pilot):
        assert app.index is not None
        app.open_boundary(next(iter(app.index.boundaries)))
        await settled(app, pilot)
        assert "[bold red]x[/]" in screen_text(app)
        await pilot.press("j", "y", "tab", "y", "Y", "z", "G", "o")

        assert isinstance(app.screen, BoundaryScreen)


async def test_every_boundary_of_a_large_system_opens() -> None:
    report = large_report(300)
    async with exploring(report) as (app, pilot):
        app.open_boundary(report.profiles[0].boundary)
        await settled(app, pilot)
        for _ in range(5):
            await pilot.press("n")
            await settled(app, pilot)

        assert f"6 of {len(report.profiles):,}" in screen_text(app)
