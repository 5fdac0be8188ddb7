from __future__ import annotations

import pytest

from topoplan.cli.selection import boundaries_between, find_service
from topoplan.errors import UsageError
from topoplan.model.facts import NodeKind, Style
from topoplan.model.topology import Boundary, Service, Topology


def service(name: str, *aliases: str, id_: str = "") -> Service:
    return Service(id_ or name.lower(), name, NodeKind.SERVICE, aliases)


def boundary(consumer: str, provider: str, protocol: str = "http") -> Boundary:
    return Boundary(f"{consumer}->{provider}/{protocol}", consumer, provider, Style.SYNC, protocol)


SHOP = Topology(
    services=(
        service("Cart"),
        service("Gateway", "edge"),
        service("Orders", "order-svc", "shared"),
        service("Payments", "shared"),
        service("cart", id_="legacy/cart"),
        service("lonely"),
    ),
    boundaries=(
        boundary("gateway", "cart"),
        boundary("gateway", "orders"),
        boundary("gateway", "orders", "grpc"),
        boundary("orders", "payments"),
    ),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("orders", "orders"),
        ("ORDERS", "orders"),
        ("Order-Svc", "orders"),
        ("edge", "gateway"),
        ("cart", "cart"),
        ("legacy/cart", "legacy/cart"),
    ],
)
def test_ids_names_and_aliases_are_understood(wanted: str, found: str) -> None:
    assert find_service(SHOP, wanted).id == found


def test_an_exact_id_wins_over_other_spellings() -> None:
    twins = Topology(services=(service("A", id_="Api"), service("B", id_="api")))
    assert find_service(twins, "Api").name == "A"
    assert find_service(twins, "api").name == "B"
    with pytest.raises(UsageError) as caught:
        find_service(twins, "API")
    assert (caught.value.slug, caught.value.hint) == ("ambiguous-service", "use an id: Api, api")


def test_an_alias_of_two_is_ambiguous() -> None:
    with pytest.raises(UsageError) as caught:
        find_service(SHOP, "SHARED")
    assert (caught.value.slug, caught.value.hint) == ("ambiguous-service", "use an id: orders, payments")


def test_a_near_miss_is_suggested_by_id() -> None:
    with pytest.raises(UsageError) as caught:
        find_service(SHOP, "order-scv")
    assert caught.value.slug == "unknown-service"
    assert caught.value.hint.startswith("did you mean orders")


def test_part_of_a_name_suggests_all_that_hold_it() -> None:
    shop = Topology(services=(service("order-db"), service("order-service"), service("stock")))
    with pytest.raises(UsageError) as caught:
        find_service(shop, "order")
    assert caught.value.hint == "did you mean order-db or order-service?"


def test_a_far_miss_lists_what_there_is() -> None:
    many = Topology(services=tuple(service(f"s{n:02}") for n in range(12)))
    with pytest.raises(UsageError) as caught:
        find_service(many, "zebra")
    assert caught.value.hint == "known are s00, s01, s02, s03, s04, s05, s06, s07, s08, s09 and 2 more"


def test_all_boundaries_of_a_pair_are_given() -> None:
    found = boundaries_between(SHOP, "Gateway", "order-svc")
    assert [b.id for b in found] == ["gateway->orders/http", "gateway->orders/grpc"]


def test_the_other_way_round_is_said() -> None:
    with pytest.raises(UsageError) as caught:
        boundaries_between(SHOP, "payments", "orders")
    assert caught.value.slug == "no-boundary"
    assert caught.value.message == "payments does not depend on orders"
    assert caught.value.hint == "it is the other way round: topoplan explain orders payments"


def test_without_a_boundary_the_neighbours_are_listed() -> None:
    with pytest.raises(UsageError) as caught:
        boundaries_between(SHOP, "gateway", "payments")
    assert caught.value.hint == "gateway depends on cart, orders; payments is used by orders"
    with pytest.raises(UsageError) as caught:
        boundaries_between(SHOP, "orders", "lonely")
    assert caught.value.hint == ("orders depends on payments and is used by gateway; lonely has no boundaries")


def test_a_service_and_itself() -> None:
    with pytest.raises(UsageError) as caught:
        boundaries_between(SHOP, "orders", "orders")
    assert caught.value.hint == "orders depends on payments and is used by gateway"
