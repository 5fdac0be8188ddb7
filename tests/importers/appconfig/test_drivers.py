"""Which stores a program uses whose settings lie on a configuration server."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import Imported
from topoplan_importers.appconfig.drivers import drivers

ASKS = "spring:\n  cloud:\n    config:\n      uri: http://config:8888\n"
MAVEN = "<dependency><groupId>x</groupId><artifactId>{}</artifactId>{}</dependency>"


def told(imported: Imported) -> list[tuple[str, str, str]]:
    return [
        (f.provider.name, f.provider.technology, f.evidence.confidence.value)
        for f in imported.facts
        if f.evidence.rule == "driver"
    ]


@pytest.mark.parametrize(
    ("build", "products"),
    [
        (MAVEN.format("mysql-connector-java", ""), ("mysql",)),
        (MAVEN.format("spring-boot-starter-data-mongodb-reactive", "<version>1</version>"), ("mongodb",)),
        (MAVEN.format("postgresql", "<scope>runtime</scope>"), ("postgresql",)),
        (MAVEN.format("postgresql", "<scope>test</scope>"), ()),
        (MAVEN.format("de.flapdoodle.embed.mongo", ""), ()),
        (MAVEN.format("postgresql", "") + MAVEN.format("h2", ""), ()),
        (MAVEN.format("neo4j-java-driver", "") + MAVEN.format("h2", ""), ("neo4j",)),
        (MAVEN.format("postgresql", "") + MAVEN.format("h2", "<scope>test</scope>"), ("postgresql",)),
        ("dependencies {\n  compile('mysql:mysql-connector-java:8.0')\n}", ("mysql",)),
        ('  implementation "org.springframework.boot:spring-boot-starter-data-redis"', ("redis",)),
        ('  runtimeOnly("org.postgresql:postgresql")', ("postgresql",)),
        ("  testImplementation 'org.testcontainers:postgresql:1.19'", ()),
    ],
)
def test_drivers_are_told_by_dependencies_outside_tests(build, products):
    assert drivers(build) == products


def test_a_client_of_a_configuration_server_uses_what_it_has_drivers_for(read):
    imported = read(
        {"users/pom.xml": MAVEN.format("mysql-connector-j", ""), "users/src/main/resources/bootstrap.yml": ASKS}
    )
    assert told(imported) == [("mysql", "mysql", "medium")]


def test_its_own_address_of_such_a_store_says_it_better(read):
    own = ASKS + "  datasource:\n    url: jdbc:mysql://users-db/users\n"
    imported = read(
        {"users/pom.xml": MAVEN.format("mysql-connector-j", ""), "users/src/main/resources/bootstrap.yml": own}
    )
    assert told(imported) == []


@pytest.mark.parametrize(
    "setting", ["spring.cloud.config.enabled=false", "spring.cloud.config.server.git.uri=x", "a=b"]
)
def test_who_asks_no_configuration_server_is_told_no_store(read, setting):
    settings = {"users/src/main/resources/application.properties": setting}
    assert told(read({"users/pom.xml": MAVEN.format("mysql-connector-j", ""), **settings})) == []
