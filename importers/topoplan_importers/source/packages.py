"""Whose code a Go package is: that of the one program of its module which imports it, directly or through others."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import ModuleFact
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean

IMPORTER = "source"
_MODULE = re.compile(r"^module\s+[\"`]?([\w./~-]{1,300})", re.MULTILINE)
_MAIN = re.compile(r"^package\s+main\b", re.MULTILINE)
_IMPORTS = re.compile(r"^import\s*(?:\(([^()]{0,20000})\)|([^\n]*))", re.MULTILINE)
_PATH = re.compile(r"[\"`]([\w./~-]{1,300})[\"`]")
_FILE_BYTES = 64 * 1024


class Packages:
    """The imports of all Go files read so far. A unit is the folder of a `go.mod`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._programs: dict[str, dict[str, str]] = defaultdict(dict)
        self._imports: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def scan(self, path: str, text: str) -> None:
        """Note what one file imports, and whether it starts a program."""
        folder = posixpath.dirname(path)
        unit = self._unit(folder)
        if _MAIN.search(text):
            self._programs[unit].setdefault(folder, path)
        for block, line in _IMPORTS.findall(text):
            self._imports[unit][folder].update(_PATH.findall(block or line))

    def owned(self) -> Iterator[ModuleFact]:
        """The packages of each program that no other program of the module imports. A module of one program says
        nothing that its folder does not say."""
        for unit, programs in sorted(self._programs.items()):
            if len(programs) > 1 and (module := self._module(unit)):
                yield from self._owned(unit, module, programs)

    def _owned(self, unit: str, module: str, programs: dict[str, str]) -> Iterator[ModuleFact]:
        users: dict[str, list[str]] = defaultdict(list)
        for program in sorted(programs):
            for package in self._reached(unit, module, program):
                users[package].append(program)
        for package, using in sorted(users.items()):
            if len(using) == 1 and package not in (unit, *programs):
                where = Where(programs[using[0]])
                evidence = Evidence(IMPORTER, where, Basis.DECLARED, Confidence.MEDIUM, "go-import")
                yield ModuleFact(package, (clean(posixpath.basename(using[0])),), evidence)

    def _reached(self, unit: str, module: str, program: str) -> set[str]:
        """Folders of the packages of the module that a program is built from."""
        reached, open_ends = {program}, [program]
        while open_ends:
            for imported in self._imports[unit].get(open_ends.pop(), ()):
                folder = posixpath.join(unit, imported.removeprefix(module + "/"))
                if imported.startswith(module + "/") and folder not in reached:
                    reached.add(folder)
                    open_ends.append(folder)
        return reached - {program}

    def _unit(self, folder: str) -> str:
        """The nearest folder with a `go.mod`."""
        while folder and not self._workspace.is_file(posixpath.join(folder, "go.mod")):
            above = posixpath.dirname(folder)
            folder = "" if above == folder else above
        return folder

    def _module(self, unit: str) -> str:
        """The name of a module."""
        try:
            with self._workspace.open_stream(posixpath.join(unit, "go.mod")) as stream:
                found = _MODULE.search(stream.read(_FILE_BYTES).decode("utf-8", "replace"))
        except DocumentError:
            return ""
        return found[1].rstrip("/") if found else ""
