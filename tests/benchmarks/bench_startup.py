"""What starting costs: `topoplan --help` against its floor, and the CPU time of a small analysis.

    python tests/benchmarks/bench_startup.py [runs]

The floors are Python itself and the import of click, the one library the command line loads. Both are measured in the
same round, alternating, since absolute times drift.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "specs/shop"
SCRIPT = shutil.which("topoplan", path=str(Path(sys.executable).parent)) or "topoplan"

PYTHON = (sys.executable, "-c", "pass")
CLICK = (sys.executable, "-c", "import click")
HELP = (SCRIPT, "--help")
ANALYZE = (SCRIPT, "analyze", str(SHOP), "--quiet")


def wall(command: Sequence[str]) -> float:
    """Seconds one run takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def cpu(command: Sequence[str]) -> float:
    """CPU seconds, user and system, of one run and all it starts; its environment is new, so that nothing is answered
    from memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "RUN": str(time.time_ns())})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(commands: Sequence[Sequence[str]], runs: int) -> list[float]:
    """Median wall time of each command, the commands taking turns; one round beforehand warms the file cache."""
    rounds = [[wall(command) for command in commands] for _ in range(runs + 1)][1:]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    os.environ.pop("COVERAGE_PROCESS_START", None)
    python, click, shown = medians((PYTHON, CLICK, HELP), runs)
    print(f"python -c pass            {python * 1000:7.1f} ms   median of {runs}")
    print(f'python -c "import click"  {click * 1000:7.1f} ms   {click / python:4.1f} x python -c pass')
    print(f"topoplan --help           {shown * 1000:7.1f} ms")
    print(f"  / import click          {shown / click:7.2f}      target <= 3")
    print(f"  / python -c pass        {shown / python:7.2f}      target <= 5")
    if not SHOP.is_dir() or not any(SHOP.iterdir()):
        print("specs/shop is not there: analysis not measured")
        return
    bare = statistics.median(cpu(PYTHON) for _ in range(5))
    analysis = statistics.median(cpu(ANALYZE) for _ in range(5))
    print(f"topoplan analyze specs/shop  {analysis - bare:.2f} s CPU beyond python -c pass   target < 1")


if __name__ == "__main__":
    main()
