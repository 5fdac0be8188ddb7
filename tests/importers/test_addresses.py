from __future__ import annotations

import time

import pytest

from topoplan_importers.addresses import Address, find_addresses


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("http://orders:8080/api/v1?token=x", ["orders:8080 http"]),
        ("https://orders", ["orders https"]),
        ("HTTP://Orders.Shop.svc.cluster.local./", ["orders.shop.svc.cluster.local http"]),
        ("http://[::1]:80/", ["::1:80 http"]),
        ("grpc://users:50051", ["users:50051 grpc"]),
        ("jdbc:postgresql://db:5432/shop?user=u&password=p", ["db:5432 postgresql"]),
        ("r2dbc:pool:mysql://db/shop", ["db mysql"]),
        ("jdbc:sqlserver://sql:1433;databaseName=x;password=y", ["sql:1433 sqlserver"]),
        ("jdbc:oracle:thin:@ora:1521:XE", ["ora:1521 oracle"]),
        ("jdbc:oracle:thin:@//ora:1521/XE", ["ora:1521 oracle"]),
        ("(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora)(PORT=1521)))", ["ora:1521 oracle"]),
        ("Server=tcp:sql,1433;Database=d;User Id=sa;Password=p:1", ["sql:1433"]),
        ("Data Source=sql\\EXPRESS;Initial Catalog=d", ["sql"]),
        ("host=db port=5433 user=u dbname=d", ["db:5433"]),
        ("Host=db;Port=5432;Username=u", ["db:5432"]),
        ("user:pw@tcp(db:3306)/shop", ["db:3306"]),
        ("mongodb://u:p@m1:27017,m2:27018/db?replicaSet=r", ["m1:27017 mongodb", "m2:27018 mongodb"]),
        ("mongodb+srv://u:p@cluster0.ab.mongodb.net/db", ["cluster0.ab.mongodb.net mongodb"]),
        ("postgresql+asyncpg://u@db/x", ["db postgresql"]),
        ("amqp://guest:guest@rabbit:5672/%2f", ["rabbit:5672 amqp"]),
        ("failover:(tcp://a:61616,tcp://b:61616)?x=y", ["a:61616 tcp", "b:61616 tcp"]),
        ("kafka-1:9092,kafka-2:9092", ["kafka-1:9092", "kafka-2:9092"]),
        ("PLAINTEXT://kafka:9092;SSL://kafka:9093", ["kafka:9092 plaintext", "kafka:9093 ssl"]),
        ("1@k1:9093,2@k2:9093", ["k1:9093", "k2:9093"]),
        ("redis:6379,password=s3cret,ssl=False", ["redis:6379"]),
        ("redis://:pw@cache:6379/0", ["cache:6379 redis"]),
        ("redis", ["redis"]),
        ("es1, es2;es3", ["es1", "es2", "es3"]),
        ("order_service:8080/health", ["order_service:8080"]),
        ("10.0.0.7:80", ["10.0.0.7:80"]),
        # nothing to find
        ("", []),
        ("http://:8080", []),
        ("http://*:8080", []),
        ("0.0.0.0:80", []),
        ("http://{{host}}:80", []),
        ("order:5:1", []),
        ("12:30", []),
        ("a sentence, with some words!", []),
        ("host:99999", []),
    ],
)
def test_hosts_are_found(value: str, expected: list[str]) -> None:
    found = [
        f"{a.host}{f':{a.port}' if a.port else ''}{f' {a.scheme}' if a.scheme else ''}" for a in find_addresses(value)
    ]
    assert found == expected


FORMS = (
    "http://{}@gate:80/x",
    "http://{}@gate",
    "postgres://{}@gate:5432/app",
    "amqp://{}@gate:5672/vhost",
    "redis://{}@gate:6379/0",
    "mongodb://{}@gate:27017,gate2:27017/app?authSource=admin",
    "mongodb+srv://{}@gate/app",
    "jdbc:postgresql://{}@gate:5432/app",
    "jdbc:mysql://{}@gate:3306/app?useSSL=false",
    "{}@tcp(gate:3306)/app",
    'url="http://{}@gate:80"',
    "http://fore:80,http://{}@gate:80",
)
PASSWORDS = (
    "s3cr3t/t41l", "s3cr3t@t41l", "s3cr3t:t41l", "s3cr3t#t41l", "s3cr3t?t41l", "s3cr3t;t41l", "s3cr3t,t41l",
    "s3cr3t%2Ft41l", "s3cr3t%40t41l", "s3cr3t@t41l:80", "s3cr3t/t41l:80/", "s3cr3t@t41l/", "s3cr3t?a=t41l",
    "s3cr3t't41l",
    's3cr3t"t41l', "s3cr3t(t41l", "s3cr3t|t41l", "1234/t41l", "1234@t41l", "1234?t41l", "1234#t41l", "1234't41l",
    "s3cr3t/t41l@s3cr3t", "s3cr3t,http://t41l", "1234",
)  # fmt: skip


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("form", FORMS)
def test_no_piece_of_credentials_passes_for_a_host(form: str, password: str) -> None:
    found = find_addresses(form.format(f"m4ria:{password}"))
    assert {a.host for a in found} <= {"gate", "gate2", "fore"}


@pytest.mark.parametrize("user", ["t0ken/t41l", "t0ken@t41l", "t0ken#t41l", "t0ken?t41l"])
@pytest.mark.parametrize("form", FORMS)
def test_no_piece_of_a_token_passes_for_a_host(form: str, user: str) -> None:
    assert {a.host for a in find_addresses(form.format(user))} <= {"gate", "gate2", "fore"}


@pytest.mark.parametrize(
    "value",
    [
        "postgres://user:s3cr3t/x@db/app",
        "postgres://user:s3cr3t?x@db/app",
        "postgres://s3cr3t#x@db/app",
        "postgres://user:p@ss@db/app",
        "http://user:s3cr3t/x@db/app",
        "http://user:1234/x@db http://orders",
        "http://orders:s3cr3t",
    ],
)
def test_malformed_credentials_hide_the_whole_value(value: str) -> None:
    assert find_addresses(value) == ()


@pytest.mark.parametrize(
    "value",
    [
        "http://user:s3cr3t%2Fx@db/app",
        "http://user:s3cr3t:x@db/app",
        "user:s3cr3t@db:5432/app",
        "root:1234@tcp(db:3306)/app",
        "Server=db;Password=s3cr3t:8080;User=s3cr3t",
        "redis://db?password=s3cr3t",
        "jdbc:sqlserver://db:1433;databaseName=x;user=sa;password=s3cr3t@1",
        "jdbc:mysql://db:3306/x?useSSL=false&user=root&password=s3cr3t@1",
    ],
)
def test_only_the_host_leaves_a_value(value: str) -> None:
    assert {a.host for a in find_addresses(value)} == {"db"}


def test_bare_names_are_told_apart() -> None:
    assert find_addresses("db")[0].bare
    assert not Address("db", 5432).bare
    assert not Address("db", 0, "http").bare


@pytest.mark.parametrize(
    "unit",
    [
        "a:",
        "a://",
        "host=",
        "(",
        "@",
        "http://a,",
        "a-",
        " ",
        "[",
        'x="',
        "--a ",
        "jdbc:oracle:thin:@",
        "http://a;user",
        "http://a@",
        "x@tcp(",
        "http://a;;",
    ],
)
def test_long_values_are_read_in_bounded_time(unit: str) -> None:
    start = time.process_time()
    find_addresses(unit * 200_000)
    assert time.process_time() - start < 2
