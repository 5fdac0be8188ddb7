"""What reading large files is divided into: one slice, read into one part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.conventions import Signatures
from topoplan_importers.traces.jaeger import JaegerReader
from topoplan_importers.traces.marks import Marks, ToldMarks
from topoplan_importers.traces.otlp import OtlpReader
from topoplan_importers.traces.parts import PartWriter
from topoplan_importers.traces.reading import FileReader, Reader, Reading, Slice
from topoplan_importers.traces.span import DependencyLink
from topoplan_importers.traces.zipkin import ZipkinReader

READERS: dict[str, Callable[[Marks, Signatures], Reader]] = {
    "jaeger": JaegerReader,
    "otlp": OtlpReader,
    "zipkin": ZipkinReader,
}


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


def unclaimed(setup: Setup, tasks: Iterable[Task]) -> Iterator[Task]:
    """Those tasks that no other process has claimed when their turn comes; they are claimed then."""
    for task in tasks:
        try:
            (Path(setup.folder) / f"{task.number}.claimed").touch(exist_ok=False)
        except FileExistsError:
            continue
        yield task


class Worker:
    """Does tasks, one after the other."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._workspace = Workspace({shown: Path(real) for shown, real in setup.roots.items()})
        self._signatures = Signatures(many=True)

    def do(self, task: Task) -> Done:
        """Read what is asked for. The part is whole when this returns."""
        setup, marks = self._setup, Marks()
        path = setup.paths[task.file]
        claimed = marks if setup.claimed[task.file] else None
        with PartWriter(Path(setup.folder), task.number, setup.paths) as part:
            reader = FileReader(READERS[setup.format](marks, self._signatures), part, self._workspace)
            if task.piece is None:
                reading = reader.read(path, task.file, claimed)
            else:
                reading = reader.read_slice(path, task.file, task.piece, claimed)
        return Done(task.number, reading, marks.told(), part.links)
