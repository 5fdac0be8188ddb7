"""HOCON, as Akka, Play and Lagom load it: which values stand under which keys, and whom they name."""

from __future__ import annotations

import pytest

from topoplan_importers.hocon import read_hocon

FILE = """
include "base"  # not followed
shop { // a comment
  stock.url = "http://stock:9000/api"
  stock.url = ${?STOCK_URL}
  pay : { host = pay, port = 8080
    url = "http://"${shop.pay.host}":"${shop.pay.port}"/x"
  }
  "a.b" += \"\"\"two
lines\"\"\"
  list = ["http://one:80", { u = "http://two" },
    three]
  after =
    late
}
last = a  b { c = 1 }
"""


def test_keys_values_and_lines() -> None:
    assert [tuple(s) for s in read_hocon(FILE, "x")] == [
        ("shop.stock.url", "http://stock:9000/api", 4),
        ("shop.pay.host", "pay", 6),
        ("shop.pay.port", "8080", 6),
        ("shop.pay.url", "http://${shop.pay.host}:${shop.pay.port}/x", 7),
        ("shop.a.b", "two\nlines", 9),
        ("shop.list[0]", "http://one:80", 11),
        ("shop.list[1].u", "http://two", 11),
        ("shop.list[2]", "three", 12),
        ("shop.after", "late", 14),
        ("last.c", "1", 16),
    ]


@pytest.mark.parametrize(
    "file", ["conf/application.conf", "src/main/resources/reference.conf", "application.prod.conf"]
)
def test_addresses_are_calls(read, file):
    assert {f.provider.name for f in read({f"cart/{file}": FILE}).facts} == {"stock", "pay", "one", "two"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('slick.dbs.default.db.url = "jdbc:postgresql://orders-db:5432/orders"', {"orders-db"}),
        ('lagom.broker.kafka { brokers = "bus:9092", brokers = ${?KAFKA} }', {"bus"}),
        ('akka.kafka.producer.kafka-clients { bootstrap.servers = "bus:9092" }', {"bus"}),
        ('users.url = "http://old:80"\nusers.url = "http://users:80"', {"users"}),
        ("users.url = ${?USERS_URL}", set()),
        ('# users.url = "http://users:80"', set()),
        ('play.filters.cors.allowedOrigins = ["http://web:80"]', set()),
        ('play.filters.hosts { allowed = ["shop:9000", "localhost"] }', set()),
        ('akka.cluster.seed-nodes = ["akka://shop@shop-1:2552"]', set()),
        ('play.server.http.address = "0.0.0.0"', set()),
    ],
)
def test_what_frameworks_write(read, text, named):
    assert {f.provider.name for f in read({"cart/conf/application.conf": text}).facts} == named
