"""What reading large files is divided into, and how processes tell each other of it.

In MessagePack, each message behind its length. Who does a task says so by a file, which only one of them can make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from topoplan_importers.traces.marks import ToldMarks
from topoplan_importers.traces.reading import Reading, Slice
from topoplan_importers.traces.span import DependencyLink

_LENGTH_BYTES = 4


class Setup(Struct):
    """What all tasks have in common."""

    roots: dict[str, str]
    """Shown path of each root → its real path."""
    folder: str
    """Where parts go."""
    format: str
    paths: list[str]
    """Shown paths of the files, sorted."""
    claimed: list[bool]
    """Which of them hold test runs."""
    alone: bool = False
    """Whether each part has to be read without others."""


class Task(Struct):
    """Read a file, or a slice of it, into the part of this number."""

    number: int
    file: int
    piece: Slice | None = None


class Done(Struct, tag=True):
    """What became of a task."""

    number: int
    reading: Reading
    marks: ToldMarks
    links: list[tuple[DependencyLink, int]]


class Work(Struct):
    """What there is to do, for all processes together."""

    setup: Setup
    tasks: list[Task]


class Crash(Struct, tag=True):
    """A fault of this program."""

    trace: str


def unclaimed(setup: Setup, tasks: Iterable[Task]) -> Iterator[Task]:
    """Those tasks that no other process has claimed when their turn comes; they are claimed then."""
    for task in tasks:
        try:
            (Path(setup.folder) / f"{task.number}.claimed").touch(exist_ok=False)
        except FileExistsError:
            continue
        yield task


def send(stream: BinaryIO, message: Struct | None) -> None:
    """Write one message; None says that no more will come."""
    raw = msgspec.msgpack.encode(message)
    stream.write(len(raw).to_bytes(_LENGTH_BYTES, "little") + raw)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """One message, still encoded. Raises EOFError where the other end is gone."""
    length = int.from_bytes(_exactly(stream, _LENGTH_BYTES), "little")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    raw = stream.read(length)
    if len(raw) < length:
        raise EOFError
    return raw
