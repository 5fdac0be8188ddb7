from __future__ import annotations

import pytest

from topoplan_importers.variables import Purpose, command_references, names_host, purpose_of, references

NEVER = [
    "CORS_ORIGINS",
    "KAFKA_ADVERTISED_LISTENERS",
    "NO_PROXY",
    "OAUTH_REDIRECT_URI",
    "DB_PASSWORD",
    "ALLOWED_HOSTS",
    "API_KEY",
    "ORDER_TOPIC",
    "IMAGE",
    "spring.kafka.topic",
]
SHOWN = [
    "PUBLIC_URL",
    "EXTERNAL_BASE_URL",
    "FRONTEND_URL",
    "OIDC_ISSUER",
]
HOSTLIKE = [
    "ORDER_URL",
    "DB_HOST",
    "orders.baseUrl",
    "USER_SERVICE",
    "REDIS_HOST_1",
    "BOOTSTRAP_SERVERS",
    "ES_NODES",
    "MAIL_SERVER",
    "imageServer",
]


@pytest.mark.parametrize("name", NEVER)
def test_names_that_never_mean_a_call(name: str) -> None:
    assert purpose_of(name) is Purpose.NONE
    assert list(references(name, "http://orders:8080")) == []


@pytest.mark.parametrize("name", SHOWN)
def test_names_that_show_an_address(name: str) -> None:
    assert [r.shown for r in references(name, "http://orders:8080")] == [True]


@pytest.mark.parametrize("name", HOSTLIKE)
def test_names_that_ask_for_a_host(name: str) -> None:
    assert names_host(name)
    assert [r.address.host for r in references(name, "orders")] == ["orders"]


@pytest.mark.parametrize(
    "name", ["DB_NAME", "POSTGRES_DB", "DB_USER", "SERVICE_NAME", "ROLE", "MODE", "SERVER_NAME", ""]
)
def test_bare_words_under_other_names_are_no_hosts(name: str) -> None:
    assert list(references(name, "orders")) == []


def test_pairs_inside_a_value_are_read_under_their_own_names() -> None:
    value = "-Xmx1g -Ddb.host=ledger -Ddb.name=orders -Dcors.origins=http://web -Dusers.url=http://users:80"
    assert sorted({r.address.host for r in references("JAVA_OPTS", value)}) == ["ledger", "users"]


def test_grpc_is_told_by_name() -> None:
    assert [r.grpc for r in references("GRPC_CLIENTS_USERS_HOST", "users")] == [True]


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        (("app", "--db-host", "ledger", "--name", "orders"), ["ledger"]),
        (("app", "--queue=amqp://rabbit", "--listen=0.0.0.0:80"), ["rabbit"]),
        (("./wait-for-it.sh", "config:8888", "--timeout=100", "--", "start.sh"), ["config"]),
        (("sh", "-c", "until nc -z db 5432; do sleep 1; done; curl http://init:80"), ["init"]),
        (("node", "server.js"), []),
    ],
)
def test_command_lines(line: tuple[str, ...], hosts: list[str]) -> None:
    assert sorted({r.address.host for r in command_references(line)}) == hosts
