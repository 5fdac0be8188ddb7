"""The definition of an observed boundary, point by point."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from trace_files import KINDS, SECOND, calls, messages, notices, otlp, read, resource_spans, roles, span, uses

from topoplan.importing.contract import Imported
from topoplan.model.facts import CallFact, NodeKind, ServiceFact, Style
from topoplan.model.place import Basis, Confidence


def join(folder: Path, *spans: tuple[str, dict[str, object]]) -> Imported:
    return read(folder, {"t.json": otlp(*spans)})


def test_client_and_server_make_one_call_with_the_clients_times(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("gateway", 1, kind="server", at=0, lasts=500),
        span(
            "gateway", 2, 1, "client", at=2000, lasts=300, http_request_method="GET", url_full="http://o/orders/8?k=1"
        ),
        span("orders", 3, 2, "server", at=2100, lasts=100, http_request_method="GET", http_route="/orders/{orderId}"),
    )
    fact = calls(found)["gateway", "orders"]
    assert (fact.style, fact.protocol, uses(fact)) == (Style.SYNC, "http", {("GET", "/orders/{orderId}"): 1})
    assert fact.stats is not None
    assert (fact.stats.calls, fact.stats.errors, fact.stats.traces) == (1, 0, 1)
    assert (fact.stats.first_seen, fact.stats.last_seen) == (SECOND + 2, SECOND + 2)
    assert fact.stats.p50_ms == pytest.approx(300, rel=0.01)
    assert (fact.evidence.basis, fact.evidence.confidence) == (Basis.OBSERVED, Confidence.HIGH)
    assert (fact.evidence.rule, str(fact.evidence.where)) == ("client-server-pair", "t.json")
    assert len(calls(found)) == 1


def test_internal_spans_on_both_sides_are_walked_over(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("a", 1, kind="client"), span("a", 2, 1), span("a", 3, 2),
        span("b", 4, 3), span("b", 5, 4), span("b", 6, 5, "server", http_route="/x", http_request_method="PUT"),
    )  # fmt: skip
    assert uses(calls(found)["a", "b"]) == {("PUT", "/x"): 1}
    assert calls(found)["a", "b"].evidence.rule == "client-server-pair"


def test_server_spans_below_one_internal_entry_each_count(tmp_path: Path) -> None:
    found = join(tmp_path, span("a", 1), span("b", 2, 1), span("b", 3, 2, "server"), span("b", 4, 2, "server"))
    stats = calls(found)["a", "b"].stats
    assert stats is not None
    assert stats.calls == 2


def test_data_without_kinds_joins_by_service(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("web", 1, kind="", name="shop.Web/Index"),
        span("web", 2, 1, "", name="shop.Cart/Get"),
        span("cart", 3, 2, "", name="shop.Cart/Get", lasts=40),
    )
    fact = calls(found)["web", "cart"]
    assert (fact.protocol, uses(fact), fact.evidence.rule) == ("grpc", {("RPC", "shop.Cart/Get"): 1}, "parent-child")
    assert fact.stats is not None
    assert fact.stats.p50_ms == pytest.approx(40, rel=0.01)


def test_a_service_with_client_spans_only_is_called_by_its_parents_service(tmp_path: Path) -> None:
    found = join(tmp_path, span("a", 1, kind="client"), span("b", 2, 1, "client", server_address="c"))
    assert set(calls(found)) == {("a", "b"), ("b", "c")}


def test_self_calls_and_roots_make_nothing(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("a", 1, kind="server", client_address="user", peer_service="browser"),
        span("a", 2, 1, "client", server_address="elsewhere"),
        span("a", 3, 2, "server"),
    )
    assert calls(found) == {}


def test_either_half_can_fail_the_call(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("a", 1, kind="client", failed=True), span("b", 2, 1, "server"),
        span("a", 3, kind="client", http_status__code=200), span("b", 4, 3, "server", http_status__code=503),
        span("a", 5, kind="client", http_response_status__code=404), span("b", 6, 5, "server"),
        span("a", 7, kind="client"), span("b", 8, 7, "server", http_response_status__code="404"),
        span("a", 9, kind="client", rpc_grpc_status__code=14), span("b", 10, 9, "server"),
        span("a", 11, kind="client", rpc_grpc_status__code=0), span("b", 12, 11, "server", error=False),
    )  # fmt: skip
    stats = calls(found)["a", "b"].stats
    assert stats is not None
    assert (stats.calls, stats.errors) == (6, 4)


@pytest.mark.parametrize(
    ("attributes", "name", "kind"),
    [
        ({"peer_service": "Ledger", "server_address": "x"}, "Ledger", None),
        ({"server_address": "ledger"}, "ledger", None),
        ({"net_peer_name": "Ledger.shop.svc.cluster.local"}, "ledger.shop.svc.cluster.local", None),
        ({"server_address": "10.1.2.3", "url_full": "https://u:p@pay.com:443/v1"}, "pay.com", NodeKind.EXTERNAL),
        ({"http_url": "http://inventory:8080/x"}, "inventory", None),
        ({"db_system": "postgresql", "server_address": "orders-db"}, "orders-db", NodeKind.DATASTORE),
        ({"db_system": "postgresql", "db_name": "orders"}, "orders-postgresql", NodeKind.DATASTORE),
        ({"db_system_name": "redis", "db_namespace": "0", "server_address": "127.0.0.1"}, "redis", NodeKind.DATASTORE),
        ({"peer_service": "memcached"}, "memcached", NodeKind.DATASTORE),
        ({"peer_service": "app_db"}, "app_db", NodeKind.DATASTORE),
    ],
)  # fmt: skip
def test_a_client_span_alone_names_its_provider(
    tmp_path: Path, attributes: dict[str, str], name: str, kind: NodeKind | None
) -> None:
    (fact,) = calls(join(tmp_path, span("a", 1, kind="client", **attributes))).values()
    assert (fact.provider.name, fact.provider.kind) == (name, kind)
    assert fact.style is (Style.RESOURCE if kind is NodeKind.DATASTORE else Style.SYNC)
    assert fact.evidence.confidence is (Confidence.LOW if name == "redis" else Confidence.MEDIUM)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.7", "10.0.0.7:80", "localhost", "LOCALHOST:8080", "::1", "[fe80::1]:80", "/run/x.sock",
        "ip-10-0-0-1.ec2.internal", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["server_address", "peer_service", "net_peer_name"])
def test_addresses_and_this_machine_are_no_names(tmp_path: Path, key: str, address: str) -> None:
    found = join(tmp_path, span("a", 1, kind="client", **{key: address}))
    assert calls(found) == {}
    assert notices(found)["trace-unnamed-peers"].startswith("1 span ")


def test_a_database_span_speaks_for_the_clients_inside_it(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("a", 1, kind="client", db_system="elasticsearch", server_address="search", db_operation="search"),
        span("a", 2, 1, "client", url_full="http://search:9200/items/_search"),
        span("a", 3, 2, "client", name="tcp.connect"),
    )
    assert {pair: uses(fact) for pair, fact in calls(found).items()} == {("a", "search"): {("SEARCH", ""): 1}}
    assert notices(found) == {}


def test_of_nested_clients_the_innermost_that_names_somebody_speaks(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("a", 1, kind="client", server_address="outer"),
        span("a", 2, 1),
        span("a", 3, 2, "client", server_address="inner"),
        span("a", 4, 3, "client", name="dns"),
        span("a", 5, kind="client", server_address="outer"),
        span("a", 6, 5, "client", server_address="inner"),
        span("b", 7, 6, "server"),
    )
    assert set(calls(found)) == {("a", "inner"), ("a", "b")}


def test_datastore_operations_never_show_the_statement(tmp_path: Path) -> None:
    secret = "SELECT * FROM users WHERE password = 'hunter2'"
    found = join(
        tmp_path,
        span("a", 1, kind="client", name=secret, db_system="mysql", db_statement=secret, db_query_text=secret,
             server_address="db", db_operation="SELECT * FROM secrets", db_sql_table="users"),
        span("a", 2, kind="client", name="INSERT shop.users", db_system="mysql", server_address="db"),
        span("a", 3, kind="client", name=secret, db_system="mysql", server_address="db"),
    )  # fmt: skip
    assert uses(calls(found)["a", "db"]) == {("SELECT", "users"): 1, ("INSERT", "shop.users"): 1}
    assert "hunter2" not in repr(found)


KAFKA = {"messaging_system": "kafka", "messaging_destination_name": "orders", "server_address": "kafka"}


def test_producer_and_consumer_in_one_trace_make_a_message(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("shop", 1, kind="producer", lasts=1, messaging_operation="publish", **KAFKA),
        span("mail", 2, 1, "consumer", lasts=700, failed=True, messaging_operation="process", **KAFKA),
    )
    fact = messages(found)["mail", "shop", "orders"]
    assert (fact.protocol, fact.evidence.rule, uses(fact)) == (
        "kafka", "producer-consumer-pair", {("PUBLISH", "orders"): 1},
    )  # fmt: skip
    assert fact.broker is not None
    assert (fact.broker.name, fact.broker.kind, fact.broker.technology) == ("kafka", NodeKind.BROKER, "kafka")
    assert fact.stats is not None
    assert fact.stats.errors == 1
    assert fact.stats.p50_ms == pytest.approx(700, rel=0.01)
    assert roles(found) == {}
    brokers = calls(found)
    assert set(brokers) == {("shop", "kafka"), ("mail", "kafka")}
    assert uses(brokers["shop", "kafka"]) == {("PUBLISH", "orders"): 1}
    assert uses(brokers["mail", "kafka"]) == {("RECEIVE", "orders"): 1}
    assert all(fact.style is Style.RESOURCE for fact in brokers.values())


def test_links_join_across_traces_and_batches(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("shop", 1, kind="producer", trace=1, **KAFKA),
        span("shop", 2, kind="producer", trace=2, **KAFKA),
        span("till", 3, kind="producer", trace=3, **KAFKA),
        span("mail", 4, kind="consumer", trace=4, links=[(1, 1), (2, 2), (3, 3), (9, 9)], **KAFKA),
    )
    counted = {key: fact.stats.calls for key, fact in messages(found).items() if fact.stats is not None}
    assert counted == {("mail", "shop", "orders"): 2, ("mail", "till", "orders"): 1}
    assert {fact.evidence.rule for fact in messages(found).values()} == {"span-link"}
    assert roles(found) == {}


def test_receiving_and_processing_are_one_message(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("shop", 1, kind="producer", **KAFKA),
        span("mail", 2, kind="client", trace=2, links=[(1, 1)], messaging_operation_type="receive", **KAFKA),
        span("mail", 3, 2, "consumer", trace=2, lasts=9, links=[(1, 1)], messaging_operation_type="process", **KAFKA),
    )
    stats = messages(found)["mail", "shop", "orders"].stats
    assert stats is not None
    assert stats.calls == 1
    assert stats.p50_ms == pytest.approx(9, rel=0.01)
    broker = calls(found)["mail", "kafka"].stats
    assert broker is not None
    assert broker.calls == 1
    assert roles(found) == {}


def test_messages_without_a_partner_stay_channel_roles(tmp_path: Path) -> None:
    rabbit = {"messaging_system": "rabbitmq", "messaging_destination_name": "mails"}
    found = join(
        tmp_path,
        span("shop", 1, kind="producer", messaging_operation_type="create", **rabbit),
        span("shop", 2, kind="client", messaging_operation_type="send", **rabbit),
        span("mail", 3, kind="consumer", **rabbit),
        span("mail", 4, 3, "consumer", messaging_operation_type="process", **rabbit),
    )
    assert set(roles(found)) == {("shop", "publish", "mails"), ("mail", "receive", "mails")}
    for fact in roles(found).values():
        assert fact.stats is not None
        assert (fact.stats.calls, fact.protocol) == (1, "amqp")
        assert fact.broker is not None
        assert fact.broker.name == "rabbitmq"


def test_a_destination_template_names_the_channel_and_temporary_ones_none(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("a", 1, kind="producer", messaging_system="nats", messaging_destination_name="user.17",
             messaging_destination_template="user.{id}"),
        span("b", 2, 1, "consumer", messaging_system="nats", messaging_destination_name="user.17"),
        span("a", 3, kind="producer", messaging_system="nats", messaging_destination_name="amq.gen-1",
             messaging_destination_temporary=True),
        span("c", 4, 3, "consumer"),
    )  # fmt: skip
    assert set(messages(found)) == {("b", "a", "user.{id}"), ("c", "a", "")}


def test_http_under_a_producer_is_a_message(tmp_path: Path) -> None:
    found = join(tmp_path, span("a", 1, kind="producer", **KAFKA), span("b", 2, 1, "server"))
    assert set(messages(found)) == {("b", "a", "orders")}


def test_services_carry_criticality_and_infrastructure(tmp_path: Path) -> None:
    entries = [
        resource_spans("pay", [span("", 1)[1]], service_criticality="critical"),
        resource_spans("load-generator", [span("", 2)[1]], service_criticality="enormous"),
        resource_spans("unknown_service:java", [span("", 3)[1]]),
    ]
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": entries})})
    services = [f for f in found.facts if isinstance(f, ServiceFact)]
    assert [(f.party.name, f.criticality, f.infrastructure) for f in services] == [
        ("load-generator", "", True),
        ("pay", "critical", False),
    ]
    assert notices(found)["trace-unnamed-services"].startswith("1 span ")


def test_oddities_are_counted_once_a_file_and_kind(tmp_path: Path) -> None:
    repeated = span("a", 1, kind="server")
    found = join(
        tmp_path,
        repeated, repeated, repeated,
        span("a", 2, 77), span("a", 3, 78),
        span("a", 4, 5), span("b", 5, 6), span("a", 6, 4), span("a", 7, 7),
        span("a", 8, 1, "client", at=50), span("b", 9, 8, "server", at=10),
    )  # fmt: skip
    assert {slug: int(text.split()[0]) for slug, text in notices(found).items()} == {
        "trace-duplicates": 2, "trace-orphans": 2, "trace-cycles": 4, "trace-skew": 1,
    }  # fmt: skip
    assert set(calls(found)) == {("a", "b")}
    stats = calls(found)["a", "b"].stats
    assert stats is not None
    assert stats.calls == 1


def test_many_operations_fold_into_one(tmp_path: Path) -> None:
    spans = [span("a", 1, kind="server")]
    for n in range(600):
        words = f"/{'abcdefghij'[n // 100]}{'abcdefghij'[n // 10 % 10]}{'abcdefghij'[n % 10]}"
        spans.append(span("a", 10 + n, 1, "client", http_request_method="GET", url_full=f"http://b{words}"))
        spans.append(span("b", 1000 + n, 10 + n, "server"))
    found = join(tmp_path, *spans)
    fact = calls(found)["a", "b"]
    assert len(fact.uses) == 501
    assert uses(fact)["", "other"] == 100
    assert "trace-operations-folded" in notices(found)


def test_a_trace_may_lie_in_several_files(tmp_path: Path) -> None:
    files = {
        "b.json": otlp(span("a", 1, kind="client"), span("a", 3, kind="client"), span("b", 4, 3, "server")),
        "a.json": otlp(span("b", 2, 1, "server")),
    }
    found = read(tmp_path, files)
    fact = calls(found)["a", "b"]
    assert fact.stats is not None
    assert (fact.stats.calls, fact.stats.traces, str(fact.evidence.where)) == (2, 1, "a.json")
    assert [(s.path, s.facts) for s in found.sources] == [("a.json", 3), ("b.json", 1)]


def test_the_order_of_spans_changes_nothing(tmp_path: Path) -> None:
    rng = random.Random(5)
    spans = []
    for trace in range(1, 40):
        spans.append(span("s0", 1, kind="server", trace=trace, lasts=trace))
        for own in range(2, 20):
            spans.append(
                span(
                    f"s{rng.randrange(4)}", own, rng.randrange(1, 22), rng.choice(list(KINDS)),
                    trace=trace, lasts=rng.randrange(1, 900), at=rng.randrange(100), failed=rng.random() < 0.2,
                    links=[(rng.randrange(1, 40), rng.randrange(1, 20))],
                    **rng.choice([{}, KAFKA, {"server_address": "x"}, {"db_system": "redis"}, {"http_route": "/y"}]),
                )
            )  # fmt: skip
            if rng.random() < 0.1:
                spans.append((f"s{rng.randrange(4)}", {**spans[-1][1], "name": "again"}))
    first = join(tmp_path, *spans)
    assert len([f for f in first.facts if isinstance(f, CallFact)]) > 20
    for _ in range(3):
        rng.shuffle(spans)
        again = join(tmp_path, *spans)
        assert (again.facts, again.notices) == (first.facts, first.notices)
