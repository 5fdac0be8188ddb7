"""Which names become one service, and which never do."""

from itertools import permutations

import pytest
from counted_work import Counter
from fact_builders import call, service
from msgspec.structs import replace

from topoplan.config import ServiceSettings, Settings
from topoplan.graph import build_topology
from topoplan.model.facts import CallFact, Fact, NodeKind, Notice, Party, Style
from topoplan.model.place import Confidence
from topoplan.model.topology import Topology


def topology(*facts: Fact, **services: ServiceSettings) -> Topology:
    return build_topology(facts, (), (), Settings(services={k.replace("_", "-"): v for k, v in services.items()}))


def ids(built: Topology) -> list[str]:
    return [s.id for s in built.services]


def named(built: Topology) -> list[Notice]:
    """What is told of names."""
    return [notice for notice in built.notices if notice.slug != "no-calls"]


@pytest.mark.parametrize("traced", ["user-service", "UserService", "user_service", "userservice", "user", "user-svc"])
def test_a_traced_name_joins_the_declared_service(traced: str) -> None:
    built = topology(service("user-service"), service(traced, "otlp"))
    assert ids(built) == ["user-service"]
    if traced != "user-service":
        (join,) = built.services[0].joins
        assert join.name == traced
        assert join.reason
        assert join.where is not None
        assert traced in built.services[0].aliases


def test_names_that_one_source_tells_apart_stay_apart() -> None:
    assert ids(topology(service("user"), service("user-service"))) == ["user", "user-service"]
    assert ids(topology(service("user", "otlp"), service("user-service", "otlp"))) == ["user", "user-service"]


def test_an_exact_name_wins_over_a_loose_one() -> None:
    built = topology(service("user"), service("user-service"), service("user-service", "otlp"))
    assert [len(s.evidence) for s in built.services] == [1, 2]


def test_an_ambiguous_name_is_a_notice_and_not_a_guess() -> None:
    built = topology(service("user-api"), service("user-svc"), service("user", "otlp"))
    assert ids(built) == ["user", "user-api", "user-svc"]
    (notice,) = named(built)
    assert notice.slug == "ambiguous-name"
    assert "user-api, user-svc" in notice.message


def test_an_alias_declared_beside_a_service_joins() -> None:
    built = topology(service("orders", aliases=("shop-orders-v2",)), service("shop-orders-v2", "otlp"))
    assert ids(built) == ["orders"]


def test_localhost_is_nobodys_alias() -> None:
    built = topology(service("orders", aliases=("localhost",)), call("web", "localhost"), service("web"))
    assert built.boundaries == ()
    assert built.services[0].aliases == ()


def test_cluster_dns_names_mean_the_service() -> None:
    built = topology(service("orders"), service("web"), call("web", "orders.shop.svc.cluster.local"))
    assert [(b.consumer, b.provider) for b in built.boundaries] == [("web", "orders")]


def test_a_public_host_becomes_an_external() -> None:
    built = topology(service("web"), call("web", "api.stripe.com"))
    assert {s.id: s.kind for s in built.services} == {"api.stripe.com": NodeKind.EXTERNAL, "web": NodeKind.SERVICE}


def test_an_unknown_bare_name_is_told_and_not_invented() -> None:
    built = topology(service("web"), call("web", "smtp-relay"))
    assert ids(built) == ["web"]
    assert [n.slug for n in built.notices] == ["unresolved-name"]


def test_the_same_name_in_two_compose_projects_is_one_service_unless_code_differs() -> None:
    one, other = service("cart", scope="a"), service("cart", scope="b")
    assert ids(topology(one, other)) == ["cart"]
    apart = topology(service("cart", scope="a", folder="a/cart"), service("cart", scope="b", folder="b-cart"))
    assert ids(apart) == ["b-cart", "cart"]


def test_role_names_of_two_projects_stay_apart() -> None:
    db = {"kind": NodeKind.DATASTORE, "technology": "postgresql"}
    assert len(topology(service("db", scope="a", **db), service("db", scope="b", **db)).services) == 2


def test_stores_of_different_technology_stay_apart() -> None:
    built = topology(
        service("catalogue-data", scope="a", kind=NodeKind.DATASTORE, technology="mysql"),
        service("catalogue-data", scope="b", kind=NodeKind.DATASTORE, technology="mongodb"),
    )
    assert len(built.services) == 2


def test_an_observed_store_is_the_one_its_caller_is_declared_to_use() -> None:
    stores = [service(n, kind=NodeKind.DATASTORE, technology="postgresql") for n in ("order-db", "stock-db")]
    observed = Party("postgresql", kind=NodeKind.DATASTORE, technology="postgresql")
    built = topology(
        *stores,
        service("orders"),
        call("orders", "order-db"),
        service("orders", "otlp"),
        call("orders", observed, "otlp", calls=3),
    )
    assert [(b.provider, b.basis) for b in built.boundaries] == [("order-db", "both")]


def test_an_observed_store_that_could_be_any_is_a_node_of_its_own() -> None:
    stores = [service(n, kind=NodeKind.DATASTORE, technology="postgresql") for n in ("order-db", "stock-db")]
    observed = Party("postgresql", kind=NodeKind.DATASTORE, technology="postgresql")
    built = topology(*stores, service("orders", "otlp"), call("orders", observed, "otlp", calls=3))
    assert [b.provider for b in built.boundaries] == ["postgresql"]


def seen(consumer: str, host: str, technology: str, kind: NodeKind = NodeKind.DATASTORE) -> CallFact:
    """A call that a trace shows, to a store or broker at this host."""
    return call(consumer, Party(host, kind=kind, technology=technology), "otlp", Style.RESOURCE, technology, calls=1)


def ends(*facts: Fact) -> list[tuple[str, str]]:
    return [(b.consumer, b.provider) for b in build_topology(facts, (), (), Settings()).boundaries]


def test_stores_that_only_traces_name_are_told_apart_by_their_hosts() -> None:
    services = (service("orders", "otlp"), service("users", "otlp"))
    calls = (seen("orders", "orders-db", "postgresql"), seen("users", "users-db", "postgresql"))
    assert ends(*services, *calls) == [("orders", "orders-db"), ("users", "users-db")]


def test_two_stores_of_one_caller_are_two() -> None:
    calls = (seen("orders", "store-01", "redis"), seen("orders", "store-02", "redis"))
    assert ends(service("orders", "otlp"), *calls) == [("orders", "store-01"), ("orders", "store-02")]


def test_a_store_called_by_its_product_only_is_one_whoever_calls_it() -> None:
    services = (service("orders", "otlp"), service("users", "otlp"))
    calls = (seen("orders", "redis", "redis"), seen("users", "redis", "redis"))
    assert ends(*services, *calls) == [("orders", "redis"), ("users", "redis")]


@pytest.mark.parametrize("vague", ["aaa", "zzz"])
def test_a_product_means_the_only_store_of_its_kind_whoever_is_read_first(vague: str) -> None:
    services = (service("orders", "otlp"), service(vague, "otlp"))
    found = ends(*services, seen("orders", "store-01", "redis"), seen(vague, "redis", "redis"))
    assert found == sorted([("orders", "store-01"), (vague, "store-01")])


def test_a_product_means_none_of_several_stores() -> None:
    services = (service("orders", "otlp"), service("users", "otlp"), service("web", "otlp"))
    calls = (seen("orders", "store-01", "redis"), seen("users", "store-02", "redis"), seen("web", "redis", "redis"))
    assert ends(*services, *calls) == [("orders", "store-01"), ("users", "store-02"), ("web", "redis")]


def test_a_host_seen_in_traces_is_the_declared_store_of_its_product() -> None:
    store = service("orders-db", kind=NodeKind.DATASTORE, technology="postgresql")
    calls = (call("orders", "orders-db"), seen("orders", "pg-primary", "postgresql"))
    assert ends(service("orders"), store, *calls) == [("orders", "orders-db")]


def test_hosts_of_brokers_are_one_broker() -> None:
    services = (service("orders", "otlp"), service("users", "otlp"))
    calls = (
        seen("orders", "mq-1.prod", "kafka", NodeKind.BROKER),
        seen("users", "mq-2.prod", "kafka", NodeKind.BROKER),
    )
    assert {provider for _, provider in ends(*services, *calls)} == {"mq-1.prod"}


def test_configuration_forces_a_join() -> None:
    said = ServiceSettings(aliases=("legacy-erp-7",))
    built = topology(service("orders"), service("legacy-erp-7", "otlp"), orders=said)
    assert ids(built) == ["orders"]


def test_configuration_forbids_a_join() -> None:
    said = ServiceSettings(not_aliases=("user",))
    built = topology(service("user-service"), service("user", "otlp"), user_service=said)
    assert ids(built) == ["user", "user-service"]


def test_configuration_overrides_what_sources_say_and_can_leave_a_service_out() -> None:
    built = topology(
        service("web"),
        service("edge"),
        service("old"),
        call("web", "old"),
        edge=ServiceSettings(kind="gateway", owner="web team", domain="web", criticality="high"),
        old=ServiceSettings(ignore=True),
    )
    edge, web = built.services
    assert (edge.id, edge.kind, edge.owner, edge.criticality) == ("edge", NodeKind.GATEWAY, "web team", "high")
    assert edge.domain == "web"
    assert web.id == "web"
    assert built.boundaries == ()


def test_of_several_domains_the_surest_counts_and_of_equally_sure_ones_the_first_by_name() -> None:
    def said(domain: str, confidence: Confidence) -> Fact:
        fact = service("web")
        return replace(fact, domain=domain, evidence=replace(fact.evidence, confidence=confidence))

    low, medium, other = said("a", Confidence.LOW), said("c", Confidence.MEDIUM), said("b", Confidence.MEDIUM)
    for facts in permutations((service("web"), low, medium, other)):
        assert topology(*facts).services[0].domain == "b"


SHOP = ("shop-orders", "shop-users", "shop-mysql")


def test_the_prefix_that_most_names_of_a_source_begin_with_is_the_systems() -> None:
    plain = [service(name, scope="compose") for name in ("orders", "users", "mysql", "gateway")]
    built = topology(*plain, *(service(name, "kubernetes") for name in SHOP))
    assert ids(built) == ["gateway", "mysql", "orders", "users"]
    assert {s.name: [j.reason for j in s.joins] for s in built.services}["mysql"] == [
        "differs only in the system's prefix shop-"
    ]
    other_way = topology(*(service(name, scope="compose") for name in SHOP), service("orders", "otlp"))
    assert ids(other_way) == sorted(SHOP)


def test_a_prefix_of_few_names_and_a_role_behind_it_tell_nothing() -> None:
    few = topology(service("orders", scope="compose"), service("shop-orders", "otlp"), service("users", "otlp"))
    assert ids(few) == ["orders", "shop-orders", "users"]
    roles = [service(name, "kubernetes") for name in (*SHOP, "shop-db")]
    assert "shop-db" in ids(topology(service("db", scope="compose"), *roles))


def test_an_ambiguous_name_is_told_once() -> None:
    built = topology(service("user-api"), service("user-svc"), service("web"), call("web", "user"))
    assert [notice.slug for notice in named(built)] == ["ambiguous-name"]


def test_a_forbidden_name_is_not_called_ambiguous() -> None:
    said = {"user_service": ServiceSettings(not_aliases=("user",))}
    built = topology(service("user-service"), service("web"), call("web", "user"), **said)
    assert [notice.slug for notice in named(built)] == ["unresolved-name"]


def test_many_stores_that_only_traces_name_are_not_compared_with_one_another() -> None:
    counter = Counter()
    for number in (200, 800):
        services = [service(f"s{i}x", "otlp") for i in range(number)]
        calls = [seen(f"s{i}x", f"kept{i}y", "redis") for i in range(number)]
        built = counter.step(str(number), lambda: build_topology([*services, *calls], (), (), Settings()))  # noqa: B023
        assert len(built.services) == 2 * number
    assert counter.calls["800"] < 1.5 * 4 * counter.calls["200"]
