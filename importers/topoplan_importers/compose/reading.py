"""Compose files to facts: systems, their variants, and what became of each file."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Fact, Notice, SourceState
from topoplan_importers.compose.calls import IMPORTER
from topoplan_importers.compose.facts import ScopeOf, main_facts, variant_facts
from topoplan_importers.compose.project import Loader, Project, leads_to
from topoplan_importers.compose.recognise import services_of, why_not
from topoplan_importers.compose.variants import Found, System, group, set_up_for_tests
from topoplan_importers.outcome import State, outcome


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    return _Reading(workspace, options).read(candidates)


class _Reading:
    """The state of one read: what was found and what became of each file."""

    def __init__(self, workspace: Workspace, options: ImportOptions) -> None:
        self._workspace = workspace
        self._options = options
        self._facts: list[Fact] = []
        self._notices: list[Notice] = []
        self._states: dict[str, State] = {}
        self._scopes: dict[str, str] = {}

    def read(self, candidates: Sequence[Candidate]) -> Imported:
        paths = sorted({c.path for c in candidates})
        found = [f for path in paths if (f := self._find(path)) is not None]
        systems, owned = group(found, self._options.main_files)
        self._states |= {path: (SourceState.ANALYSED, reason) for path, reason in owned.items()}
        self._scopes = {path: s.folder for s in systems for path in (*s.main, *s.variants)}
        tests = set_up_for_tests(systems)
        for system in tests:
            self._states |= dict.fromkeys((*system.main, *system.variants), (SourceState.SKIPPED, "sets up a test"))
        for system in systems:
            if system not in tests:
                self._read_system(system)
        unread = (SourceState.SKIPPED, "belongs to a file that could not be read")
        states = {path: self._states.get(path, unread) for path in paths}
        return outcome(IMPORTER, states, self._facts, self._notices, self._workspace)

    def _find(self, path: str) -> Found | None:
        """What the file holds, None (with the reason noted) when it cannot be read or is no compose file."""
        try:
            documents = tuple(d.value for d in self._workspace.documents(path))
        except DocumentError as error:
            self._states[path] = (SourceState.FAILED, error.reason)
            return None
        reason = why_not(documents, posixpath.basename(path).lower())
        if reason:
            self._states[path] = (SourceState.SKIPPED, reason)
            return None
        services = sum(len(services_of(d)) for d in documents if isinstance(d, dict))
        folder = posixpath.dirname(path) or "."
        return Found(path, services, tuple(leads_to(documents, folder, self._workspace)))

    def _read_system(self, system: System) -> None:
        profiles = self._options.profiles
        project = self._load(system.main)
        if project is None:
            return
        main = main_facts(project, profiles, self._scope(system), self._workspace)
        self._facts += main.facts
        self._notices += project.notices
        first, *overrides = system.main
        self._states[first] = (SourceState.ANALYSED, "")
        for path in overrides:
            self._states[path] = (SourceState.ANALYSED, f"laid over {first}")
        for path in system.variants:
            variant = self._load((path,))
            if variant is not None:
                self._facts += variant_facts(variant, main, profiles, self._scope(system), self._workspace)
                self._notices += variant.notices
                self._states[path] = (SourceState.ANALYSED, f"variant of {first}")

    def _load(self, paths: tuple[str, ...]) -> Project | None:
        try:
            project = Loader(self._workspace, self._options.environment).load(paths)
        except DocumentError as error:
            self._states |= dict.fromkeys(paths, (SourceState.FAILED, error.reason))
            return None
        for path, reason in project.reached.items():
            self._states.setdefault(path, (SourceState.ANALYSED, reason))
        return project

    def _scope(self, system: System) -> ScopeOf:
        """Services belong to the system whose file defines them, also when another one includes that file."""
        return lambda path: self._scopes.get(path, system.folder)
