"""One AsyncAPI document to one interface of messages, and the channels of its application."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import (
    ChannelFact,
    ChannelRole,
    Fact,
    Hint,
    HintKind,
    InterfaceFact,
    NodeKind,
    Notice,
    Party,
    SourceState,
)
from topoplan.model.operation import Operation
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.addresses import authority
from topoplan_importers.asyncapi.importer import NAME
from topoplan_importers.asyncapi.reading import Endpoint, Server, read_endpoints
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder
from topoplan_importers.naming import file_name, telling_folders, title_name
from topoplan_importers.outcome import State, outcome
from topoplan_importers.references import Documents, References, root_of

_VERSION = re.compile(r"([23])\.\d+(?:\.\d+\S*)?")
_PROTOCOLS = {
    "amqps": "amqp",
    "amqp1": "amqp",
    "kafka-secure": "kafka",
    "secure-mqtt": "mqtt",
    "mqtts": "mqtt",
    "mqtt5": "mqtt",
    "stomps": "stomp",
    "wss": "websocket",
    "ws": "websocket",
    "https": "http",
    "rediss": "redis",
}
"""Names of one protocol with and without encryption or version."""
_DIRECT = ("http", "websocket")
"""Protocols without a broker between sender and receiver."""
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    paths = sorted(candidate.path for candidate in candidates)
    documents = Documents(workspace)
    folders = telling_folders(paths, workspace)
    states: dict[str, State] = {}
    facts: list[Fact] = []
    notices: list[Notice] = []
    for path in paths:
        try:
            document = workspace.document(path)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        version = version_of(document.value)
        if not version:
            states[path] = (SourceState.SKIPPED, "names no version of AsyncAPI 2.x or 3.x at its top level")
            continue
        references = References(path, document.value, documents)
        endpoints = read_endpoints(references, version)
        facts += _facts(references, version, endpoints, folders.get(path, ""))
        notices += (*document.notices, *references.notices())
        states[path] = (SourceState.ANALYSED, "" if endpoints else "documents no channel that is used")
    return outcome(NAME, states, facts, notices, workspace)


def operations(path: str, content: bytes) -> tuple[Operation, ...] | None:
    """Messages published by one stored version; what lies in other files is left out."""
    root = root_of(path, content)
    version = version_of(root)
    return _published(read_endpoints(References(path, root), version)) if version else None


def version_of(root: Any) -> str:
    """The version of a parsed document; empty when it is no AsyncAPI document of these versions."""
    value = root.get("asyncapi") if isinstance(root, dict) else None
    text = str(value).strip() if isinstance(value, (str, int, float)) else ""
    return text if _VERSION.fullmatch(text) else ""


def _published(endpoints: Sequence[Endpoint]) -> tuple[Operation, ...]:
    return tuple(e.operation for e in endpoints if e.role is ChannelRole.PUBLISH)


def _facts(references: References, version: str, endpoints: Sequence[Endpoint], folder: str) -> Iterator[Fact]:
    """The interface, and who sends and receives. The graph decides who the application is; the scope of its name says
    that it is this document's. In version 2 authors often mix the two sides up, so it is believed less."""
    path, info = references.root.path, references.root.child("info")
    title, release = (
        clean(text) if isinstance(text, str) else "" for text in (info.child(k).value for k in ("title", "version"))
    )
    hints = tuple(_hints(folder, file_name(path), title_name(title)))
    application = Party(hints[0].name if hints else title or path, scope=path)
    sure = Confidence.MEDIUM if version.startswith("2") else Confidence.HIGH
    if endpoints:
        where = references.root.where("asyncapi")
        evidence = Evidence(NAME, where, Basis.DECLARED, Confidence.HIGH, "specification", f"AsyncAPI {version}")
        operations = _published(endpoints)
        home = path.rpartition("/")[0] or "."
        yield InterfaceFact(hints, operations, "message", path, evidence, title, release, home)
        # What a payload refers to is part of the interface, with a history of its own.
        sent = {schema for e in endpoints if e.role is ChannelRole.PUBLISH for schema in e.schemas}
        for file, record in sorted(sent):
            yield InterfaceFact(hints, (), "message", file, evidence, record, folder=home)
    for endpoint in endpoints:
        detail = f"{'sends to' if endpoint.role is ChannelRole.PUBLISH else 'receives from'} {endpoint.channel}"
        evidence = Evidence(NAME, endpoint.where, Basis.DECLARED, sure, "channel", detail)
        for protocol, broker in _transports(endpoint):
            yield ChannelFact(
                application, endpoint.role, endpoint.channel, protocol, evidence, broker, (endpoint.operation,)
            )


def _hints(folder: str, file: str, title: str) -> Iterator[Hint]:
    for kind, name in ((HintKind.FOLDER, folder), (HintKind.FILE, file), (HintKind.TITLE, title)):
        if name:
            yield Hint(kind, name)


def _transports(endpoint: Endpoint) -> list[tuple[str, Party | None]]:
    """Protocols of a channel, each with its broker where one is named; by its bindings where no server tells."""
    found: dict[str, Party | None] = {}
    for server in endpoint.servers:
        protocol = _PROTOCOLS.get(server.protocol, clean(server.protocol, 40))
        broker = _broker(server, protocol)
        found[protocol] = found.get(protocol) or broker
    if not found:
        known = sorted({_PROTOCOLS.get(name, name) for name in endpoint.bindings})
        found = dict.fromkeys([name for name in known if technologies.by_scheme(name) or name in _DIRECT] or ["tcp"])
    return sorted(found.items(), key=lambda item: item[0])


def _broker(server: Server, protocol: str) -> Party | None:
    """The broker at a server's address; none for a protocol without, and for a stand-in address."""
    product = technologies.by_scheme(protocol)
    if protocol in _DIRECT or product is None or product.kind is not NodeKind.BROKER:
        return None
    address = authority(server.host.partition("//")[2] or server.host) or ""
    host = address.partition(":")[0].rstrip(".").lower()
    if not _HOST.fullmatch(host) or is_ip(host) or is_loopback(host) or is_placeholder(host):
        return None
    return Party(clean(host), kind=NodeKind.BROKER, technology=product.name)
