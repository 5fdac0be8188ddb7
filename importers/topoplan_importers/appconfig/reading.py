"""Settings of applications to calls: which files speak for whom, and what became of each."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Notice, Party, SourceState, Style
from topoplan_importers.appconfig.calls import NAME, Application, calls_of
from topoplan_importers.appconfig.drivers import calls_of_drivers
from topoplan_importers.appconfig.recognise import Dialect, dialect_of, lies_aside
from topoplan_importers.appconfig.shared import calls_of_clients
from topoplan_importers.outcome import State, outcome
from topoplan_importers.settings import SettingsFile, read_settings

_DEFAULT_PORT = 8080
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    given = {c.path: dialect for c in candidates if (dialect := dialect_of(c)) is not None}
    root = _common(sorted(given))
    states: dict[str, State] = {}
    notices: list[Notice] = []
    applications: dict[tuple[str, str], Application] = {}
    everybody: list[Application] = []
    servers = _server_folders(given)
    for path in sorted(given):
        dialect = given[path]
        if lies_aside(path, root):
            states[path] = (SourceState.SKIPPED, "lies in a folder of tests, examples or pages")
            continue
        if dialect is Dialect.ENV and set(_COMPOSE) & set(workspace.names(posixpath.dirname(path) or ".")):
            states[path] = (SourceState.SKIPPED, "holds variables of a compose file")
            continue
        if dialect is Dialect.SHARED and posixpath.dirname(path) not in servers:
            states[path] = (SourceState.SKIPPED, "configures no application by its name")
            continue
        try:
            found = read_settings(path, workspace)
        except DocumentError as error:
            plain = dialect in (Dialect.PLAIN, Dialect.ENV, Dialect.SHARED)
            state = SourceState.SKIPPED if plain else SourceState.FAILED
            states[path] = (state, error.reason)
            continue
        notices += found.notices
        states[path] = (SourceState.ANALYSED, "")
        if dialect is Dialect.FRAMEWORK and posixpath.dirname(path) in servers:
            everybody.append(Application(Party(""), dialect, list(found.settings)))
        else:
            _file_under(applications, found, dialect)
    listeners = _listeners(applications.values())
    calls: list[CallFact] = []
    for application in applications.values():
        own = list(calls_of(application, listeners))
        stores = {call.provider.technology for call in own if call.style is Style.RESOURCE}
        calls += [*own, *calls_of_drivers(application, stores, workspace)]
    clients = [a.consumer.path for a in applications.values() if a.server_setting]
    told = [call for a in everybody for call in calls_of(a, {})]
    calls += calls_of_clients(told, clients, workspace)
    calls.sort(key=_order)
    return outcome(NAME, states, calls, notices, workspace)


def _file_under(applications: dict[tuple[str, str], Application], found: SettingsFile, dialect: Dialect) -> None:
    """Add a file to the application it configures: one folder of a framework's files is one application."""
    folder, name = posixpath.split(found.path)
    stem = name.split(".")[0]
    consumer, key = Party("", path=found.path), (folder, dialect.value)
    if dialect is Dialect.SHARED:
        consumer, key = Party(stem), (folder, stem)
    elif dialect is Dialect.PLAIN:
        key = (found.path, "")
    application = applications.setdefault(key, Application(consumer, dialect, []))
    application.settings.extend(found.settings)


def _server_folders(given: dict[str, Dialect]) -> frozenset[str]:
    """Folders of configuration servers: several files there configure services by their names."""
    counts: dict[str, int] = {}
    for path, dialect in given.items():
        if dialect is Dialect.SHARED:
            folder = posixpath.dirname(path)
            counts[folder] = counts.get(folder, 0) + 1
    return frozenset(folder for folder, count in counts.items() if count > 1)


def _listeners(applications: Iterable[Application]) -> dict[int, Party]:
    """The application behind each port that only one of them listens on; 8080 where a framework is told none."""
    found: dict[int, list[Party]] = {}
    for application in applications:
        default = {_DEFAULT_PORT} if application.dialect is Dialect.FRAMEWORK else set()
        for port in sorted(application.ports or default):
            found.setdefault(port, []).append(application.consumer)
    return {port: parties[0] for port, parties in found.items() if len(parties) == 1}


def _common(paths: Sequence[str]) -> str:
    """The folder above all paths; empty where there is none."""
    try:
        return posixpath.commonpath([posixpath.dirname(p) for p in paths]) if paths else ""
    except ValueError:  # absolute beside relative ones
        return ""


def _order(call: CallFact) -> tuple[object, ...]:
    return (call.evidence, call.consumer.path, call.consumer.name, call.provider.name, call.protocol)
