"""What a specification documents, as operations."""

import json

import pytest
from spec_reading import operations_of

from topoplan.model.operation import FieldPlace, Operation, Outcome

HEAD = "openapi: 3.0.3\ninfo: {title: Users, version: '1'}\n"


def one(text: str, head: str = HEAD) -> Operation:
    (operation,) = operations_of(head + text).values()
    return operation


def shown(operation: Operation, place: FieldPlace) -> dict[str, str]:
    """`name → type:format!` with `!` for required."""
    return {
        f.name: f.type + (f":{f.format}" if f.format else "") + ("!" if f.required else "")
        for f in operation.fields
        if f.place is place
    }


def with_body(schema: object, head: dict[str, object] | None = None) -> Operation:
    """The operation of a specification whose one request and response body have this schema."""
    content = {"content": {"application/json": {"schema": schema}}}
    responses = {"200": {"description": "ok", **content}}
    root = {"openapi": "3.1.0", "paths": {"/x": {"post": {"requestBody": content, "responses": responses}}}}
    (operation,) = operations_of(json.dumps(root | (head or {})), "openapi.json").values()
    return operation


# --- methods and paths ------------------------------------------------------------------------------------------------


def test_every_method_of_3_2_is_an_operation() -> None:
    found = operations_of(
        "openapi: 3.2.0\npaths:\n  /files/{id}:\n    get: {}\n    query: {}\n    summary: no operation\n"
        "    additionalOperations: {COPY: {}, 'bad name': {}}\n"
    )
    assert sorted(found) == ["COPY /files/{id}", "GET /files/{id}", "QUERY /files/{id}"]


@pytest.mark.parametrize(
    ("head", "path"),
    [
        ("", "/users"),
        ("servers: [{url: /}]\n", "/users"),
        ("servers: [{url: /api/v1/}]\n", "/api/v1/users"),
        ("servers: [{url: ./v2}]\n", "/v2/users"),
        ("servers: [{url: 'https://users:8080/api?x=1'}, {url: /second}]\n", "/api/users"),
        ("servers: [{url: 'https://{host}/{base}', variables: {base: {default: b}}}]\n", "/b/users"),
        ("servers: [{url: 'https://u/{base}'}]\n", "/{base}/users"),
        ("servers: [{url: 5}]\n", "/users"),
        ("servers: null\n", "/users"),
    ],
)
def test_the_first_server_gives_the_base_path(head: str, path: str) -> None:
    assert one(f"{head}paths: {{/users: {{get: {{}}}}}}\n").path == path


def test_the_nearest_servers_give_the_base_path() -> None:
    found = operations_of(
        HEAD + "servers: [{url: /root}]\npaths:\n  /a:\n    servers: [{url: /item}]\n    get: {}\n"
        "    put: {servers: [{url: /own}]}\n"
    )
    assert sorted(found) == ["GET /item/a", "PUT /own/a"]


def test_swagger_2_prefixes_its_base_path() -> None:
    assert one("host: h\nbasePath: /v2/\npaths: {/users: {get: {}}}\n", "swagger: '2.0'\n").path == "/v2/users"


def test_places_are_lines_in_yaml_and_pointers_in_json() -> None:
    yaml = one("paths:\n  /users/{id}:\n    get:\n      summary: x\n")
    assert str(yaml.where) == "openapi.yaml:5"
    (operation,) = operations_of('{"openapi": "3.0.0", "paths": {"/users/{id}": {"get": {}}}}', "o.json").values()
    assert str(operation.where) == "o.json#/paths/~1users~1{id}/get"


def test_extensions_beside_paths_are_no_operations() -> None:
    assert operations_of(HEAD + "paths: {x-note: {get: {}}, /a: {x-get: {}}}\n") == {}


# --- outcomes and remarks ---------------------------------------------------------------------------------------------


def test_documented_outcomes() -> None:
    operation = one(
        "paths: {/a: {get: {deprecated: true, summary: ' List\\n it ', responses: {default: {description: Else},\n"
        "  404: {description: Gone}, '200': {description: Fine}, 4xx: {}, x-y: {}, nonsense: {}}}}}\n"
    )
    assert operation.outcomes == (
        Outcome("200", "Fine"),
        Outcome("404", "Gone"),
        Outcome("4XX", ""),
        Outcome("default", "Else"),
    )
    assert operation.deprecated
    assert "\n" not in operation.summary


def test_responses_are_followed() -> None:
    operation = one(
        "paths: {/a: {get: {responses: {'404': {$ref: '#/components/responses/Gone'}}}}}\n"
        "components: {responses: {Gone: {description: Gone for good}}}\n"
    )
    assert operation.outcomes == (Outcome("404", "Gone for good"),)


# --- security ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "own", "schemes", "unauthenticated"),
    [
        ("", "", (), None),
        ("security: [{key: []}]\n", "", ("key",), False),
        ("security: [{key: []}, {oauth: [a]}]\n", "", ("key", "oauth"), False),
        ("security: [{key: []}]\n", "security: []", (), True),
        ("security: [{key: []}]\n", "security: [{}, {key: []}]", ("key",), True),
        ("security: [{key: []}]\n", "security: [{oauth: []}]", ("oauth",), False),
        ("security: []\n", "", (), True),
        ("security: nonsense\n", "", (), None),
    ],
)
def test_security_of_the_operation_comes_before_the_documents(
    root: str, own: str, schemes: tuple[str, ...], unauthenticated: bool | None
) -> None:
    operation = one(f"{root}paths: {{/a: {{get: {{{own}}}}}}}\n")
    assert (operation.security, operation.unauthenticated) == (schemes, unauthenticated)


def test_an_operation_without_security_is_open_where_others_have_some() -> None:
    found = operations_of(HEAD + "paths: {/a: {get: {}, put: {security: [{key: []}]}}}\n")
    assert found["GET /a"].unauthenticated is True
    assert found["PUT /a"].unauthenticated is False


# --- parameters -------------------------------------------------------------------------------------------------------


def test_parameters_of_path_and_operation_are_merged() -> None:
    operation = one(
        "paths:\n  /users/{id}:\n    parameters:\n"
        "      - {name: id, in: path, schema: {type: string}}\n"
        "      - {name: page, in: query, required: true, schema: {type: string}}\n"
        "    get:\n      parameters:\n"
        "        - {name: page, in: query, schema: {type: integer, format: int32}}\n"
        "        - {$ref: '#/components/parameters/Trace'}\n"
        "        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}\n"
        "        - {name: sid, in: cookie, schema: {type: string}}\n"
        "components: {parameters: {Trace: {name: X-Trace, in: header, schema: {type: [string, 'null']}}}}\n"
    )
    assert shown(operation, FieldPlace.PATH) == {"id": "string!"}
    assert shown(operation, FieldPlace.QUERY) == {"page": "integer:int32", "filter": "object"}
    assert shown(operation, FieldPlace.HEADER) == {"X-Trace": "string"}
    assert shown(operation, FieldPlace.COOKIE) == {"sid": "string"}


@pytest.mark.parametrize(
    ("name", "place", "is_key"),
    [
        ("Idempotency-Key", "header", True),
        ("X-Idempotency-Key", "header", True),
        ("idempotencyToken", "query", True),
        ("X-Request-Id", "header", False),
        ("Idempotency-Key", "cookie", False),
    ],
)
def test_idempotency_keys(name: str, place: str, is_key: bool) -> None:
    operation = one(f"paths: {{/a: {{post: {{parameters: [{{name: {name}, in: {place}}}]}}}}}}\n")
    assert operation.idempotency_key is is_key


def test_swagger_2_body_and_form_parameters_are_request_fields() -> None:
    operation = one(
        "paths:\n  /a:\n    post:\n      parameters:\n"
        "        - {name: body, in: body, schema: {$ref: '#/definitions/User'}}\n"
        "        - {name: photo, in: formData, type: file, required: true}\n"
        "        - {name: q, in: query, type: integer, format: int64}\n"
        "      responses: {200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/User'}}}}\n"
        "definitions: {User: {type: object, required: [name], properties: {name: {type: string}}}}\n",
        "swagger: '2.0'\n",
    )
    assert shown(operation, FieldPlace.REQUEST) == {"name": "string!", "photo": "file!"}
    assert shown(operation, FieldPlace.RESPONSE) == {"[].name": "string!"}
    assert shown(operation, FieldPlace.QUERY) == {"q": "integer:int64"}


def test_a_3_2_query_string_gives_query_fields() -> None:
    content = "{application/x-www-form-urlencoded: {schema: {properties: {q: {type: string}}}}}"
    operation = one(f"paths: {{/a: {{get: {{parameters: [{{name: all, in: querystring, content: {content}}}]}}}}}}\n")
    assert shown(operation, FieldPlace.QUERY) == {"q": "string"}


# --- bodies -----------------------------------------------------------------------------------------------------------


def test_fields_of_nested_bodies_have_dotted_paths() -> None:
    price = {"type": "number", "format": "double"}
    items = {"type": "array", "items": {"type": "object", "required": ["price"], "properties": {"price": price}}}
    body = {"properties": {"items": items, "tags": {"items": {"type": "string"}}, "free": {}}, "required": ["items"]}
    assert shown(with_body(body), FieldPlace.REQUEST) == {
        "free": "",
        "items": "array!",
        "items[].price": "number:double!",
        "tags": "array",
        "tags[]": "string",
    }


def test_all_of_is_merged_and_unions_require_nothing() -> None:
    body = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"properties": {"name": {"type": "string"}}, "required": ["id"]},
            {"oneOf": [{"properties": {"card": {"type": "string"}}, "required": ["card"]}, {"type": "null"}]},
        ],
        "anyOf": [{"properties": {"iban": {"type": ["string", "integer", "null"]}}, "required": ["iban"]}],
    }
    base = {"components": {"schemas": {"Base": {"type": "object", "properties": {"id": {"format": "uuid"}}}}}}
    assert shown(with_body(body, base), FieldPlace.REQUEST) == {
        "card": "string",
        "iban": "integer|string",
        "id": ":uuid!",
        "name": "string",
    }


def test_fields_of_the_other_direction_are_left_out() -> None:
    operation = with_body({"properties": {"id": {"readOnly": True}, "password": {"writeOnly": True}, "name": {}}})
    assert set(shown(operation, FieldPlace.REQUEST)) == {"password", "name"}
    assert set(shown(operation, FieldPlace.RESPONSE)) == {"id", "name"}


def test_a_recursive_schema_ends_where_it_returns_to_itself() -> None:
    node = {"type": "object", "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {}}}}
    node["properties"]["children"]["items"] = {"$ref": "#/components/schemas/Node"}  # type: ignore[index]
    operation = with_body({"$ref": "#/components/schemas/Node"}, {"components": {"schemas": {"Node": node}}})
    assert shown(operation, FieldPlace.RESPONSE) == {"children": "array", "name": "string"}


def test_one_schema_may_be_used_by_two_fields() -> None:
    address = {"properties": {"city": {"type": "string"}}}
    reference = {"$ref": "#/components/schemas/Address"}
    operation = with_body(
        {"properties": {"billing": reference, "shipping": reference}}, {"components": {"schemas": {"Address": address}}}
    )
    assert {"billing.city", "shipping.city"} <= shown(operation, FieldPlace.REQUEST).keys()


def test_only_success_responses_give_fields() -> None:
    def response(name: str) -> str:
        schema = f"{{properties: {{{name}: {{}}}}}}"
        return f"{{description: x, content: {{a/b: {{}}, application/json: {{schema: {schema}}}}}}}"

    both = f"'200': {response('a')}, '201': {response('b')}, '404': {response('c')}, default: {response('d')}"
    assert set(shown(one(f"paths: {{/a: {{get: {{responses: {{{both}}}}}}}}}\n"), FieldPlace.RESPONSE)) == {"a", "b"}
    only = f"'404': {response('c')}, default: {response('d')}"
    assert set(shown(one(f"paths: {{/a: {{get: {{responses: {{{only}}}}}}}}}\n"), FieldPlace.RESPONSE)) == {"d"}


def test_json_comes_before_other_media_types() -> None:
    content = "{text/xml: {schema: {properties: {x: {}}}}, application/problem+json: {schema: {properties: {j: {}}}}}"
    operation = one(f"paths: {{/a: {{post: {{requestBody: {{content: {content}}}}}}}}}\n")
    assert set(shown(operation, FieldPlace.REQUEST)) == {"j"}


def test_order_in_the_file_does_not_matter() -> None:
    paths = {"/b": {"get": {}}, "/a": {"put": {}, "get": {}}}
    one_way = operations_of(json.dumps({"openapi": "3.0.0", "paths": paths}), "o.json")
    other = {"/a": {"get": {}, "put": {}}, "/b": {"get": {}}}
    assert list(one_way) == list(operations_of(json.dumps({"openapi": "3.0.0", "paths": other}), "o.json"))
