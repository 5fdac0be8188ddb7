"""What applications send and receive, in both generations of AsyncAPI."""

from pathlib import Path

import pytest
from definition_reading import channels, check_golden, interfaces, read_files, sources
from fact_builders import service

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.importing.contract import Imported
from topoplan.model.facts import ChannelRole, NodeKind
from topoplan_importers.asyncapi import AsyncApiImporter

ORDERS = """
asyncapi: 2.6.0
info: {title: Orders Service, version: 1.0.0}
servers:
  main: {url: 'user:hunter2@kafka:9092', protocol: kafka-secure}
  try: {url: 'localhost:1883', protocol: mqtt}
channels:
  order.created:
    servers: [main]
    subscribe:
      summary: told when somebody orders
      message: {$ref: '#/components/messages/Order'}
  order.paid:
    servers: [main]
    publish:
      message: {oneOf: [{payload: {type: object, properties: {id: {type: string}}}}]}
components:
  messages:
    Order:
      headers: {type: object, properties: {trace: {type: string}}}
      payload: {type: object, required: [id], properties: {id: {type: string}, item: {$ref: 'shared/item.yaml#/Item'}}}
"""
ITEM = "Item: {type: object, properties: {sku: {type: string}, count: {type: integer}}}\n"
MAILER = """
asyncapi: 3.0.0
info: {title: Mailer, version: 1.0.0}
servers: {main: {host: 'kafka:9092', protocol: kafka}}
channels:
  created:
    address: order.created
    messages: {Order: {payload: {schemaFormat: application/vnd.apache.avro, schema: {$ref: 'order.avsc#/Order'}}}}
  sent: {messages: {Sent: {payload: {type: object, properties: {to: {type: string}}}}}}
operations:
  onCreated: {action: receive, channel: {$ref: '#/channels/created'}}
  tell: {action: send, channel: {$ref: '#/channels/sent'}, messages: [{$ref: '#/channels/sent/messages/Sent'}]}
"""
AVRO = """{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "id", "type": "string"}, {"name": "next", "type": ["null", "Order"], "default": null},
  {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}}}]}"""
FILES: dict[str, str | bytes] = {
    "orders/asyncapi.yaml": ORDERS,
    "orders/shared/item.yaml": ITEM,
    "mailer/asyncapi.yaml": MAILER,
    "mailer/order.avsc": AVRO,
}


def run(root: Path, files: dict[str, str | bytes]) -> Imported:
    return read_files(AsyncApiImporter(), root, files)


def test_golden(tmp_path: Path) -> None:
    check_golden("asyncapi", run(tmp_path, FILES))


def test_version_2_tells_the_clients_side_and_version_3_the_applications_own(tmp_path: Path) -> None:
    told = {(c.service.name, c.channel): c.role for c in channels(run(tmp_path, FILES))}
    assert told == {
        ("orders", "order.created"): ChannelRole.PUBLISH,
        ("orders", "order.paid"): ChannelRole.RECEIVE,
        ("mailer", "order.created"): ChannelRole.RECEIVE,
        ("mailer", "sent"): ChannelRole.PUBLISH,
    }


def test_messages_have_fields_whatever_language_describes_them(tmp_path: Path) -> None:
    fields = {c.channel + "/" + c.service.name: c.messages[0].fields for c in channels(run(tmp_path, FILES))}
    created = {(f.place.value, f.name): f.type for f in fields["order.created/orders"]}
    assert created["request", "item.count"] == "integer"
    assert created["header", "trace"] == "string"
    avro = {f.name: (f.type, f.format, f.required) for f in fields["order.created/mailer"]}
    assert avro["lines[].at"] == ("integer", "timestamp-millis", True)
    assert avro["next"] == ("object", "", False)


def test_channels_become_boundaries_with_documented_messages(tmp_path: Path) -> None:
    imported = run(tmp_path, FILES)
    folders = [service("orders", folder="orders"), service("mailer", folder="mailer")]
    topology = build_topology([*folders, *imported.facts], (), (), Settings())
    (boundary,) = [b for b in topology.boundaries if b.channel]
    assert (boundary.consumer, boundary.provider, boundary.broker) == ("mailer", "orders", "kafka")
    assert [(o.id, o.documented) for o in boundary.operations] == [("publish order.created", True)]
    assert {s.id: s.kind for s in topology.services}["kafka"] is NodeKind.BROKER


def test_no_credentials_of_a_server_are_kept(tmp_path: Path) -> None:
    assert "hunter2" not in repr(run(tmp_path, FILES))


def test_stand_in_addresses_are_no_brokers(tmp_path: Path) -> None:
    text = MAILER.replace("kafka:9092", "broker.example.com:9092")
    assert {c.broker for c in channels(run(tmp_path, {"a.yaml": text}))} == {None}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("asyncapi: 1.2.0\nchannels: {}\n", "skipped"),
        ("asyncapi: 2.6.0\nchannels: 7\nservers: [1]\n", "analysed"),
        ("asyncapi: 3.0.0\noperations: {a: {action: [1], channel: 3}, b: 5}\n", "analysed"),
        (
            "asyncapi: 2.6.0\nchannels: {a: {subscribe: {message: {$ref: '#/channels/a/subscribe/message'}}}}\n",
            "analysed",
        ),
        ("asyncapi: 2.6.0\nchannels: {a: {$ref: 'http://127.0.0.1:1/x.yaml'}}\n", "analysed"),
        ("asyncapi: 2.6.0\nchannels: {a: *nobody}\n", "failed"),
        ("asyncapi: 2.6.0\nchannels: " + "[" * 20_000, "failed"),
    ],
)
def test_hostile_documents_are_accounted_for(tmp_path: Path, text: str, state: str) -> None:
    imported = run(tmp_path, {"bad.yaml": text, "orders/asyncapi.yaml": ORDERS, "orders/shared/item.yaml": ITEM})
    assert sources(imported)["bad.yaml"][0] == state
    assert len(interfaces(imported)) >= 1


def test_a_reference_out_of_the_root_is_refused_and_told(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("Item: {type: object, properties: {s3cret: {type: string}}}")
    root = tmp_path / "root"
    root.mkdir()
    imported = run(root, {"asyncapi.yaml": ORDERS.replace("shared/item.yaml", "../secret.yaml")})
    assert "s3cret" not in repr(imported)
    assert "ref-refused" in {notice.slug for notice in imported.notices}


def test_a_stored_version_is_read_on_its_own() -> None:
    operations = AsyncApiImporter().operations("a.yaml", ORDERS.encode())
    assert operations is not None
    assert [o.id for o in operations] == ["publish order.created"]
    assert AsyncApiImporter().operations("a.yaml", b"openapi: 3.0.0\n") is None
    assert AsyncApiImporter().operations("a.yaml", b"[") is None
