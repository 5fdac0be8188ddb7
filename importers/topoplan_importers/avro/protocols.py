"""Avro protocols (.avpr): calls with named parameters (Avro 1.12, "Protocol Declaration")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from topoplan.model.operation import FieldPlace, Operation
from topoplan.model.place import Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.avro.schemas import (
    AvroField,
    AvroType,
    Parser,
    Schema,
    parameter_fields,
)


class Call(NamedTuple):
    """One message of a protocol."""

    parameters: tuple[AvroField, ...]
    response: AvroType


class Protocol(Struct, frozen=True):
    """One protocol: its full name, its calls by name and the types they are made of."""

    name: str
    calls: Mapping[str, Call]
    types: Schema


def is_protocol(value: Any) -> bool:
    """Whether a parsed document is an Avro protocol."""
    return isinstance(value, dict) and isinstance(value.get("protocol"), str)


def parse_protocol(value: Mapping[str, Any]) -> Protocol:
    """Read a parsed `.avpr`; what is no call is left out."""
    written, own = value["protocol"], value.get("namespace")
    name = written if "." in written or not isinstance(own, str) or not own else f"{own}.{written}"
    namespace = own if isinstance(own, str) else name.rpartition(".")[0]
    parser = Parser()
    types = value.get("types")
    root = parser.type(types if isinstance(types, list) else [], namespace, 0)
    messages = value.get("messages")
    calls = {
        key: Call(
            parser.fields(message.get("request"), namespace, 0), parser.type(message.get("response"), namespace, 0)
        )
        for key, message in (messages.items() if isinstance(messages, dict) else ())
        if isinstance(message, dict)
    }
    return Protocol(name, calls, Schema(root, parser.named))


def call_path(protocol: Protocol, call: str) -> str:
    """`shop.Orders/place`, as gRPC names its methods."""
    return clean(f"{protocol.name}/{call}", TEXT_LIMIT)


def call_operations(protocol: Protocol, path: str) -> tuple[Operation, ...]:
    """The calls of a protocol as operations, sorted; a response that is no record has no named fields."""
    named = protocol.types.named
    return tuple(
        Operation(
            "RPC",
            call_path(protocol, name),
            Where(path),
            fields=tuple(
                sorted(
                    {
                        *parameter_fields(call.parameters, named, FieldPlace.REQUEST),
                        *parameter_fields(protocol.types.settled(call.response).fields, named, FieldPlace.RESPONSE),
                    }
                )
            ),
        )
        for name, call in sorted(protocol.calls.items())
    )
