"""Runs a command and tells what it and all processes below it cost (Linux only)."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

_INTERVAL_SECONDS = 0.02


class Cost(NamedTuple):
    """What one run took."""

    seconds: float
    cpu: float
    """Processor seconds, user and system, of all processes."""
    peak: int
    """Most bytes of memory held at once by the tree: proportional shares, so that pages processes have in common count
    once. Looked at fifty times a second, which takes a good part of a processor; 0 where nobody looked."""
    output: str


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, *, watched: bool = False) -> Cost:
    """Run to the end; `watched`: look at its memory, which makes it slower. Raises SystemExit with the end of its
    standard error when it fails."""
    peak, done = [0], threading.Event()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        begun = perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env={**os.environ, **(environment or {})}
        )

        def watch() -> None:
            while not done.wait(_INTERVAL_SECONDS):
                peak[0] = max(peak[0], sum(map(_memory, _tree(process.pid))))

        watcher = threading.Thread(target=watch)
        if watched:
            watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - begun
        done.set()
        if watched:
            watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {errors.read()[-2000:]}")
        return Cost(seconds, usage.ru_utime + usage.ru_stime, peak[0], out.read())


def _tree(root: int) -> list[int]:
    found = [root]
    for process in found:
        for thread in Path(f"/proc/{process}/task").glob("*/children"):
            found += map(int, _text(thread).split())
    return found


def _memory(process: int) -> int:
    for line in _text(Path(f"/proc/{process}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
