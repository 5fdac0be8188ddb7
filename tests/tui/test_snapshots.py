"""What the screens look like, as pictures: `pytest tests/tui/test_snapshots.py --snapshot-update` draws them anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from exploring import NARROW, WIDE, FixedSource, settled
from large_system import large_report
from running import ROOT
from textual.pilot import Pilot
from tour import shop

from topoplan.model.report import Report
from topoplan.tui.app import ExploreApp

PICTURES: tuple[tuple[str, str, tuple[int, int], tuple[str, ...]], ...] = (
    ("gaps", "shop", NARROW, ()),
    ("gaps", "large", WIDE, ()),
    ("boundary", "shop", WIDE, ("enter",)),
    ("focus", "shop", NARROW, ("2",)),
    ("focus", "large", WIDE, ("2",)),
    ("matrix", "shop", NARROW, ("3", "b")),
    ("matrix", "large", WIDE, ("3", "b")),
    ("plan", "shop", NARROW, ("4", "minus")),
    ("plan", "large", WIDE, ("4", "minus")),
)
"""With the six of the tour, fifteen in all: more would be looked at by nobody."""


@cache
def report(name: str) -> Report:
    return shop() if name == "shop" else large_report(300)


@pytest.mark.parametrize(
    ("system", "size", "keys"),
    [case[1:] for case in PICTURES],
    ids=[f"{screen}-{system}-{size[0]}" for screen, system, size, _ in PICTURES],
)
def test_picture(
    system: str,
    size: tuple[int, int],
    keys: tuple[str, ...],
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = ExploreApp(FixedSource(report(system)))

    async def walk(pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        for key in keys:
            await pilot.press(key)
            await settled(app, pilot)

    assert snap_compare(app, terminal_size=size, run_before=walk)
