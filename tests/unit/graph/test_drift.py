"""Drift is told only where traces could have shown what they do not."""

from __future__ import annotations

import pytest
from fact_builders import call, service

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.model.facts import Fact, NodeKind, Style

WEB, USERS = service("web"), service("users")
SEEN = (service("web", "otlp"), service("users", "otlp"), call("web", "users", "otlp", calls=2))
DATABASE = service("users-db", kind=NodeKind.DATASTORE, technology="postgresql")
CACHE = service("users-cache", kind=NodeKind.DATASTORE, technology="redis")
BANK = service("bank.example.com", kind=NodeKind.EXTERNAL)


def unseen(*facts: Fact) -> list[tuple[str, str]]:
    """Boundary and message of each declared boundary that no trace shows."""
    drift = build_topology(facts, (), (), Settings()).drift
    return [(d.subject, d.message) for d in drift if d.kind == "never-observed"]


@pytest.mark.parametrize("silent", [DATABASE, BANK], ids=["store", "outside party"])
def test_traces_without_any_call_to_what_sends_no_spans_say_nothing_of_one(silent: Fact) -> None:
    assert unseen(WEB, USERS, silent, call("users", silent.party.name), *SEEN) == []


def test_a_store_is_missed_where_the_same_service_is_seen_to_use_another() -> None:
    used = call("users", "users-cache", "otlp", Style.RESOURCE, "redis", calls=1)
    found = unseen(WEB, USERS, DATABASE, CACHE, call("users", "users-db"), call("users", "users-cache"), used, *SEEN)
    assert found == [("users->users-db/postgresql", "declared, but no trace shows it")]


def test_a_store_that_another_service_is_seen_to_use_says_nothing_of_this_one() -> None:
    used = call("web", "users-cache", "otlp", Style.RESOURCE, "redis", calls=1)
    assert unseen(WEB, USERS, DATABASE, CACHE, call("users", "users-db"), used, *SEEN) == []


def test_a_service_in_no_trace_is_told_with_all_it_uses() -> None:
    idle = service("reports")
    found = unseen(WEB, USERS, idle, DATABASE, call("reports", "users"), call("reports", "users-db"), *SEEN)
    assert found == [
        ("reports->users-db/postgresql", "declared, but reports is in no trace"),
        ("reports->users/http", "declared, but reports is in no trace"),
    ]


def test_a_service_that_is_not_called_is_told() -> None:
    stock = service("stock")
    found = unseen(WEB, USERS, stock, call("web", "stock"), *SEEN)
    assert found == [("web->stock/http", "declared, but no trace shows it")]


def test_a_call_is_declared_nowhere_though_only_stores_are_declared() -> None:
    drift = build_topology((WEB, USERS, DATABASE, call("users", "users-db"), *SEEN), (), (), Settings()).drift
    assert [(d.kind, d.subject) for d in drift] == [("not-declared", "web->users/http")]
