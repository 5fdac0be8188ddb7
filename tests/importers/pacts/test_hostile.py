"""Hostile pacts cost a reason or bounded work, never a crash, a hang or a leak."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest

from topoplan.importing.contract import Imported
from topoplan.model.checks import ContractFact
from topoplan.model.facts import SourceState
from topoplan_importers.pacts import interactions

Json = dict[str, Any]
Reading = Callable[[Json | str | bytes], Imported]
SIDES = '"consumer":{"name":"a"},"provider":{"name":"b"}'


def document(*items: Json, **more: object) -> Json:
    return {"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": list(items), **more}


def contract(imported: Imported) -> ContractFact:
    (only,) = imported.checks
    assert isinstance(only, ContractFact)
    return only


@pytest.mark.parametrize(
    "text",
    [
        f'{{{SIDES},"interactions":[',
        f'{{{SIDES},"interactions":' + "[" * 100_000,
        f'{{{SIDES},"interactions":[{{"response":{{"status":NaN}}}}]}}',
        f'{{{SIDES},"interactions":[{{"description":"'.encode() + b'\xff"}]}',
        f'{{{SIDES},"interactions":[]}} trailing',
    ],
)
def test_what_cannot_be_read_fails_with_a_reason(pact: Reading, text: str | bytes) -> None:
    (source,) = pact(text).sources
    assert (source.state, bool(source.reason)) == (SourceState.FAILED, True)


def test_duplicate_keys_are_told(pact: Reading) -> None:
    imported = pact(f'{{{SIDES},"interactions":[{{"description":"x","description":"y"}}]}}')
    assert [notice.slug for notice in imported.notices] == ["duplicate-key"]
    assert contract(imported).interactions[0].description == "y"


def test_text_is_cleaned_and_values_are_not_kept(pact: Reading) -> None:
    evil = "e\x1b[2J\u202e\ud800\u200b<script>" + "x" * 100_000
    request = {"method": evil, "path": "/" + evil, "query": f"token=hunter2&{evil[:50]}=1", "headers": {"K": "hunter2"},
               "body": {"password": "hunter2", evil: evil}}  # fmt: skip
    item = {"description": evil, "providerState": evil, "request": request, "response": {"status": evil},
            "providerStates": [{"name": "s", "params": {"secret": "hunter2"}}]}  # fmt: skip
    imported = pact({**document(item), "consumer": {"name": evil[:900]}, "_links": {"self": {"href": evil}}})
    told = repr(imported)
    assert not any(mark in told for mark in ("\x1b", "\u202e", "hunter2"))
    assert len(told) < 10_000
    told.encode()


@pytest.mark.parametrize("odd", [None, True, 7, 1.5, "x", [], {}, [None], [[]], {"a": {"b": []}}, [{"x": 1}]])
def test_wrong_types_anywhere_are_passed_over_or_told(pact: Reading, odd: object) -> None:
    part = {"method": "GET", "path": "/", "query": {}, "headers": {}, "body": {"a": 1}, "status": 200,
            "matchingRules": {"body": {"$.a": {"matchers": [{"match": "type"}]}}, "status": {}}}  # fmt: skip
    item = {"description": "d", "type": "Synchronous/HTTP", "providerStates": [], "pending": False, "key": "k",
            "request": part, "response": part, "metadata": {}, "contents": {}, "pluginConfiguration": {}}  # fmt: skip
    for key in part:
        pact(document({**item, "request": {**part, key: odd}, "response": {**part, key: odd}}))
    for key in item:
        pact(document({**item, key: odd}))
        pact(document({**item, "type": "Synchronous/Messages", key: odd}))
        pact(document({**item, "type": "Asynchronous/Messages", key: odd}))
    for rules in (odd, {"body": odd}, {"body": {"$.a": odd}}, {"body": {"$.a": {"matchers": odd}}}, {"$.body.a": odd}):
        pact(document({**item, "response": {**part, "matchingRules": rules}}))
    for key in ("metadata", "metaData", "_links", "messages", "createdAt"):
        pact(document(item, **{key: odd}))
    pact(document(item, metadata={"pactSpecification": odd}, _links={"self": odd, "pb:pact-version": {"href": odd}}))


def test_bodies_are_listed_within_bounds(pact: Reading) -> None:
    wide = {f"k{n}": {f"m{m}": m for m in range(5)} for n in range(1000)}
    long = [[{"a": n} for n in range(100)] for _ in range(1000)]
    deep: Any = 1
    for _ in range(80):
        deep = {"d": [deep]}
    items = [{"request": {}, "response": {"body": body}} for body in (wide, long, deep)]
    imported = pact(document(*items, metadata={"pactSpecification": {"version": "2"}}))
    found = [one.response for one in contract(imported).interactions]
    assert [len(fields) for fields in found] == [300, 2, 6]
    assert [notice.slug for notice in imported.notices] == ["pact-bounded"]


def test_interactions_are_read_within_bounds(pact: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "MAX_INTERACTIONS", 5)
    messages = [{"description": "m", "contents": {}}] * 10
    imported = pact(document(*[{"request": {}}] * 4, messages=messages))
    assert [one.where.pointer for one in contract(imported).interactions][-2:] == ["/interactions/3", "/messages/0"]
    assert [notice.slug for notice in imported.notices] == ["pact-bounded"]


def test_fields_of_all_bodies_are_bounded_together(pact: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "MAX_ALL_FIELDS", 7)
    item = {"request": {"query": "a=1&b=2"}, "response": {"body": {"x": 1, "y": 2}}}
    imported = pact(document(item, item, item))
    assert [len(one.request) + len(one.response) for one in contract(imported).interactions] == [4, 3, 0]
    assert [notice.slug for notice in imported.notices] == ["pact-bounded"]


def test_many_unknown_types_give_few_notices(pact: Reading) -> None:
    imported = pact(document(*({"type": f"t{n}"} for n in range(1000))))
    assert len(imported.notices) == 20


def test_rules_that_multiply_cost_bounded_work(pact: Reading) -> None:
    steps = [f"{n:012b}".translate({48: "[*]", 49: ".*"}) for n in range(4096)]
    body: Any = 1
    for _ in range(12):
        body = [body, body]
    rules = {f"$.body{path}": {"match": "type"} for path in steps}
    begun = process_time()
    pact(document(*[{"request": {}, "response": {"body": body, "matchingRules": rules}}] * 3))
    assert process_time() - begun < 10


def test_a_path_of_brackets_is_read_in_linear_time(pact: Reading) -> None:
    rules = {"body": {"$" + "['" * 200_000: {"matchers": []}, "$" + "[*]" * 200_000: {"matchers": []}}}
    begun = process_time()
    pact(document({"request": {}, "response": {"body": {}, "matchingRules": rules}}))
    assert process_time() - begun < 5


def test_a_large_pact_is_read_in_linear_time(pact: Reading) -> None:
    body = {f"k{n}": {"a": n, "b": [n]} for n in range(50)}
    item = {"description": "d", "request": {"path": "/x"}, "response": {"body": body}}
    begun = process_time()
    imported = pact(json.dumps(document(*[item] * 1000)))
    assert process_time() - begun < 20
    assert len(contract(imported).interactions) == 1000
