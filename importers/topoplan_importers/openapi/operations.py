"""One specification's paths to operations: what may be called, with which fields, outcomes and security."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.json_schemas import SchemaReader
from topoplan_importers.openapi.hosts import path_of, server_urls, swagger_url
from topoplan_importers.references import Node, References

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""Keys of a path item that are operations; `query` since OpenAPI 3.2."""
MAX_OPERATIONS = 20_000
_METHOD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|XX)|DEFAULT")
_SUMMARY_LIMIT = 200


class Endpoint(NamedTuple):
    """One operation as it stands in the document: `item` and `operation` with references followed, `holder[key]` is
    where the operation was written."""

    method: str
    template: str
    item: Node
    operation: Node
    holder: Node
    key: str


class Reading(NamedTuple):
    """Operations of one specification, sorted by id; `cut` tells that a bound left operations or fields out."""

    operations: tuple[Operation, ...]
    cut: bool


def endpoints(references: References) -> Iterator[Endpoint]:
    """All operations under `paths`, in document order. Whatever has the wrong type is passed over."""
    paths = references.follow(references.root.child("paths"))
    for template, written in paths.children():
        yield from path_item(references, template, written)


def path_item(references: References, template: str, written: Node) -> Iterator[Endpoint]:
    """Operations of one path item: its own and, for a path item that refers to another, that one's."""
    target = references.follow(written)
    for item in (written,) if target.value is written.value else (written, target):
        for key in METHODS:
            operation = references.follow(item.child(key))
            if isinstance(operation.value, dict):
                yield Endpoint(key.upper(), template, item, operation, item, key)
        further = item.child("additionalOperations")
        for key, node in further.children():
            operation = references.follow(node)
            if _METHOD.fullmatch(key) and isinstance(operation.value, dict):
                yield Endpoint(key.upper(), template, item, operation, further, key)


def read_operations(references: References) -> Reading:
    """The operations a specification documents. Of two with one method and path the first counts."""
    reader = _OperationReader(references)
    found: dict[str, Operation] = {}
    for endpoint in endpoints(references):
        if len(found) >= MAX_OPERATIONS:
            reader.schemas.cut = True
            break
        operation = reader.read(endpoint)
        found.setdefault(operation.id, operation)
    return Reading(tuple(found[key] for key in sorted(found)), reader.schemas.cut)


class _OperationReader:
    def __init__(self, references: References) -> None:
        self.schemas = SchemaReader(references)
        self._references = references
        self._root = references.root
        self._root_security = _requirements(self._root)
        self._secured = self._root_security is not None or any(
            _requirements(endpoint.operation) is not None for endpoint in endpoints(references)
        )

    def read(self, endpoint: Endpoint) -> Operation:
        operation = endpoint.operation
        parameters = self._parameters(endpoint)
        responses = self._references.follow(operation.child("responses"))
        fields = {
            *self._parameter_fields(parameters),
            *self._request_fields(operation),
            *self._response_fields(responses),
        }
        security, unauthenticated = self._security(operation)
        text = operation.value.get("summary") or operation.value.get("description")
        return Operation(
            method=endpoint.method,
            path=clean(self._base_path(endpoint) + "/" + endpoint.template.lstrip("/"), TEXT_LIMIT),
            where=endpoint.holder.where(endpoint.key),
            summary=clean(text, _SUMMARY_LIMIT) if isinstance(text, str) else "",
            outcomes=tuple(sorted(self._outcomes(responses))),
            fields=tuple(sorted(fields)),
            security=security,
            unauthenticated=unauthenticated,
            idempotency_key=any(_is_idempotency_key(parameter) for parameter in parameters),
            deprecated=operation.value.get("deprecated") is True,
        )

    def _base_path(self, endpoint: Endpoint) -> str:
        """What callers put before the template: the path of the nearest first server, or `basePath`. Traces show it."""
        for holder in (endpoint.operation, endpoint.item, self._root):
            url = next(server_urls(holder), None)
            if url is not None:
                return path_of(url)
        return path_of(swagger_url(self._root))

    # --- parameters and bodies --------------------------------------------------------------------------------------

    def _parameters(self, endpoint: Endpoint) -> list[Node]:
        """Parameters of the operation, which replace those of its path item with the same name and place."""
        merged: dict[tuple[str, str], Node] = {}
        for holder in (endpoint.item, endpoint.operation):
            for written in holder.child("parameters").items():
                parameter = self._references.follow(written)
                name, place = parameter.child("name").value, parameter.child("in").value
                if isinstance(name, str) and isinstance(place, str):
                    merged[name, place] = parameter
        return list(merged.values())

    def _parameter_fields(self, parameters: list[Node]) -> Iterator[Field]:
        for parameter in parameters:
            place, name = str(parameter.value["in"]), clean(str(parameter.value["name"]))
            if place == "body":  # Swagger 2.0
                yield from self.schemas.fields(parameter.child("schema"), FieldPlace.REQUEST)
            elif place == "querystring":  # OpenAPI 3.2
                body = self.schemas.fields(self._schema(parameter.child("content")), FieldPlace.REQUEST)
                yield from (Field(FieldPlace.QUERY, f.name, f.type, f.format, f.required) for f in body)
            elif place in _PLACES and name:
                kind, form = self._parameter_type(parameter)
                required = place == "path" or parameter.value.get("required") is True
                yield Field(_PLACES[place], name, kind, form, required)

    def _parameter_type(self, parameter: Node) -> tuple[str, str]:
        if isinstance(parameter.value.get("schema"), dict):
            return self.schemas.type_of(parameter.child("schema"))
        if isinstance(parameter.value.get("content"), dict):
            return self.schemas.type_of(self._schema(parameter.child("content")))
        return self.schemas.type_of(parameter)

    def _request_fields(self, operation: Node) -> tuple[Field, ...]:
        body = self._references.follow(operation.child("requestBody"))
        return self.schemas.fields(self._schema(body.child("content")), FieldPlace.REQUEST)

    def _response_fields(self, responses: Node) -> Iterator[Field]:
        """Fields of all success responses; `default` stands for success only where no success is documented."""
        documented = list(responses.children())
        success = [node for status, node in documented if status.startswith("2")]
        merged: dict[str, Field] = {}
        for written in success or [node for status, node in documented if status == "default"]:
            response = self._references.follow(written)
            schema = self._schema(response.child("content"))
            if schema.value is None:  # Swagger 2.0
                schema = response.child("schema")
            for field in self.schemas.fields(schema, FieldPlace.RESPONSE):
                merged.setdefault(field.name, field)
        yield from merged.values()

    def _schema(self, content: Node) -> Node:
        """Schema of the media type that says most: JSON where there is one, else the first with a schema."""
        described = []
        for name, written in self._references.follow(content).children():
            schema = self._references.follow(written).child("schema")
            if schema.value is not None:
                described.append((not _is_json(name), schema))
        return min(described, key=lambda entry: entry[0])[1] if described else Node(None, content.path, content.pointer)

    # --- outcomes and security --------------------------------------------------------------------------------------

    def _outcomes(self, responses: Node) -> Iterator[Outcome]:
        for status, written in responses.children():
            if _STATUS.fullmatch(status.upper()):
                response = self._references.follow(written)
                text = response.child("description").value or response.child("summary").value
                shown = status.upper().replace("DEFAULT", "default")
                yield Outcome(shown, clean(text, _SUMMARY_LIMIT) if isinstance(text, str) else "")

    def _security(self, operation: Node) -> tuple[tuple[str, ...], bool | None]:
        """Scheme names, and whether anyone may call.

        An operation's own requirements replace the document's. Without either, anyone may call if the document asks
        for security elsewhere; a document that never mentions it does not say.
        """
        requirements = _requirements(operation)
        if requirements is None:
            requirements = self._root_security
        if requirements is None:
            return (), True if self._secured else None
        names = {clean(name) for requirement in requirements for name in requirement}
        return tuple(sorted(names)), not requirements or {} in requirements


_PLACES = {
    "path": FieldPlace.PATH,
    "query": FieldPlace.QUERY,
    "header": FieldPlace.HEADER,
    "cookie": FieldPlace.COOKIE,
    "formData": FieldPlace.REQUEST,
}


def _requirements(holder: Node) -> list[dict[str, Any]] | None:
    """The security requirements written at a document or operation; None where it says nothing."""
    value = holder.child("security").value
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else None


def _is_idempotency_key(parameter: Node) -> bool:
    """`Idempotency-Key` (IETF httpapi draft) and its spellings: `X-Idempotency-Key`, `idempotencyToken`, …"""
    return parameter.value["in"] in ("header", "query") and "idempoten" in str(parameter.value["name"]).lower()


def _is_json(media_type: str) -> bool:
    base = media_type.partition(";")[0].strip().lower()
    return base.endswith(("/json", "+json"))
