"""What each file that sets up tests starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import EnvironmentFact
from topoplan.model.facts import NodeKind, Party, ServiceFact, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan_importers.compose.facts import main_facts
from topoplan_importers.compose.project import Loader
from topoplan_importers.compose.recognise import claims as is_compose
from topoplan_importers.compose.recognise import why_not
from topoplan_importers.environments import containers
from topoplan_importers.environments.folders import root_of, tested_folder
from topoplan_importers.environments.recognise import is_build_file, is_code, is_for_tests
from topoplan_importers.outcome import State, outcome

NAME = "test-environments"
_FILE_BYTES = 512 * 1024
"""Bytes of one file that are looked at."""
_STORES = (NodeKind.DATASTORE, NodeKind.BROKER)
_FOR_TESTS = re.compile(r"[-_.]tests?$")
_READ: State = (SourceState.ANALYSED, "")


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    reading = _Reading(workspace, options)
    states = {c.path: reading.file(c) for c in sorted(candidates, key=lambda c: c.path)}
    return outcome(NAME, states, (), (), workspace, reading.checks)


class _Reading:
    """The state of one read."""

    def __init__(self, workspace: Workspace, options: ImportOptions) -> None:
        self._workspace = workspace
        self._options = options
        self.checks: list[EnvironmentFact] = []

    def file(self, candidate: Candidate) -> State:
        """What became of one file."""
        path, name = candidate.path, candidate.name
        if is_code(name) and not self._options.read_source:
            return SourceState.SKIPPED, "source code is not read, as asked"
        try:
            if is_build_file(name):
                return self._containers(path, "test-dependency", lambda text: containers.in_build_file(name, text))
            if not is_for_tests(path, root_of(path, self._workspace)):
                return SourceState.SKIPPED, "is not for tests"
            if is_code(name):
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
        evidence = Evidence(NAME, Where(path, line), Basis.DECLARED, confidence, rule)
        self.checks.append(EnvironmentFact(parties, evidence, tested_folder(path, self._workspace)))


def _untested(party: Party) -> Party:
    """A store under the name it has outside of tests: `orders-db` of `orders-db-test`."""
    return replace(party, name=_FOR_TESTS.sub("", party.name)) if party.kind in _STORES else party


def _order(party: Party) -> tuple[str, str, str]:
    return party.name, str(party.kind or NodeKind.SERVICE), party.technology
