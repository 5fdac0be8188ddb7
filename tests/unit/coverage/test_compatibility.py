"""Contracts held against the provider's specification, as in bi-directional contract testing."""

import pytest
from check_builders import PASSED, asks, pact, receives, verified
from topology_builders import answered, op, sent

from topoplan.coverage.compatibility import conflicts
from topoplan.graph.operations import OperationIndex
from topoplan.model.coverage import State
from topoplan.model.operation import Field, FieldPlace, Operation

REQUEST, RESPONSE, QUERY, HEADER = FieldPlace.REQUEST, FieldPlace.RESPONSE, FieldPlace.QUERY, FieldPlace.HEADER
SPEC = OperationIndex(
    [
        op("GET", "/orders/{id}", answered("id"), answered("items[].price", "number"), answered("extra", "object")),
        op(
            "POST", "/orders",
            Field(REQUEST, "amount", "integer", required=True), Field(REQUEST, "to", "object"),
            Field(REQUEST, "to.street", "string", required=True), Field(QUERY, "dry", "boolean", required=True),
            Field(HEADER, "X-Key", required=True), Field(HEADER, "Authorization", required=True),
            answered("id"), outcomes="2XX 422",
        ),
        op("PUT", "/any", outcomes="default"),
    ]
)  # fmt: skip
AMOUNT, DRY, KEY = Field(REQUEST, "amount", "integer"), Field(QUERY, "dry"), Field(HEADER, "x-key")


def said(interaction, index=SPEC) -> list[str]:
    return [c.message for c in conflicts(interaction, interaction.path, "orders", index)]


@pytest.mark.parametrize(
    "fine",
    [
        asks("GET", "/orders/7"),
        asks("GET", "/orders/7", status="404"),
        asks("GET", "/orders/7", status="2XX"),
        asks("GET", "/gone", status="404"),
        asks("PUT", "/any", status="201"),
        asks("GET", "/orders/7", status="200", reads=(answered("items[].price", "integer"), answered("id", ""))),
        asks("GET", "/orders/7", status="200", reads=(answered("extra.anything", "string"),)),
        asks("GET", "/orders/7", status="404", reads=(answered("problem", "string"),)),
        asks("POST", "/orders", status="201", sends=(AMOUNT, DRY, KEY)),
        asks("POST", "/orders", status="422"),
        asks("POST", "/orders", status="201", sends=(AMOUNT, DRY, KEY, sent("unheard-of"))),
        asks("RPC", "shop.Orders/Get"),
    ],
)
def test_what_the_specification_allows_or_leaves_open(fine) -> None:
    assert said(fine) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (asks("GET", "/invoices"), "orders documents no /invoices"),
        (asks("DELETE", "/orders/7"), "orders offers /orders/7 with GET only"),
        (asks("GET", "/orders/7", status="201"), "GET /orders/{id} documents no status 201"),
        (asks("GET", "/orders/7", status="5XX"), "GET /orders/{id} documents no status 5XX"),
        (
            asks("POST", "/orders", status="201", sends=(DRY, KEY)),
            "POST /orders requires request amount, which is not sent",
        ),
        (
            asks("POST", "/orders", status="201", sends=(AMOUNT, DRY, KEY, sent("to.city"))),
            "POST /orders requires request to.street, which is not sent",
        ),
        (
            asks("POST", "/orders", status="201", sends=(AMOUNT, KEY)),
            "POST /orders requires query dry, which is not sent",
        ),
        (
            asks("POST", "/orders", status="201", sends=(AMOUNT, DRY)),
            "POST /orders requires header X-Key, which is not sent",
        ),
        (
            asks("POST", "/orders", status="201", sends=(sent("amount", "number"), DRY, KEY)),
            "amount is number in the contract, the specification accepts integer",
        ),
        (
            asks("GET", "/orders/7", status="200", reads=(answered("id", "integer"),)),
            "id is integer in the contract, the specification answers with string",
        ),
        (
            asks("GET", "/orders/7", status="200", reads=(answered("items[].sku", "string"),)),
            "GET /orders/{id} documents no field items[].sku in its response",
        ),
    ],
)
def test_what_it_does_not(wrong, message) -> None:
    assert said(wrong) == [message]


def test_body_that_is_not_json_shows_no_fields() -> None:
    plain = asks("POST", "/orders", status="201", sends=(DRY, KEY, Field(HEADER, "Content-Type")))
    assert said(plain) == []


def test_operation_without_outcomes_or_fields_says_nothing() -> None:
    bare = OperationIndex([Operation("GET", "/x")])
    assert said(asks("GET", "/x", status="299", reads=(answered("a"),)), bare) == []


def test_messages() -> None:
    index = OperationIndex([Operation("PUBLISH", "placed", fields=(sent("total", "number"), sent("id")))])
    assert said(receives("placed", reads=(answered("total", "integer"),)), index) == []
    assert said(receives("placed", reads=(answered("total", "string"), answered("gone"))), index) == [
        "publish placed documents no field gone",
        "total is string in the contract, the specification sends number",
    ]
    assert said(receives("elsewhere"), index) == ["orders documents no message on elsewhere"]


def test_incompatible_interaction_is_never_covered(covered) -> None:
    wanted = asks("GET", "/orders/7", "an order", status="200", reads=(answered("id", "integer"),))
    documented = [op("GET", "/orders/{id}", answered("id")), op("POST", "/orders")]
    found = covered(pact(wanted), verified(PASSED, "d1"), documented=documented)
    assert found.states()["GET /orders/{id}"] == "failing"
    assert found.of().state is State.FAILING
    (finding,) = found.told("incompatible")
    assert (str(finding.where), str(finding.other)) == ("pact.json#/interactions/0", "spec.yaml:3")
    assert finding.message == (
        "web expects “an order”, but id is integer in the contract, the specification answers with string"
    )


def test_pending_interaction_that_is_incompatible_is_not_covered_either(covered) -> None:
    wanted = asks("GET", "/orders/7", status="200", reads=(answered("id", "integer"),), pending=True)
    documented = [op("GET", "/orders/{id}", answered("id"))]
    found = covered(pact(wanted), verified(PASSED, "d1"), documented=documented)
    assert found.states()["GET /orders/{id}"] == "unverified"


def test_path_that_is_not_offered_is_told_once(covered) -> None:
    found = covered(pact(asks("GET", "/invoices")), documented=[op("GET", "/orders/{id}")])
    assert [f.kind for f in found.coverage.findings] == ["incompatible"]


def test_fields_of_graphql_are_no_paths_of_http(covered) -> None:
    documented = [Operation("QUERY", "orders"), Operation("MUTATION", "order")]
    assert not covered(pact(asks("POST", "/graphql")), documented=documented).told("incompatible")
