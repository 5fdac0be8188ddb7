"""What a pact file says of its consumer's expectations, rule by rule, and what identifies its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from topoplan.importing.contract import Candidate, Imported
from topoplan.model.checks import ContractFact, Interaction
from topoplan.model.facts import SourceState, Style
from topoplan_importers.pacts import PactImporter

Json = dict[str, Any]
Reading = Callable[[Json | str | bytes], Imported]


def document(*interactions: Json, version: str = "4.0", **more: object) -> Json:
    metadata = {"pactSpecification": {"version": version}} if version else {}
    sides = {"consumer": {"name": "web"}, "provider": {"name": "orders"}}
    return {**sides, "interactions": list(interactions), "metadata": metadata, **more}


def http(body: object = None, **response: object) -> Json:
    """A version 3 interaction that answers with this body."""
    return {"description": "d", "request": {"method": "GET", "path": "/x"}, "response": {"body": body, **response}}


def contract(imported: Imported) -> ContractFact:
    (only,) = imported.checks
    assert isinstance(only, ContractFact)
    return only


def only(imported: Imported) -> Interaction:
    (one,) = contract(imported).interactions
    return one


def types(imported: Imported) -> dict[str, str]:
    return {field.name: field.type for field in only(imported).response}


@pytest.mark.parametrize(
    ("example", "matcher", "asked"),
    [
        (1, None, "integer"),
        (1, {"match": "equality"}, "integer"),
        (1, {"match": "type"}, "number"),
        (1, {"match": "integer"}, "integer"),
        (1, {"match": "decimal"}, "number"),
        (1, {"min": 1}, "number"),
        (1.5, {"match": "type"}, "number"),
        ("1", {"match": "number"}, "number"),
        ("t", {"match": "boolean"}, "boolean"),
        ("x", {"match": "regex", "regex": "."}, "string"),
        (1, {"match": "regex", "regex": "."}, ""),
        (True, {"regex": "true|false"}, ""),
        (1, {"match": "datetime"}, "string"),
        (None, {"match": "type"}, ""),
        ("x", {"match": "null"}, ""),
        ("x", {"match": "telepathy"}, "string"),
    ],
)
def test_the_type_a_matcher_asks_for(pact: Reading, example: object, matcher: Json | None, asked: str) -> None:
    rules = {"body": {"$.a": {"matchers": [matcher]}}} if matcher else {}
    assert types(pact(document(http({"a": example}, matchingRules=rules), version="3.0.0"))) == {"a": asked}


@pytest.mark.parametrize(
    ("combine", "asked"),
    [("OR", "integer|string"), ("AND", "integer|string"), ("", "integer|string")],
)
def test_matchers_of_two_types(pact: Reading, combine: str, asked: str) -> None:
    rules = {"body": {"$.a": {"matchers": [{"match": "integer"}, {"match": "include"}], "combine": combine}}}
    assert types(pact(document(http({"a": 1}, matchingRules=rules), version="3.0.0"))) == {"a": asked}


def test_a_nullable_value_keeps_its_other_type(pact: Reading) -> None:
    rules = {"body": {"$.a": {"matchers": [{"match": "null"}, {"match": "type"}], "combine": "OR"}}}
    assert types(pact(document(http({"a": "x"}, matchingRules=rules), version="3.0.0"))) == {"a": "string"}


def test_the_most_particular_rule_counts(pact: Reading) -> None:
    rules = {
        "$.body.list[*].*": {"match": "type"},
        "$.body.list[0].id": {"match": "integer"},
        "$.body['odd.name']": {"match": "type"},
    }
    body = {"list": [{"id": 1, "sum": 2}], "odd.name": 3, "plain": 4}
    found = types(pact(document(http(body, matchingRules=rules), version="2.0.0")))
    assert found == {
        "list": "array", "list[].id": "integer", "list[].sum": "number", "odd.name": "number", "plain": "integer",
    }  # fmt: skip


@pytest.mark.parametrize("matcher", ["values", "eachKey", "eachValue"])
def test_names_in_a_map_are_data(pact: Reading, matcher: str) -> None:
    rules = {"body": {"$.rates": {"matchers": [{"match": matcher}]}}}
    body = {"rates": {"EUR": 1}, "other": {"key": 1}}
    found = types(pact(document(http(body, matchingRules=rules), version="3.0.0")))
    assert found == {"rates": "object", "other": "object", "other.key": "integer"}


def test_the_items_of_a_list_tell_together(pact: Reading) -> None:
    body = {"a": [{"x": 1}, {"x": "s", "y": None}, {"y": 2.5}], "b": [[1], [2.5]]}
    found = types(pact(document(http(body), version="3.0.0")))
    assert found == {
        "a": "array", "a[].x": "integer|string", "a[].y": "number", "b": "array", "b[]": "array", "b[][]": "number",
    }  # fmt: skip


def test_a_request_is_sent_as_it_stands(pact: Reading) -> None:
    request = {"method": "POST", "path": "/x?q=1", "body": {"n": 1, "m": 1}, "headers": {"X": "y"}}
    rules = {"body": {"$.n": {"matchers": [{"match": "type"}]}, "$.m": {"matchers": [{"match": "decimal"}]}}}
    one = only(pact(document({"request": {**request, "matchingRules": rules}, "response": {}}, version="3.0.0")))
    assert [(f.place.value, f.name, f.type) for f in one.request] == [
        ("request", "m", "number"), ("request", "n", "integer"), ("query", "q", ""), ("header", "X", ""),
    ]  # fmt: skip
    assert (one.method, one.path, one.status) == ("POST", "/x", "")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"contentType": "application/json", "encoded": False, "content": {"a": 1}}, ["a"]),
        ({"contentType": "application/json", "encoded": "JSON", "content": '{"a": 1}'}, ["a"]),
        ({"contentType": "application/json", "encoded": True, "content": "eyJhIjogMX0="}, ["a"]),
        ({"contentType": "application/xml", "encoded": False, "content": "<a/>"}, []),
        ({"contentType": "application/json", "encoded": "base64", "content": "!"}, []),
        ({"content": ""}, []),
        ("text", []),
        (None, []),
    ],
)
def test_bodies_of_version_4(pact: Reading, body: object, names: list[str]) -> None:
    assert list(types(pact(document(http(body))))) == names


def test_examples_that_ruby_wrote_with_their_matchers(pact: Reading) -> None:
    term = {"json_class": "Pact::Term", "data": {"generate": "A-1", "matcher": {"json_class": "Regexp", "s": "."}}}
    body = {
        "code": term,
        "list": {"json_class": "Pact::ArrayLike", "contents": {"id": 1}, "min": 2},
        "like": {"json_class": "Pact::SomethingLike", "contents": {"code": term}},
        "own": {"json_class": "Shop::Item"},
    }
    assert types(pact(document(http(body), version="1.0.0"))) == {
        "code": "string", "like": "object", "like.code": "string", "list": "array", "list[].id": "integer",
        "own": "object", "own.json_class": "string",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metadata", "wrapped"),
    [
        ({"pactSpecification": {"version": "4.0"}}, True),
        ({"pactSpecification": {"version": "3.0.0"}}, False),
        ({"pact-specification": "2.0.0"}, False),
        ({"pactSpecificationVersion": 4}, True),
        ({"pactSpecification": {"version": None}}, True),
        ({}, True),
    ],
)
def test_the_version_by_the_file_or_else_by_its_interactions(pact: Reading, metadata: Json, wrapped: bool) -> None:
    item = {"type": "Synchronous/HTTP", **http({"content": {"a": 1}})}
    assert ("a" in types(pact({**document(item), "metadata": metadata}))) is wrapped


def test_a_body_with_a_content_of_its_own_is_not_unwrapped_before_version_4(pact: Reading) -> None:
    body = {"content": {"a": 1}, "encoded": False}
    assert types(pact(document(http(body), version="3.0.0"))) == {
        "content": "object", "content.a": "integer", "encoded": "boolean",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "matcher", "expected"),
    [
        (200, None, "200"),
        ("404", None, "404"),
        (None, None, ""),
        (0, None, ""),
        (True, None, ""),
        (200, {"status": "success"}, "2XX"),
        (200, {"status": "nonError"}, ""),
        (200, {"status": [200, 201]}, "2XX"),
        (200, {"status": [200, 404]}, ""),
        (200, {"status": [202]}, "202"),
    ],
)
def test_status(pact: Reading, status: object, matcher: Json | None, expected: str) -> None:
    rules = {"status": {"matchers": [{"match": "statusCode", **matcher}]}} if matcher else {}
    assert only(pact(document(http(status=status, matchingRules=rules)))).status == expected


@pytest.mark.parametrize(
    ("metadata", "channel"),
    [
        ({"kafka_topic": "orders", "destination": "x"}, "orders"),
        ({"Topic": "orders"}, "orders"),
        ({"routing_key": "a.b", "contentType": "application/json"}, "a.b"),
        ({"amqp_receivedRoutingKey": "a.b"}, "a.b"),
        ({"queueId": "7"}, ""),
        ({"topic": {"x": 1}}, ""),
        ([], ""),
    ],
)
def test_the_channel_of_a_message(pact: Reading, metadata: object, channel: str) -> None:
    one = only(pact(document({"type": "Asynchronous/Messages", "contents": {}, "metadata": metadata})))
    assert (one.style, one.method, one.path) == (Style.MESSAGE, "PUBLISH", channel)


def test_content_is_one_whatever_its_order_layout_and_ids(pact: Reading) -> None:
    first, second = http({"a": 1}), {**http({"b": 2}), "description": "other"}
    plain = contract(pact(document(first, second))).digest
    told = document({**second, "_id": "x", "key": "k"}, {**first, "comments": {"a": 1}}, createdAt="now", _links={})
    assert contract(pact(told)).digest == plain
    assert contract(pact(document(first))).digest != plain
    assert contract(pact(document(http({"a": 2}), second))).digest != plain


def test_a_pact_without_interactions(pact: Reading) -> None:
    imported = pact(document())
    assert contract(imported).interactions == ()
    assert [(s.state, s.reason) for s in imported.sources] == [
        (SourceState.ANALYSED, "the pact has no interactions")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "state", "place"),
    [
        ({"consumer": {"name": ""}, "provider": {"name": "b"}}, SourceState.FAILED, "#/consumer/name"),
        ({"consumer": {"name": "a"}, "provider": {}}, SourceState.FAILED, "#/provider/name"),
        ({"consumer": {"name": 7}, "provider": {"name": "b"}}, SourceState.FAILED, "#/consumer/name"),
        ({"consumer": {"name": "a"}, "interactions": []}, SourceState.SKIPPED, ""),
        (document(interactions={}), SourceState.FAILED, "#/interactions"),
        (document(messages="x"), SourceState.FAILED, "#/messages"),
        ({**document(), "interactions": [http(), 7]}, SourceState.FAILED, "#/interactions/1"),
        (document({"request": []}), SourceState.FAILED, "#/interactions/0/request"),
        (document({"request": {}, "response": "x"}), SourceState.FAILED, "#/interactions/0/response"),
    ],
)
def test_what_is_malformed_is_told_with_its_place(
    pact: Reading, content: Mapping[str, Any], state: SourceState, place: str
) -> None:
    imported = pact(dict(content))
    (source,) = imported.sources
    assert (source.state, imported.checks) == (state, ())
    assert place in source.reason


@pytest.mark.parametrize(
    "text",
    [
        '{"name":"consumer"}',
        '{"consumer":"a","provider":"b"}',
        '[{"consumer":{"name":"a"},"provider":{"name":"b"}}]',
        '{"services":{"consumer":{},"provider":{}}}',
        "consumer: {name: a}\nprovider: {name: b}\n",
    ],
)
def test_others_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not PactImporter().claims(Candidate("x.json", "x.json", len(text), text.encode()))
