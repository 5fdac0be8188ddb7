"""`topoplan explore` in a process of its own, on a terminal made for the test."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from running import ROOT, SHOP, topoplan

CRASHING = """
import sys
from topoplan.cli import main
from topoplan.tui.screens.gaps import GapsScreen

def crash(self):
    secret = "s3cr3t"
    raise RuntimeError("boom")

GapsScreen.action_filter = crash
sys.exit(main(sys.argv[1:]))
"""


def in_terminal(folder: Path, awaited: bytes, keys: bytes, *command: str) -> tuple[int, str]:
    """The exit code, and everything written after the keys were pressed once `awaited` was shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "HOME": str(folder),
        "TOPOPLAN_CACHE_DIR": os.environ["TOPOPLAN_CACHE_DIR"],
        "PYTHONUTF8": "1",
    }
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown, pressed = b"", -1
    end = time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    read = os.read(ours, 65536)
                except OSError:  # how Linux tells that the other side is closed
                    break
                if not read:
                    break
                shown += read
            if pressed < 0 and awaited in shown:
                pressed = len(shown)
                os.write(ours, keys)
        return process.wait(timeout=10), shown[max(pressed, 0) :].decode("utf-8", "replace")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize(("keys", "code"), [(b"q", 0), (b"\x03", 130)])
def test_leaving_gives_its_exit_code(tmp_path: Path, keys: bytes, code: int) -> None:
    found, _ = in_terminal(tmp_path, b"20 boundaries", keys, "-m", "topoplan", "explore", str(SHOP))
    assert found == code


def test_a_crash_exits_3_with_a_traceback_and_no_values(tmp_path: Path) -> None:
    code, after = in_terminal(tmp_path, b"20 boundaries", b"/", "-c", CRASHING, "explore", str(SHOP))
    assert code == 3
    assert "RuntimeError: boom" in after
    assert "please report it" in after
    assert "'s3cr3t'" not in after


def test_without_a_terminal_it_says_so() -> None:
    found = topoplan("explore", SHOP)
    assert found.returncode == 2
    assert found.stdout == ""
    assert "[no-terminal]" in found.stderr
    assert "hint: " in found.stderr
