import json

import pytest

from topoplan.importing.contract import Imported
from topoplan.model.facts import CallFact, MountFact, NodeKind, ServiceFact
from topoplan.model.place import Confidence


def _project(**services: dict[str, object]) -> dict[str, str]:
    return {"compose.yaml": json.dumps({"services": services}, indent=1)}


def _calls(imported: Imported) -> list[tuple[str, str, str, str]]:
    calls = (f for f in imported.facts if isinstance(f, CallFact))
    return [(c.consumer.name, c.provider.name, c.evidence.rule, c.evidence.confidence.value) for c in calls]


@pytest.mark.parametrize(
    "test",
    [
        "curl -f http://orders:8080/health || exit 1",
        ["CMD", "curl", "-f", "http://orders:8080/health"],
        ["CMD-SHELL", "curl -f http://orders:8080/health && curl http://localhost:9999"],
        ["CMD", "check", "--server", "orders"],
    ],
)
def test_a_health_check_may_name_another_service(test: object, read) -> None:
    imported = read(_project(web={"image": "web", "healthcheck": {"test": test}}, orders={"image": "orders"}))
    assert _calls(imported) == [("web", "orders", "healthcheck", "low")]


@pytest.mark.parametrize(
    "healthcheck",
    [
        {"test": "curl http://web:80/health"},
        {"test": ["CMD", "curl", "http://alias:80/"]},
        {"test": ["CMD-SHELL", "curl http://localhost:8080/ http://127.0.0.1:8080"]},
        {"test": ["CMD", "curl", "https://status.acme.com/"]},
        {"test": ["NONE"]},
        {"test": "curl http://orders:8080", "disable": True},
        {"test": 5},
        {"test": []},
        {"test": {"a": "http://orders:8080"}},
        {"interval": "5s"},
        ["CMD", "curl", "http://orders:8080"],
    ],
)
def test_a_health_check_of_the_service_itself_says_nothing(healthcheck: object, read) -> None:
    web = {"image": "web", "hostname": "alias", "healthcheck": healthcheck}
    assert _calls(read(_project(web=web, orders={"image": "orders", "ports": ["8080:8080"]}))) == []


def test_a_health_check_does_not_say_whose_a_store_is(read) -> None:
    web = {"image": "web", "healthcheck": {"test": "nc -z orders-db:5432"}}
    imported = read(_project(web=web, orders={"image": "orders"}, **{"orders-db": {"image": "postgres"}}))
    assert sorted(_calls(imported)) == [
        ("orders", "orders-db", "name-pair", "medium"),
        ("web", "orders-db", "healthcheck", "low"),
    ]


def test_a_health_check_replaces_the_one_it_overrides(read) -> None:
    files = {
        "compose.yaml": "services:\n  web: {image: x, healthcheck: {test: 'curl http://a:80'}}\n  a: {image: a}\n",
        "compose.override.yaml": "services:\n  web: {healthcheck: {disable: true}}\n",
    }
    assert _calls(read(files)) == []
    files["compose.override.yaml"] = (
        "services:\n  web: {healthcheck: {test: [CMD, curl, 'http://b:80']}}\n  b: {image: b}\n"
    )
    assert _calls(read(files)) == [("web", "b", "healthcheck", "low")]


def test_a_port_that_several_services_publish_means_none_of_them(read) -> None:
    web = {"image": "web", "environment": {"ORDERS_URL": "http://host.docker.internal:8080"}}
    orders = {"image": "orders", "ports": ["8080:80"]}
    assert _calls(read(_project(web=web, orders=orders))) == [("web", "orders", "published-port", "medium")]
    imported = read(_project(web=web, orders=orders, billing={"image": "billing", "ports": ["8080:90"]}))
    assert _calls(imported) == []
    assert [(n.slug, n.message, str(n.where)) for n in imported.notices] == [
        (
            "compose-port",
            "ORDERS_URL names port 8080 of the host, which billing, orders all publish; no call was assumed",
            "compose.yaml:6",
        )
    ]


def test_a_port_that_several_services_publish_is_no_matter_while_nobody_names_it(read) -> None:
    one = {"image": "x", "ports": ["8080:80"]}
    imported = read(_project(a=one, b=one, c={"image": "y", "environment": {"PUBLIC_URL": "http://localhost:8080"}}))
    assert imported.notices == ()


_URLS = (
    "http://m4ria:{}@gate:80/x",
    "postgres://m4ria:{}@gate:5432/app",
    "amqp://m4ria:{}@gate:5672",
    "redis://:{}@gate:6379/0",
    "mongodb://m4ria:{}@gate:27017,gate:27018/app",
    "jdbc:postgresql://m4ria:{}@gate:5432/app",
    "jdbc:mysql://gate/app?user=m4ria&password={}",
)


@pytest.mark.parametrize("password", ["p4rt/t41l", "p4rt@t41l", "p4rt:t41l", "p4rt#t41l", "p4rt?t41l", "p4rt%40t41l"])
def test_no_piece_of_a_password_reaches_anything(password: str, read) -> None:
    values = {f"URL_{n}": url.format(password) for n, url in enumerate(_URLS)}
    named = {
        "environment": values,
        "command": [f"--url={url}" for url in values.values()] + list(values.values()),
        "healthcheck": {"test": ["CMD", "curl", *values.values()]},
        "labels": values,
        "build": {"context": ".", "args": values},
    }
    imported = read(_project(app=named, gate={"image": "x"}, t41l={"image": "x"}, p4rt={"image": "x"}))
    parts = [f for f in imported.facts if isinstance(f, CallFact)]
    assert {f.provider.name for f in parts} == {"gate"}
    assert not any(piece in repr((parts, imported.notices)) for piece in ("p4rt", "t41l", "m4ria"))
    assert Confidence.HIGH in {f.evidence.confidence for f in parts}


def test_mounted_files_of_the_project_are_told(read):
    compose = """services:
  proxy:
    image: nginx
    configs: [site]
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
      - {type: bind, source: ./snippets, target: /etc/nginx/snippets}
      - data:/data
      - /var/run/docker.sock:/var/run/docker.sock
      - ./missing:/missing
      - ./users:/users
      - .:/everything
  users:
    build: users
configs:
  site: {file: site.conf}
"""
    files = {
        "compose.yaml": compose,
        "nginx.conf": "x",
        "snippets/a.conf": "x",
        "users/Dockerfile": "x",
        "site.conf": "x",
    }
    mounts = [f for f in read(files).facts if isinstance(f, MountFact)]
    assert [(m.service.name, m.path) for m in mounts] == [
        ("proxy", "nginx.conf"),
        ("proxy", "site.conf"),
        ("proxy", "snippets"),
    ]
    assert str(mounts[0].evidence.where) == "compose.yaml:6"


@pytest.mark.parametrize(("users", "confidence"), [(2, Confidence.MEDIUM), (3, Confidence.LOW)])
def test_a_config_that_many_services_share_is_an_address_book(read, users, confidence):
    named = {f"app{n}": {"image": "x", "configs": ["book"]} for n in range(users)}
    book = {"content": "store: orders:8080"}
    imported = read(
        {"compose.yaml": json.dumps({"services": {**named, "orders": {"image": "y"}}, "configs": {"book": book}})}
    )
    calls = [f for f in imported.facts if isinstance(f, CallFact)]
    assert {(f.consumer.name, f.provider.name, f.evidence.confidence) for f in calls} == {
        (name, "orders", confidence) for name in named
    }


def test_a_job_is_no_store_whatever_image_it_runs(read) -> None:
    done = {"depends_on": {"load": {"condition": "service_completed_successfully"}}}
    jobs = {name: {"image": "postgres"} for name in ("populate-orders-db", "db-seed", "load")}
    facts = read(
        _project(web={"image": "web", **done}, **jobs, **{"seed-db": {"image": "mysql", "ports": ["1:1"]}})
    ).facts
    kinds = {f.party.name: (f.party.kind, f.infrastructure) for f in facts if isinstance(f, ServiceFact)}
    assert {name: kinds[name] for name in jobs} == dict.fromkeys(jobs, (None, True))
    assert kinds["seed-db"][0] is NodeKind.DATASTORE


def test_a_protocol_that_somebody_tells_goes_before_one_guessed_from_the_port(read) -> None:
    imported = read(
        _project(
            proxy={"image": "proxy", "environment": {"GRPC_STOCK_HOST": "stock", "GRPC_STOCK_PORT": "5001"}},
            web={"image": "web", "environment": {"STOCK_URL": "stock:5001", "STOCK_ADMIN_URL": "stock:5000"}},
            stock={"image": "stock"},
        )
    )
    told = {
        (f.consumer.name, f.evidence.detail.split()[0]): f.protocol for f in imported.facts if isinstance(f, CallFact)
    }
    assert told == {
        ("proxy", "GRPC_STOCK_HOST"): "grpc",
        ("web", "STOCK_URL"): "grpc",
        ("web", "STOCK_ADMIN_URL"): "http",
    }
