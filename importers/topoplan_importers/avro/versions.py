"""Two stored versions of one Avro file, and what the newer breaks for those who know the older."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from topoplan.importing.contract import InterfaceVersion
from topoplan.model.change import Break, BreakKind
from topoplan.model.operation import operation_id
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.avro.protocols import Protocol, call_path
from topoplan_importers.avro.resolution import Problem, message_problems, same_record, unreadable
from topoplan_importers.avro.schemas import AvroField, AvroType, Schema


class SchemaVersion(Struct, frozen=True):
    """One version of a schema of messages."""

    schema: Schema

    def breaks(self, newer: InterfaceVersion) -> tuple[Break, ...]:
        return tuple(sorted(set(self._breaks(newer.schema)))) if isinstance(newer, SchemaVersion) else ()

    def _breaks(self, newer: Schema) -> Iterator[Break]:
        records = [newer.named[name] for name in newer.records()]
        for name in self.schema.records():
            old = self.schema.named[name]
            new = newer.named.get(name) or next((r for r in records if same_record(old, r)), None)
            if new is None:
                yield Break(BreakKind.PATH_REMOVED, clean(name, TEXT_LIMIT), "")
                continue
            operation = operation_id("MESSAGE", clean(name, TEXT_LIMIT))
            for kind, detail in message_problems(self.schema, newer, old, new):
                yield Break(kind, operation, detail)


class ProtocolVersion(Struct, frozen=True):
    """One version of a protocol: the provider reads what callers write, callers read what it answers."""

    protocol: Protocol

    def breaks(self, newer: InterfaceVersion) -> tuple[Break, ...]:
        return tuple(sorted(set(self._breaks(newer.protocol)))) if isinstance(newer, ProtocolVersion) else ()

    def _breaks(self, newer: Protocol) -> Iterator[Break]:
        before, after = self.protocol.types, newer.types
        for name, old in self.protocol.calls.items():
            operation = call_path(self.protocol, name)
            new = newer.calls.get(name)
            if new is None or newer.name != self.protocol.name:
                yield Break(BreakKind.PATH_REMOVED, operation, "")
                continue
            asked = unreadable(before, after, old.parameters, new.parameters, BreakKind.PARAMETER_REQUIRED)
            answered = unreadable(after, before, _answer(new.response), _answer(old.response), BreakKind.FIELD_REMOVED)
            for place, problems in (("request", asked), ("response", answered)):
                yield from (_placed(operation, place, problem) for problem in problems)


def _answer(response: AvroType) -> tuple[AvroField, ...]:
    return (AvroField("response", response),)


def _placed(operation: str, place: str, problem: Problem) -> Break:
    detail = problem.detail if problem.detail.startswith(place) else f"{place} {problem.detail}"
    return Break(problem.kind, operation, detail)
