"""Breaking changes between the stored versions of a specification, commit by commit.

Every commit is compared with its own parent, so versions of parallel branches are never compared with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from topoplan.history.breaking import breaks
from topoplan.history.repository import Repository
from topoplan.importing.contract import InterfaceVersion
from topoplan.model.change import Break, BreakingChange
from topoplan.model.operation import Operation
from topoplan.model.place import Where

MAX_VERSIONS = 50
"""Newest changes of one specification that are compared; each costs reading two versions."""

ReadInterface = Callable[[str, bytes], tuple[Operation, ...] | InterfaceVersion | None]
"""Reads one stored version of a specification: its operations, or a version that compares itself."""


class Revision(Struct, frozen=True):
    """One commit's change of one specification: blob ids of the version before and after it."""

    shown: str
    """Shown path of the specification."""
    time: int
    commit: str
    before: str
    after: str


def newest(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    """The newest `MAX_VERSIONS` changes of each specification, oldest first; the same step is kept once however often
    it was picked onto other branches."""
    kept: list[Revision] = []
    counts: dict[str, int] = {}
    seen: set[tuple[str, str, str]] = set()
    for revision in sorted(revisions, key=lambda r: (-r.time, r.commit, r.shown)):
        step = (revision.shown, revision.before, revision.after)
        if step not in seen and counts.get(revision.shown, 0) < MAX_VERSIONS:
            seen.add(step)
            counts[revision.shown] = counts.get(revision.shown, 0) + 1
            kept.append(revision)
    return tuple(reversed(kept))


def breaking_changes(
    repository: Repository, revisions: Sequence[Revision], read: ReadInterface
) -> dict[str, tuple[BreakingChange, ...]]:
    """Breaking changes by shown path, each sorted. A version that cannot be read breaks nothing. Raises GitError."""
    names = {blob: r.shown for r in revisions for blob in (r.before, r.after)}
    interfaces = {blob: read(names[blob], content) for blob, content in repository.blobs(sorted(names))}
    found: dict[str, list[BreakingChange]] = {}
    for revision in revisions:
        before, after = interfaces.get(revision.before), interfaces.get(revision.after)
        if before is None or after is None:
            continue
        where = Where(revision.shown)
        found.setdefault(revision.shown, []).extend(
            BreakingChange(b.kind, b.operation, b.detail, revision.commit[:12], revision.time, where)
            for b in _breaks(before, after)
        )
    return {shown: tuple(sorted(changes)) for shown, changes in found.items()}


def _breaks(
    before: tuple[Operation, ...] | InterfaceVersion, after: tuple[Operation, ...] | InterfaceVersion
) -> tuple[Break, ...]:
    """A file that changed its format is another specification, and breaks nothing of the first."""
    if isinstance(before, tuple):
        return breaks(before, after) if isinstance(after, tuple) else ()
    return () if isinstance(after, tuple) else before.breaks(after)
