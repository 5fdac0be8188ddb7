"""CODEOWNERS of GitHub, GitLab and Bitbucket: who owns which folder."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from topoplan.model.facts import OwnerFact
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean

MAX_LINES = 50_000
MAX_OWNERS = 3
"""Owners of one folder that are named."""
_HOMES = (".github", ".gitlab", ".bitbucket", "docs")
"""Folders where the file may lie instead of at the top of its repository."""


def owners(content: bytes, path: str, importer: str) -> Iterator[OwnerFact]:
    """Owners of whole folders. Patterns for single files, with wildcards inside or for any depth say nothing of one
    folder and are passed over, as are sections of GitLab and Bitbucket's settings."""
    top = posixpath.dirname(path)
    if posixpath.basename(top) in _HOMES:
        top = posixpath.dirname(top)
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines()[:MAX_LINES], start=1):
        pattern, *named = line.partition("#")[0].split()[: MAX_OWNERS + 1] or [""]
        folder = _folder(pattern)
        if folder is None or not named:
            continue
        owner = clean(" ".join(name.removeprefix("@") for name in named))
        evidence = Evidence(importer, Where(path, number), Basis.DECLARED, Confidence.HIGH, "codeowners", "")
        shown = posixpath.normpath(posixpath.join(top, folder)) if top or folder else "."
        yield OwnerFact(clean(shown, len(shown)), owner, evidence)


def _folder(pattern: str) -> str | None:
    """The one folder that a pattern means, relative to the top, empty for everything; None when there is none."""
    if pattern == "*":
        return ""
    inner = pattern.removesuffix("**").removesuffix("*")
    folder = inner.strip("/")
    anchored = "/" in inner.rstrip("/")
    plain = folder and not set(folder) & set("*?[]!\\^") and ".." not in folder.split("/")
    return folder if anchored and plain else None
