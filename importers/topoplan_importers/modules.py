"""Takes stock of programs: which folder builds one, what it calls itself, whether something runs it.

A folder is a program's when a build file or a Dockerfile lies in it. The root of a repository that holds several
programs is none, nor is any folder whose build file only gathers others.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.documents import load_xml
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import ModuleFact, Notice, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.outcome import State, outcome
from topoplan_importers.settings import fill, load_toml, read_settings
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
_APPLICATION_FILE = re.compile(r"(application|bootstrap)\.(ya?ml|properties)|microprofile-config\.properties")
_APPLICATION_KEYS = ("spring.application.name", "quarkus.application.name", "micronaut.application.name")
_RESOURCES = re.compile(r"(?:^|(.*)/)src/main/(?:resources|docker)(?:/.*)?")
_DOCKERFILE = re.compile(r"(docker|container)file([.-].*)?|.+\.dockerfile")
_FROM = re.compile(r"^[ \t]*FROM\s+(?:--\S+\s+)*(\S+)", re.MULTILINE | re.IGNORECASE)
_ENTRY_FILES = words(
    "main.py app.py manage.py wsgi.py asgi.py server.py __main__.py main.go server.js procfile artisan config.ru",
)
_RUNNERS = re.compile(
    r"spring-boot-maven-plugin|(quarkus|micronaut|jib|docker|dockerfile|liberty|payara-micro|wildfly)-maven-plugin"
)
_GRADLE_RUNNERS = re.compile(
    r"""['"](org\.springframework\.boot|io\.quarkus|io\.micronaut\.application|com\.google\.cloud\.tools\.jib|application)['"]|"""
    r"^[ \t]*application[ \t]*$",
    re.MULTILINE,
)
_PROJECT = re.compile(r".+\.(cs|fs|vb)proj")
_TEST_PROJECT = re.compile(
    r"(^|[._-])(unit|integration|functional|e2e|acceptance)?[._-]?(tests?|specs?)$", re.IGNORECASE
)
_MAJOR = re.compile(r"v\d+")
_PLACEHOLDER = re.compile(r"[$@{}<>%]|\s{2}")


@dataclass(slots=True)
class _Program:
    """A folder while what is known of it is gathered."""

    folder: str
    where: Where
    application: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    runs: bool = False
    gathers: bool = False
    """Its build file only gathers other programs."""


@dataclass(frozen=True, slots=True)
class _Build:
    """What one build file says: its name, whether it makes a program, whether it only gathers others."""

    name: str = ""
    runs: bool = False
    gathers: bool = False
    is_none: bool = False


class ModulesImporter:
    """Build files, Dockerfiles and configured application names."""

    name = "modules"
    summary = "Programs and their folders (build files, Dockerfiles, application names)"

    def claims(self, candidate: Candidate) -> bool:
        name = candidate.name
        return name in _READERS or bool(
            _PROJECT.fullmatch(name) or _DOCKERFILE.fullmatch(name) or _APPLICATION_FILE.fullmatch(name)
        )

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        paths = sorted({c.path for c in candidates})
        stock = _Stock(workspace, _common(paths))
        for path in paths:
            stock.add(path)
        return outcome(self.name, stock.states, stock.facts(), stock.notices, workspace)


class _Stock:
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
            if _APPLICATION_FILE.fullmatch(name):
                self._application(path, folder)
            elif _DOCKERFILE.fullmatch(name):
                self._dockerfile(path, folder)
            else:
                self._build_file(path, folder, name)
        except DocumentError as error:
            self.states[path] = (SourceState.FAILED, error.reason)
            return
        self.states.setdefault(path, (SourceState.ANALYSED, ""))

    def _build_file(self, path: str, folder: str, name: str) -> None:
        read = _READERS.get(name, _project)
        build = read(path, self._workspace)
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


def _common(paths: Sequence[str]) -> str:
    """The folder above all paths, with a slash; empty for the current one."""
    try:
        common = posixpath.commonpath([posixpath.dirname(p) for p in paths]) if paths else ""
    except ValueError:  # absolute beside relative ones
        common = ""
    return common.rstrip("/") + "/" if common else ""


# --- build files ----------------------------------------------------------------------------------------------------


def _text(path: str, workspace: Workspace) -> str:
    return workspace.read_bytes(path)[:1_048_576].decode("utf-8-sig", "replace")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else ""


def _maven(path: str, workspace: Workspace) -> _Build:
    root = load_xml(workspace.read_bytes(path), path)
    top = {_local(child.tag): child for child in root}
    name = (top["artifactId"].text or "").strip() if "artifactId" in top else ""
    packaging = (top["packaging"].text or "").strip() if "packaging" in top else ""
    plugins = [
        (found.text or "").strip()
        for group in top.get("build", ())
        if _local(group.tag) == "plugins"
        for plugin in group
        for found in plugin
        if _local(found.tag) == "artifactId"
    ]
    gathers = packaging == "pom"
    return _Build("" if gathers else name, packaging == "war" or any(map(_RUNNERS.fullmatch, plugins)), gathers)


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _gradle(path: str, workspace: Workspace) -> _Build:
    text = _text(path, workspace)
    folder = posixpath.dirname(path)
    name = ""
    for settings in ("settings.gradle", "settings.gradle.kts"):
        beside = posixpath.join(folder, settings)
        if workspace.is_file(beside):
            name = name or _found(r"rootProject\.name\s*=\s*['\"]([^'\"]+)", _text(beside, workspace))
    return _Build(name, bool(_GRADLE_RUNNERS.search(text)))


def _gradle_settings(path: str, workspace: Workspace) -> _Build:
    gathers = len(re.findall(r"^[ \t]*include\b", _text(path, workspace), re.MULTILINE)) > 0
    return _Build(gathers=True) if gathers else _Build(is_none=True)


def _node(path: str, workspace: Workspace) -> _Build:
    value = workspace.json(path).value
    scripts = _get(value, "scripts")
    name = str(_get(value, "name") or "").rpartition("/")[2]
    return _Build(name, bool(_get(scripts, "start")), bool(_get(value, "workspaces")))


def _go(path: str, workspace: Workspace) -> _Build:
    parts = _found(r"^module\s+\"?([^\s\"]+)", _text(path, workspace)).split("/")
    if len(parts) > 1 and _MAJOR.fullmatch(parts[-1]):
        parts.pop()
    return _Build(parts[-1])


def _project(path: str, workspace: Workspace) -> _Build:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    text = _text(path, workspace)
    if _TEST_PROJECT.search(stem) or re.search(r"<IsTestProject>\s*true", text, re.IGNORECASE):
        return _Build(is_none=True)
    runs = re.search(r"Microsoft\.NET\.Sdk\.(Web|Worker|Function)|<OutputType>\s*(Win)?Exe", text, re.IGNORECASE)
    return _Build(stem, bool(runs))


def _python(path: str, workspace: Workspace) -> _Build:
    value = load_toml(path, workspace)
    name = _get(_get(value, "project"), "name") or _get(_get(_get(value, "tool"), "poetry"), "name")
    return _Build(str(name or ""))


def _setup_cfg(path: str, workspace: Workspace) -> _Build:
    text = _text(path, workspace)
    return _Build(_found(r"^name\s*=\s*(\S+)", text)) if "[metadata]" in text else _Build(is_none=True)


def _cargo(path: str, workspace: Workspace) -> _Build:
    value = load_toml(path, workspace)
    name = _get(_get(value, "package"), "name")
    runs = bool(_get(value, "bin")) or workspace.is_file(posixpath.join(posixpath.dirname(path), "src/main.rs"))
    return _Build(str(name or ""), runs, gathers=name is None)


def _composer(path: str, workspace: Workspace) -> _Build:
    value = workspace.json(path).value
    return _Build(str(_get(value, "name") or "").rpartition("/")[2])


def _mix(path: str, workspace: Workspace) -> _Build:
    return _Build(_found(r"\bapp:\s*:([a-z0-9_]+)", _text(path, workspace)))


def _sbt(path: str, workspace: Workspace) -> _Build:
    return _Build(_found(r"\bname\s*:=\s*\"([^\"]+)\"", _text(path, workspace)))


def _cmake(path: str, workspace: Workspace) -> _Build:
    name = _found(r"\badd_executable\s*\(\s*([\w.-]+)", _text(path, workspace))
    return _Build(name, runs=True) if name else _Build(is_none=True)


def _folder_only(path: str, workspace: Workspace) -> _Build:
    return _Build(runs=posixpath.basename(path).lower() == "procfile")


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


_READERS: dict[str, Callable[[str, Workspace], _Build]] = {
    "pom.xml": _maven,
    "build.gradle": _gradle,
    "build.gradle.kts": _gradle,
    "settings.gradle": _gradle_settings,
    "settings.gradle.kts": _gradle_settings,
    "package.json": _node,
    "go.mod": _go,
    "pyproject.toml": _python,
    "setup.cfg": _setup_cfg,
    "requirements.txt": _folder_only,
    "cargo.toml": _cargo,
    "composer.json": _composer,
    "mix.exs": _mix,
    "gemfile": _folder_only,
    "build.sbt": _sbt,
    "procfile": _folder_only,
    "cmakelists.txt": _cmake,
}
