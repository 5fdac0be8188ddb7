"""The text of one `.proto` file as messages and services (protobuf.dev, language specifications 2, 3 and editions)."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct, field

from topoplan_importers.lexing import Tokens
from topoplan_importers.records import Member

MAX_NESTING = 64
"""Levels of messages in messages."""
_PATTERN = re.compile(
    r"(//[^\n]*|/\*.*?(?:\*/|\Z)|\s+)|("
    r'"(?:[^"\\\n]|\\.)*"?|' + r"'(?:[^'\\\n]|\\.)*'?|" + r"\.?[A-Za-z_][\w.]*|[0-9][\w.]*|.)",
    re.DOTALL,
)
_SCALARS = {
    "double": ("number", "double"),
    "float": ("number", "float"),
    "bool": ("boolean", ""),
    "string": ("string", ""),
    "bytes": ("string", "byte"),
    **dict.fromkeys(("int32", "sint32", "sfixed32"), ("integer", "int32")),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), ("integer", "int64")),
    **dict.fromkeys(("uint32", "fixed32"), ("integer", "uint32")),
    **dict.fromkeys(("uint64", "fixed64"), ("integer", "uint64")),
}
_LABELS = ("optional", "repeated", "required")


class Rpc(NamedTuple):
    """One method with the types it takes and gives, as written."""

    name: str
    request: str
    response: str
    line: int


class ServiceDefinition(NamedTuple):
    """One service of a file; `name` without the package."""

    name: str
    rpcs: tuple[Rpc, ...]
    line: int


class ProtoFile(Struct):
    """What one file defines. Keys of `messages` and `enums` are full names; `Member.record` is as written."""

    package: str = ""
    imports: list[str] = field(default_factory=list)
    messages: dict[str, list[Member]] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    services: list[ServiceDefinition] = field(default_factory=list)


def parse(content: bytes, path: str) -> ProtoFile:
    """Read one file. Raises DocumentError `proto-malformed` where its structure is not that of a definition."""
    return _Parser(Tokens(content, path, _PATTERN, slug="proto-malformed")).file()


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._file = ProtoFile()

    def file(self) -> ProtoFile:
        tokens = self._tokens
        while tokens.peek():
            word = tokens.next().text
            if word == "package":
                self._file.package = tokens.name().text
                tokens.skip_statement()
            elif word == "import":
                names = [tokens.next().text for _ in range(2) if tokens.peek() != ";"]
                self._file.imports += [name[1:-1] for name in names[-1:] if name[:1] in "\"'"]
                tokens.skip_statement()
            elif word == "message":
                self._message(self._file.package, 1)
            elif word == "enum":
                self._enum(self._file.package)
            elif word == "service":
                self._service()
            elif word == "extend":
                tokens.name()
                tokens.skip_group()
            elif word != ";":
                tokens.skip_statement()
        return self._file

    def _message(self, outer: str, depth: int) -> None:
        tokens = self._tokens
        opened = tokens.name()
        full = _within(outer, opened.text)
        if depth > MAX_NESTING:
            raise tokens.unexpected(opened, f"more than {MAX_NESTING} messages deep")
        members = self._file.messages.setdefault(full, [])
        tokens.expect("{")
        oneofs = 0
        while True:
            if tokens.take("}"):
                if not oneofs:
                    return
                oneofs -= 1
            elif tokens.peek() == "oneof" and tokens.peek(2) == "{":
                tokens.next(), tokens.next(), tokens.next()
                oneofs += 1
            elif tokens.peek() == "message" and tokens.peek(2) == "{":
                tokens.next()
                self._message(full, depth + 1)
            elif tokens.peek() == "enum" and tokens.peek(2) == "{":
                tokens.next()
                self._enum(full)
            elif tokens.peek() == "extend" and tokens.peek(2) == "{":
                tokens.next(), tokens.next()
                tokens.skip_group()
            elif tokens.peek() in ("option", "reserved", "extensions") and tokens.peek(2) != "=":
                tokens.skip_statement()
            elif not tokens.take(";"):
                self._member(members)

    def _member(self, members: list[Member]) -> None:
        tokens = self._tokens
        label = tokens.next().text if tokens.peek() in _LABELS else ""
        if tokens.peek() == "map" and tokens.peek(1) == "<":
            tokens.next()
            tokens.skip_group()
            members.append(Member(tokens.name().text, "object"))
        else:
            written = tokens.name().text
            kind, form = _SCALARS.get(written, ("object", ""))
            record = "" if written in _SCALARS or written == "group" else written
            name = tokens.name().text
            members.append(Member(name, kind, form, label == "required", label == "repeated", record))
        tokens.expect("=")
        while tokens.peek() not in (";", "{"):
            if tokens.peek() == "[":
                tokens.skip_group()
            elif not tokens.next().text:
                raise tokens.unexpected(tokens.next(), "before ';'")
        if tokens.peek() == "{":  # a group of proto2
            tokens.skip_group()
        else:
            tokens.next()

    def _enum(self, outer: str) -> None:
        self._file.enums.add(_within(outer, self._tokens.name().text))
        if self._tokens.peek() != "{":
            self._tokens.expect("{")
        self._tokens.skip_group()

    def _service(self) -> None:
        tokens = self._tokens
        name = tokens.name()
        tokens.expect("{")
        rpcs: list[Rpc] = []
        while not tokens.take("}"):
            if tokens.take("rpc"):
                rpcs.append(self._rpc())
            elif not tokens.take(";"):
                tokens.skip_statement()
        self._file.services.append(ServiceDefinition(name.text, tuple(rpcs), name.line))

    def _rpc(self) -> Rpc:
        name = self._tokens.name()
        request = self._type()
        self._tokens.expect("returns")
        response = self._type()
        if self._tokens.peek() == "{":
            self._tokens.skip_group()
        else:
            self._tokens.expect(";")
        return Rpc(name.text, request, response, name.line)

    def _type(self) -> str:
        tokens = self._tokens
        tokens.expect("(")
        if tokens.peek() == "stream" and tokens.peek(1) != ")":
            tokens.next()
        written = tokens.name().text
        tokens.expect(")")
        return written


def _within(outer: str, name: str) -> str:
    return f"{outer}.{name}" if outer else name
