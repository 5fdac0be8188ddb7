"""Which calls between programs follow from the roles that annotations give them."""

from __future__ import annotations

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.model.facts import CallFact

APPLICATION = "src/main/java/Application.java"
KEPT_ELSEWHERE = "spring:\n  cloud:\n    config:\n      uri: http://config:8888\n"


def program(name: str, *annotations: str, code: str = "", build: str = "<project/>") -> dict[str, str | bytes]:
    lines = "\n".join(f"@{annotation}" for annotation in ("SpringBootApplication", *annotations))
    return {f"{name}/pom.xml": build, f"{name}/{APPLICATION}": f"{lines}\npublic class Application {{ {code} }}\n"}


def calls(imported: Imported, rule: str) -> set[tuple[str, str, str]]:
    """Consumer, provider and confidence of the calls of one rule."""
    return {
        (f.consumer.path.partition("/")[0], f.provider.path.partition("/")[0], str(f.evidence.confidence))
        for f in imported.facts
        if isinstance(f, CallFact) and f.evidence.rule == rule
    }


def test_zuul_leads_to_what_is_registered(read):
    by_build = "<artifactId>spring-cloud-starter-netflix-eureka-client</artifactId>"
    files = {
        **program("edge", "EnableZuulProxy"),
        **program("orders", "EnableDiscoveryClient"),
        **program("users", "EnableEurekaClient"),
        **program("stock", build=by_build),
        **program("registry", "EnableEurekaServer", build="<artifactId>x-eureka-server</artifactId>"),
        **program("config", "EnableConfigServer", "EnableDiscoveryClient"),
        **program("batch"),
    }
    assert calls(read(files), "registry-proxy") == {("edge", name, "medium") for name in ("orders", "users", "stock")}


def test_routes_kept_elsewhere_may_leave_out_whom_others_call(read):
    client = 'String url = "http://STOCK-service/items";'
    files = {
        **program("edge", "EnableZuulProxy"),
        "edge/src/main/resources/bootstrap.yml": KEPT_ELSEWHERE,
        **program("orders", "EnableDiscoveryClient", code=client),
        **program("stock", "EnableDiscoveryClient"),
        "stock/src/main/resources/application.properties": "spring.application.name=stock-service\n",
    }
    assert calls(read(files), "registry-proxy") == {("edge", "orders", "medium"), ("edge", "stock", "low")}


def test_more_proxies_than_programs_to_lead_to_were_copied(read):
    files = {
        **program("orders", "EnableDiscoveryClient", "EnableZuulProxy"),
        **program("users", "EnableDiscoveryClient", "EnableZuulProxy"),
        **program("stock", "EnableDiscoveryClient"),
    }
    assert calls(read(files), "registry-proxy") == set()


def test_the_one_authorization_server_judges_tokens(read):
    files = {
        **program("auth", "EnableAuthorizationServer", "EnableResourceServer"),
        **program("orders", "EnableResourceServer"),
        **program("edge", "EnableOAuth2Sso"),
        **program("users", "EnableResourceServer", code="@Bean TokenStore tokens() { return new JwtTokenStore(); }"),
    }
    assert calls(read(files), "resource-server") == {("orders", "auth", "medium"), ("edge", "auth", "medium")}


def test_of_two_authorization_servers_neither_is_told(read):
    files = {
        **program("auth", "EnableAuthorizationServer"),
        **program("login", "EnableAuthorizationServer"),
        **program("orders", "EnableResourceServer"),
    }
    assert calls(read(files), "resource-server") == set()


def test_a_role_in_a_comment_or_unread_source_is_none(read):
    files = {**program("auth", "EnableAuthorizationServer"), **program("orders", "EnableResourceServer")}
    silent = {**files, f"orders/{APPLICATION}": "// @EnableResourceServer\nclass A {}\n"}
    assert calls(read(silent), "resource-server") == set()
    assert calls(read(files, ImportOptions(read_source=False)), "resource-server") == set()


def test_settings_that_cannot_be_read_do_not_hide_the_role(read):
    files = {
        **program("edge", "EnableZuulProxy"),
        "edge/src/main/resources/application.yml": "a: [",
        **program("orders", "EnableDiscoveryClient"),
    }
    assert calls(read(files), "registry-proxy") == {("edge", "orders", "medium")}
