"""Cuts large files into slices that several processes can read, each without what comes before it.

Lines are cut anywhere: a line belongs to the slice it begins in. A document is cut where something begins that looks
like its first element does: `{"` before a key can stand in no string, so that it is an object; that it is an element of
the outer array, the process that reads the slice before finds out, and else the file is read in one go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate
from topoplan.importing.sniffing import HEAD_BYTES
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.frames import FRAMED, borders, shape_of
from topoplan_importers.traces.reading import Slice
from topoplan_importers.traces.units import UnreadableError, is_lines, opening_of

SLICE_BYTES = 64 * 2**20
_CHUNK = 2**20
_LONGEST_SHAPE = 1024
"""Bytes at the beginning of an element that are looked at."""
_VALUE = rb'(?:"[^"\\]{0,200}"|-?\d{1,40})'
_SHAPE = re.compile(rb'(\[?)\s*\{\s*"([\w.]{1,40})"\s*:\s*(?:' + _VALUE + rb'\s*,\s*"([\w.]{1,40})"\s*:|([\[{]))')


def slices_of(candidate: Candidate, workspace: Workspace, size: int) -> tuple[Slice, ...]:
    """The slices of a file of about `size` bytes each; none where it can only be read in one go."""
    if candidate.size < 2 * size:
        return ()
    try:
        with workspace.open_stream(candidate.path) as stream:
            if not stream.seekable():  # compressed
                return ()
            shape = shape_of(stream.read(HEAD_BYTES))
            stream.seek(0)
            if shape:
                return _between(list(borders(stream, shape == FRAMED, size)), shape)
            if is_lines(stream):
                return _between(list(range(0, candidate.size - size // 2, size)), b"")
            stream.seek(0)
            first = opening_of(stream)
            if first is None:
                return ()
            return _between([first.at, *_likely(stream, candidate.size, first.element, size)], first.opening)
    except (OSError, DocumentError, UnreadableError):
        return ()  # whoever reads it tells why


def _between(starts: list[int], opening: bytes) -> tuple[Slice, ...]:
    if len(starts) < 2:
        return ()
    return tuple(Slice(start, stop, opening) for start, stop in zip(starts, [*starts[1:], None], strict=True))


def _likely(stream: BinaryIO, length: int, element: bytes, size: int) -> Iterator[int]:
    """Where elements begin, about `size` bytes apart, as far as looks tell."""
    shape = _shape_of(element)
    for place in range(size, length - size // 2, size) if shape else ():
        stream.seek(place)
        at, window = place, b""
        while shape and at < place + size and (chunk := stream.read(_CHUNK)):
            window += chunk
            found = shape.search(window)
            if found:
                yield at + found.start()
                break
            at += max(len(window) - _LONGEST_SHAPE, 0)
            window = window[-_LONGEST_SHAPE:]


def _shape_of(element: bytes) -> re.Pattern[bytes] | None:
    """A pattern for the beginning of an object: its first key and what kind of value it has, and the second key behind
    a plain value; None where there is no telling beginning."""
    told = _SHAPE.match(element[:_LONGEST_SHAPE])
    if told is None:
        return None
    array, first, second, opens = told.groups()
    begin = (rb"\[\s*" if array else b"") + rb'\{\s*"' + re.escape(first) + rb'"\s*:\s*'
    rest = re.escape(opens) if opens else _VALUE + rb'\s*,\s*"' + re.escape(second) + rb'"\s*:'
    return re.compile(begin + rest)
