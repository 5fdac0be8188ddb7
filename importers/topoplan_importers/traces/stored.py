"""Reads states: what folded traces show, as the traces themselves would have."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Notice, Severity, Source, SourceState
from topoplan.model.phrases import counted
from topoplan.model.place import Where
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.folding import Fold, shown_at
from topoplan_importers.traces.importer import TraceStateImporter
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.state import MOST_BYTES, part_of, settled

NAME = TraceStateImporter.name
PASSED_OVER = "passed over: another part holds all of it"


def read_states(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """What parts of states show, read as one. Of those that share some of their files only, the smaller fails."""
    parts: dict[str, Fold] = {}
    failed: dict[str, str] = {}
    for path in sorted(candidate.path for candidate in candidates):
        try:
            parts[path] = read_part(path, workspace)
        except DocumentError as error:
            failed[path] = error.reason
    kept, refused = settled(parts)
    failed |= {path: error.reason for path, error in refused.items()}
    observed = Observed()
    for path, fold in kept.items():
        observed = observed.merge(shown_at(fold.observed, path))
    facts, notices = facts_of(observed, NAME)
    counts = Counter(fact.evidence.where.path for fact in facts)
    sources = [
        Source(path, SourceState.ANALYSED, NAME, counted(len(kept[path].files), "file"), counts[path])
        if path in kept
        else Source(path, SourceState.FAILED, NAME, failed[path])
        if path in failed
        else Source(path, SourceState.SKIPPED, NAME, PASSED_OVER)
        for path in sorted(candidate.path for candidate in candidates)
    ]
    return Imported(tuple(facts), tuple(sources), (*notices, *_twice(kept, workspace, options.files)))


def read_part(path: str, workspace: Workspace) -> Fold:
    """The fold that a file holds. Raises DocumentError."""
    with workspace.open_stream(path) as stream:
        return part_of(stream.read(MOST_BYTES + 1), path)


def _twice(kept: Mapping[str, Fold], workspace: Workspace, files: Iterable[str]) -> list[Notice]:
    """What to tell where traces that a state holds are also among the files read: their calls count twice."""
    notices = []
    for shown, fold in sorted(kept.items()):
        sizes = set(fold.files.values())
        again = sorted(path for path in files if _size(path, workspace) in sizes and _is_in(fold, path, workspace))
        if again:
            text = f"{counted(len(again), 'file')} whose traces it holds, such as {again[0]}: their calls count twice"
            notices.append(Notice(Severity.WARNING, "trace-state-twice", f"is read beside {text}", Where(shown)))
    return notices


def _size(path: str, workspace: Workspace) -> int:
    try:
        return os.stat(workspace.real(path)).st_size
    except (OSError, DocumentError):
        return -1


def _is_in(fold: Fold, path: str, workspace: Workspace) -> bool:
    try:
        return workspace.digest(path) in fold.files
    except DocumentError:
        return False
