"""Whole answers of commands, remembered as long as all that they were made from is as it was.

An answer is known by the command line, the folder it was given in, the environment and the terminal; it is told again
when every file and folder that was looked at for it, and the code that looked, is what it was by what the file system
says of it (size, times, inode, device), as version control knows files. Never remembered is what a program, the network
or the state of the machine had a part in, what could not be read, and what quick runs say.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from topoplan import __version__
from topoplan.cli.diagnostics import ExitCode, say
from topoplan.cli.options import cache_folder
from topoplan.cli.output import STDOUT, write_bytes
from topoplan.cli.recording import FILE, OUT, SAID, Recorded, identity, presence, recorded
from topoplan.errors import OutputError
from topoplan.importing.cache import Cache

COMMANDS = frozenset(("analyze", "explain", "gaps", "graph", "plan", "sources"))
"""What only reads and tells."""
WORTH_SECONDS = 0.5
"""What takes less is not remembered."""
KEPT_BYTES = 256 * 2**20
"""Of all answers; older ones go first."""

_KIND = "answers-2"
"""With the version of what is stored: raised whenever `_encoded` changes."""
_PASSING = ("_", "OLDPWD", "PWD", "SHLVL")
"""Variables of a shell that say nothing of a command."""


def answered(arguments: Sequence[str], environment: Mapping[str, str], work: Callable[[], ExitCode]) -> ExitCode:
    """What `work` does for these arguments, or did when nothing was different."""
    usable = arguments and arguments[0] in COMMANDS and "--no-cache" not in arguments
    folder = cache_folder(environment) if usable else ""
    if not folder:
        return work()
    store, key = Cache(Path(folder)), _key(arguments, environment)
    again = _told_again(store.get(_KIND, key))
    if again is not None:
        return again
    begun = time.monotonic()
    with recorded(folder) as recording:
        code = work()
    worth = time.monotonic() - begun >= WORTH_SECONDS and code in (ExitCode.FINE, ExitCode.GAPS)
    found = recording.finished() if worth else None
    if found:
        store.put(_KIND, key, _encoded(found, code))
        store.prune(_KIND, KEPT_BYTES)
    return code


def _key(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    terminals = [(stream.isatty(), stream.encoding) for stream in (sys.stdout, sys.stderr) if stream is not None]
    known = (
        __version__, sys.version, sys.executable, sys.path, list(arguments), os.getcwd(), terminals, _columns(),
        sorted((name, value) for name, value in environment.items() if name not in _PASSING),
        getattr(os, "getuid", int)(), time.strftime("%Y-%m-%d", time.gmtime()),
    )  # fmt: skip
    return hashlib.sha256(json.dumps(known).encode("ascii")).hexdigest()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
    except (OSError, ValueError):
        return 0


def _encoded(found: Recorded, code: ExitCode) -> bytes:
    given = [(kind, path, len(content)) for kind, path, content in found.given]
    known = {"looked": found.looked, "asked": found.asked}
    head = json.dumps({"code": int(code), **known, "given": given}).encode("ascii")
    return b"\n".join((head, b"".join(content for _, _, content in found.given)))


def _told_again(stored: bytes | None) -> ExitCode | None:
    """Give out what was stored, and the exit code; None when there is nothing, or not for what the files are now."""
    if stored is None:
        return None
    text, _, rest = stored.partition(b"\n")
    head = json.loads(text)
    if any(presence(path) != known for path, known in head["asked"].items()):
        return None
    if any(identity(path) != known for path, known in head["looked"].items()):
        return None
    content = io.BytesIO(rest)
    given = [(kind, path, content.read(length)) for kind, path, length in head["given"]]
    try:
        for _, path, made in (one for one in given if one[0] == FILE):
            write_bytes(path, partial(_write, made))
    except OutputError:
        return None  # the work itself begins with looking at that
    for kind, _, made in given:
        if kind == OUT:
            write_bytes(STDOUT, partial(_write, made))
        elif kind == SAID:
            say(made.decode("utf-8", "surrogatepass"))
    return ExitCode(head["code"])


def _write(content: bytes, stream: BinaryIO) -> None:
    stream.write(content)
