"""Has several processes read slices of trace files into parts, and does without them where they cannot be started.

Not `multiprocessing`: its processes load the main program of whoever uses this as a library, and look for modules in
the current folder, which may hold anything.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import BinaryIO, cast

import msgspec

from topoplan.looking import HELPED
from topoplan_importers.traces.marks import ToldMarks
from topoplan_importers.traces.reading import Reading
from topoplan_importers.traces.tasks import Done, Setup, Task, Worker
from topoplan_importers.traces.worker import Crash, receive, send

MOST_JOBS = 8
"""Processes by default, where there are as many processors."""
_PROGRAM = "import gc; gc.disable()\nfrom topoplan_importers.traces.worker import main\nmain()"
"""What it reads and learns holds no cycles: to look for some in vain takes time, while modules are loaded too."""
_COMMAND = (sys.executable, "-P", "-c", _PROGRAM)
_ANSWER = msgspec.msgpack.Decoder(Done | Crash)
_ENDING_SECONDS = 5
_log = logging.getLogger(__name__)


def default_jobs() -> int:
    """One for each processor this process may use, within bounds."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, MOST_JOBS)


def run(
    setup: Setup, tasks: Sequence[Task], jobs: int, meanwhile: Callable[[], None] | None = None
) -> Iterator[Done]:  # fmt: skip
    """Do all tasks, in as many processes as `jobs` says (1: in this one), and tell of each as soon as it is done. A
    process that is killed costs the task it was at. What is to be done `meanwhile` is, once they are at work. Raises
    RuntimeError for a fault of this program."""
    left = {task.number: task for task in tasks}
    if min(jobs, len(tasks)) > 1:
        with _Pool(setup, tasks, min(jobs, len(tasks))) as pool:
            if meanwhile is not None:
                meanwhile()
            for done in pool.answers():
                del left[done.number]
                yield done
    worker = Worker(setup)
    for task in left.values():  # all of them where no process could be started
        yield worker.do(task)


class _Pool:
    """Processes, each with a thread that hands it tasks."""

    def __init__(self, setup: Setup, tasks: Iterable[Task], jobs: int) -> None:
        self._setup = setup
        self._tasks = iter(tasks)
        self._lock = threading.Lock()
        self._answers: SimpleQueue[Done | Crash | None] = SimpleQueue()
        """None: a process has ended."""
        self._stopping = False
        self._jobs = jobs
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> _Pool:
        for _ in range(self._jobs):
            try:
                sys.audit(HELPED, _COMMAND)
                process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            except OSError:
                break
            self._processes.append(process)
            thread = threading.Thread(target=self._drive, args=(process,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: object) -> None:
        self._stopping = True
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

    def answers(self) -> Iterator[Done]:
        running = len(self._threads)
        while running:
            answer = self._answers.get()
            if isinstance(answer, Crash):
                _log.debug("a process that reads traces crashed\n%s", answer.trace)
                raise RuntimeError(answer.trace.strip().rpartition("\n")[2])
            if answer is None:
                running -= 1
            else:
                yield answer

    def _drive(self, process: subprocess.Popen[bytes]) -> None:
        given, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        task: Task | None = None
        try:
            send(given, self._setup)
            receive(answers)  # it runs
            for task in self._handed_out():
                send(given, task)
                self._answers.put(_ANSWER.decode(receive(answers)))
                task = None
            send(given, None)
        except (OSError, EOFError, ValueError):
            if task is not None:
                lost = Reading("element", broken="the process that read it was ended")
                self._answers.put(Done(task.number, lost, ToldMarks(), []))
        finally:
            self._answers.put(None)

    def _handed_out(self) -> Iterator[Task]:
        while True:
            with self._lock:
                task = None if self._stopping else next(self._tasks, None)
            if task is None:
                return
            yield task
