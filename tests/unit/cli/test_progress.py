from __future__ import annotations

import io
import time

import pytest

from topoplan.cli.progress import Progress, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_short_work_shows_nothing() -> None:
    stream = io.StringIO()
    line = Progress(stream, silent_seconds=60)
    line("reading")
    line.close()
    assert stream.getvalue() == ""


def test_long_work_shows_its_newest_step_and_takes_it_away() -> None:
    stream = io.StringIO()
    line = Progress(stream, silent_seconds=0.01)
    line("first\x1b[31m step")
    deadline = time.monotonic() + 10
    while not stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.005)
    line("second step")
    line.close()
    assert stream.getvalue() == "\r\x1b[2Kfirst [31m step…\r\x1b[2Ksecond step…\r\x1b[2K"


@pytest.mark.parametrize(("terminal", "quiet"), [(False, False), (True, True)])
def test_nobody_watching_means_no_line(monkeypatch: pytest.MonkeyPatch, terminal: bool, quiet: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("topoplan.cli.progress.SILENT_SECONDS", 0.0)
    with progress(quiet=quiet) as step:
        step("reading")
        time.sleep(0.02)
    assert stream.getvalue() == ""
    assert not isinstance(step, Progress)


def test_a_terminal_has_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress(quiet=False) as step:
        assert isinstance(step, Progress)
