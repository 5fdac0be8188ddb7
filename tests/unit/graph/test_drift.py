"""Drift is told only where traces could have shown what they do not."""

from __future__ import annotations

import pytest
from fact_builders import call, evidence, service
from msgspec.structs import replace

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.model.facts import Fact, Hint, HintKind, InterfaceFact, NodeKind, ServiceFact, Style, Use
from topoplan.model.operation import Operation
from topoplan.model.stats import Presence, Stats

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


def traced(name: str, traces: int, days: int = 0, importer: str = "otlp") -> ServiceFact:
    start = 1_760_000_000
    return replace(service(name, importer), presence=Presence(traces, start, start + days * 86_400))


@pytest.mark.parametrize(
    ("traces", "days", "told"),
    [
        (12_345, 3, ": none of 12,345 traces of web over 3 days, so less than 0.025 % of such traces have it"),
        (59, 0, ": none of 59 traces of web, so less than 5.0 % of such traces have it"),
        (58, 0, "; 58 traces of web are too few to tell"),
        (1, 0, "; 1 trace of web is too few to tell"),
    ],
)
def test_silence_is_judged_by_the_traces_of_the_caller(traces: int, days: int, told: str) -> None:
    seen = (traced("web", traces, days), traced("users", 1_000_000), call("web", "users", "otlp", calls=2))
    (found,) = unseen(WEB, USERS, service("stock"), call("web", "stock"), *seen)
    assert found[1].removesuffix(" (95 % confidence)") == f"declared, but no trace shows it{told}"


def test_traces_that_two_importers_hold_may_be_the_same_and_count_once() -> None:
    seen = (traced("web", 100), traced("web", 80, importer="zipkin"), call("web", "users", "otlp", calls=2))
    (found,) = unseen(WEB, USERS, service("stock"), call("web", "stock"), *seen)
    assert "none of 100 traces of web" in found[1]


def test_an_operation_nobody_calls_is_judged_by_the_traces_of_its_provider() -> None:
    hint = Hint(HintKind.CONFIG, "users")
    offered = InterfaceFact(
        (hint,), (Operation("DELETE", "/users/{id}"),), "http", "users.yaml", evidence("openapi", path="users.yaml")
    )
    called = call("web", "users", "otlp", uses=(Use("GET", "/users/{id}"),), calls=2)
    facts = (WEB, USERS, offered, traced("web", 10), traced("users", 600), called)
    drift = build_topology(facts, (), (), Settings()).drift
    (found,) = [d.message for d in drift if d.kind == "unused-operation"]
    assert found.startswith("documented by users, but no trace shows a service calling it: none of 600 traces of users")


@pytest.mark.parametrize(
    ("stats", "told"),
    [
        (Stats(4), "seen in 4 calls"),
        (Stats(4, 0, 3), "seen in 4 calls of 3 traces"),
        (Stats(4, 0, 3, 1_760_000_000, 1_760_003_600), "seen in 4 calls of 3 traces over 1 h"),
        (Stats(4, 0, 1, sampled_out=36.0), "seen in 4 calls (about 40 before sampling) of 1 trace"),
    ],
)
def test_a_call_that_is_declared_nowhere_is_told_with_its_traffic(stats: Stats, told: str) -> None:
    seen = replace(call("web", "users", "otlp"), stats=stats)
    facts = (WEB, USERS, DATABASE, call("users", "users-db"), seen)
    drift = build_topology(facts, (), (), Settings()).drift
    (found,) = [d for d in drift if d.kind == "not-declared"]
    assert found.message == f"{told}, declared nowhere"


def test_an_undocumented_operation_of_sampled_traces_tells_how_often_it_may_be_called() -> None:
    hints = (Hint(HintKind.SERVER, "users"),)
    offered = InterfaceFact(hints, (Operation("GET", "/users/{id}"),), "http", "openapi.yaml", evidence("openapi"))
    uses = (Use("DELETE", "/users/{id}", Stats(4, sampled_out=36.0)),)
    drift = build_topology(
        (WEB, USERS, offered, call("web", "users", "otlp", uses=uses, calls=4)), (), (), Settings()
    ).drift
    (found,) = [d.message for d in drift if d.kind == "undocumented-operation"]
    assert found == "called 4 times (about 40 before sampling), but no spec of users documents it"
