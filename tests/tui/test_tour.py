"""The pictures of the guided tour show what the keys it names lead to. TOPOPLAN_UPDATE_GOLDEN=1 draws them anew."""

from __future__ import annotations

import os
import re

import pytest
from running import ROOT
from tour import STEPS, pictures, shop, words

FOLDER = ROOT / "docs" / "howto" / "explore"
PAGE = ROOT / "docs" / "howto" / "explore.md"


async def test_the_pictures_of_the_tour_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("NO_COLOR", raising=False)
    drawn = await pictures(shop())
    for name, picture in drawn.items():
        file = FOLDER / f"{name}.svg"
        assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", picture)
        if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
            file.write_text(picture, encoding="utf-8")
        shown = words(file.read_text(encoding="utf-8"))
        assert shown == words(picture), f"{name} has changed; TOPOPLAN_UPDATE_GOLDEN=1 pytest {__file__}"
        assert len(shown) > 50


def test_the_page_shows_every_picture_once_in_the_order_of_the_tour() -> None:
    shown = re.findall(r"\(explore/(\w+)\.svg\)", PAGE.read_text(encoding="utf-8"))
    assert shown == [name for name, _ in STEPS]
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(shown)
