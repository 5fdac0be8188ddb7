"""The main program of a process that reads slices of trace files for the one that started it.

It takes what is to be done from its standard input and answers on its standard output, in MessagePack, each message
behind its length. It ends with the process that started it, however that one ends, and then removes what was written.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from topoplan_importers.traces.tasks import Setup, Task, Worker, unclaimed

_LENGTH_BYTES = 4
_REMOVALS, _PAUSE_SECONDS = 100, 0.05


class Work(Struct):
    """What there is to do, for all processes together."""

    setup: Setup
    tasks: list[Task]


class Crash(Struct, tag=True):
    """A fault of this program."""

    trace: str


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
    """Serve the process at the other end of standard input, and end this one when no more is to be done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed reaches all; the one who started this ends it
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    work = msgspec.msgpack.decode(receive(given), type=Work)
    listener = threading.Thread(target=_listen, args=(given, Path(work.setup.folder)))
    listener.start()
    worker = Worker(work.setup)
    try:
        for task in unclaimed(work.setup, work.tasks):
            send(answers, worker.do(task))
    except Exception:  # noqa: BLE001 -- handed to the process that can tell of it
        send(answers, Crash(traceback.format_exc()))
    send(answers, None)
    listener.join()


def _listen(given: BinaryIO, folder: Path) -> None:
    """End this process: at a word, when all is done, or without one, as the other process is gone."""
    try:
        receive(given)
    except EOFError:
        for _ in range(_REMOVALS):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(_PAUSE_SECONDS)  # another one is still writing
        os._exit(1)
    os._exit(0)  # to let go of all that was learnt, piece by piece, takes longer than to start
