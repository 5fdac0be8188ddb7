"""Who a name in test evidence means, in a topology that is joined already."""

import pytest
from msgspec.structs import replace
from topology_builders import node, topology

from topoplan.config import ServiceSettings
from topoplan.graph.lookup import Lookup


def system(*names: str):
    return topology([node(name) for name in names], [])


@pytest.mark.parametrize(
    "name",
    ["orders", "Orders", "orders-service", "OrdersService", "orders_svc", "orders.shop.svc.cluster.local"],
)
def test_spellings_of_one_service(name) -> None:
    assert Lookup(system("orders", "users")).service(name) == "orders"


def test_names_that_mean_nothing() -> None:
    lookup = Lookup(system("orders", "users"))
    for name in ("billing", "", "service", "api.stripe.com", "orders-archive"):
        assert lookup.service(name) is None


def test_name_that_means_two_means_none() -> None:
    lookup = Lookup(system("orders-api", "orders-service"))
    assert lookup.service("orders") is None
    assert lookup.service("orders-api") == "orders-api"


def test_aliases_of_a_service() -> None:
    shop = topology([replace(node("orders"), aliases=("basket",))], [])
    assert Lookup(shop).service("Basket") == "orders"


def test_settings_force_and_forbid() -> None:
    said = {"orders": ServiceSettings(aliases=("billing",), not_aliases=("orders-service",))}
    lookup = Lookup(system("orders"), said)
    assert lookup.service("billing") == "orders"
    assert lookup.service("orders-service") is None


def test_prefix_that_three_names_share() -> None:
    shop, names = system("orders", "users", "web"), ("shop-orders", "shop-users", "shop-web")
    assert Lookup(shop, names=names).service("shop-orders") == "orders"
    assert Lookup(shop, names=names[:2]).service("shop-orders") is None
    assert Lookup(shop, names=names).service("shop-web") is None  # `web` alone may be anything


def test_owner_is_the_closest_folder() -> None:
    folders = {"orders": ("orders",), "mail": ("orders/mail",), "all": (".",)}
    shop = topology([replace(node(name), folders=found) for name, found in folders.items()], [])
    lookup = Lookup(shop)
    assert lookup.owner("orders/mail/pacts/x.json") == "mail"
    assert lookup.owner("orders/pacts/x.json") == "orders"
    assert lookup.owner("orders-archive/x.json") == "all"


def test_folder_of_two_services_has_no_owner() -> None:
    shop = topology([replace(node(name), folders=("src",)) for name in ("a", "b")], [])
    assert Lookup(shop).owner("src/x.json") is None
    assert Lookup(shop).owner("elsewhere") is None
