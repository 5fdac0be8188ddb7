"""Reads slices of trace files into parts: in this process, or as the main program of one that another started.

Such a process takes tasks from its standard input and answers on its standard output, in MessagePack, each message
behind its length. It ends with the process that started it, however that one ends, and then removes what was written.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

import msgspec
from msgspec import Struct

from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.conventions import Signatures
from topoplan_importers.traces.jaeger import JaegerReader
from topoplan_importers.traces.marks import Marks, ToldMarks
from topoplan_importers.traces.otlp import OtlpReader
from topoplan_importers.traces.parts import PartWriter
from topoplan_importers.traces.reading import FileReader, Reader, Reading, Slice
from topoplan_importers.traces.span import DependencyLink
from topoplan_importers.traces.zipkin import ZipkinReader

READERS: dict[str, Callable[[Marks, Signatures], Reader]] = {
    "jaeger": JaegerReader,
    "otlp": OtlpReader,
    "zipkin": ZipkinReader,
}
_LENGTH_BYTES = 4


class Setup(Struct):
    """What all tasks have in common."""

    roots: dict[str, str]
    """Shown path of each root → its real path."""
    folder: str
    """Where parts go."""
    format: str
    paths: list[str]
    """Shown paths of the files, sorted."""
    claimed: list[bool]
    """Which of them hold test runs."""


class Task(Struct):
    """Read a file, or a slice of it, into the part of this number."""

    number: int
    file: int
    piece: Slice | None = None


class Done(Struct, tag=True):
    """What became of a task."""

    number: int
    reading: Reading
    marks: ToldMarks
    links: list[tuple[DependencyLink, int]]


class Crash(Struct, tag=True):
    """A fault of this program."""

    trace: str


class Worker:
    """Does tasks, one after the other."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._workspace = Workspace({shown: Path(real) for shown, real in setup.roots.items()})
        self._signatures = Signatures()

    def do(self, task: Task) -> Done:
        """Read what is asked for. The part is whole when this returns."""
        setup, marks = self._setup, Marks()
        path = setup.paths[task.file]
        claimed = marks if setup.claimed[task.file] else None
        with PartWriter(Path(setup.folder), task.number, setup.paths) as part:
            reader = FileReader(READERS[setup.format](marks, self._signatures), part, self._workspace)
            if task.piece is None:
                reading = reader.read(path, task.file, claimed)
            else:
                reading = reader.read_slice(path, task.file, task.piece, claimed)
        return Done(task.number, reading, marks.told(), part.links)


def send(stream: BinaryIO, message: Struct | None) -> None:
    """Write one message; None says that no more will come."""
    raw = msgspec.msgpack.encode(message)
    stream.write(len(raw).to_bytes(_LENGTH_BYTES, "little") + raw)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """One message, still encoded. Raises EOFError where the other end is gone."""
    length = int.from_bytes(_exactly(stream, _LENGTH_BYTES), "little")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    raw = stream.read(length)
    if len(raw) < length:
        raise EOFError
    return raw


def main() -> None:
    """Serve the process at the other end of standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed reaches all; the one who started this ends it
    gc.disable()
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    setup = msgspec.msgpack.decode(receive(given), type=Setup)
    tasks: SimpleQueue[Task | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(given, tasks, setup.folder), daemon=True).start()
    worker = Worker(setup)
    send(answers, None)
    while (task := tasks.get()) is not None:
        try:
            answer: Done | Crash = worker.do(task)
        except Exception:  # noqa: BLE001 -- handed to the process that can tell of it
            answer = Crash(traceback.format_exc())
        send(answers, answer)


def _listen(given: BinaryIO, tasks: SimpleQueue[Task | None], folder: str) -> None:
    """Queue what comes in. An end without a word means that the other process is gone."""
    decoder = msgspec.msgpack.Decoder(Task | None)
    try:
        while (task := decoder.decode(receive(given))) is not None:
            tasks.put(task)
        tasks.put(None)
    except EOFError:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


if __name__ == "__main__":
    main()
