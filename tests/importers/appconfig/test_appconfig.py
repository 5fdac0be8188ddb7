"""Whom applications call, by the addresses their configuration gives them."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import Imported

MAIN = "cart/src/main/resources/"


def calls(imported: Imported) -> list[tuple[str, str]]:
    return sorted({(f.provider.name, f.evidence.confidence.value) for f in imported.facts})


def providers(imported: Imported, least: str = "medium") -> set[str]:
    kept = ("high",) if least == "high" else ("high", "medium")
    return {name for name, confidence in calls(imported) if confidence in kept}


@pytest.mark.parametrize(
    ("setting", "provider", "technology", "confidence"),
    [
        ("spring.datasource.url=jdbc:postgresql://orders-db:5432/orders", "orders-db", "postgresql", "high"),
        ("spring.data.mongodb.host=cart-mongo", "cart-mongo", "mongodb", "high"),
        ("spring.rabbitmq.host=bus", "bus", "rabbitmq", "high"),
        ("spring.kafka.bootstrap-servers=broker:9092", "broker", "kafka", "high"),
        ("spring.redis.host=localhost", "redis", "redis", "medium"),
        ("spring.datasource.url=jdbc:mysql://${DB_HOST}/x", "mysql", "mysql", "medium"),
        ("spring.data.mongodb.uri=${MONGO_URI}", "mongodb", "mongodb", "medium"),
        ("users.client.url=http://users:8080/api", "users", "", "high"),
        ("users.client.url=${USERS_URL:http://users:8080}", "users", "", "high"),
        ("users.host=users", "users", "", "medium"),
        ('quarkus.rest-client."org.acme.Users".url=stork://users', "users", "", "high"),
        ("quarkus.grpc.clients.users.host=users", "users", "", "medium"),
        ("micronaut.http.services.users.path=/api", "users", "", "medium"),
        ("users.ribbon.listOfServers=localhost:8081", "users", "", "medium"),
        ("feign.client.config.users.connectTimeout=5000", "users", "", "medium"),
        ("security.oauth2.client.accessTokenUri=http://auth:5000/token", "auth", "", "medium"),
        ("spring.security.oauth2.resourceserver.jwt.issuer-uri=http://auth:5000", "auth", "", "medium"),
        ("rates.url=https://api.rates.io/latest", "api.rates.io", "", "medium"),
        ("eureka.client.serviceUrl.defaultZone=http://registry:8761/eureka", "registry", "", "low"),
        ("spring.cloud.config.uri=http://config:8888", "config", "", "low"),
    ],
)
def test_an_address_is_a_call(read, setting, provider, technology, confidence):
    (call,) = read({MAIN + "application.properties": setting}).facts
    assert (call.provider.name, call.provider.technology) == (provider, technology)
    assert call.evidence.confidence.value == confidence
    assert call.consumer.path == MAIN + "application.properties"
    assert call.evidence.where.line == 1


@pytest.mark.parametrize(
    "setting",
    [
        "server.address=http://cart:80",
        "management.endpoint.url=http://users:80",
        "app.cors.allowed-origins=http://shop:3000",
        "app.healthcheck.url=http://users:80/health",
        "app.public.url=http://shop:80",
        "app.redirect-uri=http://shop:80/back",
        "spring.security.oauth2.client.registration.x.redirect-uri=http://shop:80",
        "spring.security.oauth2.client.provider.x.authorization-uri=http://auth:80/login",
        "springdoc.swagger-ui.url=http://shop:80/docs",
        "zuul.routes.users.url=http://users:80",
        "users.url=http://localhost:8081",
        "users.url=http://${HOST}:8081",
        "users.url=http://10.1.2.3:8081",
        "users.url=http://example.com",
        "spring.datasource.url=jdbc:h2:mem:test",
        "spring.application.name=users",
        "# users.url=http://users:80",
    ],
)
def test_what_is_no_call(read, setting):
    assert read({MAIN + "application.properties": setting}).facts == ()


def test_a_profile_answers_where_the_main_settings_name_only_the_own_machine(read):
    files = {
        MAIN + "application.yml": "users: {url: 'http://localhost:1'}\nrates: {url: 'http://rates:80'}\n",
        MAIN + "application-docker.yml": "users: {url: 'http://users:80'}\nrates: {url: 'http://variant:80'}\n",
        MAIN + "application-test.yml": "users: {url: 'http://mocked:80'}\n",
    }
    assert calls(read(files)) == [("rates", "high"), ("users", "medium"), ("variant", "low")]


def test_a_document_of_one_file_may_be_a_profile(read):
    yaml = (
        "users: {url: 'http://users:80'}\n---\n"
        "spring: {config: {activate: {on-profile: cloud}}}\nusers: {url: 'http://other:80'}\n"
    )
    assert calls(read({MAIN + "application.yml": yaml})) == [("other", "low"), ("users", "high")]


def test_what_a_packaged_quarkus_application_uses_holds(read):
    text = "users.url=http://dev-users:80\n%prod.users.url=http://users:80\n%dev.users.url=http://mine:80\n"
    assert calls(read({MAIN + "application.properties": text})) == [("mine", "low"), ("users", "high")]


def test_a_host_takes_the_port_beside_it(read):
    (call,) = read({MAIN + "application.yml": "smtp: {host: post, port: 1025}\n"}).facts
    assert (call.provider.name, call.protocol) == ("post", "smtp")


def test_a_local_port_means_the_one_application_that_listens_there(read):
    files = {
        "cart/src/main/resources/application.properties": "users.url=http://localhost:8081\nserver.port=8080\n",
        "users/src/main/resources/application.properties": "server.port=8081\n",
    }
    (call,) = read(files).facts
    assert call.provider.path == "users/src/main/resources/application.properties"
    files["more/src/main/resources/application.properties"] = "server.port=8081\n"
    assert read(files).facts == ()


def test_a_configuration_server_configures_services_by_the_names_of_files(read):
    folder = "config/src/main/resources/shared/"
    files = {
        folder + "cart.yml": "spring: {data: {mongodb: {host: cart-mongo}}}\n",
        folder + "users.yml": "spring: {data: {mongodb: {host: users-mongo}}}\n",
        folder + "application.yml": "spring: {rabbitmq: {host: bus}}\n",
    }
    found = read(files).facts
    assert sorted((f.consumer.name, f.provider.name) for f in found) == [
        ("cart", "cart-mongo"),
        ("users", "users-mongo"),
    ]


def test_dotnet(read):
    files = {
        "Web/appsettings.json": '\ufeff{ // where the others are\n"ConnectionStrings": {"Shop": '
        '"Server=sqldata,1433;Database=shop;User Id=sa;Password=hunter2"}, "OrdersUrl": "http://orders:80",\n}',
        "Web/appsettings.Production.json": '{"UsersUrl": "http://users:80"}',
        "Web/appsettings.Development.json": '{"OrdersUrl": "http://mine:80"}',
    }
    assert calls(read(files)) == [("mine", "low"), ("orders", "medium"), ("sqldata", "medium"), ("users", "medium")]


def test_env_files_count_where_compose_does_not_read_them(read):
    files = {"cart/.env": "USERS_URL=http://users:80\nDB_PASSWORD=postgres:1234\n"}
    assert calls(read(files)) == [("users", "medium")]
    assert read({**files, "cart/compose.yaml": "services: {}"}).facts == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config/default.json", '{"users": {"url": "http://users:80"}}'),
        ("config/app.toml", '[users]\nurl = "http://users:80"\n'),
        ("conf/app.ini", "[users]\nurl = http://users:80\n"),
        ("resources/clients.properties", "users.url = http://users:80\n"),
        ("config.yaml", "users:\n  url: http://users:80\n"),
    ],
)
def test_other_files_in_folders_for_configuration(read, name, content):
    assert calls(read({"cart/" + name: content})) == [("users", "medium")]


def test_tests_and_pages_are_left_out(read):
    imported = read(
        {
            MAIN + "application.properties": "a.url=http://users:80",
            "cart/src/test/resources/application.properties": "a.url=http://other:80",
        }
    )
    assert providers(imported) == {"users"}
    assert [s.state.value for s in imported.sources] == ["analysed", "skipped"]


def test_what_a_configuration_server_tells_everybody_holds_for_those_with_the_driver(read):
    folder = "config/src/main/resources/shared/"
    bootstrap = "spring.cloud.config.uri=http://config:8888\n"
    found = read(
        {
            folder + "cart.yml": "server: {port: 1}\n",
            folder + "users.yml": "server: {port: 2}\n",
            folder + "application.yml": "spring: {rabbitmq: {host: bus}}\nusers: {url: 'http://users:80'}\n",
            "cart/src/main/resources/bootstrap.properties": bootstrap,
            "cart/pom.xml": "<artifactId>spring-cloud-starter-bus-amqp</artifactId>",
            "users/src/main/resources/bootstrap.properties": bootstrap,
            "users/pom.xml": "<artifactId>spring-boot-starter-web</artifactId>",
        }
    ).facts
    shared = [f for f in found if f.evidence.rule == "shared"]
    assert [(f.consumer.path, f.provider.name, f.evidence.confidence.value) for f in shared] == [
        ("cart/src/main/resources/bootstrap.properties", "bus", "medium")
    ]
    assert [f.provider.name for f in found if f.evidence.rule != "shared"] == ["config", "config"]


def test_an_application_that_is_told_no_port_listens_on_the_default_one(read):
    files = {
        "cart/src/main/resources/application.properties": "users.url=http://localhost:8080\nserver.port=8082\n",
        "users/src/main/resources/application.properties": "server.port=8080\n",
    }
    assert len(read(files).facts) == 1
    assert read({**files, "more/src/main/resources/application.properties": "a=b\n"}).facts == ()


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.development", ".env-example", "web.env"])
def test_env_files_of_a_page_name_applications_by_port(read, name):
    port = "micronaut.server.port=${SERVICE_PORT:8090}\n"
    found = read({f"web/{name}": "AUTH_URL=http://localhost:8090/\n", MAIN + "application.properties": port}).facts
    assert [(f.consumer.path, f.provider.path, f.evidence.rule) for f in found] == [
        (f"web/{name}", MAIN + "application.properties", "local-port")
    ]


def test_env_files_of_tests_are_left_alone(read):
    assert read({"web/.env.test": "AUTH_URL=http://auth:80/\n"}).facts == ()


def test_a_store_at_an_ip_address_is_told_by_its_product(read):
    found = read({"cart/.env.local": "MONGO_URI=mongodb://10.0.0.8:32017/\nUSERS_URL=http://10.0.0.9/\n"}).facts
    assert [(f.provider.name, f.evidence.rule) for f in found] == [("mongodb", "product")]
