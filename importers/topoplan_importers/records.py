"""Records of named, typed members, as Protocol Buffers, GraphQL and Avro have them, laid out as fields of a body."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from topoplan.model.operation import Field, FieldPlace
from topoplan.model.text import clean

MAX_FIELD_DEPTH = 6
"""Levels of records that are listed."""
MAX_FIELDS = 300
"""Fields listed of one body, outer levels first."""


class Member(NamedTuple):
    """One member of a record: `type` and `format` as JSON Schema says them; `record` names the record it holds, if
    it holds one."""

    name: str
    type: str = ""
    format: str = ""
    required: bool = False
    repeated: bool = False
    record: str = ""


def fields_of(record: str, members_of: Callable[[str], Sequence[Member]], place: FieldPlace) -> tuple[Field, ...]:
    """Fields of a body that is this record, outer levels first. A record within itself is not opened again."""
    return members_as_fields(members_of(record), members_of, place, frozenset({record}))


def members_as_fields(
    members: Sequence[Member],
    members_of: Callable[[str], Sequence[Member]],
    place: FieldPlace,
    above: frozenset[str] = frozenset(),
) -> tuple[Field, ...]:
    """As `fields_of`, for members that stand in no record of their own."""
    found: dict[str, Field] = {}
    queue: deque[tuple[str, Sequence[Member], frozenset[str]]] = deque([("", members, above)])
    while queue and len(found) < MAX_FIELDS:
        prefix, inside, seen = queue.popleft()
        for member in inside[:MAX_FIELDS]:
            name = clean(prefix + member.name)
            if member.repeated:
                found.setdefault(name, Field(place, name, "array", "", member.required))
                name += "[]"
            if not (member.repeated and member.record):
                found.setdefault(name, Field(place, name, member.type, member.format, member.required))
            if member.record and member.record not in seen and name.count(".") < MAX_FIELD_DEPTH - 1:
                queue.append((name + ".", members_of(member.record), seen | {member.record}))
    return tuple(sorted(list(found.values())[:MAX_FIELDS]))
