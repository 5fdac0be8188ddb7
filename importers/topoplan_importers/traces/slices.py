"""Reads slices of trace files into parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.batch import Places
from topoplan_importers.traces.conventions import Signatures
from topoplan_importers.traces.jaeger import JaegerReader
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.otlp import OtlpReader
from topoplan_importers.traces.parts import PartWriter
from topoplan_importers.traces.reading import FileReader, Reader
from topoplan_importers.traces.tasks import Done, Setup, Task
from topoplan_importers.traces.zipkin import ZipkinReader

READERS: dict[str, Callable[[Marks, Signatures], Reader]] = {
    "jaeger": JaegerReader,
    "otlp": OtlpReader,
    "zipkin": ZipkinReader,
}


class SliceReader:
    """Does tasks, one after the other."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._workspace = Workspace({shown: Path(real) for shown, real in setup.roots.items()})
        self._signatures = Signatures(many=True)
        self._places: dict[int, Places] | None = None if setup.alone else {}

    def do(self, task: Task) -> Done:
        """Read what is asked for. The part is whole when this returns."""
        setup, marks = self._setup, Marks()
        path = setup.paths[task.file]
        claimed = marks if setup.claimed[task.file] else None
        with PartWriter(Path(setup.folder), task.number, setup.paths, self._places) as part:
            reader = FileReader(READERS[setup.format](marks, self._signatures), part, self._workspace)
            if task.piece is None:
                reading = reader.read(path, task.file, claimed)
            else:
                reading = reader.read_slice(path, task.file, task.piece, claimed)
        return Done(task.number, reading, marks.told(), part.links)
