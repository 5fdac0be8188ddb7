"""Avro records are messages of who publishes them, protocols are calls, and malformed files are told."""

import json
from pathlib import Path

import pytest
from definition_reading import check_golden, interfaces, read_files, sources
from fact_builders import call, channel, service

from topoplan.config import ServiceSettings, Settings
from topoplan.graph import build_topology
from topoplan.model.facts import ChannelRole, Fact, HintKind, InterfaceFact, Use
from topoplan.model.stats import Stats
from topoplan.model.topology import Service, Topology
from topoplan_importers.avro import AvroImporter
from topoplan_importers.avro.schemas import avro_fields

ORDER = """{"type": "record", "name": "OrderCreated", "namespace": "shop", "fields": [
  {"name": "id", "type": "string"},
  {"name": "note", "type": ["null", "string"], "default": null},
  {"name": "count", "type": "int", "default": 1},
  {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}},
  {"name": "lines", "type": {"type": "array", "items": "shop.Line"}}]}"""
LINE = """{"type": "record", "name": "Line", "namespace": "shop", "fields": [
  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}]}"""
ORDERS = """{"protocol": "Orders", "namespace": "shop", "types": [
  {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}],
  "messages": {"place": {"request": [{"name": "order", "type": "Order"}], "response": "Order"},
               "forget": {"request": [{"name": "id", "type": "string"}], "response": "null", "one-way": true}}}"""
FOLDERS = [service(name, folder=name) for name in ("orders", "mailer", "stock")]


def run(root: Path, files: dict[str, str]) -> list[InterfaceFact]:
    return interfaces(read_files(AvroImporter(), root, dict(files)))


def joined(root: Path, files: dict[str, str], *facts: Fact, settings: Settings | None = None) -> Topology:
    return build_topology([*FOLDERS, *facts, *run(root, files)], (), (), settings or Settings())


def offered(topology: Topology) -> dict[str, list[str]]:
    return {s.id: [o.id for o in s.operations] for s in topology.services if s.operations}


def specs(topology: Topology) -> dict[str, tuple[str, ...]]:
    return {s.id: s.specs for s in topology.services if s.specs}


def named(topology: Topology, name: str) -> Service:
    return next(s for s in topology.services if s.id == name)


def publishes(name: str, topic: str) -> Fact:
    return channel(name, ChannelRole.PUBLISH, topic)


def receives(name: str, topic: str) -> Fact:
    return channel(name, ChannelRole.RECEIVE, topic)


def test_golden(tmp_path: Path) -> None:
    files = {"orders/avro/order-created.avsc": ORDER, "orders/avro/line.avsc": LINE, "orders/orders.avpr": ORDERS}
    check_golden("avro", read_files(AvroImporter(), tmp_path, dict(files)))


def test_record_that_others_are_made_of_is_part_of_their_message(tmp_path: Path) -> None:
    (order,) = run(tmp_path, {"a/order.avsc": ORDER, "a/line.avsc": LINE})
    fields = {f.name: (f.type, f.format, f.required) for f in order.operations[0].fields}
    assert fields == {
        "id": ("string", "", True),
        "note": ("string", "", False),
        "count": ("integer", "int32", False),
        "state": ("string", "", True),
        "lines": ("array", "", True),
        "lines[].price": ("string", "decimal", True),
    }


def test_schemas_for_tests_are_nobody_s(tmp_path: Path) -> None:
    assert run(tmp_path, {"orders/src/test/avro/order.avsc": ORDER}) == []


def test_interface_language_is_skipped_and_said_so(tmp_path: Path) -> None:
    imported = read_files(AvroImporter(), tmp_path, {"a.avdl": "protocol A { }"})
    assert sources(imported)["a.avdl"][0] == "skipped"
    assert ".avpr" in sources(imported)["a.avdl"][1]


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("orders-value.avsc", ["orders", "shop.OrderCreated", "OrderCreated"]),
        ("orders-key.avsc", ["orders"]),
        ("orders-shop.OrderCreated.avsc", ["orders", "shop.OrderCreated", "OrderCreated"]),
        ("shop.OrderCreated.avsc", ["shop.OrderCreated", "OrderCreated"]),
        ("-value.avsc", ["shop.OrderCreated", "OrderCreated"]),
    ],
)
def test_names_that_a_channel_may_go_by(tmp_path: Path, file: str, wanted: list[str]) -> None:
    (fact,) = run(tmp_path, {f"schemas/{file}": ORDER})
    assert [hint.name for hint in fact.hints if hint.kind is HintKind.CHANNEL] == wanted
    assert bool(fact.operations) is ("-key" not in file)


@pytest.mark.parametrize(
    "topic", ["order-created", "OrderCreated", "order.created", "orders_created", "shop.OrderCreated"]
)
def test_copies_are_the_interface_of_who_publishes_the_record(tmp_path: Path, topic: str) -> None:
    files = {"mailer/order.avsc": ORDER, "orders/order.avsc": ORDER}
    topology = joined(tmp_path, files, publishes("orders", topic), receives("mailer", topic))
    wanted = topic != "orders_created"
    assert specs(topology) == {"orders": ("orders/order.avsc",)}
    assert offered(topology) == {"orders": [f"publish {topic}" if wanted else "message shop.OrderCreated"]}
    (boundary,) = [b for b in topology.boundaries if b.channel]
    assert [(o.id, o.documented) for o in boundary.operations] == [(f"publish {topic}", True if wanted else None)]


def test_subject_names_the_topic_before_the_record_does(tmp_path: Path) -> None:
    files = {"registry/sales-value.avsc": ORDER, "registry/sales-key.avsc": ORDER.replace("OrderCreated", "Key")}
    topology = joined(tmp_path, files, publishes("orders", "sales"), publishes("stock", "order-created"))
    assert offered(topology) == {"orders": ["publish sales"]}
    assert specs(topology) == {"orders": ("registry/sales-key.avsc", "registry/sales-value.avsc")}


def test_record_without_a_channel_stays_its_owner_s_and_makes_no_edge(tmp_path: Path) -> None:
    topology = joined(tmp_path, {"orders/order.avsc": ORDER}, publishes("orders", "audit"), receives("mailer", "audit"))
    assert offered(topology) == {"orders": ["message shop.OrderCreated"]}
    (boundary,) = [b for b in topology.boundaries if b.channel]
    assert boundary.channel == "audit"
    assert [o.documented for o in boundary.operations] == [None]


def test_no_trace_is_expected_to_show_a_record_without_a_channel(tmp_path: Path) -> None:
    seen = call("mailer", "orders", "otlp", uses=(Use("PUBLISH", "audit", Stats(calls=3)),), calls=3)
    topology = joined(tmp_path, {"orders/order.avsc": ORDER}, seen)
    assert {d.kind for d in topology.drift}.isdisjoint({"unused-operation", "undocumented-operation"})


def test_copies_of_which_nothing_tells_the_original_are_left_out_and_told(tmp_path: Path) -> None:
    topology = joined(tmp_path, {"mailer/order.avsc": ORDER, "orders/order.avsc": ORDER})
    assert specs(topology) == {}
    assert [n.slug for n in topology.notices if n.slug == "interface-unplaced"] == ["interface-unplaced"]


def test_configuration_says_whose_a_schema_is(tmp_path: Path) -> None:
    settings = Settings(services={"stock": ServiceSettings(specs=("orders/order.avsc",))})
    topology = joined(tmp_path, {"orders/order.avsc": ORDER}, publishes("orders", "order-created"), settings=settings)
    assert named(topology, "stock").specs == ("orders/order.avsc",)
    assert named(topology, "orders").specs == ()


def test_only_copy_with_a_consumer_is_the_publisher_s(tmp_path: Path) -> None:
    facts = publishes("orders", "order-created"), receives("mailer", "order-created")
    assert specs(joined(tmp_path, {"mailer/order.avsc": ORDER}, *facts)) == {"orders": ("mailer/order.avsc",)}


def test_calls_of_a_protocol_belong_to_the_service_of_its_name(tmp_path: Path) -> None:
    topology = joined(tmp_path, {"mailer/lib/orders.avpr": ORDERS})
    assert offered(topology) == {"orders": ["shop.Orders/forget", "shop.Orders/place"]}
    places = {(f.place.value, f.name) for o in named(topology, "orders").operations for f in o.fields}
    assert places == {("request", "id"), ("request", "order"), ("request", "order.id"), ("response", "id")}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "record", "name": "</svg><script>\u202e", "fields": [{"name": "<img src=x>", "type": "int"}]},
        {"type": "record", "name": "R", "fields": [{"name": "r", "type": "R"}, {"name": "s", "type": ["null", "R"]}]},
        {"type": "record", "name": "R", "fields": [{"name": "u", "type": [f"T{n}" for n in range(50_000)]}]},
        {"type": "record", "name": "R", "fields": [{"name": f"f{n}", "type": "int"} for n in range(20_000)]},
        {"type": "record", "name": "R" * 100_000, "namespace": 5, "aliases": 7, "fields": {"a": 1}},
        {"protocol": "P", "types": 5, "messages": {"m": 1, "n": {"request": {"a": []}, "response": {}}}},
        {"protocol": "P" * 9_000, "namespace": [], "messages": []},
    ],
)
def test_hostile_schemas_are_read_within_bounds(tmp_path: Path, schema: object) -> None:
    facts = run(tmp_path, {"a.avsc": json.dumps(schema)})
    for operation in facts[0].operations:
        assert len(operation.path) <= 1000
        assert "\u202e" not in operation.path
        assert len(operation.fields) <= 300
        assert len(set(operation.fields)) == len(operation.fields)


@pytest.mark.parametrize(
    ("text", "state", "word"),
    [
        ('{"type": "record", "name": "Order", "fields": []}', "analysed", "schema of Order"),
        ('[{"type": "enum", "name": "A", "symbols": []}]', "analysed", "schemas"),
        ('{"name": "Order"}', "skipped", "no Avro schema"),
        ('{"type": ', "failed", "expecting value"),
        ('{"type": ' * 30_000, "failed", "deep"),
    ],
)
def test_every_file_is_accounted_for(tmp_path: Path, text: str, state: str, word: str) -> None:
    imported = read_files(AvroImporter(), tmp_path, {"a.avsc": text})
    assert sources(imported)["a.avsc"][0] == state
    assert word.lower() in sources(imported)["a.avsc"][1].lower()
    assert len(imported.facts) == (word == "schema of Order")


def test_unions_with_null_are_optional_and_others_have_no_type() -> None:
    fields = [{"name": "a", "type": ["null", "int"]}, {"name": "b", "type": ["int", "string"]}]
    told = avro_fields({"type": "record", "name": "R", "fields": fields})
    assert [(f.name, f.type, f.required) for f in told] == [("a", "integer", False), ("b", "", True)]


def test_types_nested_without_end_are_cut() -> None:
    kind: object = "string"
    for _ in range(500):
        kind = {"type": "array", "items": kind}
    assert len(avro_fields({"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]})) <= 3
    assert avro_fields({"type": "record", "name": "R", "fields": "x"}) == ()
