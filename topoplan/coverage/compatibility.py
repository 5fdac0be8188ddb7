"""Where an interaction of a contract asks for what the provider's specification does not allow.

As in bi-directional contract testing: a consumer may ignore what is offered, never rely on what is not. What a
specification leaves open is no conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from topoplan.coverage.operations import HTTP_METHODS
from topoplan.graph.operations import OperationIndex
from topoplan.model.checks import Interaction
from topoplan.model.operation import Field, FieldPlace, Operation
from topoplan.model.phrases import listed
from topoplan.model.place import Where

_UNLISTED_HEADERS = frozenset({"accept", "authorization", "content-type"})
"""OpenAPI ignores parameters of these names, so a specification that asks for one says nothing."""
_SENT = (FieldPlace.REQUEST, FieldPlace.QUERY, FieldPlace.HEADER)


class Conflict(Struct, frozen=True, order=True):
    """One thing a specification does not allow, and where it says so (None where it says nothing at all)."""

    message: str
    where: Where | None = None


def conflicts(interaction: Interaction, path: str, provider: str, documented: OperationIndex) -> tuple[Conflict, ...]:
    """Everything that speaks against an interaction, sorted. `path` is its full concrete path, or the channel
    meant."""
    if not documented.speaks_of(interaction.method):
        return ()
    operation = documented.find(interaction.method, path)
    if operation is None:
        found = _not_offered(interaction, path, provider, documented)
        return (found,) if found else ()
    messages = _message(interaction, operation) if operation.method == "PUBLISH" else _http(interaction, operation)
    return tuple(Conflict(message, operation.where) for message in sorted(set(messages)))


def _not_offered(interaction: Interaction, path: str, provider: str, documented: OperationIndex) -> Conflict | None:
    if interaction.method == "PUBLISH":
        return Conflict(f"{provider} documents no message on {path}") if path else None
    if interaction.status in ("404", "405"):
        return None  # it asks on purpose for what is not there
    others = [(m, found) for m in HTTP_METHODS if (found := documented.find(m, path))]
    if others:
        offered = listed((method for method, _ in others), limit=len(HTTP_METHODS))
        return Conflict(f"{provider} offers {path} with {offered} only", others[0][1].where)
    return Conflict(f"{provider} documents no {path}")


def _http(interaction: Interaction, operation: Operation) -> Iterator[str]:
    status = interaction.status
    if status and operation.outcomes and not _allows([o.status.upper() for o in operation.outcomes], status):
        yield f"{operation.id} documents no status {status}"
    spoken = _by_name(operation.fields)
    if not status.startswith(("4", "5")):  # an error may be what leaving something out is for
        yield from _missing(interaction, operation)
        yield from _retyped(interaction.request, spoken, FieldPlace.REQUEST, FieldPlace.REQUEST, "accepts")
    if status.startswith("2") or not status:
        yield from _absent(interaction.response, spoken, FieldPlace.RESPONSE, operation.id)
        yield from _retyped(interaction.response, spoken, FieldPlace.RESPONSE, FieldPlace.RESPONSE, "answers with")


def _message(interaction: Interaction, operation: Operation) -> Iterator[str]:
    spoken = _by_name(operation.fields)
    yield from _absent(interaction.response, spoken, FieldPlace.REQUEST, operation.id)
    yield from _retyped(interaction.response, spoken, FieldPlace.RESPONSE, FieldPlace.REQUEST, "sends")


def _allows(documented: Collection[str], status: str) -> bool:
    """A class such as `2XX` covers its statuses, and an interaction may ask for any of one."""
    if "DEFAULT" in documented or f"{status[0]}XX" in documented:
        return True
    return any(name.startswith(status.removesuffix("XX")) for name in documented)


def _by_name(fields: Iterable[Field]) -> dict[tuple[FieldPlace, str], Field]:
    return {(f.place, _plain(f.place, f.name)): f for f in fields}


def _plain(place: FieldPlace, name: str) -> str:
    """Names of headers know no case."""
    return name.lower() if place is FieldPlace.HEADER else name


def _missing(interaction: Interaction, operation: Operation) -> Iterator[str]:
    given: dict[FieldPlace, set[str]] = {place: {""} for place in _SENT}
    for field in interaction.request:
        given.setdefault(field.place, {""}).update(_and_above(_plain(field.place, field.name)))
    if operation.method == "RPC" or (
        len(given[FieldPlace.REQUEST]) == 1 and "content-type" in given[FieldPlace.HEADER]
    ):
        # Nothing is required in Protocol Buffers; and a body that is not JSON shows no fields.
        given.pop(FieldPlace.REQUEST)
    for field in operation.fields:
        name = _plain(field.place, field.name)
        if not field.required or field.place not in given or name in given[field.place]:
            continue
        if field.place is FieldPlace.HEADER and name in _UNLISTED_HEADERS:
            continue
        if field.place is not FieldPlace.REQUEST or _parent(name) in given[field.place]:
            yield f"{operation.id} requires {field.place.value} {field.name}, which is not sent"


def _absent(
    relied_on: Iterable[Field], spoken: Mapping[tuple[FieldPlace, str], Field], place: FieldPlace, operation: str
) -> Iterator[str]:
    """Fields that no part of the specification has, where it tells the fields beside them."""
    names = {name for at, known in spoken if at is place for name in _and_above(known)}
    told = {_parent(name) for name in names}
    missing = {
        name
        for field in relied_on
        for name in _and_above(field.name)
        if not name.endswith("[]") and name not in names and _parent(name) in told
    }
    for name in missing:
        yield f"{operation} documents no field {name}" + ("" if place is FieldPlace.REQUEST else " in its response")


def _retyped(
    fields: Iterable[Field], spoken: Mapping[tuple[FieldPlace, str], Field], given: FieldPlace, place: FieldPlace,
    verb: str,
) -> Iterator[str]:  # fmt: skip
    for field in fields:
        known = spoken.get((place, field.name)) if field.place is given else None
        if known and _clash(field.type, known.type, sent=given is FieldPlace.REQUEST):
            yield f"{field.name} is {field.type} in the contract, the specification {verb} {known.type}"


def _clash(contract: str, specification: str, sent: bool) -> bool:
    """JSON has one type of number: of an answer, an example `5` may stand for any. Of what is sent, it is a fact."""
    if not contract or not specification or contract == "null":
        return False
    allowed = set(specification.split("|"))
    if "number" in allowed or (not sent and "integer" in allowed):
        allowed |= {"integer", "number"}
    return allowed.isdisjoint(contract.split("|"))


def _parent(name: str) -> str:
    """`items[]` of `items[].price`, `items` of `items[]`, the empty name of `items`."""
    return name[:-2] if name.endswith("[]") else name.rpartition(".")[0]


def _and_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = _parent(name)
