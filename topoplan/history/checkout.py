"""Another revision of a repository, in a folder of its own that is gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from topoplan.errors import UsageError
from topoplan.history.git import GitCommand, GitError, GitRunner
from topoplan.history.repository import Repository, output_of


class Checkout(Struct, frozen=True):
    """The files of a repository at another revision: what lies below `top` now lay below `files` then."""

    top: Path
    files: Path

    def of(self, path: Path) -> Path:
        """Where the file or folder at this resolved path was then; itself when it is outside the repository."""
        return self.files / path.relative_to(self.top) if path.is_relative_to(self.top) else path


@contextmanager
def revision(folder: Path, name: str, run_git: GitRunner | None = None) -> Iterator[Checkout]:
    """The repository that `folder` lies in as of its revision `name` (a branch, tag or commit).

    It is a repository that borrows the stored objects, so its history can be read as well, and the repository itself is
    not touched. Its folder has the same name, which some services are called by. No hook, filter or submodule runs.
    Raises UsageError (`against-unusable`) when there is no repository or no such revision.
    """
    run = run_git or GitCommand()
    try:
        repository = Repository.open(run, folder.resolve())
        commit = _commit(run, repository.top, name)
    except GitError as error:
        raise _unusable(name, str(error)) from None
    held = Path(tempfile.mkdtemp(prefix="topoplan-")).resolve()
    try:
        clone = held / (repository.top.name or "repository")
        try:
            _share(run, repository.top, clone, commit)
        except GitError as error:
            raise _unusable(name, str(error)) from None
        yield Checkout(repository.top, clone)
    finally:
        shutil.rmtree(held, ignore_errors=True)


def _share(run: GitRunner, top: Path, clone: Path, commit: str) -> None:
    """Make `clone` a repository with the commits and files of the one at `top`, and check `commit` out. It borrows the
    stored objects, which a `git clone` would do as well, but through a transport that is switched off here."""
    clone.mkdir()
    output_of(run, clone, "init", "--quiet", "--template=")
    stored = os.fsdecode(output_of(run, top, "rev-parse", "--git-path", "objects")).rstrip("\n")
    borrowed = clone / ".git" / "objects" / "info" / "alternates"
    borrowed.parent.mkdir(exist_ok=True)
    borrowed.write_text(f"{(top / stored).resolve()}\n", encoding="utf-8")
    shallow = top / os.fsdecode(output_of(run, top, "rev-parse", "--git-path", "shallow")).rstrip("\n")
    if shallow.is_file():
        shutil.copyfile(shallow, clone / ".git" / "shallow")
    output_of(run, clone, "checkout", "--quiet", "--detach", "--force", commit)


def _commit(run: GitRunner, top: Path, name: str) -> str:
    if name.startswith("-"):
        raise GitError("not the name of a revision")
    try:
        return output_of(run, top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode("ascii").strip()
    except GitError:
        raise GitError("there is no such revision; a shallow clone may not have it") from None


def _unusable(name: str, reason: str) -> UsageError:
    hint = "give a branch, tag or commit of this repository, or a report saved with `topoplan gaps -f json=FILE`"
    return UsageError(f"cannot compare with {name!r}: {reason}", slug="against-unusable", hint=hint)
