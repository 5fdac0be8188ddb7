"""Names under which a specification's provider may be known."""

from pathlib import Path

import pytest
from spec_reading import interfaces, read_specs, write

TAIL = "paths: {/a: {get: {}}}\n"
PLAIN = "openapi: 3.0.0\n" + TAIL


def hints(root: Path, files: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    write(root, dict(files))
    return {i.path: [(h.kind.value, h.name) for h in i.hints] for i in interfaces(read_specs(root))}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("openapi.yaml", []),
        ("users/openapi.yaml", [("folder", "users")]),
        ("services/users/src/main/resources/openapi/v1/api.yaml", [("folder", "users")]),
        ("users/api-spec/openapi_v2.json", [("folder", "users")]),
        ("specs/user-service.yaml", [("file", "user-service")]),
        ("users.openapi.yaml", [("file", "users")]),
        ("docs/payments-api-v1.2.yaml", [("file", "payments")]),
        ("orders/payments.yaml", [("folder", "orders"), ("file", "payments")]),
    ],
)
def test_folder_and_file_name_the_provider(tmp_path: Path, path: str, wanted: list[tuple[str, str]]) -> None:
    content = PLAIN if path.endswith(".yaml") else '{"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}'
    assert hints(tmp_path, {path: content})[path] == wanted


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("User Service API", "user-service"),
        ("Swagger Petstore - OpenAPI 3.0", "petstore"),
        ("Orders v2", "orders"),
        ("API", None),
        ("Everything you always wanted to know about users", None),
    ],
)
def test_the_title_names_the_provider(tmp_path: Path, title: str, wanted: str | None) -> None:
    found = hints(tmp_path, {"openapi.yaml": f"openapi: 3.0.0\ninfo: {{title: {title}}}\n{TAIL}"})
    assert found["openapi.yaml"] == ([("title", wanted)] if wanted else [])


@pytest.mark.parametrize(
    ("server", "wanted"),
    [
        ("http://user-service:8080/api", [("server", "user-service"), ("folder", "users")]),
        ("http://users.shop.svc.cluster.local", [("server", "users.shop.svc.cluster.local"), ("folder", "users")]),
        ("https://u:p@api.acme.io/v1", [("folder", "users"), ("server", "api.acme.io")]),
        ("http://localhost:8080", [("folder", "users")]),
        ("http://127.0.0.1", [("folder", "users")]),
        ("https://api.example.com", [("folder", "users")]),
        ("https://petstore.swagger.io/v2", [("folder", "users")]),
        ("https://{region}.acme.io", [("folder", "users")]),
        ("/v1", [("folder", "users")]),
        ("http://[::1]:80/", [("folder", "users")]),
        ("http://[bad", [("folder", "users")]),
    ],
)
def test_servers_name_the_provider(tmp_path: Path, server: str, wanted: list[tuple[str, str]]) -> None:
    found = hints(tmp_path, {"users/openapi.yaml": f"openapi: 3.0.0\nservers: [{{url: '{server}'}}]\n{TAIL}"})
    assert found["users/openapi.yaml"] == wanted


def test_server_variables_take_their_defaults(tmp_path: Path) -> None:
    servers = "servers: [{url: 'http://{host}:80', variables: {host: {default: users}}}]\n"
    assert hints(tmp_path, {"a.yaml": f"openapi: 3.0.0\n{servers}{TAIL}"})["a.yaml"] == [
        ("server", "users"),
        ("file", "a"),
    ]


def test_a_swagger_host_names_the_provider(tmp_path: Path) -> None:
    found = hints(tmp_path, {"openapi.yaml": f"swagger: '2.0'\nhost: users:8080\n{TAIL}"})
    assert found["openapi.yaml"] == [("server", "users")]


def test_a_folder_of_many_specifications_names_none_of_them(tmp_path: Path) -> None:
    found = hints(tmp_path, {"shop/orders.yaml": PLAIN, "shop/specs/users.yaml": PLAIN})
    assert found == {"shop/orders.yaml": [("file", "orders")], "shop/specs/users.yaml": [("file", "users")]}


def test_versions_of_one_specification_share_their_folder(tmp_path: Path) -> None:
    found = hints(tmp_path, {"users/openapi-v1.yaml": PLAIN, "users/openapi-v2.yaml": PLAIN})
    assert list(found.values()) == [[("folder", "users")]] * 2
