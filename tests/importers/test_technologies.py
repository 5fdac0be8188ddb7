from __future__ import annotations

import pytest

from topoplan.model.facts import NodeKind
from topoplan_importers import technologies


@pytest.mark.parametrize(
    ("image", "product", "kind"),
    [
        ("postgres", "postgresql", "datastore"),
        ("postgres:16-alpine", "postgresql", "datastore"),
        ("docker.io/bitnami/postgresql:15@sha256:0123", "postgresql", "datastore"),
        ("localhost:5000/library/mysql:8", "mysql", "datastore"),
        ("mariadb:11", "mariadb", "datastore"),
        ("registry.io/acme/orders-mongodb:1", "mongodb", "datastore"),
        ("valkey/valkey:8", "redis", "datastore"),
        ("redis/redis-stack-server", "redis", "datastore"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "microsoft.sql_server", "datastore"),
        ("mcr.microsoft.com/azure-sql-edge", "microsoft.sql_server", "datastore"),
        ("gvenzl/oracle-xe:21", "oracle.db", "datastore"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.1.0", "elasticsearch", "datastore"),
        ("confluentinc/cp-kafka:7.5.0", "kafka", "broker"),
        ("apache/kafka-native:4.0", "kafka", "broker"),
        ("redpandadata/redpanda", "kafka", "broker"),
        ("rabbitmq:3-management", "rabbitmq", "broker"),
        ("eclipse-mosquitto", "mqtt", "broker"),
        ("traefik:v3", "traefik", "gateway"),
        ("envoyproxy/envoy:v1.30", "envoy", "gateway"),
    ],
)
def test_products_are_told_by_image(image: str, product: str, kind: str) -> None:
    found = technologies.by_image(image)
    assert found is not None
    assert (found.name, found.kind, found.infrastructure) == (product, NodeKind(kind), False)


@pytest.mark.parametrize(
    "image",
    [
        "wurstmeister/zookeeper",
        "jaegertracing/all-in-one:1.60",
        "openzipkin/zipkin",
        "otel/opentelemetry-collector-contrib",
        "prom/prometheus",
        "prometheuscommunity/postgres-exporter",
        "quay.io/prometheus/node-exporter",
        "grafana/loki",
        "provectuslabs/kafka-ui",
        "obsidiandynamics/kafdrop",
        "mongo-express",
        "rediscommander/redis-commander",
        "dpage/pgadmin4",
        "adminer",
        "acme/eureka-server",
        "ghcr.io/open-feature/flagd:v0.12",
        "locustio/locust",
        "flyway/flyway",
    ],
)
def test_what_runs_beside_a_system_is_told_by_image(image: str) -> None:
    found = technologies.by_image(image)
    assert found is not None
    assert found.infrastructure
    assert found.kind is None


@pytest.mark.parametrize(
    "image",
    [
        "acme/orders:1",
        "acme/order-kafka-consumer",
        "acme/shop-with-jaeger",
        "open-telemetry/demo:latest",
        "confluentinc/cp-schema-registry",
        "confluentinc/cp-kafka-connect",
        "",
        "${UNSET}",
        "a/b/c/d:e@f",
    ],
)
def test_other_images_tell_nothing(image: str) -> None:
    assert technologies.by_image(image) is None


def test_names_tell_products() -> None:
    named = {n: getattr(technologies.by_name(n), "name", "") for n in ("kafka1", "orders-mongo", "mysql", "zookeeper")}
    assert named == {"kafka1": "kafka", "orders-mongo": "mongodb", "mysql": "mysql", "zookeeper": "zookeeper"}
    assert [
        n for n in ("orders", "data-exporter-api", "sentry-client-app", "nats-publisher") if technologies.by_name(n)
    ] == []


def test_names_tell_stores_and_gateways() -> None:
    assert all(map(technologies.names_store, ("db", "orders-db", "ordersdb", "database", "users_database")))
    assert not any(map(technologies.names_store, ("dbadmin", "orders", "feedback")))
    assert all(
        map(technologies.names_gateway, ("gateway", "api-gateway", "ApiGateway", "edge-router", "shop-api-gateway"))
    )
    assert not any(map(technologies.names_gateway, ("payment-gateway", "sms-gateway", "gatekeeper")))


def test_names_tell_load_tests_and_jobs() -> None:
    beside = (
        "load-generator",
        "loadgenerator",
        "e2e-tests",
        "frontendTests",
        "db-migrate",
        "populate-db",
        "init-kafka",
        "test",
    )
    assert [n for n in beside if not technologies.runs_beside(n)] == []
    assert [n for n in ("orders", "testimonials", "init", "contest", "loader") if technologies.runs_beside(n)] == []


@pytest.mark.parametrize(
    ("scheme", "port", "protocol"),
    [
        ("https", 0, "http"),
        ("", 8080, "http"),
        ("", 50051, "grpc"),
        ("wss", 1, "websocket"),
        ("", 1025, "smtp"),
        ("", 0, "tcp"),
    ],
)
def test_protocols_of_calls(scheme: str, port: int, protocol: str) -> None:
    assert technologies.call_protocol(scheme, port) == protocol


def test_schemes_and_ports_tell_products() -> None:
    schemes = {
        s: getattr(technologies.by_scheme(s), "protocol", "")
        for s in ("postgres", "rediss", "amqps", "sqlserver", "http", "tcp")
    }
    assert schemes == {
        "postgres": "postgresql",
        "rediss": "redis",
        "amqps": "amqp",
        "sqlserver": "mssql",
        "http": "",
        "tcp": "",
    }
    assert getattr(technologies.by_port(5432), "name", "") == "postgresql"
    assert technologies.by_port(8080) is None


def test_registries_are_told_by_their_whole_name_only() -> None:
    found = {n: technologies.by_name(n) for n in ("discovery-server", "service-registry", "config-server")}
    assert all(product and product.infrastructure for product in found.values())
    assert technologies.by_name("talent-discovery-server") is None
