"""When single files last changed in version control."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from topoplan import looking
from topoplan.history.git import GitCommand, GitError, GitRunner
from topoplan.history.ownership import Part
from topoplan.history.places import Files, Place, by_repository
from topoplan.history.repository import Repository

_MAX_PATHS = 500
"""More paths than this are not handed to git, which then tells of every file: the same result, more slowly."""
_CHUNK = 1 << 20


def last_changes(paths: Sequence[str], files: Files, run_git: GitRunner | None = None) -> dict[str, int]:
    """Time (Unix seconds) of the newest commit of each of these shown paths; a path that is not under version control,
    or changed in the working tree since, is left out. Never raises for what git does: what it cannot tell is absent.
    """
    places = [Place("", Part.INTERFACE, path, real) for path in sorted(set(paths)) if (real := _file(files, path))]
    found: dict[str, int] = {}
    for holder, members in by_repository(places).items():
        if holder is not None:
            try:
                repository = Repository.open(run_git or GitCommand(), holder)
                found |= _committed(repository, {place.shown: place.real for place in members})
            except GitError:
                continue
    return dict(sorted(found.items()))


def _file(files: Files, shown: str) -> Path | None:
    try:
        real = files(shown)
        resolved = real.resolve(strict=True) if real else None
        return resolved if resolved and looking.is_file(resolved) else None
    except (OSError, RuntimeError):
        return None


def _committed(repository: Repository, files: Mapping[str, Path]) -> dict[str, int]:
    """The newest commit that left each file as it is now. The working tree is read here, not by git, which would run
    the filters that a repository's own configuration names."""
    wanted: dict[str, list[str]] = {}
    for shown, real in files.items():
        wanted.setdefault(real.relative_to(repository.top).as_posix(), []).append(shown)
    paths = sorted(wanted) if len(wanted) <= _MAX_PATHS else []
    blobs: dict[str, frozenset[str]] = {}
    found: dict[str, int] = {}
    for commit in repository.commits(0, paths, counts=False):
        for change in commit.files:
            if change.path in wanted and change.after:
                if change.path not in blobs:
                    blobs[change.path] = _blobs(repository.top / change.path, len(change.after))
                if change.after in blobs[change.path]:
                    found.update(dict.fromkeys(wanted.pop(change.path), commit.time))
        if not wanted:
            break
    return found


def _blobs(path: Path, digits: int) -> frozenset[str]:
    """Ids git may know the file's content by: as it is, and with the line ends that Windows checks out undone."""
    try:
        size = path.stat().st_size
        plain = _hash(digits, size)
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                plain.update(chunk)
        if size > _CHUNK:
            return frozenset({plain.hexdigest()})
        content = path.read_bytes().replace(b"\r\n", b"\n")
    except OSError:
        return frozenset()
    undone = _hash(digits, len(content))
    undone.update(content)
    return frozenset({plain.hexdigest(), undone.hexdigest()})


def _hash(digits: int, size: int) -> hashlib._Hash:
    """A git blob's hash, begun: SHA-1 or, in newer repositories, SHA-256."""
    begun = hashlib.sha256() if digits == 64 else hashlib.sha1(usedforsecurity=False)
    begun.update(b"blob %d\0" % size)
    return begun
