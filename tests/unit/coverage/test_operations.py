"""Which operation of a boundary tests mean."""

import pytest
from topology_builders import call, node, op, topology

from topoplan.coverage.operations import Operations, split_operation


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("POST /orders", ("POST", "/orders")),
        ("get  /orders/{id}", ("GET", "/orders/{id}")),
        ("shop.Users/Get", ("RPC", "shop.Users/Get")),
        ("publish order.created", ("PUBLISH", "order.created")),
        ("receive order.created", ("PUBLISH", "order.created")),
        ("QUERY users", ("QUERY", "users")),
    ],
)
def test_names_of_operations(name, meant) -> None:
    assert split_operation(name) == meant


BASED = node("orders", op("GET", "/api/v1/orders/{id}"), op("POST", "/api/v1/orders"))
BOUNDARY = call("web", "orders", "GET /api/v1/orders/{id}", "GET /health/{part}")
OPERATIONS = Operations(topology([node("web"), BASED], [BOUNDARY]))


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/api/v1/orders/7?x=1", "GET /api/v1/orders/{id}"),
        ("/orders/7", "GET /api/v1/orders/{id}"),
        ("/v1/orders/7", "GET /api/v1/orders/{id}"),
        ("/v2/orders/7", "GET /v2/orders/7"),
        ("/health/db", "GET /health/{part}"),
    ],
)
def test_concrete_paths_also_behind_the_base_of_all_paths(path, meant) -> None:
    assert OPERATIONS.id_of(BOUNDARY, "GET", path) == meant
