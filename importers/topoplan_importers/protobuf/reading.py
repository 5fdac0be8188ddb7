"""Definitions to interfaces: one for a gRPC service, however many copies of its file there are."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Hint, HintKind, InterfaceFact, SourceState
from topoplan.model.operation import Field, FieldPlace, Operation
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.naming import file_name, is_trial
from topoplan_importers.outcome import State, outcome
from topoplan_importers.protobuf.descriptors import parse_set
from topoplan_importers.protobuf.grammar import ProtoFile, Rpc, ServiceDefinition, parse
from topoplan_importers.protobuf.importer import NAME, SETS
from topoplan_importers.records import Member, fields_of
from topoplan_importers.vocabulary import words

MAX_IMPORTED = 200
"""Most files one file's imports are followed into."""
_PUBLIC_APIS = words("buf envoy etcdserverpb gogoproto google grpc istio k8s opentelemetry udpa validate xds")
"""First parts of packages whose services are libraries' and platforms', not the system's own."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SERVICE_WORDS = words("api grpc server service services svc microservice")


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    files: dict[str, ProtoFile] = {}
    states: dict[str, State] = {}
    for path in sorted(candidate.path for candidate in candidates):
        try:
            files[path] = _parsed(workspace.read_bytes(path), path)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
    types = _Types(files)
    copies: dict[str, list[_Copy]] = defaultdict(list)
    for path, file in files.items():
        states[path] = (SourceState.ANALYSED, _remark(path, file))
        for service in file.services:
            if not _is_foreign(path, _full(file, service)):
                copies[_full(file, service)].append(_Copy(path, file, service))
    facts = [_interface(copies[name], types) for name in sorted(copies)]
    return outcome(NAME, dict(sorted(states.items())), facts, (), workspace)


def operations(path: str, content: bytes) -> tuple[Operation, ...] | None:
    """Operations of all services in one stored version; types of imported files are left out."""
    try:
        file = _parsed(content, path)
    except DocumentError:
        return None
    types = _Types({path: file})
    found = (o for service in file.services for o in _operations(_Copy(path, file, service), types))
    return tuple(sorted(found, key=lambda operation: operation.id))


class _Copy(NamedTuple):
    """A service as one file defines it."""

    path: str
    file: ProtoFile
    service: ServiceDefinition


def _full(file: ProtoFile, service: ServiceDefinition) -> str:
    return f"{file.package}.{service.name}" if file.package else service.name


def _parsed(content: bytes, path: str) -> ProtoFile:
    return parse_set(content, path) if path.lower().removesuffix(".gz").endswith(SETS) else parse(content, path)


def _simple(service: ServiceDefinition) -> str:
    """Its name without a package, which in descriptor sets is part of it."""
    return service.name.rpartition(".")[2]


def _is_foreign(path: str, service: str) -> bool:
    return is_trial(path) or ("." in service and service.partition(".")[0] in _PUBLIC_APIS)


def _remark(path: str, file: ProtoFile) -> str:
    if not file.services:
        return "defines messages, no service"
    foreign = all(_is_foreign(path, _full(file, service)) for service in file.services)
    return "its services are examples or a public API's" if foreign else ""


def _interface(copies: Sequence[_Copy], types: _Types) -> InterfaceFact:
    """What one service offers. A gRPC service is called by its name, so that is what its provider goes by; a folder
    counts where it is the only one that holds the definition, or the only one named like the service."""
    named = [copy for copy in copies if _names_service(copy)]
    chosen = named[0] if named else min(copies, key=lambda copy: (copy.path.count("/"), copy.path))
    sole = len(named) == 1 or len(copies) == 1
    path, name = chosen.path, clean(_simple(chosen.service))
    file = file_name(path) if len(chosen.file.services) == 1 else ""
    hints = [Hint(HintKind.SERVER, name)]
    hints += [Hint(HintKind.FILE, file)] if file else []
    where = Where(path, chosen.service.line)
    evidence = Evidence(NAME, where, Basis.DECLARED, Confidence.HIGH, "service", f"service {name}")
    return InterfaceFact(
        (*hints, Hint(HintKind.TITLE, name)),
        _operations(chosen, types),
        "grpc",
        path,
        evidence,
        clean(_full(chosen.file, chosen.service)),
        folder=(posixpath.dirname(path) or ".") if sole else "",
        founding=False,
    )


def _names_service(copy: _Copy) -> bool:
    """Whether a folder above the file holds the service's name: `cartservice` or `grpc-carts` that of `CartService`."""
    own = {w.lower() for w in _WORD.findall(_simple(copy.service))} - _SERVICE_WORDS
    glued = "".join(w.lower() for w in _WORD.findall(_simple(copy.service)))
    for folder in copy.path.split("/")[:-1]:
        parts = {w.lower() for w in _WORD.findall(folder)}
        if (own and own <= parts) or "".join(_WORD.findall(folder)).lower() == glued:
            return True
    return False


def _operations(copy: _Copy, types: _Types) -> tuple[Operation, ...]:
    made: dict[str, Operation] = {}
    for rpc in copy.service.rpcs:
        path = clean(f"{_full(copy.file, copy.service)}/{rpc.name}", TEXT_LIMIT)
        fields = tuple(sorted(types.fields(copy.path, rpc)))
        made.setdefault(path, Operation("RPC", path, Where(copy.path, rpc.line), fields=fields))
    return tuple(made[path] for path in sorted(made))


class _Types:
    """Finds the message that a name means in a file: there, or in what it imports."""

    def __init__(self, files: Mapping[str, ProtoFile]) -> None:
        self._files = files
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in files:
            self._by_name[posixpath.basename(path)].append(path)
        self._anywhere: dict[str, str] = {}
        self._visible: dict[str, tuple[ProtoFile, ...]] = {}

    def fields(self, path: str, rpc: Rpc) -> Iterator[Field]:
        package = self._files[path].package

        def members_of(record: str) -> Sequence[Member]:
            members = self._message(path, record)
            return [self._settled(path, record, member) for member in members or ()]

        for written, place in ((rpc.request, FieldPlace.REQUEST), (rpc.response, FieldPlace.RESPONSE)):
            yield from fields_of(self._resolve(path, package, written), members_of, place)

    def _settled(self, path: str, scope: str, member: Member) -> Member:
        """The member with the full name of its message; an enum is a string."""
        if not member.record:
            return member
        full = self._resolve(path, scope, member.record)
        if self._message(path, full) is not None:
            return member._replace(record=full)
        is_enum = any(full in file.enums for file in self._seen_from(path))
        return member._replace(record="", type="string" if is_enum else "object")

    def _resolve(self, path: str, scope: str, written: str) -> str:
        """Innermost scope first, as the language resolves names."""
        if written.startswith("."):
            return written[1:]
        known = self._seen_from(path)
        while scope:
            full = f"{scope}.{written}"
            if any(full in file.messages or full in file.enums for file in known):
                return full
            scope = scope.rpartition(".")[0]
        return written

    def _message(self, path: str, full: str) -> Sequence[Member] | None:
        return next((f.messages[full] for f in self._seen_from(path) if full in f.messages), None)

    def _seen_from(self, path: str) -> tuple[ProtoFile, ...]:
        if path not in self._visible:
            found, waiting = {path: self._files[path]}, [path]
            while waiting and len(found) < MAX_IMPORTED:
                base = waiting.pop(0)
                for name in self._files[base].imports:
                    target = self._imported(base, name)
                    if target and target not in found:
                        found[target] = self._files[target]
                        waiting.append(target)
            self._visible[path] = tuple(found.values())
        return self._visible[path]

    def _imported(self, base: str, name: str) -> str:
        """The analysed file that an import means. It is relative to a folder that only the build knows: the nearest
        one above the importing file that fits, else the first anywhere."""
        folder = base
        while folder:
            folder = posixpath.dirname(folder) if folder != "/" else ""
            target = posixpath.join(folder, name)
            if target in self._files:
                return target
        if name not in self._anywhere:
            fitting = (p for p in self._by_name[posixpath.basename(name)] if f"/{p}".endswith(f"/{name}"))
            self._anywhere[name] = min(fitting, default="")
        return self._anywhere[name]
