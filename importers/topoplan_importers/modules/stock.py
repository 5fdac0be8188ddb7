"""Takes stock of programs: gathers what files say of each folder, and decides which folders are programs."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import ModuleFact, Notice, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.modules.builds import read_build
from topoplan_importers.modules.recognise import APPLICATION_FILE, DOCKERFILE
from topoplan_importers.outcome import State
from topoplan_importers.settings import fill, read_settings
from topoplan_importers.vocabulary import words

_ASIDE = words(
    "test tests testing e2e spec specs it examples example samples sample demo demos docs doc documentation fixtures",
    "wwwroot testdata mocks mock stubs benchmark benchmarks archetype-resources templates template tutorials tutorial",
)
_HOLDERS = words("docker dockerfiles deploy deployment build ci container jvm")
"""Folders a Dockerfile may lie in without being a program's own."""
_INNER = words("src app application code main source sources project")
"""Folder names that say nothing: the folder above tells the program."""
_PART = words("server backend service api web client frontend ui worker")
"""Folder names that say which part of something this is."""
_VAGUE = _INNER | _PART
_APPLICATION_KEYS = ("spring.application.name", "quarkus.application.name", "micronaut.application.name")
_RESOURCES = re.compile(r"(?:^|(.*)/)src/main/(?:resources|docker)(?:/.*)?")
_FROM = re.compile(r"^[ \t]*FROM\s+(?:--\S+\s+)*(\S+)", re.MULTILINE | re.IGNORECASE)
_ENTRY_FILES = words(
    "main.py app.py manage.py wsgi.py asgi.py server.py __main__.py main.go server.js procfile artisan config.ru",
)
_PLACEHOLDER = re.compile(r"[$@{}<>%]|\s{2}")


class _Program(Struct):
    """A folder while what is known of it is gathered."""

    folder: str
    where: Where
    application: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    runs: bool = False
    gathers: bool = False
    """Its build file only gathers other programs."""


class Stock:
    """The programs found so far."""

    def __init__(self, workspace: Workspace, root: str) -> None:
        self._workspace = workspace
        self._root = root
        self._programs: dict[str, _Program] = {}
        self._images: dict[str, str] = {}
        self._configured: list[tuple[str, str, Where]] = []
        self.states: dict[str, State] = {}
        self.notices: list[Notice] = []

    def add(self, path: str) -> None:
        """Take one file into account."""
        name = posixpath.basename(path).lower()
        folder = posixpath.dirname(path) or "."
        below = path[len(self._root) :] if self._root else path
        inside = below.lower().split("/")[:-1]
        if _ASIDE.intersection(inside) or any(part.startswith(".") for part in inside):
            self.states[path] = (SourceState.SKIPPED, "lies in a folder of tests, examples, documents or tools")
            return
        try:
            if APPLICATION_FILE.fullmatch(name):
                self._application(path, folder)
            elif DOCKERFILE.fullmatch(name):
                self._dockerfile(path, folder)
            else:
                self._build_file(path, folder, name)
        except DocumentError as error:
            self.states[path] = (SourceState.FAILED, error.reason)
            return
        self.states.setdefault(path, (SourceState.ANALYSED, ""))

    def _build_file(self, path: str, folder: str, name: str) -> None:
        build = read_build(path, self._workspace)
        if build.is_none:
            self.states[path] = (SourceState.SKIPPED, "builds no program")
            return
        program = self._program(folder, path)
        if build.name:
            program.built.append(build.name)
        program.runs |= build.runs or bool(_ENTRY_FILES.intersection(map(str.lower, self._workspace.names(folder))))
        program.gathers |= build.gathers
        if name == "go.mod":
            self._commands(path, folder)

    def _commands(self, path: str, folder: str) -> None:
        """Go's layout of several programs in one module: a folder each below `cmd`."""
        base = "cmd" if folder == "." else f"{folder}/cmd"
        found = [n for n in self._workspace.names(base) if self._workspace.is_file(f"{base}/{n}/main.go")]
        if len(found) == 1:
            self._program(folder, path).runs = True
        for name in found if len(found) > 1 else ():
            self._program(f"{base}/{name}", path).runs = True

    def _dockerfile(self, path: str, folder: str) -> None:
        resources = _RESOURCES.fullmatch(folder)
        folder = (resources[1] or ".") if resources else folder
        above = posixpath.dirname(posixpath.dirname(folder))
        if posixpath.basename(posixpath.dirname(folder)).lower() in _HOLDERS and _same_name(above, folder):
            folder = above
        while posixpath.basename(folder).lower() in _HOLDERS:
            folder = posixpath.dirname(folder) or "."
        text = self._workspace.read_bytes(path)[:65_536].decode("utf-8", "replace")
        bases = _FROM.findall(text)
        self._images[folder] = bases[-1] if bases else ""
        self._program(folder, path).runs = True

    def _application(self, path: str, folder: str) -> None:
        found = read_settings(path, self._workspace)
        values = {s.key: s.value for s in found.settings if not s.profile}
        named = next((s for s in found.settings if s.key in _APPLICATION_KEYS and not s.profile), None)
        if named is None:
            self.states[path] = (SourceState.SKIPPED, "names no application")
            return
        resources = _RESOURCES.fullmatch(folder)
        owner = (resources[1] or ".") if resources else ""
        name = fill(named.value, values)
        if owner:
            self._program(owner, path, named.where).application.append(name)
        else:
            self._configured.append((folder, name, named.where))

    def _program(self, folder: str, path: str, where: Where | None = None) -> _Program:
        return self._programs.setdefault(folder, _Program(folder, where or Where(path)))

    def facts(self) -> Iterable[ModuleFact]:
        """One fact for each program, sorted by folder."""
        for folder, name, _ in self._configured:
            owner = self._holder(folder)
            if owner is not None:
                owner.application.append(name)
        inside: dict[str, list[str]] = {}
        for folder in self._programs:
            if _HOLDERS.intersection(folder.lower().split("/")):
                continue
            parent = folder
            while parent not in ("", "/", "."):
                parent = posixpath.dirname(parent) or "."
                if parent in self._programs:
                    inside.setdefault(parent, []).append(folder)
        told = Counter(n.lower() for p in self._programs.values() for n in dict.fromkeys((*p.application, *p.built)))
        root = self._root.rstrip("/") or "."
        for folder, programs in inside.items():
            self._programs[folder].gathers |= len(programs) > 1
        for folder, program in sorted(self._programs.items()):
            gathers = program.gathers
            if gathers and not program.application and folder in (root, "."):
                continue
            if not program.application and self._is_part(program):
                continue
            names = _names(program, told)
            packed = not program.built and bool(_HOLDERS.intersection(folder.lower().split("/")))
            runs = bool(program.application) or (program.runs and not gathers and not packed)
            rule = "application-name" if program.application else "build-file" if program.built else "folder"
            evidence = Evidence("modules", program.where, Basis.DECLARED, Confidence.HIGH, rule)
            if names:
                yield ModuleFact(folder, names, evidence, runs and not self._is_product(program))

    def _holder(self, folder: str) -> _Program | None:
        """The program whose folder holds `folder`."""
        while folder not in ("", "/"):
            if folder in self._programs:
                return self._programs[folder]
            folder = posixpath.dirname(folder)
        return self._programs.get(".")

    def _is_part(self, program: _Program) -> bool:
        """Whether it lies inside another program as its second image, its pages or its tools."""
        above = self._holder(posixpath.dirname(program.folder))
        if above is None or above.folder in (program.folder, ".", self._root.rstrip("/")) or above.gathers:
            return False
        return not program.built or (above.runs and program.folder not in self._images)

    def _is_product(self, program: _Program) -> bool:
        """Whether it only packs a product: a database with its schema, a broker with its settings."""
        known = technologies.by_image(self._images.get(program.folder, "")) or technologies.by_name(
            posixpath.basename(program.folder)
        )
        return not program.application and known is not None and (known.kind is not None or known.infrastructure)


def _names(program: _Program, told: Counter[str]) -> tuple[str, ...]:
    """Names of a program, the most telling first. A name that several programs give themselves was copied."""
    base = posixpath.basename(program.folder).strip(".")
    own = [n for n in (*program.application, *program.built) if told[n.lower()] == 1 or n.lower() == base.lower()]
    names = [n for n in own if n.lower() not in _VAGUE or n.lower() == base.lower()]
    above = posixpath.basename(posixpath.dirname(program.folder)).strip(".")
    if base.lower() in _VAGUE and above and above.lower() not in _VAGUE:
        names += [above] if base.lower() in _INNER else [f"{above}-{base}", base]
    elif base:
        names.append(base)
    cleaned = (clean(n) for n in names if n and not _PLACEHOLDER.search(n))
    return tuple(dict.fromkeys(n for n in cleaned if n))


def _same_name(folder: str, other: str) -> bool:
    return posixpath.basename(folder).lower() == posixpath.basename(other).lower()
