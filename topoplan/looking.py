"""Questions to the file system that are heard of.

Python tells audit hooks (PEP 578) of every file that is opened and every folder that is listed, but not of a look at
whether something is there. Whoever must know all that a result depends on hears of that too where it is asked here.
"""

from __future__ import annotations

import sys
from pathlib import Path

LOOKED = "topoplan.looked"
"""Event with a path that something depends on, whatever changes there."""
ASKED = "topoplan.asked"
"""Event with a path of which it matters only whether a file or a folder is there."""
WRITTEN = "topoplan.written"
"""Event with the path of a file that was written for the user."""
HELPED = "topoplan.helped"
"""Event with the command of a process of our own, which reads only what this one has found."""
UNSURE = "topoplan.unsure"
"""Event: what comes out may differ next time though nothing changed."""


def look(path: Path) -> Path:
    """The path, which something depends on: also where it is a link, on what that leads to."""
    sys.audit(LOOKED, str(path))
    return path


def is_file(path: Path) -> bool:
    """As `Path.is_file`."""
    sys.audit(ASKED, str(path))
    return path.is_file()


def is_dir(path: Path) -> bool:
    """As `Path.is_dir`."""
    sys.audit(ASKED, str(path))
    return path.is_dir()


def exists(path: Path) -> bool:
    """As `Path.exists`."""
    sys.audit(ASKED, str(path))
    return path.exists()
