"""Cuts files of OTLP messages in protobuf into messages small enough to decode one by one.

Two shapes occur. *Frames*, as the collector's file exporter writes them: each message behind its length in four bytes,
the highest first; with the exporter's `compression` each is packed with zstd by itself, and may be JSON inside. *Bare*:
one message, or several in a row, which is the same in this format; it is cut into the entries of its outer list.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from topoplan_importers.traces.otlp_wire import claims as is_message
from topoplan_importers.traces.units import UNIT_LIMIT, UnreadableError

_LENGTH_BYTES = 4
_ENTRY = 0x0A
_LONGEST_VARINT = 10
_ZSTD = b"\x28\xb5\x2f\xfd"
_PACKED_RATIO = 2000
_ALLOWANCE = 16 * 2**20


FRAMED, BARE = b"framed", b"bare"


def shape_of(head: bytes) -> bytes:
    """The shape of a file that begins so; empty where it has neither."""
    length, inside = int.from_bytes(head[:_LENGTH_BYTES]), head[_LENGTH_BYTES:]
    if 0 < length <= UNIT_LIMIT and (is_message(inside) or inside.startswith((_ZSTD, b'{"resourceSpans"'))):
        return FRAMED
    return BARE if is_message(head) else b""


def borders(stream: BinaryIO, framed: bool, size: int) -> Iterator[int]:
    """Where messages begin, at least `size` bytes apart, the first at 0. Passes over their content."""
    messages = Messages(stream, framed=framed)
    last = -size
    while True:
        at, (head, length) = messages.at, messages.head()
        if not head:
            return
        if at >= last + size:
            yield at
            last = at
        messages.skip(head, length)


class Messages:
    """The messages from byte `start` to byte `stop` (None: the end) of a stream, each with its number, counted from 1.
    Iteration raises UnreadableError where it breaks off. `passed` counts those gone by."""

    def __init__(self, stream: BinaryIO, start: int = 0, stop: int | None = None, *, framed: bool) -> None:
        self.passed = 0
        self._stream, self.at, self._stop, self._framed = stream, start, stop, framed
        if start:
            stream.seek(start)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while self._stop is None or self.at < self._stop:
            head, length = self.head()
            if not head:
                return
            if length > UNIT_LIMIT:
                raise self._unreadable(f"holds a message of over {UNIT_LIMIT >> 20} MiB")
            body = self._stream.read(length)
            if len(body) < length:
                raise self._unreadable("ends in the middle of a message")
            self.at += len(head) + length
            self.passed += 1
            yield self.passed, _unpacked(body) if self._framed else head + body

    def head(self) -> tuple[bytes, int]:
        """What stands before a message, empty at the end, and the message's length."""
        if self._framed:
            head = self._stream.read(_LENGTH_BYTES)
            if 0 < len(head) < _LENGTH_BYTES:
                raise self._unreadable("ends in the middle of a message")
            return head, int.from_bytes(head)
        head, length = self._stream.read(1), 0
        if head and head[0] != _ENTRY:
            raise self._unreadable("is malformed")
        for shift in range(0, 7 * _LONGEST_VARINT if head else 0, 7):
            byte = self._stream.read(1)
            if not byte:
                raise self._unreadable("ends in the middle of a message")
            head += byte
            length |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                break
        return head, length

    def skip(self, head: bytes, length: int) -> None:
        """Pass over the message that stands behind this head."""
        self.at += len(head) + length
        self._stream.seek(self.at)

    def _unreadable(self, what: str) -> UnreadableError:
        return UnreadableError(f"{what} at byte {self.at}")


def _unpacked(body: bytes) -> bytes:
    """A message as it was before it was packed; one that cannot be unpacked stays, and will not decode."""
    if not body.startswith(_ZSTD):
        return body
    from topoplan.importing.zstd import ZstdError, unpacked

    limit = min(UNIT_LIMIT, max(_ALLOWANCE, _PACKED_RATIO * len(body)))
    try:
        with unpacked(io.BytesIO(body)) as stream:
            content = stream.read(limit + 1)
    except (ZstdError, EOFError):
        return body
    return content if len(content) <= limit else body
