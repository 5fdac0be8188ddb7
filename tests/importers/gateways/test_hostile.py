"""Configuration that means harm, or nothing: bounded work, no exception, no secret, every file accounted for."""

from __future__ import annotations

import json
import time

import pytest

from topoplan.model.codec import encode

ODD = (None, True, 7, -1.5, "x", [], {}, [[None]], {"name": {"name": 1}}, [{"name": [1]}, 3, "y"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nginx.conf", "server {" * 100_000),
        ("nginx.conf", "server { " + "}" * 100_000),
        ("nginx.conf", "server { proxy_pass http://" + "a" * 500_000 + "; }"),
        ("nginx.conf", "server { proxy_pass 'http://a"),
        ("nginx.conf", "server { content_by_lua_block {" + "{" * 200_000),
        ("nginx.conf", "upstream a { server a; }\n" * 20_000 + "server { proxy_pass http://a; }"),
        ("nginx.conf", "set $a $b; set $b $a; server { proxy_pass http://$a; }"),
        ("nginx.conf.template", "server { proxy_pass http://" + "${" * 50_000 + "; }"),
        ("nginx.conf.template", "server { proxy_pass http://${A:-${A:-${A}}}; }"),
        ("nginx.conf", b"server { proxy_pass http://\xff\xfe; }"),
        ("haproxy.cfg", "backend b\n" + " server s a:80\n" * 50_000),
        ("Caddyfile", "reverse_proxy " + '"' * 100_001),
        ("traefik.toml", "traefik = " + "[" * 20_000),
        ("traefik.toml", "traefik = = 1"),
        ("traefik.yml", "loadBalancer: servers: ["),
        ("application.properties", "zuul.routes." + "a." * 100_000 + "url=http://a"),
        ("Dockerfile", "ENV X=1"),
    ],
    ids=range(17),
)
def test_no_hang_no_crash(read, name, content):
    started = time.process_time()
    imported = read({name: content})
    assert time.process_time() - started < 5
    assert [s.path for s in imported.sources] == ([name] if name != "Dockerfile" else [])


@pytest.mark.parametrize("odd", ODD)
def test_wrong_types(read, odd):
    shapes = [
        {"static_resources": odd},
        {"static_resources": {"clusters": odd}},
        {"static_resources": {"clusters": [{"name": odd, "load_assignment": {"socket_address": odd}}]}},
        {"_format_version": "3", "services": odd, "upstreams": odd},
        {"_format_version": "3", "services": [odd, {"host": odd, "url": odd}]},
        {"Routes": odd, "DownstreamHostAndPorts": 1},
        {"Routes": [{"DownstreamHostAndPorts": [odd, {"Host": odd, "Port": odd}]}]},
        {"ReverseProxy": odd},
        {"endpoints": [{"backend": [{"url_pattern": 1, "host": odd}]}]},
        {"http": {"services": {"x": {"loadBalancer": {"servers": odd}}}}},
        {"zuul": {"routes": odd}},
        {"spring": {"cloud": {"gateway": {"routes": odd}}}},
    ]
    files = {f"{n}/x{ending}": json.dumps(s) for n, s in enumerate(shapes) for ending in (".json", ".yaml")}
    imported = read(files)
    assert not [s for s in imported.sources if s.state.value == "failed"]


@pytest.mark.parametrize(
    "value",
    [
        "http://user:hunter2@users:80/",
        "http://users/?token=hunter2",
        "http://u:hunter2/x@users",
        "https://hunter2@users",
    ],
)
def test_no_secret_is_stored(read, value):
    text = f"server {{ location / {{ proxy_pass '{value}'; }} }}"
    told = json.dumps([encode(fact) for fact in read({"edge/nginx.conf": text}).facts])
    assert "hunter2" not in told
