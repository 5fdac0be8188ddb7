"""Writes Parquet in its plainest form, columns of eight-byte numbers without nulls, with nothing but Python.

A process that writes need not load a database. Layout: Apache Parquet format 2, one PLAIN page a column chunk, and
Thrift's compact protocol for its headers.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from enum import Enum
from types import TracebackType
from typing import BinaryIO, NamedTuple

from topoplan_importers.traces.recognise import PARQUET

_SLOT = 8
_PLAIN, _RLE, _REQUIRED, _UNCOMPRESSED, _DATA_PAGE = 0, 3, 0, 0, 0
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12


class Kind(Enum):
    """What the eight bytes of a column mean: Parquet's physical and converted type."""

    UNSIGNED = (2, 14)
    SIGNED = (2, 18)
    DOUBLE = (5, None)


class NumberColumn(NamedTuple):
    name: str
    kind: Kind


class NumberWriter:
    """Writes rows given as one array for each column. The file is whole once the context ends without an exception."""

    def __init__(self, stream: BinaryIO, columns: Sequence[NumberColumn]) -> None:
        self._stream, self._columns = stream, columns
        self._at = stream.write(PARQUET)
        self._groups: list[bytes] = []
        self._rows = 0

    def write(self, columns: Sequence[array[int] | array[float]]) -> None:
        """One row group."""
        count = len(columns[0])
        if not count:
            return
        begun = self._at
        chunks = [self._chunk(about, own, count) for about, own in zip(self._columns, columns, strict=True)]
        self._groups.append(
            _Struct().list(1, _STRUCT, chunks).i64(2, self._at - begun).i64(3, count).end()
        )  # fmt: skip
        self._rows += count

    def __enter__(self) -> NumberWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        if kind is None:
            footer = self._footer()
            self._stream.write(footer + len(footer).to_bytes(4, "little") + PARQUET)

    def _chunk(self, column: NumberColumn, values: array[int] | array[float], count: int) -> bytes:
        if sys.byteorder == "big":
            values = values[:]
            values.byteswap()
        size = len(values) * _SLOT
        page = _Struct().i32(1, count).i32(2, _PLAIN).i32(3, _RLE).i32(4, _RLE)
        header = _Struct().i32(1, _DATA_PAGE).i32(2, size).i32(3, size).struct(5, page).end()
        begun, length = self._at, len(header) + size
        self._stream.write(header)
        self._stream.write(values)
        self._at += length
        about = (
            _Struct().i32(1, column.kind.value[0]).list(2, _I32, [_zigzag(_PLAIN)])
            .list(3, _BINARY, [_text(column.name)]).i32(4, _UNCOMPRESSED).i64(5, count).i64(6, length).i64(7, length)
            .i64(9, begun)
        )  # fmt: skip
        return _Struct().i64(2, begun).struct(3, about).end()

    def _footer(self) -> bytes:
        schema = [_Struct().binary(4, "rows").i32(5, len(self._columns)).end()]
        for column in self._columns:
            physical, converted = column.kind.value
            about = _Struct().i32(1, physical).i32(3, _REQUIRED).binary(4, column.name)
            schema.append((about if converted is None else about.i32(6, converted)).end())
        whole = _Struct().i32(1, 1).list(2, _STRUCT, schema).i64(3, self._rows).list(4, _STRUCT, self._groups)
        return whole.end()


class _Struct:
    """A struct in Thrift's compact protocol; fields go in by ascending number."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._last = 0

    def i32(self, number: int, value: int) -> _Struct:
        return self._field(number, _I32, _zigzag(value))

    def i64(self, number: int, value: int) -> _Struct:
        return self._field(number, _I64, _zigzag(value))

    def binary(self, number: int, value: str) -> _Struct:
        return self._field(number, _BINARY, _text(value))

    def struct(self, number: int, value: _Struct) -> _Struct:
        return self._field(number, _STRUCT, value.end())

    def list(self, number: int, kind: int, values: Sequence[bytes]) -> _Struct:
        short = len(values) < 15
        head = bytes([len(values) << 4 | kind]) if short else bytes([0xF0 | kind]) + _varint(len(values))
        return self._field(number, _LIST, head + b"".join(values))

    def end(self) -> bytes:
        return bytes(self._bytes) + b"\0"

    def _field(self, number: int, kind: int, value: bytes) -> _Struct:
        self._bytes.append(number - self._last << 4 | kind)
        self._bytes += value
        self._last = number
        return self


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _text(text: str) -> bytes:
    raw = text.encode()
    return _varint(len(raw)) + raw
