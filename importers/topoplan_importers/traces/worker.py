"""The main program of a process that reads slices of trace files for the one that started it.

It takes what is to be done from its standard input and answers on its standard output. It ends with the process that
started it, however that one ends, and then removes what was written.
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

from topoplan_importers.traces.slices import SliceReader
from topoplan_importers.traces.tasks import Crash, Work, receive, send, unclaimed

_REMOVALS, _PAUSE_SECONDS = 100, 0.05


def main() -> None:
    """Serve the process at the other end of standard input, and end this one when no more is to be done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed reaches all; the one who started this ends it
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    work = msgspec.msgpack.decode(receive(given), type=Work)
    listener = threading.Thread(target=_listen, args=(given, Path(work.setup.folder)))
    listener.start()
    reader = SliceReader(work.setup)
    try:
        for task in unclaimed(work.setup, work.tasks):
            send(answers, reader.do(task))
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
