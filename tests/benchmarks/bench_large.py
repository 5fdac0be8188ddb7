"""Time and memory of every step of an analysis, and of every format, as a system grows to 20,000 services.

    python tests/benchmarks/bench_large.py [SERVICES…]

By default 2,000, 6,000 and 20,000 services, with five boundaries each, half of them tested. The system is saved as a
topology, read back into facts by the importer of saved topologies, and joined anew; evidence of tests is added to it.
Each size is measured in a process of its own. Printed are the seconds of computing of each step, `dot` included (a busy
machine changes them less than those of a clock), the peak of memory after it, and how it grows: the exponent of the
time over the services from the first size to the last. 1.0 is linear; 1.14 is 2.2× the time for twice the services.
"""

from __future__ import annotations

import io
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from large_system import Large, large_system

from topoplan.config import Settings
from topoplan.coverage import cover
from topoplan.errors import OutputError
from topoplan.graph import build_topology, find_journeys
from topoplan.importing.contract import ImportOptions
from topoplan.importing.discovery import assign, discover
from topoplan.importing.registry import load_importers, run_importer
from topoplan.model.change import History
from topoplan.model.collector import collector_paused
from topoplan.model.report import Report
from topoplan.planning import find_gaps, make_plan
from topoplan.reporting import GAP_FORMATS, GRAPH_FORMATS, PLAN_FORMATS, REPORT_FORMATS, Format, Style
from topoplan.reporting.explain import write_explanation
from topoplan.risk import profile

SIZES = (2_000, 6_000, 20_000)
CALLS = 7
"""Most calls of one service: with resources and messages, five boundaries a service."""
FAMILIES = {"report": REPORT_FORMATS, "graph": GRAPH_FORMATS, "gaps": GAP_FORMATS, "plan": PLAN_FORMATS}
ALIKE = {"graph png", "graph pdf", "gaps json", "plan json"}
"""Formats that cost what another one costs."""

T = TypeVar("T")
Steps = dict[str, tuple[float, float]]
"""Step → seconds of computing, and the peak of memory after it in MB."""


def computed() -> float:
    """Seconds of computing of this process and of those it has waited for."""
    return sum(os.times()[:4])


def megabytes(usage: resource.struct_rusage) -> float:
    """Most resident memory; Linux tells it in KiB, macOS in bytes."""
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


class Clock:
    def __init__(self) -> None:
        self.steps: Steps = {}

    def step(self, name: str, work: Callable[[], T]) -> T:
        start = computed()
        with collector_paused():  # as the analysis does
            result = work()
        self.steps[name] = (computed() - start, megabytes(resource.getrusage(resource.RUSAGE_SELF)))
        print(f"  {name:<16} {self.steps[name][0]:8.2f} s {self.steps[name][1]:7,.0f} MB", file=sys.stderr)
        return result


def analysed(large: Large, folder: Path, clock: Clock) -> Report:
    """The stages of `topoplan.analysis.analyse`, one by one, without history."""
    settings, history, journeys = Settings(), History(), large.journeys
    clock.step("save", lambda: save(Report("generated", large.topology), folder))
    importers, _ = load_importers(("saved",))
    found = discover((str(folder),), (), folder)
    claimed, _ = assign(found.candidates, importers)
    read = clock.step("read", lambda: run_importer(importers[0], claimed["saved"], found.workspace, ImportOptions()))
    topology = clock.step("join", lambda: build_topology(read.facts, read.sources, read.notices, settings))
    if len(topology.boundaries) != len(large.topology.boundaries):
        raise SystemExit("the topology that was read is not the one that was saved")
    clock.step("journeys", lambda: find_journeys(read.facts, topology, settings))
    profiles = clock.step("risk", lambda: profile(topology, history, journeys))
    plan = clock.step("plan", lambda: make_plan(topology, profiles, journeys))
    coverage = clock.step("coverage", lambda: cover(topology, large.checks, settings, history, journeys))
    gaps = clock.step("gaps", lambda: find_gaps(topology, profiles, plan, coverage))
    clock.step("plan of the rest", lambda: make_plan(topology, profiles, journeys, coverage=coverage))
    return Report("generated", topology, history, journeys, profiles, plan, coverage, gaps)


def save(report: Report, folder: Path) -> None:
    with (folder / "topology.json").open("w", encoding="utf-8") as out:
        GRAPH_FORMATS["json"].write(report, out, Style())


class Nowhere(io.StringIO):
    """Counts what is written to it, and keeps nothing."""

    written = 0

    def write(self, text: str, /) -> int:
        self.written += len(text)
        return len(text)


def write(form: Format, report: Report) -> str:
    """How large it became, or why it cannot be made."""
    out = Nowhere()
    try:
        form.write(report, out, Style())
    except OutputError as error:
        return str(error)
    return f"{out.written / 1e6:,.1f} MB"


def written(report: Report, clock: Clock) -> None:
    for family, formats in FAMILIES.items():
        for name, form in formats.items():
            if f"{family} {name}" not in ALIKE:
                told = clock.step(f"{family} {name}", partial(write, form, report))
                print(f"    {told}", file=sys.stderr)
    first = report.profiles[0].boundary
    riskiest = [boundary for boundary in report.topology.boundaries if boundary.id == first]
    clock.step("explain", lambda: write_explanation(report, riskiest, Nowhere(), Style()))


def measure(services: int, folder: Path) -> Steps:
    clock = Clock()
    large = clock.step("(generate)", lambda: large_system(services, calls=CALLS, journeys=max(4, services // 100)))
    print(f"  {len(large.topology.boundaries):,} boundaries", file=sys.stderr)
    written(analysed(large, folder, clock), clock)
    return clock.steps


def command(folder: Path) -> tuple[float, float]:
    """The whole command on the saved topology: its seconds and its own peak."""
    run = [sys.executable, "-m", "topoplan", "analyze", "topology.json", "--quiet", "-f", "json=report.json"]
    process = subprocess.Popen(run, cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the command failed: {status}")
    return usage.ru_utime + usage.ru_stime, megabytes(usage)


def table(found: dict[int, Steps]) -> None:
    sizes = sorted(found)
    print(f"{'services':<16}" + "".join(f"{size:>20,}" for size in sizes) + "  exponent")
    growth = math.log(sizes[-1] / sizes[0])
    for step, (least, _) in found[sizes[0]].items():
        cells = "".join(f"{found[size][step][0]:9.2f} s {found[size][step][1]:6,.0f} MB" for size in sizes)
        exponent = math.log(found[sizes[-1]][step][0] / least) / growth if growth and least >= 0.05 else math.nan
        print(f"{step:<16}{cells}{exponent:10.2f}")


def measured(services: int) -> Steps:
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, __file__, "--one", str(services), folder]
        done = subprocess.run(run, stdout=subprocess.PIPE, check=True)
        return {**json.loads(done.stdout), "whole command": command(Path(folder))}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        json.dump(measure(int(sys.argv[2]), Path(sys.argv[3])), sys.stdout)
    else:
        table({size: measured(size) for size in [int(size) for size in sys.argv[1:]] or SIZES})
