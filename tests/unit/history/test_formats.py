"""A step that breaks consumers is counted in every interface format, from files to report; a harmless one in none."""

from __future__ import annotations

import json

import pytest

from topoplan.analysis import Request, analyse

COMPOSE = "services: {orders: {build: ./orders}, mailer: {build: ./mailer}}\n"
START = 1_700_000_000
DAY = 86_400


def openapi(*fields: str) -> str:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    answer = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    paths = {"/orders": {"get": {"responses": {"200": answer}}}}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "orders", "version": "1"}, "paths": paths})


def asyncapi_2(*fields: str) -> str:
    payload = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    channels = {"order.created": {"subscribe": {"message": {"payload": payload}}}}
    return json.dumps({"asyncapi": "2.6.0", "info": {"title": "orders", "version": "1"}, "channels": channels})


def asyncapi_3(*fields: str) -> str:
    payload = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    channels = {"c": {"address": "order.created", "messages": {"Order": {"payload": payload}}}}
    operations = {"tell": {"action": "send", "channel": {"$ref": "#/channels/c"}}}
    document = {"asyncapi": "3.0.0", "info": {"title": "orders", "version": "1"}}
    return json.dumps({**document, "channels": channels, "operations": operations})


def proto(*fields: str) -> str:
    members = " ".join(f"string {name} = {number};" for number, name in enumerate(fields, 1))
    return (
        'syntax = "proto3"; package shop; service Orders { rpc Get (Id) returns (Order); }\n'
        f"message Id {{ string id = 1; }} message Order {{ {members} }}\n"
    )


def graphql(*fields: str) -> str:
    return "type Query { order(id: ID!): Order }\ntype Order { " + " ".join(f"{name}: String" for name in fields) + " }"


def avro(*fields: str) -> str:
    members = [{"name": name, "type": "string", **({"default": ""} if name == "new" else {})} for name in fields]
    return json.dumps({"type": "record", "name": "OrderCreated", "namespace": "shop", "fields": members})


def protocol(*fields: str) -> str:
    order = {"type": "record", "name": "Order", "fields": [{"name": n, "type": "string"} for n in fields]}
    messages = {"get": {"request": [{"name": "id", "type": "string"}], "response": "Order"}}
    return json.dumps({"protocol": "Orders", "namespace": "shop", "types": [order], "messages": messages})


@pytest.mark.parametrize(
    ("file", "write", "operation"),
    [
        ("openapi.json", openapi, "GET /orders"),
        ("asyncapi.json", asyncapi_2, "publish order.created"),
        ("asyncapi.json", asyncapi_3, "publish order.created"),
        ("orders.proto", proto, "shop.Orders/Get"),
        ("schema.graphql", graphql, "QUERY order"),
        ("order-created.avsc", avro, "message shop.OrderCreated"),
        ("orders.avpr", protocol, "shop.Orders/get"),
    ],
)
def test_field_that_is_gone_is_counted(repo, file, write, operation):
    path = f"orders/{file}"
    repo.commit({"compose.yaml": COMPOSE, path: write("id", "total")}, day=0)
    repo.commit({path: write("id", "total", "new")}, day=1)
    repo.commit({path: write("id", "new")}, day=2)
    report = analyse(Request(paths=(str(repo.top),), config="-", validate_specs=False))
    (orders,) = [s for s in report.topology.services if s.id == "orders"]
    assert [spec.removeprefix(f"{repo.top}/") for spec in orders.specs] == [path]
    breaking = {s.service: s.breaking for s in report.history.services}
    assert [(b.kind.value, b.operation, b.time) for b in breaking["orders"]] == [
        ("field-removed", operation, START + 2 * DAY)
    ]
    assert "total" in breaking["orders"][0].detail
    assert breaking["mailer"] == ()


def test_format_that_changes_breaks_nothing(repo):
    repo.commit({"compose.yaml": COMPOSE, "orders/order.avsc": avro("id")}, day=0)
    repo.commit({"orders/order.avsc": protocol("id")}, day=1)
    repo.commit({"orders/order.avsc": avro("id")}, day=2)
    report = analyse(Request(paths=(str(repo.top),), config="-"))
    assert all(s.breaking == () for s in report.history.services)


def test_avro_file_that_an_asyncapi_document_refers_to_counts_for_the_document_s_service(repo):
    refers = json.loads(asyncapi_3())
    refers["channels"]["c"]["messages"]["Order"]["payload"] = {"$ref": "../schemas/order.avsc"}
    files = {"compose.yaml": COMPOSE, "orders/asyncapi.json": json.dumps(refers)}
    repo.commit({**files, "schemas/order.avsc": avro("id", "total"), "mailer/order.avsc": avro("id")}, day=0)
    repo.commit({"schemas/order.avsc": avro("id")}, day=1)
    report = analyse(Request(paths=(str(repo.top),), config="-", validate_specs=False))
    breaking = {s.service: s.breaking for s in report.history.services}
    assert [(b.operation, b.detail) for b in breaking["orders"]] == [("message shop.OrderCreated", "total")]
    assert breaking["mailer"] == ()
    assert all("mailer/order.avsc" not in spec for s in report.topology.services for spec in s.specs)
