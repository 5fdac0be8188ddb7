"""GraphQL SDL: the queries, mutations and subscriptions of a schema (specification of October 2021, section 3)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Hint, HintKind, InterfaceFact, SourceState
from topoplan.model.operation import FieldPlace, Operation
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers.lexing import Tokens
from topoplan_importers.naming import file_name, telling_folders
from topoplan_importers.outcome import State, outcome
from topoplan_importers.records import Member, fields_of, members_as_fields

NAME = "graphql"
_PATTERN = re.compile(
    r'(#[^\n]*|[\s,\ufeff]+)|("""(?:\\"""|.)*?(?:"""|\Z)|"(?:[^"\\\n]|\\.)*"?|[A-Za-z_]\w*|\.\.\.|-?[0-9][\w.+-]*|.)',
    re.DOTALL,
)
_SUFFIXES = (".graphql", ".graphqls", ".gql")
_SCALARS = {"Int": ("integer", "int32"), "Float": ("number", "double"), "String": ("string", "")}
_SCALARS |= {"Boolean": ("boolean", ""), "ID": ("string", "")}
_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_GATEWAY_FIELDS = ("_service", "_entities")
"""What federation adds to every schema for its gateway."""
_CLIENT = ("query", "mutation", "subscription", "fragment", "{")
"""How a document of a client's requests starts a definition."""


class GraphqlImporter:
    """Reads `.graphql`, `.graphqls` and `.gql` files."""

    name = NAME
    summary = "GraphQL schemas (.graphql, .graphqls, .gql): queries, mutations, subscriptions"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.name.removesuffix(".gz").endswith(_SUFFIXES)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        states: dict[str, State] = {}
        found: dict[str, tuple[Operation, ...]] = {}
        for path in sorted(candidate.path for candidate in candidates):
            try:
                schema = _parse(workspace.read_bytes(path), path)
            except DocumentError as error:
                states[path] = (SourceState.FAILED, error.reason)
                continue
            operations = _operations(schema, path)
            if operations:
                found[path] = operations
            nothing = "holds a client's requests, no schema" if schema.requests else "documents no operation"
            states[path] = (SourceState.ANALYSED, "" if operations else nothing)
        folders = telling_folders(sorted(found), workspace)
        facts = [_interface(path, found[path], folders.get(path, "")) for path in sorted(found)]
        return outcome(NAME, states, facts, (), workspace)

    def operations(self, path: str, content: bytes) -> tuple[Operation, ...] | None:
        """Operations of one stored version."""
        try:
            return _operations(_parse(content, path), path)
        except DocumentError:
            return None


class _Field(NamedTuple):
    member: Member
    arguments: tuple[Member, ...]
    line: int


class _Schema(Struct):
    types: dict[str, list[_Field]] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    roots: dict[str, str] = field(default_factory=lambda: dict(_ROOTS))
    requests: bool = False


def _interface(path: str, operations: tuple[Operation, ...], folder: str) -> InterfaceFact:
    """Clients keep copies of the schema too, so that a schema alone shows no service."""
    named = ((HintKind.FOLDER, folder), (HintKind.FILE, file_name(path)))
    hints = tuple(Hint(kind, name) for kind, name in named if name)
    evidence = Evidence(NAME, Where(path), Basis.DECLARED, Confidence.HIGH, "schema", "GraphQL schema")
    home = posixpath.dirname(path) or "."
    return InterfaceFact(hints, operations, "graphql", path, evidence, folder=home, founding=False)


def _operations(schema: _Schema, path: str) -> tuple[Operation, ...]:
    def members_of(record: str) -> Sequence[Member]:
        return [_settled(f.member, schema) for f in schema.types.get(record, ())]

    made: dict[str, Operation] = {}
    for kind, root in sorted(schema.roots.items()):
        for entry in schema.types.get(root, ()):
            name = clean(entry.member.name)
            if name in _GATEWAY_FIELDS:
                continue
            arguments = [_settled(argument, schema) for argument in entry.arguments]
            given = members_as_fields(arguments, members_of, FieldPlace.REQUEST)
            record = _settled(entry.member, schema).record
            taken = fields_of(record, members_of, FieldPlace.RESPONSE) if record else ()
            operation = Operation(kind.upper(), name, Where(path, entry.line), fields=tuple(sorted({*given, *taken})))
            made.setdefault(operation.id, operation)
    return tuple(made[key] for key in sorted(made))


def _settled(member: Member, schema: _Schema) -> Member:
    """The member with what its type means here: a record, an enum, or a scalar the schema names."""
    if not member.record or member.record in schema.types:
        return member
    return member._replace(record="", type="string" if member.record in schema.enums else "")


def _parse(content: bytes, path: str) -> _Schema:
    """Read one document. Raises DocumentError `graphql-malformed`."""
    tokens = Tokens(content, path, _PATTERN, slug="graphql-malformed")
    schema = _Schema()
    while tokens.peek():
        _description(tokens)
        tokens.take("extend")
        word = tokens.peek()
        if word in _CLIENT:
            schema.requests = True
        if word in ("type", "interface", "input"):
            tokens.next()
            name = tokens.name().text
            _until_body(tokens)
            if tokens.take("{"):
                schema.types.setdefault(name, []).extend(_fields(tokens))
        elif word == "schema":
            tokens.next()
            _until_body(tokens)
            if tokens.take("{"):
                schema.roots |= {f.member.name: f.member.record for f in _fields(tokens) if f.member.name in _ROOTS}
        else:
            if word == "enum":
                schema.enums.add(tokens.peek(1))
            if word in ("{", "("):
                tokens.skip_group()
            else:
                tokens.next()
    return schema


def _until_body(tokens: Tokens) -> None:
    """Pass over interfaces and directives of a definition; one without a body is followed by the next definition."""
    while tokens.peek() in ("implements", "&", "@"):
        tokens.next()
        tokens.name()
        while tokens.peek() == "(":
            tokens.skip_group()


def _fields(tokens: Tokens) -> Iterator[_Field]:
    while True:
        _description(tokens)
        if tokens.take("}"):
            return
        name = tokens.name()
        arguments = tuple(_arguments(tokens)) if tokens.take("(") else ()
        yield _Field(_typed(tokens, name.text), arguments, name.line)


def _arguments(tokens: Tokens) -> Iterator[Member]:
    while True:
        _description(tokens)
        if tokens.take(")"):
            return
        yield _typed(tokens, tokens.name().text)


def _typed(tokens: Tokens, name: str) -> Member:
    """`: Type = default @directives` after a name."""
    tokens.expect(":")
    depth = 0
    while tokens.take("["):
        depth += 1
    written = tokens.name().text
    required = tokens.take("!")
    for _ in range(depth):
        tokens.expect("]")
        required = tokens.take("!")
    if tokens.take("="):
        required = False
        if tokens.peek() in ("{", "["):
            tokens.skip_group()
        else:
            tokens.next()
    while tokens.take("@"):
        tokens.name()
        if tokens.peek() == "(":
            tokens.skip_group()
    kind, form = _SCALARS.get(written, ("object", ""))
    return Member(name, kind, form, required, bool(depth), "" if written in _SCALARS else written)


def _description(tokens: Tokens) -> None:
    while tokens.peek()[:1] == '"':
        tokens.next()
