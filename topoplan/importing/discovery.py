"""Finds the files to read below what the user named, and asks the importers which are theirs.

A folder is walked without following links to folders. Left out are what git ignores, what the configuration excludes
(both told as one number), and folders of dependencies, build output and tool state (each told as a skipped source).
Test evidence that lies in build output, or that git ignores, is found all the same (and told as one number).
A file named by the user is always a candidate.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from topoplan import looking
from topoplan.errors import DocumentError, UsageError
from topoplan.importing.contract import Candidate, Importer
from topoplan.importing.gitignore import Ignores, ignores_above, patterns
from topoplan.importing.leftovers import evidence_below
from topoplan.importing.sniffing import (
    BUILD_OUTPUT,
    candidate,
    has_no_suffix,
    is_evidence,
    is_evidence_folder,
    is_evidence_name,
    is_plausible,
    is_version_control,
    why_foreign,
    why_no_input,
)
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Notice, Severity, Source, SourceState
from topoplan.model.text import clean


class Found(Struct, frozen=True):
    """What lies below the roots: `candidates` sorted by path, and in `skipped` what can be no input or not be read."""

    workspace: Workspace
    candidates: tuple[Candidate, ...]
    skipped: tuple[Source, ...]
    notices: tuple[Notice, ...]


def discover(
    paths: Sequence[str], exclude: Sequence[str], base: Path, mounts: Mapping[str, Path] | None = None
) -> Found:
    """Find candidates below `paths`, which are absolute or relative to `base`, and below `mounts`, which have shown
    paths of their own.

    What a file named here refers to (`.env`, a local `$ref`) may be read from its own folder, but is not a candidate.
    `exclude` are patterns in gitignore syntax, relative to `base`, or to the root where that is not below `base`.
    A file reached twice is one candidate, under its own name rather than a link's, then the first in order.
    Raises UsageError `no-such-path`.
    """
    base = base.resolve()
    roots = {_shown(typed): _existing(typed, base) for typed in paths} | (dict(mounts) if mounts else {})
    beside = {posixpath.dirname(shown) or ".": real.parent for shown, real in roots.items() if not real.is_dir()}
    walk = _Walk(Workspace({**beside, **roots}), exclude, base)
    for shown, real in sorted(roots.items()):
        if real.is_dir():
            walk.folder(shown, real)
        else:
            walk.found(shown, str(real), is_link=False)
    return walk.finish()


def assign(
    candidates: Sequence[Candidate], importers: Sequence[Importer]
) -> tuple[dict[str, tuple[Candidate, ...]], tuple[Source, ...]]:
    """The candidates each importer claims, by importer name, and the sources nobody claims.

    Every claim counts: a file two importers claim is read by both and has a source for each. A file without a suffix
    that nobody claims is not told, since nothing says it was meant as an input.
    """
    claimed: dict[str, list[Candidate]] = {importer.name: [] for importer in importers}
    others: list[Source] = []
    for found in candidates:
        names = []
        for importer in importers:
            try:
                if importer.claims(found):
                    names.append(importer.name)
            except Exception as error:  # noqa: BLE001 -- third-party code; its crash must not end the analysis
                reason = f"the importer crashed on its first bytes: {type(error).__name__}"
                others.append(Source(found.path, SourceState.FAILED, importer.name, reason))
        for name in names:
            claimed[name].append(found)
        if not names and not has_no_suffix(found.name):
            others.append(Source(found.path, SourceState.SKIPPED, reason="no importer recognises it"))
    return {name: tuple(files) for name, files in sorted(claimed.items())}, tuple(sorted(others))


def _shown(typed: str) -> str:
    return posixpath.normpath(Path(typed).as_posix())


def _existing(typed: str, base: Path) -> Path:
    try:
        real = looking.look(base / typed).resolve()
        real.stat()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "Not a usable path"
        message = f"cannot be analysed: {reason}"
        hint = "Check the path; it is relative to the current folder."
        raise UsageError(message, slug="no-such-path", where=clean(typed), hint=hint) from None
    return real


class _Walk:
    """Collects what lies below the roots, each real path once."""

    def __init__(self, workspace: Workspace, exclude: Sequence[str], base: Path) -> None:
        self._workspace = workspace
        self._exclude = patterns(exclude) if exclude else None
        self._base = base
        self._files: dict[str, tuple[bool, str]] = {}
        self._leftovers: dict[str, tuple[str, str]] = {}
        """Shown path of what may be test evidence, and the left-out folder it is in (`""`: none)."""
        self._searched: dict[str, Source] = {}
        """What to tell of such a folder, where there is evidence in it."""
        self._skipped: dict[str, Source] = {}
        self._ignored: set[str] = set()
        self._excluded: set[str] = set()

    def folder(self, shown: str, real: Path) -> None:
        """Walk one root folder."""
        anchor = self._base if real.is_relative_to(self._base) else real
        prefix = len(str(anchor).rstrip("/")) + 1
        waiting = [(shown, str(real), ignores_above(real))]
        while waiting:
            shown, path, ignores = waiting.pop()
            try:
                with os.scandir(path) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self._skip(shown + "/", path, f"cannot be listed: {error.strerror}", SourceState.FAILED)
                continue
            names = [entry.name for entry in entries]
            inside = ignores.entering(path, names)
            for entry in entries:
                below = entry.name if shown == "." else posixpath.join(shown, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if self._enters(below, entry, names, inside, prefix):
                        waiting.append((below, entry.path, inside))
                elif (is_plausible(entry.name) or entry.is_dir()) and not self._excludes(entry.path, False, prefix):
                    if not self._ignores(entry, inside):
                        self._file(below, entry)
                    elif _is_leftover(entry):
                        self._leftovers[entry.path] = below, ""

    def found(self, shown: str, real: str, *, is_link: bool) -> None:
        """Note a file; of several names for it the best one stays."""
        self._files[real] = min((is_link, shown), self._files.get(real, (True, "\U0010ffff")))

    def finish(self) -> Found:
        """Read the first bytes of every file noted."""
        candidates = []
        for real, (_, shown) in self._files.items():
            self._skipped.pop(real, None)
            read = self._read(shown, real)
            reason = why_no_input(read) if read else ""
            if read and not reason:
                candidates.append(read)
            elif read and not has_no_suffix(read.name):
                self._skip(shown, real, reason)
        evidence = []
        for real, (shown, folder) in self._leftovers.items():
            read = self._read(shown, real) if real not in self._files else None
            if read and is_evidence(read):
                evidence.append(read)
                if folder:
                    self._skipped[folder] = self._searched[folder]
            elif read and not read.head and is_evidence_name(read.name):
                self._skip(shown, real, why_no_input(read))
        return Found(
            self._workspace,
            tuple(sorted([*candidates, *evidence], key=lambda c: c.path)),
            tuple(sorted(self._skipped.values())),
            (
                *_told(self._excluded, "excluded", "exclude"),
                *_told(self._ignored, "ignored-by-git", ".gitignore"),
                *_told_of(evidence),
            ),
        )

    def _read(self, shown: str, real: str) -> Candidate | None:
        """The file with its first bytes; none when that is not possible, which is told."""
        if clean(shown, len(shown)) != shown:
            self._skip(shown, real, "its name has characters that cannot be shown")
            return None
        try:
            return candidate(shown, Path(real))
        except DocumentError as error:
            self._skip(shown, real, error.reason, SourceState.FAILED)
            return None

    def _enters(self, shown: str, entry: os.DirEntry[str], siblings: list[str], ignores: Ignores, prefix: int) -> bool:
        if is_version_control(entry.name) or self._excludes(entry.path, True, prefix):
            return False
        ignored, reason = self._ignores(entry, ignores), why_foreign(entry.name, siblings)
        if reason and not ignored:
            self._skip(shown + "/", entry.path, reason)
        if (reason == BUILD_OUTPUT) if reason else ignored:
            self._search(shown, entry.path, reason or "ignored by git", prefix)
        return not (ignored or reason)

    def _search(self, shown: str, path: str, why: str, prefix: int) -> None:
        """Look for test evidence in a folder that is left out otherwise."""
        told = clean(shown + "/", len(shown) + 1)
        self._searched[path] = Source(told, SourceState.SKIPPED, reason=f"{why}: only test evidence in it is read")
        try:
            found = evidence_below(shown, path, lambda below, is_folder: self._excludes(below, is_folder, prefix))
        except DocumentError as error:
            self._skip(shown + "/", path, error.reason)
        else:
            self._leftovers |= {real: (below, path) for real, below in found.items()}

    def _excludes(self, path: str, is_folder: bool, prefix: int) -> bool:
        excluded = self._exclude is not None and self._exclude.match_file(path[prefix:] + ("/" if is_folder else ""))
        if excluded:
            self._excluded.add(path)
        return excluded

    def _ignores(self, entry: os.DirEntry[str], ignores: Ignores) -> bool:
        ignored = ignores.covers(entry.path, is_folder=entry.is_dir(follow_symlinks=False))
        if ignored:
            self._ignored.add(entry.path)
        return ignored

    def _file(self, shown: str, entry: os.DirEntry[str]) -> None:
        if not entry.is_symlink():
            if entry.is_file(follow_symlinks=False):
                self.found(shown, entry.path, is_link=False)
            else:
                self._skip(shown, entry.path, "is not a regular file")
            return
        try:
            real = self._workspace.real(shown)
        except DocumentError as error:
            self._skip(shown, entry.path, f"is a link that {error.message}")
            return
        if looking.is_file(real):
            self.found(shown, str(real), is_link=True)
        elif not real.exists():
            self._skip(shown, entry.path, "is a link to nothing")

    def _skip(self, shown: str, real: str, reason: str, state: SourceState = SourceState.SKIPPED) -> None:
        source = Source(clean(shown, len(shown)), state, reason=reason)
        self._skipped[real] = min(source, self._skipped.get(real, source))


def _is_leftover(entry: os.DirEntry[str]) -> bool:
    """Whether an ignored file can be test evidence."""
    folder = os.path.basename(os.path.dirname(entry.path))
    folders = (folder,) if is_evidence_folder(folder) else ()
    return is_evidence_name(entry.name, folders) and entry.is_file(follow_symlinks=False)


def _told_of(evidence: Sequence[Candidate]) -> tuple[Notice, ...]:
    if not evidence:
        return ()
    count = "1 file of test evidence is" if len(evidence) == 1 else f"{len(evidence):,} files of test evidence are"
    return (Notice(Severity.INFO, "left-out-evidence", f"{count} read from build output or from what git ignores"),)


def _told(left_out: set[str], slug: str, by: str) -> tuple[Notice, ...]:
    if not left_out:
        return ()
    count = "1 file or folder is" if len(left_out) == 1 else f"{len(left_out):,} files or folders are"
    return (Notice(Severity.INFO, slug, f"{count} left out by {by}"),)
