"""Finds what traces show with their spans held in memory."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import RunFact
from topoplan.model.facts import Notice
from topoplan_importers.traces.conventions import Signatures
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.reading import FileReader, Reading
from topoplan_importers.traces.run_facts import run_facts
from topoplan_importers.traces.runs import take_runs
from topoplan_importers.traces.sketching import SketchingLedger
from topoplan_importers.traces.slices import READERS


def observe_files(
    files: Sequence[Candidate], claimed: Sequence[bool], kind: str, workspace: Workspace, sketch: bool
) -> tuple[list[Reading], Observed, list[RunFact], list[Notice]]:
    """How reading each of these files of one format went; what their spans show; and the test runs in those that are
    claimed, with notices."""
    ledger, marks = SketchingLedger() if sketch else Ledger(), Marks()
    paths = [file.path for file in files]
    reader = FileReader(READERS[kind](marks, Signatures()), ledger, workspace)
    readings = [
        reader.read(path, index, marks if own else None)
        for index, (path, own) in enumerate(zip(paths, claimed, strict=True))
    ]
    checks, notices = run_facts(take_runs(ledger, marks), marks.faults, kind, paths, ledger.flaws)
    ledger.close()
    return readings, ledger.observed(paths), checks, notices
