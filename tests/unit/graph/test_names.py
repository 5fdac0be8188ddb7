import pytest

from topoplan.graph.names import cluster_name, core_key, exact_key, is_public_host, service_id, squashed_key


@pytest.mark.parametrize("name", ["UserService", "user_service", "user-service", "User Service", " user-service "])
def test_case_and_separators_do_not_matter(name: str) -> None:
    assert exact_key(name) == "user-service"


def test_acronyms_stay_whole() -> None:
    assert exact_key("VehicleManagementAPI") == "vehicle-management-api"
    assert squashed_key("VehicleManagementAPI") == "vehiclemanagementapi"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("user-service", "user"),
        ("usersvc", "user"),
        ("productcatalogservice", "productcatalog"),
        ("service-user", "user"),
        ("api", ""),
        ("user-service-api", "user"),
        ("db", "db"),
        ("user-deployment", "user"),
        ("redeploy", "redeploy"),
        ("user-webservice", "user"),
    ],
)
def test_affixes_that_only_say_service_are_dropped(name: str, core: str) -> None:
    assert core_key(name) == core


@pytest.mark.parametrize("host", ["api.stripe.com", "login.microsoftonline.com", "example.co.uk", "stripe.com"])
def test_public_hosts(host: str) -> None:
    assert is_public_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "orders",
        "orders.local",
        "orders.shop.svc.cluster.local",
        "orders.shop.svc",
        "10.0.0.1",
        "localhost",
        "orders.prod",
        "",
    ],
)
def test_private_hosts(host: str) -> None:
    assert not is_public_host(host)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("orders.shop.svc.cluster.local", "orders"),
        ("orders.shop", "orders"),
        ("orders", None),
        ("api.stripe.com", None),
        ("10.0.0.1", None),
    ],
)
def test_cluster_names(host: str, name: str | None) -> None:
    assert cluster_name(host) == name


def test_ids_hold_no_spaces_or_slashes() -> None:
    assert service_id(" My Shop/Orders ") == "my-shop-orders"
    assert service_id("") == "unnamed"
