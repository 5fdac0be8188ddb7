"""Whether the engines that need no server find the same in large files, every figure of it, and what each costs.

    python tests/benchmarks/bench_engines.py [FORMAT:SPANS | FORMAT:FILE …] [--jobs N]

By default 200,000 generated spans of each format. FORMAT is otlp, jaeger or zipkin. Each engine reads and joins each
file in a process of its own; printed are its elapsed seconds, those of the processor, and the peak of its memory. What
is found, with sketches, is compared as a whole. Exits with 1 where it differs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from generated_formats import FORMATS
from generated_traces import write

from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.finding import Found, find

ENGINES = ("dicts", "duckdb")
SPANS = 200_000


class Run(NamedTuple):
    found: Found
    elapsed: float
    processor: float
    peak_mb: float


def run(engine: str, kind: str, path: Path, jobs: int) -> Run:
    """Read and join a file."""
    file = Candidate(path.name, path.name, path.stat().st_size, b"")
    begin, before = perf_counter(), sum(os.times()[:4])
    found = find([file], kind, Workspace({".": path.parent}), ImportOptions(engine=engine, jobs=jobs), sketch=True)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(found, perf_counter() - begin, sum(os.times()[:4]) - before, peak / unit)


def compare(kind: str, path: Path, jobs: int) -> bool:
    """Whether all engines find the same; prints what they cost."""
    runs = {}
    for engine in ENGINES:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            found = runs[engine] = process.submit(run, engine, kind, path, jobs).result()
        cost = f"{found.elapsed:8.1f} s {found.processor:8.1f} s of processor {found.peak_mb:8,.0f} MB"
        seen = found.found.observed
        print(f"{kind:<8}{engine:<8}{cost}   {len(seen.boundaries):,} boundaries, {len(seen.journeys):,} journeys")
    first, *others = runs.values()
    same = all(other.found == first.found for other in others)
    print(f"{kind:<8}{'the same' if same else 'DIFFERENT'}", flush=True)
    return same


def main() -> int:
    asked = argparse.ArgumentParser(usage=(__doc__ or "").split("\n\n")[1].strip())
    asked.add_argument("inputs", nargs="*", default=[f"{kind}:{SPANS}" for kind in FORMATS])
    asked.add_argument("--jobs", type=int, default=1)
    given = asked.parse_args()
    same = []
    with tempfile.TemporaryDirectory(prefix="topoplan-bench-") as folder:
        for wanted in given.inputs:
            kind, _, what = wanted.partition(":")
            made = Path(folder) / f"{kind}.json"
            path = write(made, kind, int(what)).path if what.isdigit() else Path(what).absolute()
            same.append(compare(kind, path, given.jobs))
            made.unlink(missing_ok=True)
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
