"""The importer of test environments: which files set up tests, and what each of them starts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.sniffing import SOURCE_SUFFIXES
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import EnvironmentFact
from topoplan.model.facts import NodeKind, Party, ServiceFact, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan_importers.compose.facts import main_facts
from topoplan_importers.compose.project import Loader
from topoplan_importers.compose.recognise import claims as is_compose
from topoplan_importers.compose.recognise import why_not
from topoplan_importers.environments import containers
from topoplan_importers.environments.folders import folder_of_tests, names_test, names_test_code, root_of, tested_folder
from topoplan_importers.outcome import State, outcome

_FILE_BYTES = 512 * 1024
"""Bytes of one file that are looked at."""
_HEAD_BYTES = 4096
_STORES = (NodeKind.DATASTORE, NodeKind.BROKER)
_FOR_TESTS = re.compile(r"[-_.]tests?$")
_SETTINGS = (".properties", ".yml", ".yaml", ".json")
_READ: State = (SourceState.ANALYSED, "")


class EnvironmentsImporter:
    """Compose files set up for tests, and Testcontainers in test code, its build files and its settings."""

    name = "test-environments"
    summary = "Test environments (Compose files for tests, Testcontainers)"

    def claims(self, candidate: Candidate) -> bool:
        name, head = candidate.name, candidate.head
        if containers.is_build_file(name):
            # A dependency may stand further down than the first bytes.
            return containers.MARK in head or (name == "pom.xml" and candidate.size > _HEAD_BYTES)
        if _is_source(name):
            return containers.MARK in head and _for_tests(candidate.path, "")
        if not name.endswith(_SETTINGS) or not _for_tests(candidate.path, ""):
            return False
        return is_compose(candidate) or containers.URL_MARK in head

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        reading = _Reading(workspace, options)
        states = {c.path: reading.file(c) for c in sorted(candidates, key=lambda c: c.path)}
        return outcome(self.name, states, (), (), workspace, reading.checks)


class _Reading:
    """The state of one read."""

    def __init__(self, workspace: Workspace, options: ImportOptions) -> None:
        self._workspace = workspace
        self._options = options
        self.checks: list[EnvironmentFact] = []

    def file(self, candidate: Candidate) -> State:
        """What became of one file."""
        path, name = candidate.path, candidate.name
        if _is_source(name) and not self._options.read_source:
            return SourceState.SKIPPED, "source code is not read, as asked"
        try:
            if containers.is_build_file(name):
                return self._containers(path, "test-dependency", lambda text: containers.in_build_file(name, text))
            if not _for_tests(path, root_of(path, self._workspace)):
                return SourceState.SKIPPED, "is not for tests"
            if _is_source(name):
                return self._containers(path, "test-container", lambda text: containers.in_code(path, text))
            if is_compose(candidate):
                return self._compose(path, name)
            return self._containers(path, "test-container", containers.in_settings)
        except DocumentError as error:
            return SourceState.FAILED, error.reason

    def _containers(self, path: str, rule: str, find: Callable[[str], containers.Found]) -> State:
        with self._workspace.open_stream(path) as stream:
            found = find(stream.read(_FILE_BYTES).decode("utf-8", "replace"))
        if not found:
            return SourceState.SKIPPED, "starts no containers for tests"
        self._tell(found, path, min(found.values()), rule, Confidence.MEDIUM)
        return _READ

    def _compose(self, path: str, name: str) -> State:
        reason = why_not(tuple(d.value for d in self._workspace.documents(path)), name)
        if reason:
            return SourceState.SKIPPED, reason
        project = Loader(self._workspace, self._options.environment).load((path,))
        services = main_facts(project, self._options.profiles, lambda _: "", self._workspace).facts
        parties = {
            _untested(fact.party): fact.evidence.where.line
            for fact in services
            if isinstance(fact, ServiceFact) and (fact.party.kind in _STORES or not fact.infrastructure)
        }
        if not parties:
            return SourceState.SKIPPED, "starts no service for tests"
        self._tell(parties, path, 0, "test-compose", Confidence.HIGH)
        return _READ

    def _tell(self, found: containers.Found, path: str, line: int, rule: str, confidence: Confidence) -> None:
        parties = tuple(sorted(found, key=_order))
        evidence = Evidence(EnvironmentsImporter.name, Where(path, line), Basis.DECLARED, confidence, rule)
        self.checks.append(EnvironmentFact(parties, evidence, tested_folder(path, self._workspace)))


def _untested(party: Party) -> Party:
    """A store under the name it has outside of tests: `orders-db` of `orders-db-test`."""
    return replace(party, name=_FOR_TESTS.sub("", party.name)) if party.kind in _STORES else party


def _for_tests(path: str, root: str) -> bool:
    """Whether a file is one of tests by its name or folder."""
    name = posixpath.basename(path)
    return bool(folder_of_tests(path, root)) or (names_test_code(name) if _is_source(name) else names_test(name))


def _is_source(name: str) -> bool:
    return posixpath.splitext(name.lower())[1] in SOURCE_SUFFIXES


def _order(party: Party) -> tuple[str, str, str]:
    return party.name, str(party.kind or NodeKind.SERVICE), party.technology
