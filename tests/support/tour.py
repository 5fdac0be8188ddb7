"""The guided tour of docs/howto/explore.md: which keys are pressed before each of its pictures."""

from __future__ import annotations

import re

from exploring import exploring, settled

from topoplan.analysis import Request, analyse
from topoplan.model.report import Report

SIZE = (100, 30)
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gaps", ()),
    ("matrix", ("3", "b")),
    ("boundary", ("enter",)),
    ("tests", (*["tab"] * 5, "shift+tab")),
    ("focus", ("c",)),
    ("plan", ("4", "minus", "minus")),
)
"""Picture → keys that lead there from the one before."""

_FONT_FROM_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_TEXT = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)


def shop() -> Report:
    """The report that `topoplan explore specs/shop --no-history` shows; run from the project's folder."""
    return analyse(Request(paths=("specs/shop",), history=False))


async def pictures(report: Report) -> dict[str, str]:
    """Name → SVG. The typeface is the reader's own: Textual would name one on another host."""
    found = {}
    async with exploring(report, size=SIZE) as (app, pilot):
        for name, keys in STEPS:
            for key in keys:
                await pilot.press(key)
                await settled(app, pilot)
            picture = _FONT_FROM_ELSEWHERE.sub("", app.export_screenshot(title="topoplan"))
            found[name] = picture.replace("Fira Code", "ui-monospace, Menlo, Consolas")
    return found


def words(picture: str) -> list[str]:
    """The text in a picture, piece by piece: what it says, however Textual draws it."""
    return _TEXT.findall(picture)
