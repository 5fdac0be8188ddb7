"""Grouping of paths, routes and span names, and what a host name says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan_importers.traces.hosts import host_and_path, host_name, host_of_url, party_name, path_of_url
from topoplan_importers.traces.paths import group, route, tidy


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/users/8", "/users/{id}"),
        ("/users/me", "/users/me"),
        ("/users/8/orders/2024-05-06?token=abc#x", "/users/{id}/orders/{id}"),
        ("/a/123e4567-e89b-12d3-a456-426614174000", "/a/{id}"),
        ("/a/123E4567E89B", "/a/{id}"),
        ("/a/deadbeefcafebabe", "/a/{id}"),
        ("/a/facade", "/a/facade"),
        ("/a/jane.doe%40example.org", "/a/{id}"),
        ("/a/order-12345", "/a/{id}"),
        ("/a/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/a/{id}"),
        ("/a/M25XHJDAAO8RHQ", "/a/{id}"),
        ("/a/" + "x" * 41, "/a/{id}"),
        ("/api/v1/oauth2/s3/utf8", "/api/v1/oauth2/s3/utf8"),
        ("/internal-api/v2/customers", "/internal-api/v2/customers"),
        ("/getCustomerProfilesBasicInformation", "/getCustomerProfilesBasicInformation"),
        ("/login;jsessionid=ABC123DEF456", "/login"),
        ("//x///y/", "/x/y"),
        ("/", "/"),
        ("", "/"),
        ("/users/{userId}", "/users/{userId}"),
        ("/a/{b", "/a/(b"),
        ("/个人信息/查询", "/个人信息/查询"),
        ("/a\x1b[31m/b", "/a [31m/b"),
    ],
)
def test_group(path: str, template: str) -> None:
    assert group(path) == template
    assert group(template) == template


@pytest.mark.parametrize(
    ("written", "template"),
    [
        ("/users/{userId}", "/users/{userId}"),
        ("users/:id", "/users/{id}"),
        ("/users/:id(\\d+)/x", "/users/{id}/x"),
        ("/users/<int:id>/x", "/users/{id}/x"),
        ("/users/<id>", "/users/{id}"),
        ("/users/[id]", "/users/{id}"),
        ("/users/[...slug]", "/users/{slug}"),
        ("/users/{id:[0-9]+}", "/users/{id}"),
        ("^users/(?P<pk>[0-9]+)/$", "/users/(?P{pk}[0-9]+)/"),
        ("/**", ""),
        ("/*path", ""),
        ("/{*path}", ""),
        ("*", ""),
        ("", ""),
        ("/static/**", "/static/{id}"),
    ],
)
def test_route(written: str, template: str) -> None:
    assert route(written) == template


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        ("compose_text_server", "compose_text_server"),
        ("process order 4711", "process order {id}"),
        ("https://u:p@host/a/17?key=secret", "/a/{id}"),
        ("poll\n\x07queue", "poll queue"),
    ],
)
def test_tidy(name: str, tidied: str) -> None:
    assert tidy(name) == tidied


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Orders", "orders"),
        ("orders:8080", "orders"),
        ("orders.shop.svc.cluster.local.", "orders.shop.svc.cluster.local"),
        ("orders_db", "orders_db"),
        ("10.0.0.1", ""),
        ("[::1]:80", ""),
        ("fe80::1", ""),
        ("localhost", ""),
        ("api.localhost", ""),
        ("10-244-0-7.shop.pod.cluster.local", ""),
        ("a b", ""),
        ("-x", ""),
        ("123", ""),
        ("", ""),
    ],
)
def test_host_name(text: str, host: str) -> None:
    assert host_name(text) == host


def test_host_of_url_leaves_credentials_out() -> None:
    assert host_of_url("http://user:pass@orders:80/x") == "orders"
    for url in ("http://user:pa@ss@orders:80/x", "http://user:pa/ss@orders:80", "http://user:1/ss@orders"):
        assert host_of_url(url) == ""
    assert host_of_url("/only/a/path") == ""
    assert host_of_url("http://[::1]/x") == ""


_PIECES = (
    "http", "https", "://", "//", "/", "a", "shop.example.com", ":", ":80", "@", "?", "#", ";", "user=", "[::1]",
    "10.0.0.1", "é", "\n", "%2F", ".", "-", "localhost",
)  # fmt: skip


@given(st.sampled_from(("", "http://", "grpc+x://")), st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_looking_at_a_url_once_tells_what_looking_twice_does(scheme: str, rest: str) -> None:
    url = scheme + rest
    assert host_and_path(url) == (host_of_url(url), path_of_url(url))


def test_party_name_keeps_spelling_but_takes_no_address() -> None:
    assert party_name("yelp_main/Proxy") == "yelp_main/Proxy"
    assert party_name("订单维护服务") == "订单维护服务"
    assert party_name("Orders:80") == "Orders"
    assert party_name("http://orders:80/x") == "orders"
    assert [party_name(text) for text in ("1.2.3.4", "::1", "/run/x", "localhost:1", "42", "")] == [""] * 6
