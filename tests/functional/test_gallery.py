"""The drawings of docs/gallery.md are what their commands draw. TOPOPLAN_UPDATE_GOLDEN=1 draws them anew."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from gallery import BASE, CHANGED, COMMANDS, LARGE, LARGE_GROUP, VIEWS, drawings, said
from pages import blocks
from running import ROOT

FOLDER = ROOT / "docs" / "gallery"
PAGE = "docs/gallery.md"
LARGEST = 1_500_000


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_the_drawings_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of Graphviz and fonts put things elsewhere, so what a drawing says is compared, not where."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    for name, svg in drawings():
        file = FOLDER / f"{name}.svg"
        if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
            file.write_text(svg, "utf-8")
        assert said(file.read_text("utf-8")) == said(svg), f"{name} has changed; TOPOPLAN_UPDATE_GOLDEN=1 {__file__}"
        assert said(svg).total() > 10


def test_the_page_shows_every_picture_once_and_the_commands_that_draw_them() -> None:
    shown = re.findall(r"\(gallery/([\w.-]+)\)", (ROOT / PAGE).read_text("utf-8"))
    names = (*COMMANDS, "changes", *LARGE, LARGE_GROUP)
    drawn = {*(f"{name}.svg" for name in names), *(f"{name}.png" for name in VIEWS)}
    assert sorted(shown) == sorted(drawn) == sorted(path.name for path in FOLDER.iterdir())
    told = "\n".join(block.text for block in blocks(PAGE)).splitlines()
    assert [it for it in (*COMMANDS.values(), BASE, CHANGED) if it not in told] == []


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST
