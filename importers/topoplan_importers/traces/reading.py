"""Reads one file of traces, or a slice of one, unit by unit into whatever takes spans, and tells how it went."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Protocol

import msgspec
from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.sniffing import HEAD_BYTES
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan.model.text import clean
from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.frames import BARE, FRAMED, Messages, shape_of
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.span import DependencyLink
from topoplan_importers.traces.units import Elements, Lines, Unit, UnreadableError, is_lines, mend

_BROKEN_STREAM = (OSError, EOFError, zlib.error, DocumentError)
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_BATCH = 1024
"""Spans that are handed over at once, about."""
_SHOWN = 3
"""Bad lines named in a source's remark."""


class Reader(Protocol):
    """Decodes one unit of a file."""

    def read(self, unit: Unit, batch: Batch) -> None:
        """Add what it holds. Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError; what was
        added then has to go."""
        ...


class Sink(Protocol):
    """Takes what is read."""

    def add_all(self, batch: Batch, file: int) -> int:
        """Take the spans, which were read from this file; how many they are. The batch is used up."""
        ...

    def add_link(self, link: DependencyLink, file: int) -> None: ...


class Slice(Struct, frozen=True):
    """Part of a file: bytes `start` to `stop` (None: its end)."""

    start: int
    stop: int | None
    opening: bytes = b""
    """What stands open where a slice of a document begins, or `frames.FRAMED` or `BARE`; empty: of lines."""


class Reading(Struct):
    """How the reading of one file, or of one slice, went."""

    noun: str
    """What is counted: `line`, `element` or `message`."""
    passed: int = 0
    """How many went by, blank ones too."""
    good: int = 0
    bad: int = 0
    records: int = 0
    first_bad: list[tuple[int, str]] = []
    """Numbers of the first that could not be read, and why."""
    broken: str = ""
    """Why the rest could not be read."""
    landed: bool = True
    """Whether the next slice begins where this one ended."""

    def fail(self, number: int, error: Exception) -> None:
        self.bad += 1
        if len(self.first_bad) < _SHOWN:
            self.first_bad.append((number, _reason(error)))

    def outcome(self) -> tuple[SourceState, str]:
        """State and remark of the file."""
        parts = []
        if self.bad:
            shown = "; ".join(f"{self.noun} {number}: {reason}" for number, reason in self.first_bad)
            more = "; …" if self.bad > len(self.first_bad) else ""
            parts.append(f"{self.bad} of {self.bad + self.good} {self.noun}s could not be read ({shown}{more})")
        remark = "; ".join([*parts, *([self.broken] if self.broken else [])])
        if self.records:
            return SourceState.ANALYSED, remark
        return (SourceState.FAILED, remark) if remark else (SourceState.SKIPPED, "no spans")


def joined(slices: Sequence[Reading]) -> tuple[Reading, int]:
    """What reading these slices one after the other comes to, and how many of them that takes: all, unless one broke
    off."""
    whole = Reading(slices[0].noun)
    for count, part in enumerate(slices, start=1):  # noqa: B007 -- of the last one
        whole.first_bad += [(number + whole.passed, reason) for number, reason in part.first_bad]
        whole.passed += part.passed
        whole.good += part.good
        whole.bad += part.bad
        whole.records += part.records
        whole.broken = part.broken
        if part.broken:
            break
    whole.first_bad = whole.first_bad[:_SHOWN]
    return whole, count


class FileReader:
    """Reads files into `sink`. Of a file of test runs `claimed` notes the traces."""

    def __init__(self, reader: Reader, sink: Sink, workspace: Workspace) -> None:
        self._reader, self._sink, self._workspace = reader, sink, workspace

    def read(self, path: str, file: int, claimed: Marks | None = None) -> Reading:
        """The whole file, whose paths counts `file`."""
        try:
            shape = self._frames(path)
            if shape:
                return self.read_slice(path, file, Slice(0, None, shape), claimed)
            with self._workspace.open_stream(path) as stream:
                by_line = is_lines(stream)
            if by_line:
                return self.read_slice(path, file, Slice(0, None), claimed)
            with self._workspace.open_stream(path) as stream:
                found = self._document(stream, file, Slice(0, None), claimed)
            if found.broken and not found.good:
                # A document that breaks off before its first element may be lines with a damaged first one.
                attempt = self.read_slice(path, file, Slice(0, None), claimed)
                found = attempt if attempt.records else found
        except _BROKEN_STREAM as error:
            return _broken("element", error)
        return found

    def read_slice(self, path: str, file: int, piece: Slice, claimed: Marks | None = None) -> Reading:
        """One slice of a file."""
        try:
            with self._workspace.open_stream(path) as stream:
                if piece.opening in (FRAMED, BARE):
                    return self._messages(stream, file, piece, claimed)
                if piece.opening:
                    return self._document(stream, file, piece, claimed)
                return self._lines(stream, file, piece, claimed)
        except _BROKEN_STREAM as error:
            noun = "message" if piece.opening in (FRAMED, BARE) else "element" if piece.opening else "line"
            return _broken(noun, error)

    def _document(self, stream: BinaryIO, file: int, piece: Slice, claimed: Marks | None) -> Reading:
        elements = Elements(stream, piece.start, piece.stop, piece.opening)
        found = Reading("element")
        self._units(elements, file, found, claimed)
        found.passed, found.landed = elements.passed, elements.landed
        return found

    def _frames(self, path: str) -> bytes:
        """The shape of a file of protobuf messages; empty where it is none."""
        with self._workspace.open_stream(path) as stream:
            return shape_of(stream.read(HEAD_BYTES))

    def _messages(self, stream: BinaryIO, file: int, piece: Slice, claimed: Marks | None) -> Reading:
        messages = Messages(stream, piece.start, piece.stop, framed=piece.opening == FRAMED)
        found = Reading("message")
        self._units(messages, file, found, claimed)
        found.passed = messages.passed
        return found

    def _lines(self, stream: BinaryIO, file: int, piece: Slice, claimed: Marks | None) -> Reading:
        lines = Lines(stream, piece.start, piece.stop)
        found = Reading("line")
        self._units(lines, file, found, claimed)
        found.passed = lines.passed
        return found

    def _units(
        self, units: Iterable[tuple[int, Unit]], file: int, found: Reading, claimed: Marks | None
    ) -> None:  # fmt: skip
        read, batch = self._reader.read, Batch()
        try:
            for number, unit in units:
                before = batch.end()
                try:
                    read(unit, batch)
                    found.good += 1
                except _UNDECODABLE as error:
                    batch.cut(before)
                    self._mended(number, unit, error, batch, found)
                if len(batch) >= _BATCH:
                    self._hand_over(batch, file, found, claimed)
                    batch = Batch()
        except UnreadableError as error:
            found.broken = str(error)
        except _BROKEN_STREAM as error:
            found.broken = clean(f"breaks off: {error}")
        self._hand_over(batch, file, found, claimed)

    def _mended(self, number: int, unit: Unit, error: Exception, batch: Batch, found: Reading) -> None:
        """What a unit holds that could not be decoded, where it can be mended."""
        before = batch.end()
        mended = unit if isinstance(error, RecursionError) else mend(unit)
        try:
            if mended == unit:
                raise error
            self._reader.read(mended, batch)
            found.good += 1
        except _UNDECODABLE as reason:
            batch.cut(before)
            found.fail(number, reason)

    def _hand_over(self, batch: Batch, file: int, found: Reading, claimed: Marks | None) -> None:
        if claimed is None:  # sums of calls tell of no single test
            for link in batch.dependencies:
                self._sink.add_link(link, file)
        else:
            for span in batch.spans(file):
                claimed.claim(span.trace)
        found.records += len(batch.dependencies) + self._sink.add_all(batch, file)


def _broken(noun: str, error: Exception) -> Reading:
    reason = error.reason if isinstance(error, DocumentError) else f"cannot be read: {error}"
    return Reading(noun, broken=clean(reason))


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    return clean(str(error).split("\n")[0])
