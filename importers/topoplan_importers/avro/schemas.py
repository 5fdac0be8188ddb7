"""Avro's types as its specification names them (1.12, "Schema Declaration"), and records laid out as fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from topoplan.model.operation import Field, FieldPlace
from topoplan.model.text import clean
from topoplan_importers.records import Member, fields_of, members_as_fields

MAX_DEPTH = 32
"""Levels of types in types that are looked at."""
RECORDS = ("record", "error")
_NAMED = (*RECORDS, "enum", "fixed")
_PRIMITIVES = {
    "null": ("", ""),
    "boolean": ("boolean", ""),
    "int": ("integer", "int32"),
    "long": ("integer", "int64"),
    "float": ("number", "float"),
    "double": ("number", "double"),
    "bytes": ("string", "byte"),
    "string": ("string", ""),
}
"""Avro's primitive types as JSON Schema's types and formats."""
_AS_JSON = {**_PRIMITIVES, "fixed": ("string", "byte"), "enum": ("string", ""), "map": ("object", "")}


class AvroType(Struct, frozen=True):
    """One type. `kind` is Avro's word for it, `name` for a mention of a named type, empty when it is not known."""

    kind: str
    name: str = ""
    """Full name of a named type, or of the one mentioned."""
    aliases: tuple[str, ...] = ()
    fields: tuple[AvroField, ...] = ()
    symbols: tuple[str, ...] = ()
    has_default: bool = False
    """An enum's: what it does not know it reads as its default."""
    parts: tuple[AvroType, ...] = ()
    """Items of an array, values of a map, branches of a union."""
    size: int = 0
    logical: str = ""


class AvroField(NamedTuple):
    """One field of a record, or one parameter of a call."""

    name: str
    type: AvroType
    has_default: bool = False
    aliases: tuple[str, ...] = ()


class Schema(NamedTuple):
    """One document: what it declares as a whole, and its named types by full name."""

    root: AvroType
    named: Mapping[str, AvroType]

    def settled(self, kind: AvroType) -> AvroType:
        """The type that a mention means; unknown when another document holds it."""
        return self.named.get(kind.name, UNKNOWN) if kind.kind == "name" else kind

    def records(self) -> tuple[str, ...]:
        """Full names of the records that are messages: not those that only others are made of. Sorted."""
        roots = self.root.parts if self.root.kind == "union" else (self.root,)
        own = {part.name for part in roots if self.settled(part).kind in RECORDS}
        held = {name for holder in own for name in mentioned(self.settled(AvroType("name", holder))) - {holder}}
        return tuple(sorted(own - held)) or tuple(sorted(own))


UNKNOWN = AvroType("")


def is_avro(schema: Any) -> bool:
    """Whether a parsed document is an Avro schema with a name of its own, or a union of some."""
    if isinstance(schema, list):
        return any(isinstance(member, dict) and is_avro(member) for member in schema)
    return isinstance(schema, dict) and schema.get("type") in _NAMED and isinstance(schema.get("name"), str)


def avro_fields(schema: Any) -> tuple[Field, ...]:
    """Fields of a message whose payload is a record."""
    parsed = parse_schema(schema)
    return record_fields(parsed.root.name, parsed.named)


def parse_schema(value: Any) -> Schema:
    """The types of a parsed `.avsc`; what is no type is unknown."""
    parser = Parser()
    root = parser.type(value, "", 0)
    return Schema(root, parser.named)


def mentioned(kind: AvroType) -> set[str]:
    """Full names of the types that this one is made of, those of its parts left out."""
    found: set[str] = set()
    waiting = [*kind.parts, *(field.type for field in kind.fields)]
    while waiting:
        part = waiting.pop()
        found |= {part.name} if part.kind == "name" else set()
        waiting += part.parts
    return found


def record_fields(
    name: str, named: Mapping[str, AvroType], place: FieldPlace = FieldPlace.REQUEST
) -> tuple[Field, ...]:
    """Fields of the record of this full name; none for anything else."""
    return fields_of(name, _members_of(named), place)


def parameter_fields(
    parameters: Sequence[AvroField], named: Mapping[str, AvroType], place: FieldPlace
) -> tuple[Field, ...]:
    """Fields of the parameters of a call."""
    return members_as_fields(tuple(_members(parameters, named)), _members_of(named), place)


class Parser:
    """Gathers the named types of one document while its types are read."""

    def __init__(self) -> None:
        self.named: dict[str, AvroType] = {}

    def type(self, value: Any, namespace: str, depth: int) -> AvroType:
        """The type written there; a named one is put under its name and mentioned."""
        if depth > MAX_DEPTH:
            return UNKNOWN
        if isinstance(value, list):
            return AvroType("union", parts=tuple(self.type(branch, namespace, depth + 1) for branch in value))
        if isinstance(value, str):
            return AvroType(value) if value in _PRIMITIVES else AvroType("name", _full(value, namespace))
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(kind, (dict, list)):
            return self.type(kind, namespace, depth + 1)
        if not isinstance(kind, str):
            return UNKNOWN
        if kind in _NAMED:
            return self._named(value, kind, namespace, depth)
        if kind in ("array", "map"):
            part = self.type(value.get("items" if kind == "array" else "values"), namespace, depth + 1)
            return AvroType(kind, parts=(part,))
        return AvroType(kind, logical=_logical(value)) if kind in _PRIMITIVES else self.type(kind, namespace, depth + 1)

    def fields(self, written: Any, namespace: str, depth: int) -> tuple[AvroField, ...]:
        """Fields or parameters, in their order."""
        return tuple(
            AvroField(
                field["name"],
                self.type(field.get("type"), namespace, depth + 1),
                "default" in field,
                tuple(_texts(field.get("aliases"))),
            )
            for field in (written if isinstance(written, list) else ())
            if isinstance(field, dict) and isinstance(field.get("name"), str)
        )

    def _named(self, value: Mapping[str, Any], kind: str, namespace: str, depth: int) -> AvroType:
        own, written = value.get("namespace"), value.get("name")
        full = _full(written if isinstance(written, str) else "", own if isinstance(own, str) else namespace)
        namespace = full.rpartition(".")[0]
        if full not in self.named:
            self.named[full] = UNKNOWN  # the record may hold itself
            size = value.get("size")
            self.named[full] = AvroType(
                kind,
                full,
                tuple(_full(alias, namespace) for alias in _texts(value.get("aliases"))),
                self.fields(value.get("fields"), namespace, depth) if kind in RECORDS else (),
                tuple(_texts(value.get("symbols"))),
                "default" in value,
                size=size if isinstance(size, int) else 0,
                logical=_logical(value),
            )
        return AvroType("name", full)


def _members_of(named: Mapping[str, AvroType]) -> Callable[[str], Sequence[Member]]:
    return lambda record: tuple(_members(named.get(record, UNKNOWN).fields, named))


def _members(fields: Iterable[AvroField], named: Mapping[str, AvroType]) -> Iterator[Member]:
    for field in fields:
        yield _member(field.name, field.type, named, not field.has_default)


def _member(name: str, kind: AvroType, named: Mapping[str, AvroType], required: bool) -> Member:
    """As JSON Schema tells it. A union with null is optional; one of several other types has none."""
    if kind.kind == "union":
        some = [part for part in kind.parts if part.kind != "null"]
        required = required and len(some) == len(kind.parts)
        return _member(name, some[0], named, required) if len(some) == 1 else Member(name, "", "", required)
    if kind.kind == "array":
        return _member(name, kind.parts[0], named, required)._replace(repeated=True)
    if kind.kind == "name":
        meant = named.get(kind.name, AvroType("record"))
        if meant.kind in RECORDS:
            return Member(name, "object", "", required, record=kind.name if kind.name in named else "")
        kind = meant
    told, form = _AS_JSON.get(kind.kind, ("", ""))
    return Member(name, told, kind.logical or form, required)


def _logical(value: Mapping[str, Any]) -> str:
    logical = value.get("logicalType")
    return clean(logical, 60) if isinstance(logical, str) else ""


def _full(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def _texts(value: Any) -> Iterator[str]:
    return (text for text in (value if isinstance(value, list) else ()) if isinstance(text, str))
