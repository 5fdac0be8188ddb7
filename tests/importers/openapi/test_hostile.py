"""Wrong and hostile specifications: something sensible or a reason, never an exception, never slow."""

import itertools
import json
import time
from pathlib import Path

import pytest
from spec_reading import interfaces, operations_of, read_specs, write

from topoplan.model.facts import SourceState
from topoplan.model.text import clean
from topoplan_importers import json_schemas as schemas
from topoplan_importers.openapi import OpenApiImporter

WRONG = [None, True, 7, 1.5, "text", "", [], [1], [None], [[]], {}, {"a": 1}, {"": None}, {"$ref": 5}, {"$ref": "#"}]
WHOLE = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "/v1", "variables": {"a": {"default": "b"}}}],
    "security": [{"key": []}],
    "x-google-backend": {"address": "https://a.internal"},
    "webhooks": {"w": {"post": {"servers": [{"url": "https://b.internal"}]}}},
    "paths": {
        "/a": {
            "parameters": [{"name": "n", "in": "query", "schema": {"type": "string"}}],
            "post": {
                "summary": "s",
                "security": [{"key": []}],
                "parameters": [{"name": "m", "in": "header", "content": {"a/b": {"schema": {}}}}],
                "requestBody": {"content": {"application/json": {"schema": {"allOf": [{"properties": {"p": {}}}]}}}},
                "responses": {"200": {"description": "d", "content": {"a/json": {"schema": {"items": {}}}}}},
                "callbacks": {"c": {"https://c.internal": {"post": {}}}},
                "x-amazon-apigateway-integration": {"uri": "https://d.internal"},
            },
            "additionalOperations": {"COPY": {}},
        }
    },
    "components": {"securitySchemes": {"o": {"openIdConnectUrl": "https://e.internal", "flows": {"f": {}}}}},
}


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *itertools.chain.from_iterable(places(item, (*path, key)) for key, item in below)]


def replaced(document: object, path: tuple[str | int, ...], value: object) -> object:
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)  # type: ignore[call-overload]
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


def test_any_value_of_the_wrong_type_is_passed_over(tmp_path: Path) -> None:
    """Every place of a specification, with everything that does not belong there."""
    mutants = [replaced(WHOLE, path, wrong) for path in places(WHOLE)[1:] for wrong in WRONG]
    assert len(mutants) > 800
    write(tmp_path, {f"{number}.json": json.dumps(mutant) for number, mutant in enumerate(mutants)})
    imported = read_specs(tmp_path)
    states = [source.state for source in imported.sources]
    assert SourceState.FAILED not in states
    assert len(interfaces(imported)) > 700


@pytest.mark.parametrize("tail", ["", "paths:\n", "paths: []\n", "paths: {/a: null}\n", "components: {}\n"])
def test_a_specification_without_operations_is_analysed_and_says_so(tmp_path: Path, tail: str) -> None:
    write(tmp_path, {"openapi.yaml": "openapi: 3.1.0\n" + tail})
    imported = read_specs(tmp_path)
    assert imported.facts == ()
    (source,) = imported.sources
    assert (source.state, source.reason) == (SourceState.ANALYSED, "documents no operation")


def test_a_malformed_file_fails_alone(tmp_path: Path) -> None:
    write(tmp_path, {"bad.yaml": "openapi: 3.0.0\npaths: [\n", "good.yaml": "openapi: 3.0.0\npaths: {/a: {get: {}}}\n"})
    imported = read_specs(tmp_path)
    states = {source.path: source.state for source in imported.sources}
    assert states == {"bad.yaml": SourceState.FAILED, "good.yaml": SourceState.ANALYSED}
    reason = next(source.reason for source in imported.sources if source.path == "bad.yaml")
    assert reason.endswith("(line 3)")


def test_a_version_that_cannot_be_read_has_no_operations() -> None:
    reader = OpenApiImporter()
    assert reader.operations("a.yaml", b"openapi: 3.0.0\npaths: [\n") is None
    assert reader.operations("a.json", b'{"openapi": ') is None
    assert reader.operations("a.yaml", b"services: {}\n") is None
    assert reader.operations("a.yaml", b"") is None
    assert reader.operations("a.yaml", b"openapi: 3.0.0\n") == ()


def test_integer_and_duplicate_keys_are_read(tmp_path: Path) -> None:
    text = "openapi: 3.0.0\npaths:\n  /a:\n    get: {responses: {200: {description: ok}, 404: {description: no}}}\n"
    write(tmp_path, {"openapi.yaml": text + "  /a:\n    put: {responses: {200: {description: ok}}}\n"})
    imported = read_specs(tmp_path, validate=True)
    (interface,) = interfaces(imported)
    assert [operation.id for operation in interface.operations] == ["PUT /a"]
    assert "duplicate-key" in {notice.slug for notice in imported.notices}
    assert interface.operations[0].outcomes[0].status == "200"


def test_deep_composition_is_flattened_without_recursion() -> None:
    schemas_by_name: dict[str, object] = {"A0": {"properties": {"x": {"type": "string"}}}}
    for number in range(1, 900):
        schemas_by_name[f"A{number}"] = {"allOf": [{"$ref": f"#/components/schemas/A{number - 1}"}]}
    assert fields_of({"$ref": "#/components/schemas/A400"}, schemas_by_name) == ["x"]


def test_bodies_are_bounded_outer_levels_first(tmp_path: Path) -> None:
    wide = {"properties": {f"f{i:03}": {"properties": {"below": {}}} for i in range(schemas.MAX_FIELDS - 1)}}
    content = {"content": {"application/json": {"schema": wide}}}
    root = {"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": content}}}}
    write(tmp_path, {"spec.json": json.dumps(root)})
    imported = read_specs(tmp_path)
    (interface,) = interfaces(imported)
    names = [field.name for field in interface.operations[0].fields]
    assert len(names) == schemas.MAX_FIELDS
    assert sum("." in name for name in names) == 1
    assert [notice.slug for notice in imported.notices] == ["spec-bounded"]


def test_depth_is_bounded() -> None:
    schema: dict[str, object] = {}
    for _ in range(50):
        schema = {"properties": {"a": schema}}
    assert max(name.count(".") for name in fields_of(schema, {})) == schemas.MAX_FIELD_DEPTH - 1


def test_a_hostile_mesh_of_schemas_takes_bounded_time() -> None:
    """Every schema is made of all others, and every property is every schema: exponential if unfolded."""
    members = [{"$ref": f"#/components/schemas/S{i}"} for i in range(60)]
    mesh: dict[str, object] = {
        f"S{i}": {"anyOf": members, "properties": {f"p{j}": {"oneOf": members} for j in range(20)}} for i in range(60)
    }
    started = time.process_time()
    assert fields_of(members[0], mesh)
    assert time.process_time() - started < 5


def test_many_bodies_of_one_large_union_take_bounded_time() -> None:
    union = {"anyOf": [{"properties": {f"f{i}": {"type": "string"}}} for i in range(2000)]}
    body = {"content": {"a/json": {"schema": {"allOf": [{"$ref": "#/components/schemas/U"}]}}}}
    root = {
        "openapi": "3.0.0",
        "paths": {f"/a{i}": {"post": {"requestBody": body}} for i in range(80)},
        "components": {"schemas": {"U": union}},
    }
    started = time.process_time()
    assert len(operations_of(json.dumps(root), "o.json")) == 80
    assert time.process_time() - started < 10


def test_a_huge_enumeration_costs_nothing() -> None:
    assert fields_of({"properties": {"e": {"type": "string", "enum": [f"v{i}" for i in range(200_000)]}}}, {}) == ["e"]


@pytest.mark.parametrize(
    "nasty", ["\x1b[31mred", "a\u202eb", "a\x00b", "\ud800", "[/red]", "<script>", "a" * 5000, "💥"]
)
def test_text_is_cleaned_where_facts_are_built(tmp_path: Path, nasty: str) -> None:
    schema = {"properties": {nasty: {"type": nasty, "format": nasty}}}
    operation = {
        "summary": nasty,
        "security": [{nasty: []}],
        "parameters": [{"name": nasty, "in": "query"}],
        "requestBody": {"content": {"a/json": {"schema": schema}}},
        "responses": {"200": {"description": nasty}},
    }
    root = {"openapi": "3.0.0", "info": {"title": nasty, "version": nasty}, "paths": {f"/{nasty}": {"post": operation}}}
    root["components"] = {"schemas": {"X": {"$ref": nasty}}}
    write(tmp_path, {"spec.json": json.dumps(root)})
    (interface,) = interfaces(read_specs(tmp_path))
    (made,) = interface.operations
    texts = [made.path, made.summary, made.outcomes[0].description, interface.title, interface.version, *made.security]
    texts += [text for field in made.fields for text in (field.name, field.type, field.format)]
    texts += [hint.name for hint in interface.hints] + [str(made.where)]
    assert all(text == clean(text, 2000) and len(text) <= 1100 for text in texts)


def fields_of(schema: object, by_name: dict[str, object]) -> list[str]:
    content = {"content": {"application/json": {"schema": schema}}}
    root = {"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": content}}}, "components": {"schemas": by_name}}
    (operation,) = operations_of(json.dumps(root), "o.json").values()
    return [field.name for field in operation.fields]
