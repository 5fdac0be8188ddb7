"""Writes traces as span tables in Parquet: one file for each slice of the input, or all in one.

A slice's file is named by all that its content depends on, so that a run that was ended, in whatever way, goes on where
it was, and its result is the same. Until everything is there, a marker in the folder tells that something is missing.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from topoplan.errors import DocumentError, OutputError
from topoplan.importing.contract import Candidate, Flattened, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Source
from topoplan_importers.traces.gathering import by_size, cut_up, fit, setup_of
from topoplan_importers.traces.manifest import Origin, Table, write_manifest
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.parts import remove_part, table_of
from topoplan_importers.traces.reading import Reading, joined
from topoplan_importers.traces.remembering import code_digest
from topoplan_importers.traces.span_tables import MARKER, About, about, database, parquet, rows_in, write
from topoplan_importers.traces.table import VERSION
from topoplan_importers.traces.tasks import Done, Task
from topoplan_importers.traces.workers import default_jobs, run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PATTERN = "spans-*.parquet"


class _File(Struct):
    """A file of traces, and what became of it."""

    path: str
    kind: str
    digest: str
    size: int
    reading: Reading = field(default_factory=lambda: Reading("element"))
    tables: list[str] = field(default_factory=list)
    """Names of those that hold its spans."""


def flatten(
    claimed: Mapping[str, Sequence[Candidate]], workspace: Workspace, options: ImportOptions, target: Path
) -> Flattened:
    """Write the spans of these files, by their format, to the folder `target`, or to one file where that is named so.
    Raises OutputError."""
    import duckdb

    try:
        if target.suffix == ".parquet" and not target.is_dir():
            folder = target.with_name(f"{target.name}.{MARKER}")
            flattened = _fill(folder, claimed, workspace, options, target)
            shutil.rmtree(folder)
        else:
            flattened = _fill(target, claimed, workspace, options, None)
    except (OSError, duckdb.IOException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the system refused"
        raise OutputError(f"cannot be written: {reason}", slug="output-failed", where=str(target)) from None
    return flattened


def _fill(
    folder: Path, claimed: Mapping[str, Sequence[Candidate]], workspace: Workspace, options: ImportOptions,
    target: Path | None,
) -> Flattened:  # fmt: skip
    """Make the tables in `folder`, and of all of them the one at `target`."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    marker.write_text("`topoplan traces flatten` has not finished here; run it again.\n")
    files: list[_File] = []
    with TemporaryDirectory(prefix="topoplan-") as temporary, database(Path(temporary)) as connection:
        connection.execute("SET threads = 1")
        for kind, candidates in sorted(claimed.items()):
            maker = _Maker(folder, Path(temporary), connection, kind, workspace, options.jobs or default_jobs())
            files += maker.make(sorted(candidates, key=lambda candidate: candidate.path))
        names = sorted({name for file in files for name in file.tables})
        spans = {name: rows_in(connection, folder / name) for name in names}
        if target is not None and names:
            marks = Marks()
            for name in names:
                marks.join(about(connection, folder / name).marks)
            whole = parquet([folder / name for name in names])
            write(connection, f"SELECT * FROM {whole}", target, About(marks=marks.told()), order=False)  # noqa: S608
    write_manifest(folder, [_origin(file) for file in files], [Table(name, count) for name, count in spans.items()])
    for left in folder.glob(f"{_PATTERN}*"):
        if left.name not in spans:
            left.unlink()
    marker.unlink()
    return Flattened(tuple(_source(file, spans) for file in files), sum(spans.values()), len(spans))


class _Maker:
    """Makes the tables of files of one format that are not there yet."""

    def __init__(
        self, folder: Path, temporary: Path, connection: DuckDBPyConnection, kind: str, workspace: Workspace, jobs: int
    ) -> None:
        self._folder, self._temporary, self._connection = folder, temporary / kind, connection
        self._kind, self._workspace, self._jobs = kind, workspace, jobs
        self._temporary.mkdir()

    def make(self, candidates: Sequence[Candidate]) -> list[_File]:
        files = [_File(c.path, self._kind, _digest(c.path, self._workspace), c.size) for c in candidates]
        cut = cut_up(candidates, self._workspace)
        self._fill(by_size(cut, candidates), candidates, files)
        answers = [[self._answer(task, files) for task in tasks] for tasks in cut]
        count = sum(map(len, cut))
        again = [Task(count + index, index) for index, own in enumerate(answers) if not fit(own)]
        self._fill(again, candidates, files)
        for task in again:
            cut[task.file], answers[task.file] = [task], [self._answer(task, files)]
        for file, tasks, own in zip(files, cut, answers, strict=True):
            file.reading, used = joined([answer.reading for answer in own])
            file.tables = [self._name(task, files) for task in tasks[:used]]
        return files

    def _fill(self, tasks: Sequence[Task], candidates: Sequence[Candidate], files: Sequence[_File]) -> None:
        missing = {task.number: task for task in tasks if not (self._folder / self._name(task, files)).exists()}
        claimed = [False] * len(candidates)
        setup = setup_of(candidates, claimed, self._kind, self._workspace, self._temporary, alone=True)
        for done in run(setup, list(missing.values()), self._jobs):
            table = table_of(self._temporary, [done.number])
            target = self._folder / self._name(missing[done.number], files)
            write(self._connection, table.select, target, About(marks=done.marks, reading=done.reading), order=True)
            remove_part(self._temporary, done.number)

    def _answer(self, task: Task, files: Sequence[_File]) -> Done:
        told = about(self._connection, self._folder / self._name(task, files))
        return Done(task.number, told.reading or Reading("element"), told.marks, [])

    def _name(self, task: Task, files: Sequence[_File]) -> str:
        file = files[task.file]
        depends = msgspec.json.encode([VERSION, code_digest(), file.kind, file.path, file.digest, task.piece])
        return f"spans-{hashlib.sha256(depends).hexdigest()[:32]}.parquet"


def _digest(path: str, workspace: Workspace) -> str:
    """Empty for a file that cannot be read, which whoever reads it tells."""
    try:
        return workspace.digest(path)
    except DocumentError:
        return ""


def _origin(file: _File) -> Origin:
    state, remark = file.reading.outcome()
    broken = bool(file.reading.broken)
    return Origin(file.path, file.kind, file.digest, file.size, file.tables, state, remark, broken)


def _source(file: _File, spans: Mapping[str, int]) -> Source:
    state, remark = file.reading.outcome()
    return Source(file.path, state, file.kind, remark, sum(spans[name] for name in file.tables), file.digest)
