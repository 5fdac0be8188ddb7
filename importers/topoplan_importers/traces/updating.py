"""Folds files of traces that a state does not hold yet into it, each on its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Source, SourceState
from topoplan.model.phrases import counted
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.finding import Found, find
from topoplan_importers.traces.foldable import Foldable, foldables_of
from topoplan_importers.traces.folding import Fold, joined, shown_at
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.spans import NAME as SPANS
from topoplan_importers.traces.spans import find_tables
from topoplan_importers.traces.state import StateFolder, conflict
from topoplan_importers.traces.stored import NAME as STATE
from topoplan_importers.traces.stored import read_part

_WRITE_AFTER_BYTES = 256 * 2**20
"""Bytes of input whose folds are kept in memory before they are written."""
KNOWN = "folded before"


class Update(Struct):
    """What became of the files given, and all that the state holds now."""

    fold: Fold
    sources: list[Source] = field(default_factory=list)


def state_facts(
    state: str, files: Mapping[str, Sequence[Candidate]], workspace: Workspace, options: ImportOptions
) -> Imported:
    """What the state in a folder shows after these files are folded into it. Raises as `update` does."""
    done = update(StateFolder(Path(state), state), files, workspace, options)
    facts, notices = facts_of(shown_at(done.fold.observed, state), STATE)
    return Imported(tuple(facts), tuple(done.sources), tuple(notices))


def update(
    folder: StateFolder, files: Mapping[str, Sequence[Candidate]], workspace: Workspace, options: ImportOptions
) -> Update:
    """Fold files, by the name of their importer, into a state; those of `trace-state` are parts of other states.

    A file that cannot be read to its end is not folded, since it may still be growing: it is a failed source. Raises
    UsageError, DocumentError or OutputError where the state itself cannot be used; what was written until then stays.
    """
    with folder.locked():
        known = folder.read()
        done = Update(known)
        waiting: list[Fold] = []
        held, unwritten = set(known.files), 0
        for foldable in foldables_of(files, workspace):
            fold, source = _fold(foldable, held, workspace, options)
            done.sources.append(source)
            if fold is None:
                continue
            held |= fold.files.keys()
            waiting.append(fold)
            unwritten += sum(file.size for file in foldable.files)
            if unwritten >= _WRITE_AFTER_BYTES:
                known, unwritten = _written(folder, known, waiting), 0
        done.fold = joined([known, joined(waiting)])
        folder.replace(done.fold)
    return done


def _written(folder: StateFolder, known: Fold, waiting: list[Fold]) -> Fold:
    """All there is, after what is waiting is kept."""
    part = joined(waiting)
    folder.add(part)
    waiting.clear()
    return known.merge(part)


def _fold(
    foldable: Foldable, held: set[str], workspace: Workspace, options: ImportOptions
) -> tuple[Fold | None, Source]:  # fmt: skip
    """The fold of what is folded together, unless it cannot be read or its content is `held`."""
    path, name, digest = foldable.files[0].path, foldable.importer, ""
    try:
        if name == STATE:
            return _part(foldable.files[0], held, workspace)
        before = _stamps(foldable, workspace)
        digest = foldable.digest or workspace.digest(path)
        if digest in held:
            return None, Source(path, SourceState.SKIPPED, name, KNOWN, digest=digest)
        if foldable.fault:
            return None, Source(path, SourceState.FAILED, name, foldable.fault, digest=digest)
        found = _found(foldable, workspace, options)
        state, remark = _outcome(found, foldable.remark)
        if state is SourceState.ANALYSED and _stamps(foldable, workspace) != before:
            state, remark = SourceState.FAILED, "changed while it was read"
    except DocumentError as error:
        return None, Source(path, SourceState.FAILED, name, error.reason)
    if state is not SourceState.ANALYSED:
        return None, Source(path, state, name, remark, digest=digest)
    observed = shown_at(found.observed, digest)
    size = foldable.size if foldable.digest else before[0][0]
    return Fold({digest: size}, observed), _source(foldable.files[0], name, remark, observed, digest)


def _found(foldable: Foldable, workspace: Workspace, options: ImportOptions) -> Found:
    if foldable.importer == SPANS:
        return find_tables(foldable.files, workspace, options, sketch=True)
    return find(foldable.files, foldable.importer, workspace, options, sketch=True)


def _outcome(found: Found, remark: str) -> tuple[SourceState, str]:
    """State and remark of all files that are folded together."""
    for index, (state, reason) in enumerate(found.outcomes):
        if found.broken[index] or state is SourceState.FAILED:
            return SourceState.FAILED, reason
    analysed = [outcome for outcome in found.outcomes if outcome[0] is SourceState.ANALYSED]
    state, reason = (analysed or found.outcomes)[0]
    return state, remark or reason


def _part(file: Candidate, held: set[str], workspace: Workspace) -> tuple[Fold | None, Source]:
    fold = read_part(file.path, workspace)
    shared = len(held & fold.files.keys())
    if shared == len(fold.files):
        return None, Source(file.path, SourceState.SKIPPED, STATE, KNOWN)
    if shared:
        raise conflict(file.path, "the state", shared)
    return fold, _source(file, STATE, counted(len(fold.files), "file"), fold.observed, "")


def _source(file: Candidate, name: str, remark: str, observed: Observed, digest: str) -> Source:
    facts = len(observed.services) + len(observed.boundaries) + len(observed.channels) + len(observed.journeys)
    return Source(file.path, SourceState.ANALYSED, name, remark, facts, digest)


def _stamps(foldable: Foldable, workspace: Workspace) -> list[tuple[int, int]]:
    """Size and time of change of each file."""
    return [_stamp(file, workspace) for file in foldable.files]


def _stamp(file: Candidate, workspace: Workspace) -> tuple[int, int]:
    """Size and time of change."""
    try:
        found = os.stat(workspace.real(file.path))
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", slug="unreadable", where=file.path) from None
    return found.st_size, found.st_mtime_ns
