"""Which steps between two versions of a schema break whom (Avro 1.12, "Schema Resolution")."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from topoplan.model.change import Break
from topoplan_importers.avro import AvroImporter

Json = Any


def record(*fields: Json, name: str = "Order", **more: Json) -> Json:
    return {"type": "record", "name": name, "namespace": "shop", "fields": list(fields), **more}


def field(kind: Json, name: str = "a", **more: Json) -> Json:
    return {"name": name, "type": kind, **more}


def enum(*symbols: str, **more: Json) -> Json:
    return {"type": "enum", "name": "State", "symbols": list(symbols), **more}


def steps(before: Json, after: Json, path: str = "order.avsc") -> tuple[Break, ...]:
    importer = AvroImporter()
    old, new = (importer.version(path, json.dumps(schema).encode()) for schema in (before, after))
    assert old is not None
    assert new is not None
    return old.breaks(new)


def told(before: Json, after: Json) -> list[tuple[str, str]]:
    return [(b.kind.value, b.detail) for b in steps(before, after)]


def between(before: Json, after: Json) -> list[tuple[str, str]]:
    """What a changed type of the one field breaks."""
    return told(record(field(before)), record(field(after)))


def test_fields_come_and_go_harmlessly_only_with_a_default():
    both, one = record(field("int"), field("int", "b")), record(field("int"))
    eased = record(field("int"), field("int", "b", default=0))
    assert told(both, one) == [("field-removed", "b")]
    assert told(one, both) == [("field-required", "b")]
    assert told(eased, one) == told(one, eased) == []


def test_null_in_a_union_is_no_default():
    assert told(record(), record(field(["null", "int"]))) == [("field-required", "a")]
    assert told(record(), record(field(["null", "int"], default=None))) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *[("int", wider) for wider in ("long", "float", "double")],
        *[("long", "float"), ("long", "double"), ("float", "double"), ("string", "bytes"), ("bytes", "string")],
        ({"type": "array", "items": "int"}, {"type": "array", "items": "long"}),
        ({"type": "map", "values": "int"}, {"type": "map", "values": "long"}),
        ("string", ["null", "string"]),
        ("int", ["null", "long"]),
        (["int", "string"], ["null", "string", "long"]),
        (enum("A"), enum("A", "B")),
        (enum("A", "B", default="A"), enum("A", default="A")),
        ("int", {"type": "int", "logicalType": "date"}),
        ("com.other.Unseen", "int"),
    ],
)
def test_what_new_readers_can_read_breaks_nothing(before, after):
    assert between(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("long", "int", ("type-changed", "a: long to int")),
        ("double", "float", ("type-changed", "a: double to float")),
        ("int", "string", ("type-changed", "a: int to string")),
        ("boolean", "int", ("type-changed", "a: boolean to int")),
        ({"type": "array", "items": "int"}, "int", ("type-changed", "a: array to int")),
        ({"type": "array", "items": "long"}, {"type": "array", "items": "int"}, ("type-changed", "a[]: long to int")),
        (["null", "string"], "string", ("value-unknown", "a: null")),
        (["null", "int", "string"], ["null", "int"], ("value-unknown", "a: string")),
        (enum("A", "B"), enum("A"), ("value-unknown", "a: B")),
        (enum("A"), enum("A") | {"name": "Status"}, ("type-changed", "a: State to Status")),
        (
            {"type": "fixed", "name": "Id", "size": 8},
            {"type": "fixed", "name": "Id", "size": 16},
            ("type-changed", "a: Id to Id"),
        ),
        (
            {"type": "long", "logicalType": "timestamp-millis"},
            {"type": "long", "logicalType": "timestamp-micros"},
            ("type-changed", "a: timestamp-millis to timestamp-micros"),
        ),
    ],
)
def test_what_new_readers_cannot_read_is_told(before, after, expected):
    assert between(before, after) == [expected]


def test_alias_honours_a_renamed_field():
    old = record(field("int", "sum"))
    assert told(old, record(field("int", "total", aliases=["sum"]))) == []
    assert told(old, record(field("int", "total"))) == [("field-removed", "sum"), ("field-required", "total")]
    assert told(old, record(field("string", "total", aliases=["sum"]))) == [("type-changed", "total: int to string")]


def test_renamed_record_is_gone_unless_an_alias_says_otherwise():
    old, new = record(name="Order"), record(name="Purchase")
    assert [(b.kind.value, b.operation) for b in steps(old, new)] == [("path-removed", "shop.Order")]
    assert steps(old, record(name="Purchase", aliases=["Order"])) == ()
    assert steps(old, old | {"namespace": "shop.v2"}) == ()  # unqualified names decide


def test_change_inside_a_record_that_others_hold_is_told_once():
    def order(*line: Json) -> Json:
        lines = {"type": "array", "items": record(*line, name="Line")}
        return record(field(lines, "lines"), field("Line", "gift"), field(["null", "Order"], "next"))

    assert told(order(field("int")), order()) == [("field-removed", "lines[].a")]


def test_records_in_one_file_are_compared_by_name():
    before = [record(field("int"), name="Created"), record(field("int"), name="Paid")]
    after = [record(name="Paid"), record(field("int"), name="Created")]
    assert [(b.operation, b.detail) for b in steps(before, after)] == [("message shop.Paid", "a")]


def protocol(request: Json, response: Json, name: str = "get") -> Json:
    return {"protocol": "Orders", "namespace": "shop", "messages": {name: {"request": request, "response": response}}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (protocol([], "int"), protocol([], "int", "fetch"), ("path-removed", "shop.Orders/get", "")),
        (
            protocol([], "int"),
            protocol([field("int")], "int"),
            ("parameter-required", "shop.Orders/get", "request a"),
        ),
        (protocol([], "int"), protocol([], "long"), ("type-changed", "shop.Orders/get", "response: long to int")),
        (
            protocol([], record(field("int"))),
            protocol([], record()),
            ("field-removed", "shop.Orders/get", "response.a"),
        ),
    ],
)
def test_calls_of_a_protocol(before, after, expected):
    assert [tuple(b) for b in steps(before, after, "orders.avpr")] == [expected]


def test_callers_need_no_parameter_that_is_gone_and_no_wider_one():
    before, after = protocol([field("int"), field("int", "b")], "long"), protocol([field("long")], "int")
    assert steps(before, after, "orders.avpr") == ()


def chain(length: int, kind: str) -> Json:
    """A record that holds a record that holds a record … each beside the others, as one file may."""
    links = [record(field(f"R{n + 1}"), name=f"R{n}") for n in range(length)]
    return [*links, record(field(kind), name=f"R{length}")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (chain(3_000, "int"), chain(3_000, "string")),
        (record(field([f"X{n}" for n in range(20_000)])), record(field([f"Y{n}" for n in range(20_000)]))),
        (
            record(field([{"type": "fixed", "name": f"F{n}", "size": 1} for n in range(5_000)])),
            record(field([{"type": "fixed", "name": f"F{n}", "size": 2} for n in range(5_000)])),
        ),
        (record(field("Order", "self")), record(field("Order", "self"), field("int", "b", default=0))),
        (record({"name": 5}, "x", field({"type": {"type": ["null", {}]}})), record(7, None)),
    ],
)
def test_hostile_schemas_are_compared_soon(before, after):
    began = time.process_time()
    steps(before, after)
    assert time.process_time() - began < 5


def test_what_is_no_schema_is_no_version():
    assert AvroImporter().version("a.avsc", b"{}") is None
    assert AvroImporter().version("a.avsc", b"{" * 50_000) is None
