"""Field names, types and formats of the bodies that JSON Schemas describe."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from msgspec import Struct, field

from topoplan.model.operation import Field, FieldPlace
from topoplan.model.text import clean
from topoplan_importers.references import Node, References

MAX_FIELD_DEPTH = 6
"""Property levels below the body that are listed."""
MAX_FIELDS = 300
"""Fields listed of one body, outer levels first."""
MAX_VISITS = 500_000
"""Schemas looked at for one specification."""
MAX_MEMBERS = 1000
"""Schemas put together into one by references, `allOf`, `oneOf` and `anyOf`."""

_COMBINING = ("allOf", "anyOf", "oneOf")


class _Shape(Struct):
    """What a schema says with its references and `allOf`, `oneOf`, `anyOf` members put together."""

    type: str = ""
    format: str = ""
    properties: dict[str, list[Node]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: list[Node] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    """Ids of the schemas it was put together from."""


class _Pending(NamedTuple):
    """A field still to be looked at; `above` holds the ids of the schemas it lies in."""

    name: str
    schemas: list[Node]
    required: bool
    depth: int
    above: frozenset[int]


class SchemaReader:
    """Lists the fields of body schemas of one specification. `cut` tells that a bound left fields out."""

    def __init__(self, references: References) -> None:
        self.cut = False
        self._references = references
        self._visits = 0
        self._known: dict[tuple[int, FieldPlace], tuple[Field, ...]] = {}

    def fields(self, schema: Node, place: FieldPlace) -> tuple[Field, ...]:
        """Fields of a request or response body; none for a body without named values.

        A field is required when the spec says that it must be there wherever its parent is; members of `oneOf` and
        `anyOf` give fields that are not required. Fields the other direction alone may carry are left out.
        """
        if isinstance(schema.value, dict) and len(schema.value) == 1:
            schema = self._references.follow(schema)
        key = (id(schema.value), place)  # the document outlives this reader, so ids stay unique
        if key not in self._known:
            self._known[key] = self._walk(schema, place)
        return self._known[key]

    def type_of(self, schema: Node) -> tuple[str, str]:
        """Type and format of one value."""
        shape = self._shape([schema], frozenset())
        return shape.type, shape.format

    def _walk(self, schema: Node, place: FieldPlace) -> tuple[Field, ...]:
        hidden = "readOnly" if place is FieldPlace.REQUEST else "writeOnly"
        found: dict[str, Field] = {}
        queue = deque([_Pending("", [schema], False, 0, frozenset())])
        while queue:
            if len(found) >= MAX_FIELDS:
                self.cut = True
                break
            pending = queue.popleft()
            shape = self._shape(pending.schemas, pending.above)
            if hidden in shape.flags:
                continue
            name, is_item = clean(pending.name), pending.name.endswith("[]")
            if name and not (is_item and shape.type in ("", "object")):
                found.setdefault(name, Field(place, name, shape.type, shape.format, pending.required))
            if shape.properties or shape.items:
                self._visits += len(pending.above) // 64  # what copying them costs, in visits
                queue.extend(_below(pending, shape, pending.above | shape.members))
        return tuple(found.values())

    def _shape(self, schemas: list[Node], above: frozenset[int]) -> _Shape:
        """The merged shape of schemas that all apply. Loops end at a schema that was seen before, here or `above`."""
        shape = _Shape()
        waiting = [(schema, False) for schema in schemas]
        for node, optional in waiting:  # grows while it is walked, so that outer schemas are taken first
            value, key = node.value, id(node.value)
            if not isinstance(value, dict) or key in shape.members:
                continue
            if key in above:
                shape.type = shape.type or _type(value)
                continue
            self._visits += 1
            if self._visits > MAX_VISITS or len(shape.members) >= MAX_MEMBERS:
                self.cut = True
                break
            shape.members.add(key)
            _take(shape, node, optional)
            if "$ref" in value:
                waiting.append((self._references.follow(node), optional))
            for keyword in _COMBINING:
                if keyword in value:
                    members = node.child(keyword).items()
                    waiting += [(member, optional or keyword != "allOf") for member in members]
        return shape


def _take(shape: _Shape, node: Node, optional: bool) -> None:
    value: dict[str, Any] = node.value
    shape.type = shape.type or _type(value)
    form = value.get("format")
    if not shape.format and isinstance(form, str):
        shape.format = clean(form, 60)
    if isinstance(value.get("properties"), dict):
        properties = node.child("properties")
        for name in properties.value:
            shape.properties.setdefault(name, []).append(properties.child(name))
    if isinstance(value.get("items"), dict):
        shape.items.append(node.child("items"))
    if optional:
        return
    required = value.get("required")
    if isinstance(required, list):
        shape.required.update(name for name in required if isinstance(name, str))
    shape.flags.update(flag for flag in ("readOnly", "writeOnly") if value.get(flag) is True)


def _type(schema: dict[str, Any]) -> str:
    """The declared type, `null` aside; several are joined by `|`. Told by structure where none is declared."""
    declared = schema.get("type")
    if isinstance(declared, str):
        return clean(declared, 40)
    names = declared if isinstance(declared, list) else [declared]
    types = sorted({clean(name, 40) for name in names if isinstance(name, str)} - {"null"})
    if types:
        return "|".join(types)
    if isinstance(schema.get("properties"), dict):
        return "object"
    return "array" if isinstance(schema.get("items"), dict) else ""


def _below(pending: _Pending, shape: _Shape, above: frozenset[int]) -> list[_Pending]:
    below = []
    if pending.depth < MAX_FIELD_DEPTH:
        prefix = f"{pending.name}." if pending.name else ""
        for name, schemas in shape.properties.items():
            required = name in shape.required
            below.append(_Pending(prefix + name, schemas, required, pending.depth + 1, above))
    if shape.items:
        below.append(_Pending(f"{pending.name}[]", shape.items, pending.required, pending.depth, above))
    return below
