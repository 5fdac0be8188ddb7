"""How long the terminal interface keeps the UI thread busy with 10,000 boundaries.

    python tests/benchmarks/bench_tui.py [BOUNDARIES]

Prints the time to the first rows, from a keystroke in the filter to the rows that fit it, and the longest step on the
UI thread (a callback of the event loop; target: under 50 ms) of each phase.
"""

from __future__ import annotations

import asyncio
import gc
import random
import sys
from asyncio import events
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter, thread_time

from bench_planning import system
from textual.pilot import Pilot

from topoplan.config import PlanningSettings
from topoplan.model.coverage import BoundaryCoverage, Coverage, State, TechniqueCoverage
from topoplan.model.gaps import Gap, Gaps, Missing, Urgency
from topoplan.model.plan import STYLE_TECHNIQUES, Technique
from topoplan.model.report import Report
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Boundary
from topoplan.tui.app import ExploreApp
from topoplan.tui.screens.gaps import GapsScreen
from topoplan.tui.source import Progress
from topoplan.tui.views.filtering import parse
from topoplan.tui.views.gap_rows import FIELDS, gap_rows
from topoplan.tui.views.index import index

TARGET_SECONDS = 0.050
LONGEST_WAIT_SECONDS = 30
FILTERS = ("risk:>60", "technique:contract urgency:high", "s00012", "-state:covered op:things1")
SCREEN_KEYS = ("5", "6", "1")


class Ready:
    """A source that has its report already: only the screens are measured."""

    can_reload = True
    roots: Mapping[str, Path] = {}
    planning = PlanningSettings()

    def __init__(self, report: Report) -> None:
        self._report = report

    def load(self, progress: Progress) -> Report:
        progress("made before")
        return self._report

    def changed(self) -> bool:
        return False


class Steps:
    """The longest callback of the event loop since it was last asked: as a clock shows it, and its own computing."""

    def __init__(self) -> None:
        self.wall = self.own = 0.0
        self.what = ""
        run = events.Handle._run

        def timed(handle: events.Handle) -> object:
            wall, own = perf_counter(), thread_time()
            try:
                return run(handle)
            finally:
                spent = thread_time() - own
                if spent > self.own:
                    self.own, self.wall, self.what = spent, perf_counter() - wall, repr(handle)

        events.Handle._run = timed  # type: ignore[method-assign]

    def tell(self, phase: str) -> float:
        own, wall, what = self.own, self.wall, self.what
        self.own = self.wall = 0.0
        slow = f"  over the target: {what[:200]}" if own > TARGET_SECONDS else ""
        print(f"  {phase:<42} longest step {1000 * own:5.1f} ms ({1000 * wall:5.1f} ms with waiting){slow}")
        return own


def report_of(boundaries: int, rng: random.Random) -> Report:
    topology = system(boundaries, rng)
    found = topology.boundaries
    profiles = [RiskProfile(boundary.id, rng.random(), 0.5) for boundary in found]
    covered = tuple(BoundaryCoverage(b.id, tuple(states(b, rng))) for b in found)
    gaps = tuple(
        gap(boundary, one.technique, rng)
        for boundary, coverage in zip(found, covered, strict=True)
        for one in coverage.techniques
        if one.state is not State.COVERED
    )
    return Report(
        "generated",
        topology,
        profiles=tuple(sorted(profiles, key=lambda profile: (-profile.risk, profile.boundary))),
        coverage=Coverage(covered, read=tuple(Technique)),
        gaps=Gaps(gaps),
    )


def states(boundary: Boundary, rng: random.Random) -> list[TechniqueCoverage]:
    return [TechniqueCoverage(technique, rng.choice(list(State))) for technique in STYLE_TECHNIQUES[boundary.style]]


def gap(boundary: Boundary, technique: Technique, rng: random.Random) -> Gap:
    return Gap(
        f"{technique}:{boundary.id}",
        technique,
        boundary.id,
        f"{boundary.consumer} and {boundary.provider} agree",
        State.UNCOVERED,
        rng.choice(list(Urgency)),
        rng.random(),
        (Missing("", State.UNCOVERED, "0" * 32),),
        "no test is known",
        "write a test, about 2 h",
    )


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> float:
    start = perf_counter()
    while not holds():
        if perf_counter() - start > LONGEST_WAIT_SECONDS:
            raise SystemExit("the rows that were waited for never came")
        await pilot.pause(0.001)
    return perf_counter() - start


async def measure(report: Report) -> float:
    everything = gap_rows(index(report))
    expected = {text: len(parse(text, FIELDS).select(everything)) for text in FILTERS}
    del everything
    gc.collect()
    gc.freeze()  # when the app starts there is no report yet that could be looked through for garbage
    steps = Steps()
    app = ExploreApp(Ready(report))
    size = len(report.topology.boundaries)
    start = perf_counter()
    async with app.run_test(size=(160, 48)) as pilot:
        worst = steps.tell("the empty screen")

        def rows() -> int:
            return len(app.screen.table.rows) if isinstance(app.screen, GapsScreen) else -1

        await until(pilot, lambda: rows() == size)
        print(f"first rows after {perf_counter() - start:.2f} s")
        worst = max(worst, steps.tell("indexing and the first rows"))
        for text in FILTERS:
            await pilot.press("slash")
            for letter in text:
                await pilot.press(letter)
            took = await until(pilot, lambda wanted=expected[text]: rows() == wanted)  # type: ignore[misc]
            print(f"filter {text!r}: {rows():,} rows {1000 * took:.0f} ms after the last key")
            worst = max(worst, steps.tell("typing and filtering"))
            await pilot.press("escape")
            await until(pilot, lambda: rows() == size)
            worst = max(worst, steps.tell("taking the filter away"))
        for _ in range(5):
            await pilot.press("s")
            await pilot.pause(0.3)
        worst = max(worst, steps.tell("sorting by every column"))
        for key in ("end", "home", *["pagedown"] * 20, *["down"] * 20):
            await pilot.press(key)
        worst = max(worst, steps.tell("moving"))
        for key in SCREEN_KEYS:
            await pilot.press(key)
            await pilot.pause(0.5)
        worst = max(worst, steps.tell("drift, sources and back"))
        await pilot.press("r")
        await pilot.pause(2)
        return max(worst, steps.tell("another report"))


if __name__ == "__main__":
    boundaries = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{boundaries:,} boundaries")
    longest = asyncio.run(measure(report_of(boundaries, random.Random(1))))
    print(f"longest step on the UI thread: {1000 * longest:.1f} ms (target: under {1000 * TARGET_SECONDS:.0f} ms)")
    sys.exit(longest > TARGET_SECONDS)
