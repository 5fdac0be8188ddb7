"""Reads large files of traces into parts, slice by slice, and tells of each what reading it in one go would tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct, field

from topoplan.importing.contract import Candidate
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces import slicing
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.parts import SpanTable, remove_part, table_of
from topoplan_importers.traces.reading import Reading, Slice, joined
from topoplan_importers.traces.span import DependencyLink
from topoplan_importers.traces.tasks import Done, Setup, Task
from topoplan_importers.traces.workers import run

_GRAINS = 8
"""Smallest slices that make one of those that tables are made of."""


class Gathered(Struct):
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
    files: Sequence[Candidate], claimed: Sequence[bool], kind: str, workspace: Workspace, folder: Path, jobs: int,
    meanwhile: Callable[[], None] | None = None,
) -> Gathered:  # fmt: skip
    """Read files of one format into parts in `folder`, with so many processes. What is to be done `meanwhile` is done
    once they are at work."""
    cut = share_out(files, workspace, jobs)
    setup = setup_of(files, claimed, kind, workspace, folder)
    done = {answer.number: answer for answer in run(setup, by_size(cut, files), jobs, meanwhile)}
    of_file = [[done[task.number] for task in tasks] for tasks in cut]
    again = [index for index, answers in enumerate(of_file) if not fit(answers)]
    tasks = [Task(len(done) + number, index) for number, index in enumerate(again)]
    redone = {answer.number: answer for answer in run(setup, tasks, jobs)}
    found = Gathered(folder=folder)
    for task in tasks:
        for answer in of_file[task.file]:
            remove_part(folder, answer.number)
        of_file[task.file] = [redone[task.number]]
    for answers in of_file:
        reading, used = joined([answer.reading for answer in answers])
        for answer in answers[used:]:
            remove_part(folder, answer.number)
        found.readings.append(reading)
        for answer in answers[:used]:
            found.parts += [answer.number] if answer.reading.records else []
            found.marks.join(answer.marks)
            found.links += answer.links
    return found


def setup_of(
    files: Sequence[Candidate], claimed: Sequence[bool], kind: str, workspace: Workspace, folder: Path, *,
    alone: bool = False,
) -> Setup:  # fmt: skip
    """What those who read slices of these files have to know; `alone`: as `Setup` has it."""
    roots = {shown: str(real) for shown, real in workspace.roots.items()}
    return Setup(roots, str(folder), kind, [file.path for file in files], list(claimed), alone)


def cut_up(files: Sequence[Candidate], workspace: Workspace) -> list[list[Task]]:
    """The tasks of each file, of one size."""
    return _tasks([slicing.slices_of(file, workspace, slicing.SLICE_BYTES) for file in files])


def share_out(files: Sequence[Candidate], workspace: Workspace, jobs: int) -> list[list[Task]]:
    """The tasks of each file for so many processes: the first ones large, so that there are few, the last ones small,
    so that no process waits for another one (guided self-scheduling, Polychronopoulos and Kuck 1987)."""
    grains = [slicing.slices_of(file, workspace, slicing.SLICE_BYTES // _GRAINS) for file in files]
    left = sum(map(len, grains))
    pieces: list[list[Slice]] = [[] for _ in files]
    for index in sorted(range(len(files)), key=lambda index: (-files[index].size, index)):
        begun = 0
        while own := grains[index][begun : begun + max(left // (2 * jobs), 1)]:
            pieces[index].append(Slice(own[0].start, own[-1].stop, own[0].opening))
            begun += len(own)
            left -= len(own)
    return _tasks(pieces)


def _tasks(pieces: Sequence[Sequence[Slice]]) -> list[list[Task]]:
    """Of each file; one for all of a file without pieces."""
    cut: list[list[Task]] = []
    count = 0
    for index, own in enumerate(pieces):
        cut.append([Task(number, index, piece) for number, piece in enumerate(own or [None], start=count)])
        count += len(cut[-1])
    return cut


def by_size(cut: Sequence[Sequence[Task]], files: Sequence[Candidate]) -> list[Task]:
    """All tasks, the longest first, so that none is left alone at the end."""
    tasks = [task for own in cut for task in own]
    return sorted(tasks, key=lambda task: (task.piece is not None, -files[task.file].size, task.number))


def fit(answers: Sequence[Done]) -> bool:
    """Whether what the slices of a file gave is what reading it in one go gives. Not where it was cut in the middle of
    an element, or breaks off before its first one: then it may be lines."""
    readings = [answer.reading for answer in answers]
    whole, used = joined(readings)
    return all(reading.landed for reading in readings[: used - 1]) and (
        len(answers) == 1 or not whole.broken or whole.good > 0
    )
