"""Which files git leaves out, read from the ignore files of a repository without running git.

Read are `.gitignore` in every folder from the repository's top downwards and its `.git/info/exclude`; a user's global
ignore file is not, so that everybody gets the same result. Outside a repository nothing is ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from topoplan import looking
from topoplan.errors import DocumentError
from topoplan.importing.files import open_regular

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_MAX_IGNORE_BYTES = 2**20


class Ignores(Struct, frozen=True):
    """The rules in force in one folder: (folder the patterns are relative to, patterns), outermost first."""

    in_repository: bool = False
    rules: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def entering(self, folder: str, names: Collection[str]) -> Ignores:
        """The rules in force in `folder`, which holds `names`. A repository inside another starts anew."""
        here = self
        if ".git" in names:
            here = Ignores(in_repository=True)._with(folder, Path(folder, ".git", "info", "exclude"))
        if here.in_repository and ".gitignore" in names:
            here = here._with(folder, Path(folder, ".gitignore"))
        return here

    def covers(self, path: str, *, is_folder: bool) -> bool:
        """Whether git would leave this path out, its parents not being left out. The innermost rule decides."""
        for folder, patterns in reversed(self.rules):
            below = path[len(folder.rstrip("/")) + 1 :] + ("/" if is_folder else "")
            verdict = patterns.check_file(below).include
            if verdict is not None:
                return verdict
        return False

    def _with(self, folder: str, file: Path) -> Ignores:
        try:
            with open_regular(file, file.name) as stream:
                text = stream.read(_MAX_IGNORE_BYTES).decode("utf-8-sig", "replace")
        except (DocumentError, OSError):  # git goes on without an ignore file it cannot read, and so do we
            return self
        return Ignores(self.in_repository, (*self.rules, (folder, patterns(text.splitlines()))))


def ignores_above(folder: Path) -> Ignores:
    """The rules that reach into `folder` from the folders above it; none when they leave out `folder` itself, since
    the user asked for it by name."""
    above = list(reversed(folder.parents))
    tops = [i for i, parent in enumerate(above) if looking.exists(parent / ".git")]
    ignores = Ignores()
    for parent in above[tops[-1] :] if tops else ():
        ignores = ignores.entering(str(parent), [n for n in (".git", ".gitignore") if looking.exists(parent / n)])
    if ignores.covers(str(folder), is_folder=True):
        return Ignores(ignores.in_repository)
    return ignores


def patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """Patterns in gitignore syntax; a line git could not understand either is passed over."""
    from pathspec import GitIgnoreSpec

    usable = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        usable.append(line)
    return GitIgnoreSpec.from_lines(usable)
