"""Configuration of gateways to calls, and whose configuration it is."""

from __future__ import annotations

import posixpath
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Fact, ModuleFact, NodeKind, Party, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan_importers.gateways import lines, nginx, spring, structured
from topoplan_importers.gateways.recognise import format_of
from topoplan_importers.gateways.targets import IMPORTER, Target, calls
from topoplan_importers.gateways.tree import Tree
from topoplan_importers.outcome import State, outcome
from topoplan_importers.vocabulary import words

_MAX_BYTES = 2 * 2**20
"""Larger than any configuration that people write."""
_MAX_TARGETS = 2000
"""Targets taken from one file."""
_GENERIC_FOLDERS = words(
    "conf conf.d config configs configuration etc templates template src resources main sites-enabled sites-available",
    "docker default.d includes snippets dynamic files",
)

_STRUCTURED: Mapping[str, Callable[[Tree], Iterator[Target]]] = {
    "envoy": structured.envoy,
    "traefik": structured.traefik,
    "kong": structured.kong,
    "ocelot": structured.ocelot,
    "yarp": structured.yarp,
    "krakend": structured.krakend,
}
_LINES: Mapping[str, Callable[[str, str], Iterator[Target]]] = {
    "haproxy": lines.haproxy,
    "apache": lines.apache,
    "caddy": lines.caddy,
}


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    return _Reading(workspace, options).read(candidates)


class _Reading:
    """The state of one read: what was found and what became of each file."""

    def __init__(self, workspace: Workspace, options: ImportOptions) -> None:
        self._workspace = workspace
        self._environment = options.environment
        self._states: dict[str, State] = {}
        self._defaults: dict[str, dict[str, str]] = {}

    def read(self, candidates: Sequence[Candidate]) -> Imported:
        formats = {c.path: format_of(c) for c in sorted(candidates, key=lambda c: c.path)}
        found: dict[str, tuple[Target, ...]] = {}
        values: dict[str, Mapping[str, str]] = {}
        proxies: dict[str, nginx.Nginx] = {}
        for path, known in formats.items():
            try:
                if known == "nginx":
                    proxies[path] = nginx.read(self._text(path), path)
                elif known == "spring":
                    settings = tuple(self._settings(path))
                    values[path] = {name: value for name, value, _ in settings}
                    found[path] = tuple(spring.routes(settings))
                else:
                    found[path] = tuple(self._targets(path, known))
            except DocumentError as error:
                self._states[path] = (SourceState.FAILED, error.reason)
        shared = _shared(proxies)
        for path, proxy in proxies.items():
            found[path] = tuple(nginx.resolved(proxy, {**shared[posixpath.dirname(path)], **proxy.upstreams}))
        facts = [fact for path in sorted(found) for fact in self._facts(path, formats, found[path], values)]
        states = {path: self._states.get(path, (SourceState.SKIPPED, "routes to nobody")) for path in formats}
        return outcome(IMPORTER, states, facts, (), self._workspace)

    def _facts(
        self,
        path: str,
        formats: Mapping[str, str],
        targets: tuple[Target, ...],
        values: Mapping[str, Mapping[str, str]],
    ) -> Iterator[Fact]:
        name = spring.application(path) if formats[path] == "spring" else ""
        consumer = Party(name) if name else Party("", kind=NodeKind.GATEWAY, path=path)
        known = {**self._nearby(path), **values.get(path, {}), **self._environment}
        made = sorted(
            {call for target in targets[:_MAX_TARGETS] for call in calls(target, consumer, known)},
            key=lambda call: (call.evidence, call.provider.name, call.protocol),
        )
        if made:
            self._states[path] = (SourceState.ANALYSED, "")
            if not name:
                yield from _module(path)
            yield from _once(made)

    def _nearby(self, path: str) -> dict[str, str]:
        """Defaults of variables in the Dockerfile of the file's folder, or of the nearest one above."""
        folder = posixpath.dirname(path)
        for _ in range(3):
            if folder not in self._defaults:
                self._defaults[folder] = self._dockerfile(folder)
            if self._defaults[folder] or not folder or folder == "/":
                return self._defaults[folder]
            folder = posixpath.dirname(folder)
        return {}

    def _dockerfile(self, folder: str) -> dict[str, str]:
        found: dict[str, str] = {}
        path = posixpath.join(folder, "Dockerfile")
        if self._workspace.is_file(path):
            try:
                found = lines.environment(self._text(path))
            except DocumentError:
                return {}
        return found

    def _targets(self, path: str, known: str) -> Iterator[Target]:
        if known in _LINES:
            yield from _LINES[known](self._text(path), path)
            return
        for root in self._documents(path):
            yield from (t for t in _STRUCTURED[known](root) if t.value)

    def _settings(self, path: str) -> Iterator[spring.Setting]:
        if path.endswith(".properties"):
            yield from spring.properties(self._text(path), path)
            return
        for root in self._documents(path):
            yield from spring.settings(root)

    def _documents(self, path: str) -> Iterable[Tree]:
        if path.endswith(".toml"):
            try:
                return [Tree(tomllib.loads(self._text(path)), Where(path))]
            except (tomllib.TOMLDecodeError, RecursionError):
                raise DocumentError("is not valid TOML", slug="toml-malformed", where=path) from None
        self._bounded(path)
        return [Tree(document.value, Where(path)) for document in self._workspace.documents(path)]

    def _text(self, path: str) -> str:
        """The text of a small file; bytes that are no UTF-8 are replaced, since no host holds any. Raises
        DocumentError."""
        return self._bounded(path).decode("utf-8-sig", "replace")

    def _bounded(self, path: str) -> bytes:
        data = self._workspace.read_bytes(path)
        if len(data) > _MAX_BYTES:
            raise DocumentError("is too large for a gateway's configuration", slug="too-large", where=path)
        return data


def _shared(proxies: Mapping[str, nginx.Nginx]) -> Mapping[str, Mapping[str, list[Target]]]:
    """For each folder the upstreams that its files may use: those of the same folder, of the one above and of those
    right below, where includes of nginx lie."""
    own: dict[str, dict[str, list[Target]]] = defaultdict(dict)
    for path, proxy in proxies.items():
        for name, servers in proxy.upstreams.items():
            own[posixpath.dirname(path)].setdefault(name, servers)
    below: dict[str, dict[str, list[Target]]] = defaultdict(dict)
    for folder, upstreams in sorted(own.items()):
        if folder:
            below[posixpath.dirname(folder)] = {**upstreams, **below[posixpath.dirname(folder)]}
    folders = {posixpath.dirname(path) for path in proxies}
    return {f: {**below.get(f, {}), **own.get(posixpath.dirname(f), {}), **own.get(f, {})} for f in sorted(folders)}


def _module(path: str) -> Iterator[ModuleFact]:
    """The file's folder is the program it is called after, if there is a service of that name."""
    folder = posixpath.dirname(path)
    while posixpath.basename(folder).lower() in _GENERIC_FOLDERS:
        folder = posixpath.dirname(folder)
    name = posixpath.basename(folder)
    if name and name not in (".", ".."):
        evidence = Evidence(IMPORTER, Where(path), Basis.DECLARED, Confidence.MEDIUM, "gateway-folder")
        yield ModuleFact(folder, (name,), evidence)


def _once(made: Iterable[CallFact]) -> Iterator[CallFact]:
    """One call for each provider and protocol: the first and surest."""
    ranked = sorted(made, key=lambda call: -call.evidence.confidence.rank)
    told: set[tuple[str, str]] = set()
    for call in ranked:
        key = (call.provider.name, call.protocol)
        if key not in told:
            told.add(key)
            yield call
