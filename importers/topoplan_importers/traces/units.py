"""Cuts a stream of JSON of any size into values small enough to decode one by one.

Two shapes occur. *Lines*: each line is a value of its own, and a bad line costs only itself. *Document*: one value (or
several in a row) whose outer array, bare or inside an envelope such as `{"data":[…]}`, is cut into its elements. The
end of an element is found by msgspec, which skips a value about four times faster than it decodes one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import BinaryIO, NamedTuple, TypeAlias, TypeVar, cast

import msgspec

T = TypeVar("T")
Unit: TypeAlias = bytes | memoryview
"""One value, still encoded."""

UNIT_LIMIT = 256 * 1024 * 1024
"""Largest single value, in bytes: one trace, or one batch of an exporter."""
PEEK = 8 * 1024 * 1024
"""Most bytes looked at to tell lines from a document."""
_FIRST_LOOK = 64 * 1024
_CHUNK = 1024 * 1024
_KEY_LIMIT = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n\x1e"
_OPENING, _NEWLINE = b"{[", 10
_BLANK = re.compile(rb"[ \t\r\n\x1e]*")
_RAW = msgspec.json.Decoder(msgspec.Raw)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_BEGINNING = re.compile(rb'\{"[\w.]{1,40}":')
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_BYTE = re.compile(r"\(byte (\d+)\)")
_LONGEST_NUMBER = 400
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*')
_ARRAYS = frozenset({b"data", b"resourceSpans", b"batches", b"resourceLogs", b"resourceMetrics"})
_ENVELOPES = frozenset({b"data", b"result", b"trace"})
_SURROGATE = re.compile(
    rb"\\\\|(\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


class UnreadableError(ValueError):
    """A document breaks off here: what follows cannot be told apart."""


def is_lines(stream: BinaryIO) -> bool:
    """Whether the first line is a whole value and more follows."""
    head, size = b"", _FIRST_LOOK
    while size <= PEEK and (chunk := stream.read(size - len(head))):
        head, size = head + chunk, 2 * size
        line, newline, rest = head.removeprefix(_BOM).lstrip(_SPACE).partition(b"\n")
        if newline and rest.strip(_SPACE):
            return _is_value(line)
    return False


def _is_value(line: bytes) -> bool:
    try:
        _RAW.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


class Lines:
    """The lines that begin from byte `start` up to byte `stop` of a stream (None: its end) and are not blank, each with
    its number, counted from 1 at `start`; one has to be done with before the next. A line over the limit comes cut, so
    it will not decode. `passed` counts the lines gone by, blank ones too."""

    def __init__(self, stream: BinaryIO, start: int = 0, stop: int | None = None) -> None:
        self.passed = 0
        self._stream, self._start, self._stop = stream, start, stop

    def __iter__(self) -> Iterator[tuple[int, Unit]]:
        if self._start:
            self._stream.seek(self._start - 1)
        window = _Window(self._stream)
        at, bom = self._start, _BOM if not self._start else b""
        if self._start:
            at += window.skip() - 1
        while (self._stop is None or at < self._stop) and (line := window.line()):
            self.passed += 1
            if line[0] in _OPENING:  # as nearly all: copied no more often than it has to be
                yield self.passed, line
            else:
                text = (bytes(line).removeprefix(bom) if self.passed == 1 else bytes(line)).strip(_SPACE)
                if text:
                    yield self.passed, text
            at += len(line)
            if len(line) == UNIT_LIMIT and line[-1] != _NEWLINE:
                at += window.skip()


class _Window:
    """Lines of a stream, read into the same memory again and again: new memory for each takes longer than reading."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read_into = cast(BufferedIOBase, stream).readinto
        self._memory = bytearray(_CHUNK)
        self._view = memoryview(self._memory)
        self._begin = self._end = 0

    def line(self) -> memoryview:
        """The next line, with what ends it, or as much of it as the limit lets; empty at the end. Good until the next
        one is asked for."""
        looked = self._begin
        while (found := self._memory.find(b"\n", looked, self._end)) < 0 and self._end - self._begin < UNIT_LIMIT:
            looked = self._end - self._make_room()
            count = self._read_into(self._view[self._end :])
            if not count:
                break
            self._end += count
        stop = min(found + 1 if found >= 0 else self._end, self._begin + UNIT_LIMIT)
        line = self._view[self._begin : stop]
        self._begin = stop
        return line

    def skip(self) -> int:
        """Pass over the rest of a line; its bytes."""
        passed = 0
        while line := self.line():
            passed += len(line)
            if line[-1] == _NEWLINE:
                break
        return passed

    def _make_room(self) -> int:
        """Make room behind what is held; by how much that moves to the front."""
        moved, held = self._begin, self._end - self._begin
        if self._end < len(self._memory):
            return 0
        if not moved:
            memory = bytearray(2 * len(self._memory))
            memory[:held] = self._memory
            self._memory, self._view = memory, memoryview(memory)
        else:
            self._view[:held] = self._view[moved : self._end]
        self._begin, self._end = 0, held
        return moved


class Elements:
    """The elements of a document, each with its number, counted from 1. Iteration raises UnreadableError where it is
    malformed. `passed` counts the elements gone by.

    Of a slice of a document `opening` is what stands open where it starts, such as `{"data":[`. It ends at the first
    element that begins at or behind byte `stop`; `landed` tells whether that one begins there and the same stands open,
    so that another who started there read what follows just as this one would have.
    """

    def __init__(
        self, stream: BinaryIO, start: int = 0, stop: int | None = None, opening: bytes = b""
    ) -> None:  # fmt: skip
        self.passed = 0
        self.landed = stop is None
        self._stop, self._opening = stop, opening
        if start:
            stream.seek(start)
        self._scanner = _Scanner(stream, opening, start)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for begin, unit in self._scanner.units():
            if self._stop is not None and begin >= self._stop:
                self.landed = begin == self._stop and self._scanner.opening == self._opening
                return
            self.passed += 1
            yield self.passed, unit


class Opening(NamedTuple):
    """Where the first element of a document begins, what stands open there, and the element."""

    at: int
    opening: bytes
    element: bytes


def opening_of(stream: BinaryIO) -> Opening | None:
    """None where the document has no element, or is one itself."""
    scanner = _Scanner(stream, b"", 0)
    try:
        first = next(scanner.units(), None)
    except UnreadableError:
        return None
    return Opening(first[0], scanner.opening, first[1]) if first and scanner.opening else None


def mend(unit: Unit) -> bytes:
    """The unit with invalid UTF-8 and lone surrogates replaced, which no decoder accepts but writers produce."""
    return _without_lone_surrogates(bytes(unit).decode("utf-8", "replace").encode())


def decoded(decoder: msgspec.json.Decoder[T], text: bytes) -> T:
    """What a part of a unit holds that was kept as it stands, mended where it has to be. Raises msgspec.DecodeError,
    UnicodeDecodeError or RecursionError."""
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        mended = mend(text)
        if mended == text:
            raise
        return decoder.decode(mended)


class _Scanner:
    """A window over the stream that moves forward value by value."""

    def __init__(self, stream: BinaryIO, opening: bytes, start: int) -> None:
        self._stream = stream
        self._data = opening
        self._at = 0
        self._held: int | None = None
        """Where a value starts that may have to be given as a whole; None when everything passed may go."""
        self._read = start
        self._open: list[bytes] = []
        self._regular = True
        """Elements may be cut many at once."""
        while not opening and len(self._data) < len(_BOM) and self._more():
            pass
        if self._data.startswith(_BOM):
            self._at = len(_BOM)

    @property
    def opening(self) -> bytes:
        """Brackets and keys that stand open."""
        return b"".join(self._open)

    def units(self) -> Iterator[tuple[int, bytes]]:
        """Every element, and the byte it begins at."""
        while (first := self._peek()) != b"":
            if first == b"[":
                yield from self._array()
            elif first == b"{":
                self._held = self._at
                yield from self._object()
                if self._held is not None:
                    yield self._place(self._held), self._data[self._held : self._at]
                    self._held = None
            else:
                raise self._unreadable("is not JSON")

    def _array(self) -> Iterator[tuple[int, bytes]]:
        return self._sequence(b"[", b"]", self._element)

    def _element(self) -> Iterator[tuple[int, bytes]]:
        """The next element, or many of them where they can be told apart at once."""
        many = self._many()
        if many:
            for unit in many[:-1]:
                begin = self._place(self._at)
                self._at += len(unit) + 1
                if unit != b"null":
                    yield begin, unit
        start = self._value()
        unit = self._data[start : self._at]
        if unit.rstrip(_SPACE) != b"null":
            yield self._place(start), unit

    def _many(self) -> list[bytes]:
        """The elements from here to the last one in reach that begins like this one; none where that is not sure.

        What lies between is cut in one go, at a fraction of the cost. It is sure where all of it, in brackets, is an
        array whose elements are parted by commas alone. Where that fails once it is not tried again: elements that hold
        others that begin like them would be looked at again and again.
        """
        if not self._regular:
            return []
        begin = _BEGINNING.match(self._data, self._at)
        end = self._data.rfind(b"," + begin.group(0), self._at, self._at + _CHUNK) if begin else -1
        if end < 0:
            return []
        try:
            found = [bytes(raw) for raw in _RAWS.decode(b"[" + self._data[self._at : end] + b"]")]
        except (msgspec.DecodeError, RecursionError):
            found = []
        self._regular = sum(map(len, found)) + len(found) - 1 == end - self._at
        return found if self._regular else []

    def _object(self) -> Iterator[tuple[int, bytes]]:
        """Elements of the arrays in an envelope; nothing for an object that is none, which stays held."""
        return self._sequence(b"{", b"}", self._member)

    def _member(self) -> Iterator[tuple[int, bytes]]:
        key, opening = self._key(), self._peek()
        array = opening == b"[" and key in _ARRAYS
        if array or (opening == b"{" and key in _ENVELOPES):
            self._held = None
            self._open.append(b'"' + key + b'":')
            yield from self._array() if array else self._object()
            self._open.pop()
        else:
            self._value()

    def _sequence(
        self, begin: bytes, end: bytes, member: Callable[[], Iterator[tuple[int, bytes]]]
    ) -> Iterator[tuple[int, bytes]]:
        self._at += 1
        self._open.append(begin)
        found = self._peek()
        while found != end:
            yield from member()
            found = self._peek()
            if found == b",":
                self._at += 1
                self._peek()
            elif found != end:
                raise self._unreadable("is malformed" if found else "ends in the middle of a value")
        self._at += 1
        self._open.pop()

    def _key(self) -> bytes:
        while (match := _KEY.match(self._data, self._at)) is None:
            if len(self._data) - self._at > _KEY_LIMIT or not self._more():
                raise self._unreadable("is malformed")
        self._at = match.end()
        return match.group(1)

    def _value(self) -> int:
        """Move past one value; returns where it starts."""
        length = self._length()
        self._at += length
        return self._at - length

    def _length(self) -> int:
        """Bytes of the value that starts here, which afterwards lies in the window as a whole."""
        mended = False
        while True:
            rest = memoryview(self._data)[self._at :]
            try:
                _RAW.decode(rest)
            except RecursionError:
                raise self._unreadable("is nested too deeply") from None
            except msgspec.DecodeError as error:
                said = str(error)
            else:
                if rest[-1] in b'}]"' or not self._more():
                    return len(rest)
                continue  # a number may go on in the next chunk
            trailing = _TRAILING.search(said)
            if trailing is not None:
                return int(trailing.group(1)) - 1  # msgspec counts the byte it stumbled over
            if len(rest) > UNIT_LIMIT:
                raise self._unreadable(f"holds a value of over {UNIT_LIMIT >> 20} MiB")
            truncated = "truncated" in said
            if (truncated or _stumbled_at(said) > len(rest) - _LONGEST_NUMBER) and self._more():
                mended = False  # a number cut by the end of the window counts as malformed, not as truncated
            elif truncated or mended:
                raise self._unreadable("ends in the middle of a value" if truncated else "is malformed")
            else:
                self._data = self._data[: self._at] + _without_lone_surrogates(self._data[self._at :])
                mended = True

    def _peek(self) -> bytes:
        """The next significant byte, empty at the end."""
        while True:
            self._at = _BLANK.match(self._data, self._at).end()  # type: ignore[union-attr]  # matches everywhere
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._more():
                return b""

    def _more(self) -> bool:
        chunk = self._stream.read(max(_CHUNK, len(self._data) - self._at))
        cut = self._at if self._held is None else self._held
        self._data = self._data[cut:] + chunk
        self._read += len(chunk)
        self._at -= cut
        self._held = None if self._held is None else 0
        return bool(chunk)

    def _unreadable(self, what: str) -> UnreadableError:
        return UnreadableError(f"{what} at byte {self._place(self._at)}")

    def _place(self, at: int) -> int:
        """The byte of the stream that `at` is in the window."""
        return self._read - len(self._data) + at


def _stumbled_at(said: str) -> int:
    place = _BYTE.search(said)
    return int(place.group(1)) if place else 0


def _without_lone_surrogates(text: bytes) -> bytes:
    """The replacement is as long as what it replaces, so places stay true."""
    return _SURROGATE.sub(lambda match: b"\\ufffd" if match.group(2) else match.group(0), text)
