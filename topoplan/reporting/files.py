"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from topoplan.errors import OutputError
from topoplan.looking import WRITTEN


@contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file at `path` when the block ends well.

    It is written beside the target, synced and renamed over it, so a full disk, a kill or a second run at the same time
    leaves either the old file or a new one, whole. An existing file keeps its permissions, a new one gets what the
    umask says; a link stays a link. Devices and pipes are written directly. Raises OutputError.
    """
    try:
        target = Path(path).resolve()
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as stream:
                yield stream
            return
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "the file is write-protected")
        with _beside(target, mode) as stream:
            yield stream
        sys.audit(WRITTEN, path)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", slug="output-failed", where=path) from None


@contextmanager
def _beside(target: Path, mode: int | None) -> Iterator[BinaryIO]:
    temporary = target.with_name(f".topoplan-{os.urandom(8).hex()}.tmp")
    # Created by the umask's rules, which mkstemp ignores; O_EXCL never follows or reuses what is there.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode) & 0o777)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None
