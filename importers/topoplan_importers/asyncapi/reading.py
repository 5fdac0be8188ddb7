"""One AsyncAPI document as what its application sends and receives, whichever generation it is of.

In version 2 operations are told from the client's side. AsyncAPI 2.6.0, "Channel Item Object": `subscribe` "defines the
messages produced by the application and sent to the channel", `publish` "the messages consumed by the application from
the channel". So `subscribe` means that the application publishes. In version 3 `action` is the application's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from topoplan.model.facts import ChannelRole
from topoplan.model.operation import Field, FieldPlace, Operation
from topoplan.model.place import Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.avro.schemas import avro_fields, is_avro, parse_schema
from topoplan_importers.json_schemas import SchemaReader
from topoplan_importers.references import Node, References

AVRO_SUFFIX = ".avsc"
MAX_ENDPOINTS = 20_000
MAX_MESSAGES = 100
"""Messages of one channel that are looked at."""
_VERSION_2 = (("subscribe", ChannelRole.PUBLISH), ("publish", ChannelRole.RECEIVE))
_ACTIONS = {"send": ChannelRole.PUBLISH, "receive": ChannelRole.RECEIVE}
_SUMMARY_LIMIT = 200


class Server(NamedTuple):
    """One server: `host` as written, without variables; `protocol` lower case."""

    host: str
    protocol: str
    where: Where


class Endpoint(NamedTuple):
    """The application's part in one channel."""

    role: ChannelRole
    channel: str
    operation: Operation
    servers: tuple[Server, ...]
    bindings: tuple[str, ...]
    """Protocols that the channel or the operation has bindings for."""
    where: Where
    schemas: tuple[tuple[str, str], ...] = ()
    """Avro files that hold payloads, each with the full name of its record."""


def read_endpoints(references: References, version: str) -> tuple[Endpoint, ...]:
    """What the application sends and receives, each channel once for each role."""
    reader = _Reader(references)
    found: dict[tuple[ChannelRole, str], Endpoint] = {}
    for endpoint in reader.version_2() if version.startswith("2") else reader.version_3():
        known = found.setdefault((endpoint.role, endpoint.channel), endpoint)
        if known is not endpoint:
            fields = {(f.place, f.name): f for f in (*endpoint.operation.fields, *known.operation.fields)}
            operation = _operation(known.channel, known.where, known.operation.summary, fields.values())
            schemas = tuple(sorted({*known.schemas, *endpoint.schemas}))
            found[endpoint.role, endpoint.channel] = known._replace(operation=operation, schemas=schemas)
        if len(found) >= MAX_ENDPOINTS:
            break
    return tuple(found[key] for key in sorted(found))


class _Reader:
    def __init__(self, references: References) -> None:
        self._references = references
        self._schemas = SchemaReader(references)
        self._root = references.root

    def version_2(self) -> Iterator[Endpoint]:
        for name, written in self._root.child("channels").children():
            channel = self._references.follow(written)
            wanted = channel.child("servers").value
            names = [n for n in wanted if isinstance(n, str)] if isinstance(wanted, list) else None
            for key, role in _VERSION_2:
                operation = self._references.follow(channel.child(key))
                if not isinstance(operation.value, dict):
                    continue
                messages = [self._references.follow(operation.child("message"))]
                several = messages[0].child("oneOf")
                if isinstance(several.value, list):
                    messages = list(several.items())
                yield self._endpoint(role, name, operation, messages, self._servers(names), channel, channel.where(key))

    def version_3(self) -> Iterator[Endpoint]:
        for key, written in self._root.child("operations").children():
            operation = self._references.follow(written)
            action = operation.child("action").value
            role = _ACTIONS.get(action) if isinstance(action, str) else None
            pointer = operation.child("channel")
            channel = self._references.follow(pointer)
            if role is None or not isinstance(channel.value, dict):
                continue
            address = channel.child("address").value
            name = address if isinstance(address, str) and address else _last(pointer)
            messages = list(operation.child("messages").items())
            if not messages:
                messages = [node for _, node in channel.child("messages").children()]
            names = [_last(node) for node in channel.child("servers").items()] or None
            where = self._root.child("operations").where(key)
            yield self._endpoint(role, name, operation, messages, self._servers(names), channel, where)

    def _endpoint(
        self,
        role: ChannelRole,
        name: str,
        operation: Node,
        messages: list[Node],
        servers: tuple[Server, ...],
        channel: Node,
        where: Where,
    ) -> Endpoint:
        name = clean(name, TEXT_LIMIT)
        fields: dict[tuple[FieldPlace, str], Field] = {}
        schemas: set[tuple[str, str]] = set()
        for message in messages[:MAX_MESSAGES]:
            whole = self._references.follow(message)
            payload = self._payload(whole)
            for field in self._fields(whole, payload):
                fields.setdefault((field.place, field.name), field)
            value = self._references.follow(payload)
            if value.path.endswith(AVRO_SUFFIX) and is_avro(value.value):
                schemas.add((value.path, clean(parse_schema(value.value).root.name)))
        text = operation.value.get("summary") or operation.value.get("description")
        summary = clean(text, _SUMMARY_LIMIT) if isinstance(text, str) else ""
        bindings = {key.lower() for node in (channel, operation) for key, _ in node.child("bindings").children()}
        made = _operation(name, where, summary, fields.values())
        return Endpoint(role, name, made, servers, tuple(sorted(bindings)), where, tuple(sorted(schemas)))

    def _payload(self, message: Node) -> Node:
        """Where the payload's schema is written; it may be wrapped to name its language."""
        payload = _by_file(message.child("payload"))
        whole = self._references.follow(payload)
        wrapped = isinstance(whole.value, dict) and "schemaFormat" in whole.value
        return _by_file(whole.child("schema")) if wrapped else payload

    def _fields(self, message: Node, payload: Node) -> Iterator[Field]:
        """Payload and headers."""
        whole = self._references.follow(payload)
        if is_avro(whole.value):
            yield from avro_fields(whole.value)
        else:
            yield from self._schemas.fields(payload, FieldPlace.REQUEST)
        traits = [self._references.follow(trait) for trait in message.child("traits").items()]
        for holder in (message, *traits):
            for field in self._schemas.fields(holder.child("headers"), FieldPlace.REQUEST):
                yield Field(FieldPlace.HEADER, field.name, field.type, field.format, field.required)

    def _servers(self, names: list[str] | None) -> tuple[Server, ...]:
        """The servers with these names, all of them for None."""
        found = []
        servers = self._references.follow(self._root.child("servers"))
        for name, written in servers.children():
            if names is not None and name not in names:
                continue
            server = self._references.follow(written)
            address, protocol = server.child("host").value or server.child("url").value, server.child("protocol").value
            if isinstance(protocol, str):
                host = self._filled(server, address) if isinstance(address, str) else ""
                found.append(Server(host, protocol.lower(), servers.where(name)))
        return tuple(found)

    def _filled(self, server: Node, address: str) -> str:
        for name, written in server.child("variables").children():
            default = self._references.follow(written).child("default").value
            if isinstance(default, (str, int)):
                address = address.replace("{" + name + "}", str(default))
        return address


def _operation(channel: str, where: Where, summary: str, fields: Iterable[Field]) -> Operation:
    return Operation("PUBLISH", channel, where, summary, fields=tuple(sorted(fields)))


def _by_file(node: Node) -> Node:
    """Avro schemas have names where JSON has pointers: of `order.avsc#/Order` the file is meant."""
    reference = node.value.get("$ref") if isinstance(node.value, dict) else None
    file = reference.partition("#")[0] if isinstance(reference, str) else ""
    return node._replace(value={"$ref": file}) if file.endswith(AVRO_SUFFIX) else node


def _last(node: Node) -> str:
    """What a `$ref` calls its target; empty without one."""
    reference = node.value.get("$ref") if isinstance(node.value, dict) else None
    text = reference.rpartition("/")[2] if isinstance(reference, str) else ""
    return text.replace("~1", "/").replace("~0", "~")
