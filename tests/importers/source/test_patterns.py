"""Which names pass a pattern, by the rules of each broker."""

from __future__ import annotations

import time

import pytest

from topoplan_importers.source.patterns import hears, is_pattern


@pytest.mark.parametrize(
    ("protocol", "pattern", "heard", "not_heard"),
    [
        ("amqp", "order.*", "order.created", "order.created.eu"),
        ("amqp", "order.#", "order", "orders.created"),
        ("amqp", "#.failed", "a.b.failed", "a.failed.b"),
        ("nats", "order.*", "order.created", "order"),
        ("nats", "order.>", "order.created.eu", "order"),
        ("jms", "order.>", "order", "orders"),
        ("mqtt", "home/+/light", "home/hall/light", "home/hall/2/light"),
        ("mqtt", "home/#", "home/hall/light", "house/hall"),
        ("redis", "order:*", "order:created", "orders"),
        ("kafka", "^order.*", "orders", "reorder"),
        ("kafka", r"^order\.[a-z]+\.v1$", "order.eu.v1", "order.v1"),
        ("pulsar", "^orders?", "none", "orders"),
    ],
)
def test_a_pattern(protocol, pattern, heard, not_heard):
    assert is_pattern(protocol, pattern)
    assert not hears(protocol, pattern, not_heard)
    assert hears(protocol, pattern, heard) is (heard != "none")


@pytest.mark.parametrize(
    ("protocol", "name"), [("kafka", "order.*"), ("nats", "order*"), ("mqtt", "a+b"), ("message", "^a"), ("kafka", "")]
)
def test_a_plain_name(protocol, name):
    assert not is_pattern(protocol, name)


@pytest.mark.parametrize("protocol", ["amqp", "mqtt", "kafka", "redis"])
def test_a_hostile_pattern_takes_no_long_time(protocol):
    pattern = {"amqp": ".".join("#" * 60), "mqtt": "/".join("#" * 60), "kafka": "^" + ".*" * 59 + "x"}.get(
        protocol, "*a" * 59
    )
    started = time.process_time()
    hears(protocol, pattern, "a" * 118 + "b")
    assert time.process_time() - started < 0.5
