"""Which files belong to one program: those below the nearest folder with a build file."""

from __future__ import annotations

import posixpath
import re

from topoplan.importing.workspace import Workspace

_BUILD_FILE = re.compile(
    r"pom\.xml|build\.gradle(\.kts)?|build\.sbt|package\.json|go\.mod|requirements[\w-]*\.txt|pyproject\.toml|setup\.py"
    r"|pipfile|cargo\.toml|composer\.json|gemfile|mix\.exs|rebar\.config|pubspec\.yaml|package\.swift|.*\.(cs|fs|vb)proj"
    r"|dockerfile.*|.*\.dockerfile|cmakelists\.txt",
    re.IGNORECASE,
)


class Units:
    """Finds the unit of each file; a unit is named by its folder."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, str | None] = {}

    def of(self, path: str) -> str:
        """The folder of the program that holds a file: its own folder when no build file lies above it."""
        folder = posixpath.dirname(path)
        return self._unit(folder) or folder

    def _unit(self, folder: str) -> str | None:
        if folder not in self._known:
            above = posixpath.dirname(folder)
            self._known[folder] = None  # ends a walk that would not get anywhere
            if any(_BUILD_FILE.fullmatch(name) for name in self._workspace.names(folder or ".")):
                self._known[folder] = folder
            elif folder and above != folder:
                self._known[folder] = self._unit(above)
        return self._known[folder]
