"""What nginx configuration says of whom requests are passed on to."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import Imported
from topoplan.model.facts import CallFact, ModuleFact, NodeKind, Party
from topoplan.model.place import Confidence


def calls(imported: Imported) -> list[CallFact]:
    return [f for f in imported.facts if isinstance(f, CallFact)]


def led_to(imported: Imported) -> list[tuple[str, str]]:
    return sorted((c.provider.name, c.protocol) for c in calls(imported))


@pytest.mark.parametrize(
    ("directives", "wanted"),
    [
        ("proxy_pass http://users:8080/;", [("users", "http")]),
        ("proxy_pass 'https://users/api';", [("users", "http")]),
        ("grpc_pass grpc://cart:50051;", [("cart", "grpc")]),
        ("fastcgi_pass php:9000;", [("php", "fastcgi")]),
        ("uwsgi_pass app:3031;", [("app", "uwsgi")]),
        ("proxy_pass $scheme://users:80$request_uri;", [("users", "http")]),
        ("proxy_pass http://users:8080/order/$id;", [("users", "http")]),
        ("set $up users; proxy_pass http://$up:8080$request_uri;", [("users", "http")]),
        ("set $up http://users:80; proxy_pass $up;", [("users", "http")]),
        ("set $up http://users:80; proxy_pass $up/$1;", [("users", "http")]),
        ("proxy_pass http://${USERS_HOST}:8080/;", [("users", "http")]),
        ("proxy_pass http://${USERS_HOST:-people}:${USERS_PORT}/;", [("people", "http")]),
        ("proxy_pass https://api.stripe.com;", [("api.stripe.com", "http")]),
        ("proxy_pass http://127.0.0.1:80;", []),
        ("proxy_pass http://localhost;", []),
        ("proxy_pass http://unix:/run/app.sock:/;", []),
        ("proxy_pass http://$host;", []),
        ("proxy_pass http://{{ .Values.host }}:80;", []),
        ("# proxy_pass http://users;", []),
        ("return 301 https://users;", []),
        ("add_header X 'proxy_pass http://users;';", []),
        ("content_by_lua_block { if x then proxy_pass = '}' end } proxy_pass http://users;", [("users", "http")]),
    ],
)
def test_directives(read, directives, wanted):
    files = {"edge/nginx.conf": f"http {{ server {{ location / {{ {directives} }} }} }}"}
    assert led_to(read(files)) == wanted


def test_an_upstream_stands_for_its_servers(read):
    text = "upstream api {\n  server a:80 weight=5;\n  server b:80;\n  keepalive 3;\n}\nupstream idle { server c; }\n"
    imported = read({"edge/nginx.conf": text + "server { location / { proxy_pass http://api/x; } }"})
    assert led_to(imported) == [("a", "http"), ("b", "http")]
    assert [str(c.evidence.where) for c in calls(imported)] == ["edge/nginx.conf:2", "edge/nginx.conf:3"]


def test_an_upstream_may_stand_in_another_file(read):
    files = {
        "edge/nginx.conf": "http { upstream api { server users:80; } include conf.d/*.conf; }",
        "edge/conf.d/site.conf": "server { location / { proxy_pass http://api; } }",
    }
    assert led_to(read(files)) == [("users", "http")]


def test_a_map_gives_a_variable_its_values(read):
    text = "map $http_x $up { default a:80; v2 b:80; hostnames; }\nserver { location / { proxy_pass http://$up; } }"
    assert led_to(read({"edge/nginx.conf": text})) == [("a", "http"), ("b", "http")]


def test_a_dockerfile_fills_variables_in(read):
    files = {
        "web/default.conf.template": "server { location / { proxy_pass http://${CART_HOST}:80; } }",
        "web/Dockerfile": 'FROM nginx\nENV CART_HOST=basket \\\n    OTHER="x y"\n',
    }
    found = calls(read(files))
    assert [(c.provider.name, c.evidence.confidence) for c in found] == [("basket", Confidence.HIGH)]


def test_a_variable_nobody_fills_is_less_certain(read):
    (found,) = calls(read({"web/nginx.conf.template": "server { location / { proxy_pass http://${CART_HOST}; } }"}))
    assert (found.provider.name, found.evidence.confidence) == ("cart", Confidence.MEDIUM)


def test_a_file_speaks_for_whoever_holds_it(read):
    imported = read({"edge/conf/nginx.conf": "server { location / { proxy_pass http://users:80; } }"})
    (found,) = calls(imported)
    assert found.consumer == Party("", kind=NodeKind.GATEWAY, path="edge/conf/nginx.conf")
    assert [(f.folder, f.names) for f in imported.facts if isinstance(f, ModuleFact)] == [("edge", ("edge",))]


def test_one_call_for_each_provider(read):
    text = "server {\nlocation /a { proxy_pass http://users:80/a; }\nlocation /b { proxy_pass http://users:80/b; }\n}"
    (found,) = calls(read({"edge/nginx.conf": text}))
    assert str(found.evidence.where) == "edge/nginx.conf:2"


def test_an_nginx_that_serves_files_only_is_told_as_such(read):
    (source,) = read({"web/nginx.conf": "server { location / { root /html; } }"}).sources
    assert (source.state.value, source.reason) == ("skipped", "routes to nobody")
