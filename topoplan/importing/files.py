"""Opening of regular files only, with bounds on what they may expand to."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from topoplan import looking
from topoplan.errors import DocumentError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from topoplan.importing.zstd import ZstdFile

MAX_BYTES = 256 * 2**20
"""Most bytes of one file read into memory, unzipped."""
MAX_STREAM_BYTES = 64 * 2**30
"""Most bytes unzipped from one streamed gzip file."""
GZIP_RATIO = 150
"""Most bytes a stored byte of gzip may unzip to; traces reach about 60, a bomb 1,030."""
GZIP_ALLOWANCE = 16 * 2**20
"""Bytes any gzip file may unzip to, whatever its ratio."""
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_RATIO = 2000
"""As for gzip; traces reach some hundreds, a bomb 10,000 and more."""
_COMPRESSED = (".gz", ".zst")
_MAGIC_BYTES = 4
STREAM_BUFFER = 2**17
"""Bytes read at a time where a file is read from its beginning to its end."""

# A link put in place of the file after its path was resolved is refused; a pipe opens without waiting for a writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def plain_name(name: str) -> str:
    """A file's name without the suffix that tells of compression."""
    return next((name.removesuffix(suffix) for suffix in _COMPRESSED if name.endswith(suffix)), name)


def open_regular(real: Path, path: str, buffering: int = io.DEFAULT_BUFFER_SIZE) -> io.BufferedReader:
    """Open the resolved path `real` for reading; errors name `path`.

    Raises DocumentError `not-a-file` for anything but a regular file, `unreadable` with the system's reason.
    """
    try:
        if not stat.S_ISREG(looking.look(real).lstat().st_mode):
            raise DocumentError("is not a regular file", slug="not-a-file", where=path)
        descriptor = os.open(real, _FLAGS)
        stream: io.BufferedReader = io.BufferedReader(io.FileIO(descriptor), buffering)
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
    """All content, unpacked when it is gzip or zstd. Raises DocumentError `too-large`, `gzip-bomb` or `unreadable`."""
    stored = os.fstat(stream.fileno()).st_size
    if stored > MAX_BYTES:
        raise too_large(path)
    try:
        packed = is_packed(stream.read(_MAGIC_BYTES))
        stream.seek(0)
        data = Unpacked(stream, path, MAX_BYTES).read() if packed else stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(error, path) from None
    if len(data) > MAX_BYTES:
        raise too_large(path)
    return data


def stream_bounded(stream: BinaryIO, path: str) -> BinaryIO:
    """`stream` itself, or what it unpacks to, bounded, when it is gzip or zstd. Reading may raise DocumentError."""
    try:
        packed = is_packed(stream.read(_MAGIC_BYTES))
        stream.seek(0)
    except OSError as error:
        stream.close()
        raise unreadable(error, path) from None
    if not packed:
        return stream
    return io.BufferedReader(Unpacked(stream, path, MAX_STREAM_BYTES), 2**17)


def is_packed(head: bytes) -> bool:
    """Whether these first bytes are those of gzip or zstd."""
    return head.startswith((GZIP_MAGIC, ZSTD_MAGIC))


class Unpacked(io.RawIOBase):
    """The unpacked content of `stream`, gzip or zstd, which it closes. Reading raises DocumentError when the content
    passes `limit` (`too-large`) or the ratio of a plausible file (`gzip-bomb`), or is not whole (`unreadable`)."""

    def __init__(self, stream: BinaryIO, path: str, limit: int) -> None:
        super().__init__()
        stored = os.fstat(stream.fileno()).st_size
        zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        stream.seek(0)
        self._damage: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error)
        if zipped:
            self._kind, self._ratio = "gzip", GZIP_RATIO
            self._unpacked: gzip.GzipFile | ZstdFile = gzip.GzipFile(fileobj=stream, mode="rb")
        else:
            from topoplan.importing.zstd import ZstdError, unpacked

            self._kind, self._ratio = "zstd", ZSTD_RATIO
            self._unpacked = unpacked(stream)
            self._damage += (ZstdError,)
        self._plausible = max(GZIP_ALLOWANCE, self._ratio * stored)
        self._stream, self._path, self._limit, self._given = stream, path, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            piece = self._unpacked.read1(len(view))
        except self._damage:
            raise DocumentError(f"is not a whole {self._kind} file", slug="unreadable", where=self._path) from None
        self._given += len(piece)
        if self._given > self._plausible:
            verb = "unzips" if self._kind == "gzip" else "unpacks"
            message = f"{verb} to more than {self._ratio} times its size"
            raise DocumentError(message, slug="gzip-bomb", where=self._path)
        if self._given > self._limit:
            raise too_large(self._path)
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._unpacked.close()
            self._stream.close()
        super().close()


def too_large(path: str) -> DocumentError:
    """The error for a file that is over `MAX_BYTES`."""
    return DocumentError(f"is larger than {MAX_BYTES // 2**20} MiB", slug="too-large", where=path)
