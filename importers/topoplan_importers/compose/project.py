"""Loads compose files into one project: documents, `.env`, `include`, `extends`, overrides, inline configs.

Nothing is read outside the analysed roots, nothing remote, and cycles and floods of files end in a notice.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.importing.documents import tag_of
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where
from topoplan.model.text import clean
from topoplan_importers.compose.interpolation import interpolate, parse_env
from topoplan_importers.compose.layers import Entry, EnvFile, Fill, Layer, over, strings, text_of
from topoplan_importers.compose.recognise import services_of
from topoplan_importers.compose.shapes import read_service
from topoplan_importers.places import at

FILE_LIMIT = 200
"""Files read for one project; a system of that many compose files is a flood."""
DEPTH_LIMIT = 20
"""Longest chain of `include` or `extends`."""
ENV_LIMIT = 1_048_576
"""Bytes of one env, config or secret file that are read."""


class Project(Struct):
    """Everything compose files say together."""

    folder: str
    services: dict[str, Layer] = field(default_factory=dict)
    contents: dict[str, Entry] = field(default_factory=dict)
    """Text of configs and secrets by `configs/name` and `secrets/name`."""
    notices: list[Notice] = field(default_factory=list)
    reached: dict[str, str] = field(default_factory=dict)
    """Further compose files read, with how: `included by …`, `extended by …`."""


class _Context(Struct, frozen=True):
    """What the relative paths and the variables of one file mean."""

    folder: str
    variables: Mapping[str, str]


class Loader:
    """Loads one project; a new one for each."""

    def __init__(self, workspace: Workspace, environment: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._environment = environment
        self._documents: dict[str, tuple[dict[str, object], ...]] = {}
        self._project = Project("")
        self._includes = 0

    def load(self, paths: Sequence[str]) -> Project:
        """The project of `paths`, later ones laid over earlier ones. Raises DocumentError when one of them cannot be
        parsed; trouble with files they lead to is a notice."""
        folder = posixpath.dirname(paths[0]) or "."
        self._project = Project(folder)
        context = _Context(folder, self._dotenv(folder, None, {}))
        for path in paths:
            self._documents_of(path)
        services = self._layered(paths, context, (paths[0],))
        for name, layer in services.items():
            self._project.services[name] = self._with_env_files(layer, context)
        return self._project

    def _layered(self, paths: Sequence[str], context: _Context, chain: tuple[str, ...]) -> dict[str, Layer]:
        """Services of some files of one project, the later laid over the earlier, without their env files."""
        services: dict[str, Layer] = {}
        for path in paths:
            for document in self._documents_of(path):
                services |= self._included(path, document, context, chain)
                self._read_contents(path, document, context)
                own = self._own(path, document, context)
                if tag_of(document.get("services")) == "!override":
                    services = {}
                for name, layer in own.items():
                    raw = services_of(document)[name]
                    if tag_of(raw) == "!reset":
                        services.pop(name, None)
                    elif name in services and tag_of(raw) != "!override":
                        services[name] = over(layer, services[name])
                    else:
                        services[name] = layer
        return services

    def _own(self, path: str, document: dict[str, object], context: _Context) -> dict[str, Layer]:
        raw = services_of(document)
        section = document.get("services", document)
        made = {}
        for name, value in raw.items():
            place = at(Where(path), section, name)
            if isinstance(value, dict):
                made[name] = self._service(path, raw, name, context, ())
            elif tag_of(value) == "!reset":
                made[name] = Layer(place)
            elif value is not None:
                self._notice("compose-misfit", f"service {clean(name)} is not a mapping and was passed over", place)
        return made

    def _service(
        self, path: str, raw: dict[str, object], name: str, context: _Context, chain: tuple[tuple[str, str], ...]
    ) -> Layer:
        """One service with what it extends."""
        value = raw[name]
        place = at(Where(path), raw, name)
        if not isinstance(value, dict):
            return Layer(place)
        layer = read_service(value, place, context.folder, self._fill(path, context), self._workspace)
        base = value.get("extends")
        if base is None or tag_of(base) == "!reset":
            return layer
        where = at(place, value, "extends")
        fill = self._fill(path, context)
        file = fill(text_of(base.get("file")) or "") if isinstance(base, dict) else ""
        target = fill(text_of(base.get("service") if isinstance(base, dict) else base) or "")
        source = self._reach(file, context.folder, "extends", where) if file else path
        if source is None:
            return layer
        if (source, target) in chain or (source, target) == (path, name) or len(chain) >= DEPTH_LIMIT:
            self._notice("compose-cycle", f"service {clean(name)} extends itself", where)
            return layer
        if source != path:
            self._project.reached.setdefault(source, f"extended by {path}")
        lower = self._extended(source, target, context, (*chain, (path, name)), where)
        return layer if lower is None else over(layer, lower)

    def _extended(
        self, path: str, name: str, context: _Context, chain: tuple[tuple[str, str], ...], where: Where
    ) -> Layer | None:
        folder = context.folder if path == chain[-1][0] else posixpath.dirname(path) or "."
        for document in self._try_documents(path, where):
            raw = services_of(document)
            if isinstance(raw.get(name), dict):
                return self._service(path, raw, name, _Context(folder, context.variables), chain)
        self._notice("compose-missing", f"extends {clean(name)}, which {path} does not define", where)
        return None

    def _included(
        self, path: str, document: dict[str, object], context: _Context, chain: tuple[str, ...]
    ) -> dict[str, Layer]:
        include = document.get("include")
        services: dict[str, Layer] = {}
        fill = self._fill(path, context)
        place = at(Where(path), document, "include")
        for index, item in enumerate(include if isinstance(include, list) else [] if include is None else [include]):
            where = at(place, include, index)
            entry = item if isinstance(item, dict) else {"path": item}
            written = [e.text or "" for e in strings(entry.get("path"), where, fill)]
            files = [f for f in (self._reach(w, context.folder, "include", where) for w in written) if f]
            if not files:
                continue
            if set(files) & set(chain):
                self._notice("compose-cycle", f"{clean(written[0])} includes itself", where)
                continue
            self._includes += 1
            if self._includes > FILE_LIMIT or len(chain) >= DEPTH_LIMIT:
                self._notice("compose-flood", "further files were not included: too many, or too deep", Where(path))
                continue
            services |= self._included_project(files, entry, context, (*chain, *files), where)
        return services

    def _included_project(
        self, files: list[str], entry: dict[str, object], context: _Context, chain: tuple[str, ...], where: Where
    ) -> dict[str, Layer]:
        fill = self._fill(where.path, context)
        folder = posixpath.dirname(files[0]) or "."
        stated = text_of(entry.get("project_directory"))
        if stated:
            folder = self._workspace.join(context.folder + "/", fill(stated)) or folder
        env_files = [e.text or "" for e in strings(entry.get("env_file"), where, fill)]
        shown = [p for p in (self._reach(w, context.folder, "env_file", where) for w in env_files) if p]
        inner = _Context(folder, self._dotenv(folder, shown or None, context.variables))
        for file in files:
            self._project.reached.setdefault(file, f"included by {where.path}")
        readable = [f for f in files if self._try_documents(f, where)]
        layers = self._layered(readable, inner, chain)
        return {name: self._with_env_files(layer, inner) for name, layer in layers.items()}

    def _with_env_files(self, layer: Layer, context: _Context) -> Layer:
        """`layer` with its env files read and its names without a value filled in."""
        found: dict[str, Entry] = {}
        for entry in layer.listed("env_file"):
            if not isinstance(entry, EnvFile):
                continue
            path = self._reach(entry.text or "", entry.folder, "env_file", entry.where, expected=entry.required)
            text = self._text(path) if path else None
            if text is None:
                continue
            known = {**{k: e.text or "" for k, e in found.items()}, **context.variables}
            values = parse_env(text, known, raw=entry.raw)
            lines = _lines_of(text)
            found |= {k: Entry(v, Where(path or "", lines.get(k, 0))) for k, v in values.items()}
        for name, entry in layer.mapping("environment").items():
            text = context.variables.get(name) if entry.text is None else entry.text
            if text is not None or name not in found:
                found[name] = Entry(text, entry.where)
        mappings = {**layer.mappings, "environment": found}
        lists = {**layer.lists, "env_file": ()}
        return Layer(layer.where, layer.scalars, mappings, lists, layer.build, layer.dropped, layer.removed)

    def _read_contents(self, path: str, document: dict[str, object], context: _Context) -> None:
        """Text of configs and secrets: inline, from a variable, or from a file beside the project."""
        fill = self._fill(path, context)
        for group in ("configs", "secrets"):
            section = document.get(group)
            for name, item in section.items() if isinstance(section, dict) else ():
                if not isinstance(item, dict):
                    continue
                where = at(at(Where(path), document, group), section, name)
                text = text_of(item.get("content"))
                variable, file = text_of(item.get("environment")), text_of(item.get("file"))
                if text is not None:
                    text = fill(text)
                elif variable:
                    text = context.variables.get(variable)
                elif file and (shown := self._reach(fill(file), context.folder, group, where, expected=False)):
                    text, where = self._text(shown), Where(shown)
                if text:
                    self._project.contents[f"{group}/{name}"] = Entry(text, where)

    def _dotenv(self, folder: str, files: list[str] | None, outer: Mapping[str, str]) -> dict[str, str]:
        """Variables of a project: its `.env` or the named files, under the outer project's and the configuration's."""
        variables = {**outer, **self._environment}
        for path in files if files is not None else [self._workspace.join(folder + "/", ".env")]:
            text = self._text(path) if path else None
            if text is not None:
                variables = {**parse_env(text, variables), **variables}
        return variables

    def _fill(self, path: str, context: _Context) -> Fill:
        def fill(text: str) -> str:
            missing: set[str] = set()
            filled = interpolate(text, context.variables, missing)
            for name in sorted(missing):
                message = f"variable {clean(name)} is required and not set; it was read as empty"
                self._notice("compose-variable", message, Where(path), Severity.INFO)
            return filled

        return fill

    def _reach(self, written: str, folder: str, what: str, where: Where, *, expected: bool = True) -> str | None:
        """Shown path of a file that compose asks for, None when it cannot be read; with a notice of the reason, unless
        the file is only missing and was not `expected`."""
        if "://" in written or written.startswith(("git@", "github.com/", "oci:")):
            self._notice("compose-remote", f"{what} names a remote file, which is not read", where, Severity.INFO)
            return None
        shown = self._workspace.join(folder + "/", written) if written else None
        if shown is None:
            self._notice("outside-root", f"{what} leads out of the analysed folders and was not followed", where)
        elif not self._workspace.is_file(shown):
            if expected:
                self._notice(
                    "compose-missing", f"{what} names {clean(shown)}, which is not there", where, Severity.INFO
                )
            return None
        return shown

    def _text(self, path: str) -> str | None:
        if not self._workspace.is_file(path):
            return None
        try:
            return self._workspace.read_bytes(path)[:ENV_LIMIT].decode("utf-8", "replace")
        except DocumentError as error:
            self._notice(error.slug, error.message, Where(path))
            return None

    def _try_documents(self, path: str, where: Where) -> tuple[dict[str, object], ...]:
        try:
            return self._documents_of(path)
        except DocumentError as error:
            self._notice(error.slug, f"{clean(path)} {error.reason}", where)
            return ()

    def _documents_of(self, path: str) -> tuple[dict[str, object], ...]:
        if path not in self._documents:
            if len(self._documents) >= FILE_LIMIT:
                raise DocumentError(
                    f"is beyond the {FILE_LIMIT} files read for one project", slug="compose-flood", where=path
                )
            documents = self._workspace.documents(path)
            self._documents[path] = tuple(d.value for d in documents if isinstance(d.value, dict))
            self._project.notices += [n for d in documents for n in d.notices]
        return self._documents[path]

    def _notice(self, slug: str, message: str, where: Where, severity: Severity = Severity.WARNING) -> None:
        notice = Notice(severity, slug, message, where)
        if notice not in self._project.notices:
            self._project.notices.append(notice)


def _lines_of(text: str) -> dict[str, int]:
    """Line of each name in an env file; the last one counts, as for its value."""
    names: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, mark, _ = line.strip().removeprefix("export ").partition("=")
        if mark and not name.startswith("#"):
            names[name.strip()] = number
    return names


def leads_to(documents: Sequence[object], folder: str, workspace: Workspace) -> Iterator[tuple[str, str]]:
    """(shown path, `included` or `extended`) of the files that a file names, as far as they can be told without
    variables."""
    for document in documents:
        if not isinstance(document, dict):
            continue
        include = document.get("include")
        for item in include if isinstance(include, list) else [include]:
            for entry in strings(item.get("path") if isinstance(item, dict) else item, Where(""), str):
                if shown := workspace.join(folder + "/", entry.text or ""):
                    yield shown, "included"
        for value in services_of(document).values():
            base = value.get("extends") if isinstance(value, dict) else None
            file = text_of(base.get("file")) if isinstance(base, dict) else None
            if file and (shown := workspace.join(folder + "/", file)):
                yield shown, "extended"
