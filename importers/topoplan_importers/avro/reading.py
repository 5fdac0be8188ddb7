"""Avro's files to messages and calls: whose a schema is, and by which names it goes."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions, InterfaceVersion
from topoplan.importing.documents import load_json
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Hint, HintKind, InterfaceFact, SourceState
from topoplan.model.operation import Operation
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.avro.importer import IDL, NAME
from topoplan_importers.avro.protocols import Protocol, call_operations, is_protocol, parse_protocol
from topoplan_importers.avro.schemas import AvroType, Schema, is_avro, mentioned, parse_schema, record_fields
from topoplan_importers.avro.versions import ProtocolVersion, SchemaVersion
from topoplan_importers.naming import is_trial, telling_folders
from topoplan_importers.outcome import State, outcome

_SUBJECTS = ("-value", "-key")
"""How the subject of a topic ends for the two parts of its messages (TopicNameStrategy of schema registries)."""


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    states: dict[str, State] = {}
    parsed: dict[str, Schema | Protocol] = {}
    for path in sorted(candidate.path for candidate in candidates):
        if path.lower().removesuffix(".gz").endswith(IDL):
            reason = "Avro's interface language is not read; the .avpr or .avsc files made of it are"
            states[path] = (SourceState.SKIPPED, reason)
            continue
        try:
            read = _parsed(workspace.json(path).value)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        if read is None:
            states[path] = (SourceState.SKIPPED, "is no Avro schema or protocol")
        else:
            parsed[path] = read
            states[path] = (SourceState.ANALYSED, _remark(read))
    facts = _facts(parsed, workspace)
    return outcome(NAME, dict(sorted(states.items())), facts, (), workspace)


def operations(path: str, content: bytes) -> tuple[Operation, ...] | None:
    """Messages or calls of one stored version; types of other files are left out."""
    read = _stored(path, content)
    if isinstance(read, Protocol):
        return call_operations(read, path)
    return None if read is None else _messages(read, path, read.named)


def version(path: str, content: bytes) -> InterfaceVersion | None:
    """One stored version, compared by Avro's rules of schema resolution."""
    read = _stored(path, content)
    if isinstance(read, Protocol):
        return ProtocolVersion(read)
    return None if read is None else SchemaVersion(read)


def _parsed(value: Any) -> Schema | Protocol | None:
    if is_protocol(value):
        return parse_protocol(value)
    return parse_schema(value) if is_avro(value) else None


def _stored(path: str, content: bytes) -> Schema | Protocol | None:
    try:
        return _parsed(load_json(content, path).value)
    except DocumentError:
        return None


def _remark(read: Schema | Protocol) -> str:
    if isinstance(read, Protocol):
        return ""
    return f"schema of {clean(read.root.name)}" if read.root.name else "schemas"


def _facts(parsed: Mapping[str, Schema | Protocol], workspace: Workspace) -> Iterator[InterfaceFact]:
    """Files for tests define nothing of the system. A record that records of other files are made of is no message."""
    own = {path: read for path, read in parsed.items() if not is_trial(path)}
    schemas = {path: read for path, read in own.items() if isinstance(read, Schema)}
    everywhere: dict[str, AvroType] = {}
    for schema in schemas.values():
        for name, kind in schema.named.items():
            everywhere.setdefault(name, kind)
    held = {part for kind in everywhere.values() for part in mentioned(kind) - {kind.name}}
    folders = telling_folders(sorted(own), workspace)
    for path, read in own.items():
        if isinstance(read, Protocol):
            yield _protocol(path, read, folders.get(path, ""))
            continue
        names = [name for name in read.records() if name not in held or _topic(path, name)[0]]
        for name in names:
            yield _record(path, name, ChainMap(dict(read.named), everywhere), folders.get(path, ""))


def _record(path: str, name: str, named: Mapping[str, AvroType], folder: str) -> InterfaceFact:
    """The interface that one record is. A key says where a message goes and not what is in it."""
    topic, is_key = _topic(path, name)
    names = [topic] if is_key else [topic, name, name.rpartition(".")[2]]
    hints = [Hint(HintKind.CHANNEL, clean(text, TEXT_LIMIT)) for text in dict.fromkeys(names) if text]
    hints += [Hint(HintKind.FOLDER, folder)] if folder else []
    operations = () if is_key else (_message(name, path, named),)
    return _interface(hints, operations, "message", path, f"record {clean(name)}", name)


def _protocol(path: str, protocol: Protocol, folder: str) -> InterfaceFact:
    simple = clean(protocol.name.rpartition(".")[2])
    hints = [Hint(HintKind.SERVER, simple)]
    hints += [Hint(HintKind.FOLDER, folder)] if folder else []
    return _interface(hints, call_operations(protocol, path), "avro", path, f"protocol {simple}", protocol.name)


def _interface(
    hints: Sequence[Hint], operations: tuple[Operation, ...], protocol: str, path: str, detail: str, title: str
) -> InterfaceFact:
    """Consumers keep copies of schemas, so that a file alone shows no service."""
    evidence = Evidence(NAME, Where(path), Basis.DECLARED, Confidence.HIGH, detail.partition(" ")[0], detail)
    home = posixpath.dirname(path) or "."
    return InterfaceFact(tuple(hints), operations, protocol, path, evidence, clean(title), folder=home, founding=False)


def _messages(schema: Schema, path: str, named: Mapping[str, AvroType]) -> tuple[Operation, ...]:
    return tuple(_message(name, path, named) for name in schema.records())


def _message(name: str, path: str, named: Mapping[str, AvroType]) -> Operation:
    return Operation("MESSAGE", clean(name, TEXT_LIMIT), Where(path), fields=record_fields(name, named))


def _topic(path: str, record: str) -> tuple[str, bool]:
    """The topic that a file named as its subject is tells, and whether it is the schema of keys; empty for others.
    Subjects are `<topic>-value` and `<topic>-key`, or `<topic>-<record>` (TopicRecordNameStrategy)."""
    stem = posixpath.basename(path).removesuffix(".gz").removesuffix(".avsc")
    for ending in (*_SUBJECTS, f"-{record}"):
        if stem.endswith(ending) and stem != ending:
            return stem.removesuffix(ending), ending == "-key"
    return "", False
