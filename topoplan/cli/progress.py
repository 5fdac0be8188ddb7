"""One line on a terminal's stderr that says what long work is at."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from topoplan.model.text import clean

SILENT_SECONDS = 1.0
"""Work shorter than this shows nothing."""

_CLEAR = "\r\x1b[2K"
_WIDTH = 78


class Progress:
    """Called with each step; shows the newest on one line of `stream` once the work has taken `silent_seconds`."""

    def __init__(self, stream: TextIO, silent_seconds: float = SILENT_SECONDS) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._step = ""
        self._showing = self._closed = False
        # A timer, because the first step may be the long one.
        self._timer = threading.Timer(silent_seconds, self._start)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, step: str) -> None:
        with self._lock:
            self._step = clean(step, _WIDTH)
            if self._showing:
                self._write(f"{_CLEAR}{self._step}…")

    def close(self) -> None:
        """Take the line away and show nothing more."""
        self._timer.cancel()
        with self._lock:
            if self._showing:
                self._write(_CLEAR)
            self._showing, self._closed = False, True

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._showing = True
            self._write(f"{_CLEAR}{self._step}…")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Takes the steps of one piece of work; shows them unless asked to be quiet or stderr is no terminal."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield _unseen
        return
    line = Progress(sys.stderr)
    try:
        yield line
    finally:
        line.close()


def _unseen(_: str) -> None:
    """Progress that nobody watches."""
