"""Opening of regular files only, with bounds on what they may expand to."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from topoplan.errors import DocumentError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_BYTES = 256 * 2**20
"""Most bytes of one file read into memory, unzipped."""
MAX_STREAM_BYTES = 64 * 2**30
"""Most bytes unzipped from one streamed gzip file."""
GZIP_RATIO = 150
"""Most bytes a stored byte of gzip may unzip to; traces reach about 60, a bomb 1,030."""
GZIP_ALLOWANCE = 16 * 2**20
"""Bytes any gzip file may unzip to, whatever its ratio."""
GZIP_MAGIC = b"\x1f\x8b"

# A link put in place of the file after its path was resolved is refused; a pipe opens without waiting for a writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(real: Path, path: str) -> io.BufferedReader:
    """Open the resolved path `real` for reading; errors name `path`.

    Raises DocumentError `not-a-file` for anything but a regular file, `unreadable` with the system's reason.
    """
    try:
        if not stat.S_ISREG(real.lstat().st_mode):
            raise DocumentError("is not a regular file", slug="not-a-file", where=path)
        descriptor = os.open(real, _FLAGS)
        stream = open(descriptor, "rb")  # noqa: SIM115 -- handed to the caller
    except (OSError, ValueError) as error:
        raise unreadable(error, path) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise DocumentError("is not a regular file", slug="not-a-file", where=path)
    return stream


def unreadable(error: Exception, path: str) -> DocumentError:
    """The error for a failed system call, with its reason but never the absolute path."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
    return DocumentError(f"cannot be read: {reason}", slug="unreadable", where=path)


def read_bounded(stream: BinaryIO, path: str) -> bytes:
    """All content, unzipped when it is gzip. Raises DocumentError `too-large`, `gzip-bomb` or `unreadable`."""
    stored = os.fstat(stream.fileno()).st_size
    if stored > MAX_BYTES:
        raise too_large(path)
    try:
        if stream.read(2) != GZIP_MAGIC:
            stream.seek(0)
            data = stream.read(MAX_BYTES + 1)
        else:
            stream.seek(0)
            data = BoundedGzip(stream, path, MAX_BYTES).read()
    except OSError as error:
        raise unreadable(error, path) from None
    if len(data) > MAX_BYTES:
        raise too_large(path)
    return data


def stream_bounded(stream: BinaryIO, path: str) -> BinaryIO:
    """`stream` itself, or what it unzips to, bounded, when it is gzip. Reading may raise DocumentError."""
    try:
        zipped = stream.read(2) == GZIP_MAGIC
        stream.seek(0)
    except OSError as error:
        stream.close()
        raise unreadable(error, path) from None
    if not zipped:
        return stream
    return io.BufferedReader(BoundedGzip(stream, path, MAX_STREAM_BYTES), 2**17)


class BoundedGzip(io.RawIOBase):
    """The unzipped content of `stream`, which it closes. Reading raises DocumentError when the content passes `limit`
    (`too-large`) or the ratio of a plausible file (`gzip-bomb`), or is not whole (`unreadable`)."""

    def __init__(self, stream: BinaryIO, path: str, limit: int) -> None:
        super().__init__()
        stored = os.fstat(stream.fileno()).st_size
        self._plausible = max(GZIP_ALLOWANCE, GZIP_RATIO * stored)
        self._stream, self._path, self._limit, self._given = stream, path, limit, 0
        self._unzipped = gzip.GzipFile(fileobj=stream, mode="rb")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            piece = self._unzipped.read1(len(view))
        except (OSError, EOFError, zlib.error):
            raise DocumentError("is not a whole gzip file", slug="unreadable", where=self._path) from None
        self._given += len(piece)
        if self._given > self._plausible:
            message = f"unzips to more than {GZIP_RATIO} times its size"
            raise DocumentError(message, slug="gzip-bomb", where=self._path)
        if self._given > self._limit:
            raise too_large(self._path)
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._unzipped.close()
            self._stream.close()
        super().close()


def too_large(path: str) -> DocumentError:
    """The error for a file that is over `MAX_BYTES`."""
    return DocumentError(f"is larger than {MAX_BYTES // 2**20} MiB", slug="too-large", where=path)
