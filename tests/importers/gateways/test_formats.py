"""Every other format: whom its routes lead to, and where that stands."""

from __future__ import annotations

import json

import pytest

from topoplan.model.facts import CallFact

ENVOY = """static_resources:
  listeners:
    - filter_chains:
        - filters:
            - typed_config:
                route_config:
                  virtual_hosts:
                    - routes:
                        - route: {cluster: users}
                        - route: {weighted_clusters: {clusters: [{name: cart_v1, weight: 9}]}}
  clusters:
    - name: users
      load_assignment:
        endpoints:
          - lb_endpoints:
              - endpoint: {address: {socket_address: {address: users, port_value: 80}}}
    - name: cart_v1
      load_assignment:
        endpoints:
          - lb_endpoints:
              - endpoint: {address: {socket_address: {address: "${CART_HOST}", port_value: "${CART_PORT}"}}}
    - name: unused
      load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: idle}}}}]}]}
"""
ENVOY_BEFORE_DAPR = """static_resources:
  listeners:
    - routes:
        - route: {prefix_rewrite: /v1.0/invoke/orders/method/, cluster: sidecar}
        - route: {prefix_rewrite: /v1.0/invokes, cluster: sidecar}
  clusters:
    - name: sidecar
      load_assignment: {endpoints: [{address: {socket_address: {address: 127.0.0.1, port_value: 3500}}}]}
"""
TRAEFIK = """http:
  routers: {users: {rule: x, service: users}}
  services:
    users:
      loadBalancer:
        servers:
          - url: http://users:80
"""
KONG = """_format_version: "3.0"
services:
  - {name: users, url: "http://users:80", routes: [{name: u, paths: [/u]}]}
  - {name: cart, host: cart.upstream, protocol: http}
  - {name: mail, host: mail, port: 8080}
upstreams:
  - {name: cart.upstream, targets: [{target: "cart:80"}]}
"""
OCELOT = {
    "Routes": [
        {
            "DownstreamPathTemplate": "/u",
            "DownstreamScheme": "http",
            "DownstreamHostAndPorts": [{"Host": "users", "Port": 80}, {"Host": "localhost", "Port": 1}],
        },
        {"DownstreamPathTemplate": "/c", "ServiceName": "cart"},
    ]
}
YARP = {"ReverseProxy": {"Clusters": {"u": {"Destinations": {"d": {"Address": "http://users:80/"}}}}}}
KRAKEND = {"endpoints": [{"endpoint": "/u", "backend": [{"url_pattern": "/u", "host": ["http://users:80"]}]}]}
HAPROXY = "defaults\n mode http\nfrontend in\n bind *:80\nbackend b\n option x\n server s1 users:80 check\n"
APACHE = '<VirtualHost *:80>\n  ProxyPass "/u" "http://users:80/"\n  # ProxyPass /x http://x\n  ServerName shop\n'
CADDY = "shop.test {\n\treverse_proxy /u/* users:80 {\n\t\tto cart:80\n\t}\n\troot * /srv\n}\n"
GATEWAY = """spring:
  cloud:
    gateway:
      routes:
        - id: users
          uri: lb://USERS
        - id: cart
          uri: ${CART_URI:http://cart:80}
        - id: mail
          uri: http://${mail.host}:80
mail: {host: post}
"""
ZUUL = """zuul:
  routes:
    users: {path: /u/**, serviceId: users-service}
    cart: {path: /c/**, url: "http://cart:80"}
    mail: /m/**
    home: {path: /h/**, url: "forward:/home"}
"""
PROPERTIES = """# zuul
zuul.routes.users.path=/u/**
zuul.routes.users.service-id=users
spring.cloud.gateway.routes[0].uri = lb://cart
"""


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("edge/envoy.yaml", ENVOY, [("users", 16), ("cart", 21)]),
        ("edge/envoy.yml", ENVOY_BEFORE_DAPR, [("orders", 4)]),
        (
            "edge/nginx.conf",
            "location /o { proxy_pass http://localhost:3500/v1.0/invoke/orders/method/; }",
            [("orders", 1)],
        ),
        ("edge/dynamic.yml", TRAEFIK, [("users", 7)]),
        ("edge/traefik.toml", '[file]\n[backends.b.servers.s]\nurl = "http://users:80"\n', [("users", 0)]),
        ("edge/kong.yml", KONG, [("users", 3), ("mail", 5), ("cart", 7)]),
        ("edge/ocelot.json", json.dumps(OCELOT), [("users", 0), ("cart", 0)]),
        ("edge/appsettings.json", json.dumps(YARP), [("users", 0)]),
        ("edge/krakend.json", json.dumps(KRAKEND), [("users", 0)]),
        ("edge/haproxy.cfg", HAPROXY, [("users", 7)]),
        ("edge/000-default.conf", APACHE, [("users", 2)]),
        ("edge/Caddyfile", CADDY, [("users", 2), ("cart", 3)]),
        ("edge/application.yml", GATEWAY, [("users", 6), ("cart", 8), ("post", 10)]),
        ("edge/bootstrap.yml", ZUUL, [("users-service", 3), ("cart", 4), ("mail", 5)]),
        ("edge/application.properties", PROPERTIES, [("users", 3), ("cart", 4)]),
    ],
)
def test_formats(read, name, content, wanted):
    imported = read({name: content})
    found = sorted((c.evidence.where.line, c.provider.name) for c in imported.facts if isinstance(c, CallFact))
    assert found == sorted((line, provider) for provider, line in wanted)
    assert [s.state.value for s in imported.sources] == ["analysed"]
    assert {c.consumer.path for c in imported.facts if isinstance(c, CallFact)} == {name}


@pytest.mark.parametrize("name", ["gateway.yml", "gateway-prod.yml"])
def test_a_file_of_a_configuration_server_speaks_for_the_service_it_is_named_after(read, name):
    imported = read({f"config/shared/{name}": ZUUL})
    assert {(c.consumer.name, c.consumer.path) for c in imported.facts} == {("gateway", "")}


def test_json_is_told_by_pointer(read):
    (first, *_) = (f for f in read({"edge/ocelot.json": json.dumps(OCELOT)}).facts if isinstance(f, CallFact))
    assert first.evidence.where.pointer == "/Routes/0/DownstreamHostAndPorts/0/Host"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x/values.yaml", "gateway: {enabled: true}\n"),
        ("x/deploy.yaml", "apiVersion: v1\nkind: Gateway\nspec: {servers: [], loadBalancer: x}\n"),
        ("x/setup.cfg", "[metadata]\nname = x\n"),
        ("x/redis.conf", "maxmemory 1\n"),
        ("x/package.json", '{"scripts": {}}'),
    ],
)
def test_other_files_are_left_alone(read, name, content):
    assert read({name: content}).sources == ()
