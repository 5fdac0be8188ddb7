"""Avro schemas: what the records in messages hold. A schema alone says nothing of who sends it (Avro 1.12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan.model.operation import Field, FieldPlace
from topoplan.model.text import clean
from topoplan_importers.outcome import State, outcome
from topoplan_importers.records import Member, fields_of

NAME = "avro"
MAX_DEPTH = 32
"""Levels of types in types that are looked at."""
_PRIMITIVES = {
    "boolean": ("boolean", ""),
    "int": ("integer", "int32"),
    "long": ("integer", "int64"),
    "float": ("number", "float"),
    "double": ("number", "double"),
    "bytes": ("string", "byte"),
    "string": ("string", ""),
    "fixed": ("string", "byte"),
    "enum": ("string", ""),
    "map": ("object", ""),
}


class AvroImporter:
    """Reads `.avsc` files, so that malformed ones are told; AsyncAPI documents refer to them."""

    name = NAME
    summary = "Avro schemas (.avsc) of messages"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.name.removesuffix(".gz").endswith(".avsc")

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        states: dict[str, State] = {}
        for path in sorted(candidate.path for candidate in candidates):
            try:
                schema = workspace.json(path).value
            except DocumentError as error:
                states[path] = (SourceState.FAILED, error.reason)
                continue
            state = SourceState.ANALYSED if is_avro(schema) else SourceState.SKIPPED
            states[path] = (state, _remark(schema) if is_avro(schema) else "is no Avro schema")
        return outcome(NAME, states, (), (), workspace)


def is_avro(schema: Any) -> bool:
    """Whether a parsed document is an Avro schema with a name of its own, or a union of some."""
    if isinstance(schema, list):
        return any(is_avro(member) for member in schema)
    return (
        isinstance(schema, dict)
        and schema.get("type") in ("record", "error", "enum", "fixed")
        and isinstance(schema.get("name"), str)
    )


def avro_fields(schema: Any) -> tuple[Field, ...]:
    """Fields of a message whose payload is a record."""
    records: dict[str, list[Member]] = {}
    name = _record(schema, records, "", 0)
    return fields_of(name, lambda record: records.get(record, []), FieldPlace.REQUEST) if name else ()


def _remark(schema: Any) -> str:
    name = schema.get("name") if isinstance(schema, dict) else None
    return f"schema of {clean(name)}" if isinstance(name, str) else "schemas"


def _record(schema: Any, records: dict[str, list[Member]], namespace: str, depth: int) -> str:
    """Note a record and those in it; its full name, empty for anything else."""
    if not isinstance(schema, dict) or schema.get("type") not in ("record", "error") or depth > MAX_DEPTH:
        return ""
    own, written = schema.get("namespace"), str(schema.get("name", ""))
    namespace = own if isinstance(own, str) else namespace
    full = written if "." in written or not namespace else f"{namespace}.{written}"
    fields = schema.get("fields")
    if full not in records:
        members = records[full] = []
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, dict) and isinstance(field.get("name"), str):
                required = "default" not in field
                members.append(_member(field["name"], field.get("type"), records, namespace, depth + 1, required))
    return full


def _member(
    name: str, kind: Any, records: dict[str, list[Member]], namespace: str, depth: int, required: bool
) -> Member:
    if depth > MAX_DEPTH:
        return Member(name)
    if isinstance(kind, list):
        some = [member for member in kind if member != "null"]
        required = required and len(some) == len(kind)
        if len(some) != 1:
            return Member(name, "", "", required)
        kind = some[0]
    if isinstance(kind, str):
        if kind in _PRIMITIVES:
            return Member(name, *_PRIMITIVES[kind], required)
        full = kind if "." in kind or not namespace else f"{namespace}.{kind}"
        return Member(name, "object", "", required, record=full if full in records else "")
    if not isinstance(kind, dict):
        return Member(name, "", "", required)
    inner = kind.get("type")
    if inner == "array":
        item = _member(name, kind.get("items"), records, namespace, depth + 1, required)
        return item._replace(repeated=True)
    if inner in ("record", "error"):
        return Member(name, "object", "", required, record=_record(kind, records, namespace, depth + 1))
    if isinstance(inner, (dict, list)):
        return _member(name, inner, records, namespace, depth + 1, required)
    primitive = _PRIMITIVES.get(inner, ("", "")) if isinstance(inner, str) else ("", "")
    logical = kind.get("logicalType")
    return Member(name, primitive[0], clean(logical, 60) if isinstance(logical, str) else primitive[1], required)
