"""Untrusted names through the matrix, the plan and an export: plain text on the screen, a plain file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from exploring import exploring, screen_text, settled, told
from nasty_report import NASTY, nasty_report

from topoplan.model.text import clean

GROUPS = 4
"""Every name is shown, several in one, since each start of the app takes its time."""


@pytest.mark.parametrize("group", range(GROUPS))
async def test_nasty_names_are_plain_text(group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    nasty = " ".join(map(clean, NASTY[group::GROUPS]))
    async with exploring(nasty_report(nasty)) as (app, pilot):
        for keys in (("3", "n", "right", "down"), ("4", "minus", "tab", "down"), ("e", "home", "down", "down")):
            await pilot.press(*keys)
            await settled(app, pilot)
            assert "\x1b" not in screen_text(app)
            assert not told(app)
        await pilot.press("tab", "end", "enter")
        await settled(app, pilot)
        assert app.crash is None
        (file,) = tmp_path.iterdir()
        assert file.read_text(encoding="utf-8").startswith("digraph")
