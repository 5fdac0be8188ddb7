"""Finds test evidence in a folder that is left out otherwise: builds put the reports of tests among their output, and
git ignores them there.

Such a folder is listed once. Below it only folders are entered that are known to hold reports or contracts, so that
what it costs does not depend on how much a build leaves behind.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable

from topoplan.errors import DocumentError
from topoplan.importing.sniffing import is_evidence_folder, is_evidence_name, is_version_control, why_foreign

MAX_ENTRIES = 20_000
"""Names looked at in one left-out folder and below it."""
_MAX_DEPTH = 8
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"

Excludes = Callable[[str, bool], bool]
"""Whether the user excludes a path, and whether it is a folder's."""


def evidence_below(shown: str, real: str, excludes: Excludes) -> dict[str, str]:
    """Shown paths by real path of files that can be evidence by their names and folders. Links are not followed, and
    what cannot be listed holds none. Raises DocumentError `too-large` when there is too much to look at."""
    found: dict[str, str] = {}
    left = MAX_ENTRIES
    waiting = [(shown, real, _evidence_folders(os.path.basename(real)), 0)]
    while waiting:
        shown, real, above, depth = waiting.pop()
        entries: list[os.DirEntry[str]] = []
        try:
            with os.scandir(real) as listing:
                for entry in listing:
                    entries.append(entry)
                    if len(entries) > left:
                        message = f"holds more than {MAX_ENTRIES:,} files: test evidence is not looked for"
                        raise DocumentError(message, slug="too-large", where=shown)
        except OSError:
            continue
        left -= len(entries)
        names = [entry.name for entry in entries]
        if _VIRTUAL_ENVIRONMENT in names:
            continue
        for entry in entries:
            below = posixpath.join(shown, entry.name)
            if entry.is_dir(follow_symlinks=False):
                inside = (*above, *_evidence_folders(entry.name))
                if inside and depth < _MAX_DEPTH and _enters(entry, names) and not excludes(entry.path, True):
                    waiting.append((below, entry.path, inside, depth + 1))
            elif (
                is_evidence_name(entry.name, above)
                and entry.is_file(follow_symlinks=False)
                and not excludes(entry.path, False)
            ):
                found[entry.path] = below
    return found


def _evidence_folders(name: str) -> tuple[str, ...]:
    return (name,) if is_evidence_folder(name) else ()


def _enters(entry: os.DirEntry[str], siblings: list[str]) -> bool:
    return not is_version_control(entry.name) and not why_foreign(entry.name, siblings)
