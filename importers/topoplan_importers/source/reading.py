"""Source code to facts: which files are read, how much of them, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Fact, SourceState
from topoplan_importers.outcome import State, outcome
from topoplan_importers.source import aspire, calls, messaging, vendors
from topoplan_importers.source.bindings import Bindings
from topoplan_importers.source.channels import Site, joined, without_typed
from topoplan_importers.source.components import Components
from topoplan_importers.source.constants import Values, constants, merged, resolver
from topoplan_importers.source.events import Events
from topoplan_importers.source.packages import Packages
from topoplan_importers.source.recognise import is_component_file
from topoplan_importers.source.roles import INTEREST, Roles
from topoplan_importers.source.scanner import scan
from topoplan_importers.source.selection import is_source, shared_folder, why_not_run
from topoplan_importers.source.units import Units

_FILE_BYTES = 512 * 1024
"""Bytes of one file that are looked at."""


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    given = {c.path: c for c in sorted(candidates, key=lambda c: c.path)}
    left_out = [] if options.read_source else [path for path, c in given.items() if is_source(c.name)]
    states = dict.fromkeys(left_out, (SourceState.SKIPPED, "source code is not read, as asked"))
    return _Reading({p: c for p, c in given.items() if p not in states}, workspace, states).read()


class _Reading:
    """The state of one read."""

    def __init__(self, given: dict[str, Candidate], workspace: Workspace, states: dict[str, State]) -> None:
        self._given = given
        self._workspace = workspace
        self._units = Units(workspace)
        self._states = states
        self._around: dict[str, Values] = {}
        self._code: dict[str, list[str]] = {}
        self._facts: list[Fact] = []
        self._sites: list[Site] = []
        self._events = Events()
        self._roles = Roles(workspace)
        self._components = Components(workspace)
        self._packages = Packages(workspace)

    def read(self) -> Imported:
        shared = shared_folder(list(self._given))
        bindings = Bindings(self._workspace, self._units)
        for path, candidate in self._given.items():
            if is_component_file(candidate):
                self._states[path] = self._read_components(candidate)
                continue
            if not is_source(candidate.name):
                reason = bindings.read(path)
                self._states[path] = (
                    (SourceState.FAILED, reason) if reason else (SourceState.SKIPPED, "binds no channel that is used")
                )
                continue
            reason = why_not_run(path, shared, candidate.head)
            self._states[path] = (SourceState.SKIPPED, reason or "names no other program")
            if not reason:
                self._code.setdefault(self._units.of(path), []).append(path)
        for unit, paths in sorted(self._code.items()):
            for path in paths:
                self._read_file(unit, path)
        self._sites += bindings.sites(self._sites)
        self._facts += [*self._components.calls(), *self._packages.owned()]
        self._facts += self._roles.calls({f.provider.name.lower() for f in self._facts if isinstance(f, CallFact)})
        typed = self._events.sites()
        self._facts += joined([*without_typed([*self._sites, *bindings.exchanges], typed), *typed])
        for fact in self._facts:
            self._states[fact.evidence.where.path] = (SourceState.ANALYSED, "")
        return outcome(calls.IMPORTER, self._states, self._facts, (), self._workspace)

    def _read_components(self, candidate: Candidate) -> State:
        try:
            self._components.read(candidate.path)
        except DocumentError as error:
            template = b"{{" in candidate.head
            return (SourceState.SKIPPED, "is a template") if template else (SourceState.FAILED, error.reason)
        return SourceState.SKIPPED, "declares no component that is used"

    def _read_file(self, unit: str, path: str) -> None:
        text = self._text(path)
        if text is None:
            return
        if path.endswith(".go"):
            self._packages.scan(path, text)
        if self._components.concern(text):
            self._components.scan(scan(text, path))
        if aspire.is_host(text):
            self._facts += aspire.facts(scan(text, path), self._workspace)
            return
        if vendors.is_of_interest(text):
            self._facts += vendors.vendor_facts(scan(text, path))
        names_hosts, talks = bool(calls.INTEREST.search(text)), messaging.is_of_interest(text)
        has_role = INTEREST.search(text) is not None
        if not names_hosts and not talks and not has_role:
            return
        scanned = scan(text, path)
        if has_role:
            self._roles.scan(unit, scanned)
        resolve = resolver(scanned.code, lambda: self._unit_constants(unit))
        if names_hosts:
            self._facts += calls.calls(scanned, resolve)
        if talks:
            self._sites += messaging.sites(scanned, resolve, unit)
            self._events.scan(unit, scanned)

    def _unit_constants(self, unit: str) -> Values:
        """Constants of all files of one unit; read only where a name is not explained in its own file."""
        if unit not in self._around:
            every = (self._text(path) for path in self._code.get(unit, ()))
            self._around[unit] = merged(constants(text) for text in every if text is not None)
        return self._around[unit]

    def _text(self, path: str) -> str | None:
        """The first part of a file, None (with the reason noted) when it cannot be read."""
        try:
            with self._workspace.open_stream(path) as stream:
                data = stream.read(_FILE_BYTES)
        except DocumentError as error:
            self._states[path] = (SourceState.FAILED, error.reason)
            return None
        return data.decode("utf-8", "replace")
