"""Has several processes, this one among them, read slices of trace files into parts, and does without the others where
they cannot be started.

Not `multiprocessing`: its processes load the main program of whoever uses this as a library, and look for modules in
the current folder, which may hold anything.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import BinaryIO, cast

import msgspec

from topoplan.looking import HELPED
from topoplan.model.collector import collector_paused
from topoplan_importers.traces.marks import ToldMarks
from topoplan_importers.traces.reading import Reading
from topoplan_importers.traces.tasks import Crash, Done, Setup, Task, Work, receive, send, unclaimed

MOST_JOBS = 8
"""Processes by default, where there are as many processors."""
_PROGRAM = "import gc; gc.disable()\nfrom topoplan_importers.traces.worker import main\nmain()"
"""To look for garbage takes time in vain while modules are loaded, too."""
_COMMAND = (sys.executable, "-P", "-c", _PROGRAM)
_ANSWER = msgspec.msgpack.Decoder(Done | Crash | None)
_ENDING_SECONDS = 5
_log = logging.getLogger(__name__)


def default_jobs() -> int:
    """One for each processor this process may use, within bounds."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, MOST_JOBS)


def run(
    setup: Setup, tasks: Sequence[Task], jobs: int, meanwhile: Callable[[], None] | None = None
) -> Iterator[Done]:  # fmt: skip
    """Do all tasks, in as many processes as `jobs` says (1: in this one), and tell of each once it is done. A process
    that is killed costs the task it was at. What is to be done `meanwhile` is, once the others are at work. Raises
    RuntimeError for a fault of this program."""
    left = [task.number for task in tasks]
    with _Pool(setup, tasks, min(jobs, len(tasks)) - 1) as pool, collector_paused():
        if meanwhile is not None:
            meanwhile()
        for done in _done(setup, tasks, pool):
            left.remove(done.number)
            yield done
    lost = Reading("element", broken="the process that read it was ended")
    for number in left:
        yield Done(number, lost, ToldMarks(), [])


def _done(setup: Setup, tasks: Sequence[Task], pool: _Pool) -> Iterator[Done]:
    """By this process and by the others, as far as those live."""
    from topoplan_importers.traces.slices import SliceReader  # the others begin while this is loaded

    reader = SliceReader(setup)
    for task in unclaimed(setup, tasks):
        yield reader.do(task)
        yield from pool.answers(wait=False)
    yield from pool.answers(wait=True)


class _Pool:
    """Other processes, each with a thread that takes its answers."""

    def __init__(self, setup: Setup, tasks: Sequence[Task], processes: int) -> None:
        self._work = Work(setup, list(tasks))
        self._answers: SimpleQueue[Done | Crash | None] = SimpleQueue()
        """None: a process has done what it can."""
        self._count = processes
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []
        self._running = 0

    def __enter__(self) -> _Pool:
        for _ in range(self._count):
            try:
                sys.audit(HELPED, _COMMAND)
                process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            except OSError:
                break
            self._processes.append(process)
            thread = threading.Thread(target=self._drive, args=(process,), daemon=True)
            thread.start()
            self._threads.append(thread)
            self._running += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: object) -> None:
        for process in self._processes:
            if kind is not None:
                process.kill()
        for process in self._processes:
            try:
                process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):  # nobody is left to take what was not sent
                    cast(BinaryIO, stream).close()

    def answers(self, *, wait: bool) -> Iterator[Done]:
        """Those that are there, or those to come, too."""
        while self._running and (wait or not self._answers.empty()):
            answer = self._answers.get()
            if isinstance(answer, Crash):
                _log.debug("a process that reads traces crashed\n%s", answer.trace)
                raise RuntimeError(answer.trace.strip().rpartition("\n")[2])
            if answer is None:
                self._running -= 1
            else:
                yield answer

    def _drive(self, process: subprocess.Popen[bytes]) -> None:
        given, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        try:
            send(given, self._work)
            while (answer := _ANSWER.decode(receive(answers))) is not None:
                self._answers.put(answer)
            send(given, None)
        except (OSError, EOFError, ValueError):
            pass  # it was ended
        finally:
            self._answers.put(None)
