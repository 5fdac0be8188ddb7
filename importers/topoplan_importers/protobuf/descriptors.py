"""A binary descriptor set, as `protoc --descriptor_set_out` writes it (descriptor.proto; protobuf.dev, Encoding)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from topoplan.errors import DocumentError
from topoplan_importers.protobuf.grammar import MAX_NESTING, ProtoFile, Rpc, ServiceDefinition
from topoplan_importers.records import Member

MAX_SET_BYTES = 64 * 2**20
"""A larger file is no descriptor set but data."""
_INTEGERS = {3: "int64", 4: "uint64", 5: "int32", 6: "uint64", 7: "uint32", 13: "uint32", 15: "int32", 16: "int64"}
_TYPES = {
    **{number: ("integer", form) for number, form in _INTEGERS.items()},
    17: ("integer", "int32"),
    18: ("integer", "int64"),
    1: ("number", "double"),
    2: ("number", "float"),
    8: ("boolean", ""),
    9: ("string", ""),
    12: ("string", "byte"),
}
_REQUIRED, _REPEATED = 2, 3


def parse_set(data: bytes, path: str) -> ProtoFile:
    """All files of a set as one; services and types go by their full names. Raises DocumentError `proto-malformed`."""
    if len(data) > MAX_SET_BYTES:
        raise _malformed(path)
    file = ProtoFile()
    for number, content in _fields(data, path):
        if number == 1 and isinstance(content, bytes):
            _file(file, content, path)
    return file


def _file(file: ProtoFile, data: bytes, path: str) -> None:
    fields = list(_fields(data, path))
    package = _text(fields, 2)
    for number, content in fields:
        if not isinstance(content, bytes):
            continue
        if number == 4:
            _message(file, content, package, path, 1)
        elif number == 5:
            file.enums.add(_within(package, _text(_fields(content, path), 1)))
        elif number == 6:
            _service(file, content, package, path)


def _message(file: ProtoFile, data: bytes, outer: str, path: str, depth: int) -> None:
    if depth > MAX_NESTING:
        raise _malformed(path)
    fields = list(_fields(data, path))
    name = _within(outer, _text(fields, 1))
    members = file.messages.setdefault(name, [])
    for number, content in fields:
        if not isinstance(content, bytes):
            continue
        if number == 2:
            members.append(_member(content, path))
        elif number == 3:
            _message(file, content, name, path, depth + 1)
        elif number == 4:
            file.enums.add(_within(name, _text(_fields(content, path), 1)))


def _member(data: bytes, path: str) -> Member:
    fields = list(_fields(data, path))
    numbers = {number: value for number, value in fields if isinstance(value, int)}
    kind, form = _TYPES.get(numbers.get(5, 0), ("object", ""))
    label = numbers.get(4)
    return Member(_text(fields, 1), kind, form, label == _REQUIRED, label == _REPEATED, _text(fields, 6))


def _service(file: ProtoFile, data: bytes, package: str, path: str) -> None:
    fields = list(_fields(data, path))
    rpcs = []
    for number, content in fields:
        if number == 2 and isinstance(content, bytes):
            method = list(_fields(content, path))
            rpcs.append(Rpc(_text(method, 1), _text(method, 2), _text(method, 3), 0))
    file.services.append(ServiceDefinition(_within(package, _text(fields, 1)), tuple(rpcs), 0))


def _fields(data: bytes, path: str) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and values of a message on the wire; fixed-width values are passed over."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at, path)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at, path)
            yield number, value
        elif wire == 2:
            size, at = _varint(data, at, path)
            if size > len(data) - at:
                raise _malformed(path)
            yield number, data[at : at + size]
            at += size
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise _malformed(path)


def _varint(data: bytes, at: int, path: str) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _malformed(path)


def _text(fields: Iterable[tuple[int, int | bytes]], number: int) -> str:
    found = next((value for n, value in fields if n == number and isinstance(value, bytes)), b"")
    return found.decode("utf-8", "replace")


def _within(outer: str, name: str) -> str:
    return f"{outer}.{name}" if outer else name


def _malformed(path: str) -> DocumentError:
    return DocumentError("is no whole descriptor set", slug="proto-malformed", where=path)
