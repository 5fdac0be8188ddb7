"""Reads large files of traces into parts, slice by slice, and tells of each what reading it in one go would tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from topoplan.importing.contract import Candidate
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces import slicing
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.parts import SpanTable, remove_part, table_of
from topoplan_importers.traces.reading import Reading, Slice, joined
from topoplan_importers.traces.span import DependencyLink
from topoplan_importers.traces.tasks import Done, Setup, Task
from topoplan_importers.traces.workers import run


@dataclass(slots=True)
class Gathered:
    """What was read into the parts of a folder."""

    readings: list[Reading] = field(default_factory=list)
    """Of each file."""
    parts: list[int] = field(default_factory=list)
    """Numbers of the parts that hold spans."""
    marks: Marks = field(default_factory=Marks)
    links: list[tuple[DependencyLink, int]] = field(default_factory=list)
    """Ready-made edges, with the indices of their files."""
    folder: Path = Path()

    def table(self) -> SpanTable | None:
        """All spans; None where there are none."""
        return table_of(self.folder, self.parts) if self.parts else None


def gather(
    files: Sequence[Candidate], claimed: Sequence[bool], kind: str, workspace: Workspace, folder: Path, jobs: int
) -> Gathered:
    """Read files of one format into parts in `folder`, with so many processes."""
    setup = Setup(
        {shown: str(real) for shown, real in workspace.roots.items()}, str(folder), kind, [f.path for f in files],
        list(claimed),
    )  # fmt: skip
    tasks: list[Task] = []
    for index, file in enumerate(files):
        pieces: Sequence[Slice | None] = slicing.slices_of(file, workspace, slicing.SLICE_BYTES) or [None]
        tasks += [Task(len(tasks) + number, index, piece) for number, piece in enumerate(pieces)]
    sizes = [file.size for file in files]
    by_size = sorted(tasks, key=lambda task: (task.piece is not None, -sizes[task.file], task.number))
    done = {answer.number: answer for answer in run(setup, by_size, jobs)}
    of_file: list[list[Done]] = [[] for _ in files]
    for task in tasks:
        of_file[task.file].append(done[task.number])
    whole = [joined_or_none(answers) for answers in of_file]
    again = [Task(len(tasks) + index, index) for index, found in enumerate(whole) if found is None]
    redone = {task.file: answer for task, answer in zip(again, run(setup, again, jobs), strict=True)}
    found = Gathered(folder=folder)
    for index, answers in enumerate(of_file):
        reading, used = whole[index] or (redone[index].reading, 0)
        for answer in answers[used:]:
            remove_part(folder, answer.number)
        found.readings.append(reading)
        for answer in answers[:used] or [redone[index]]:
            found.parts += [answer.number] if answer.reading.records else []
            found.marks.join(answer.marks)
            found.links += answer.links
    return found


def joined_or_none(answers: Sequence[Done]) -> tuple[Reading, int] | None:
    """What the slices of a file come to, and how many of them count; None where the file has to be read in one go: it
    was cut where no element begins, or breaks off before its first element and so may be lines."""
    readings = [answer.reading for answer in answers]
    whole, used = joined(readings)
    cut_well = all(reading.landed for reading in readings[: used - 1])
    hopeless = len(answers) > 1 and bool(whole.broken) and not whole.good
    return (whole, used) if cut_well and not hopeless else None
