"""Policies that single out two workloads, and config maps mounted as files."""

from __future__ import annotations

import pytest

from topoplan.model.facts import CallFact


def workload(name: str, labels: str = "", extra: str = "", image: str = "x/y") -> str:
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    metadata: {{labels: {{app: {name}, tier: all{labels}}}}}
    spec:
      serviceAccountName: {name}-account
      containers: [{{name: {name}, image: {image}}}]
{extra}
"""


def network(target: str, rest: str, kind: str = "NetworkPolicy", selector: str = "podSelector") -> str:
    return f"""---
apiVersion: networking.k8s.io/v1
kind: {kind}
metadata: {{name: p}}
spec: {{{selector}: {target}, {rest}}}
"""


CART, DB = "{matchLabels: {app: cart}}", "{matchLabels: {app: cart-db}}"

IN_CART = "{matchExpressions: [{key: app, operator: In, values: [cart]}]}"


def edges(imported) -> list[tuple[str, str, str, str, str]]:
    return [
        (c.consumer.name, c.provider.name, c.protocol, c.evidence.rule, c.evidence.confidence.value)
        for c in imported.facts
        if isinstance(c, CallFact)
    ]


STORE = ("cart", "cart-db", "postgresql", "network-policy", "high")


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (network(DB, f"ingress: [{{from: [{{podSelector: {CART}}}]}}]"), [STORE]),
        (network(CART, f"egress: [{{to: [{{podSelector: {DB}}}]}}]"), [STORE]),
        (network(DB, f"ingress: [{{from: [{{podSelector: {IN_CART}}}]}}]"),
         [STORE]),
        (network(CART, "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 50051}]}]"),
         [("web", "cart", "grpc", "network-policy", "high")]),
        (network(DB, f"ingress: [{{fromEndpoints: [{CART}]}}]", "CiliumNetworkPolicy", "endpointSelector"), [STORE]),
        (network("{}", f"ingress: [{{from: [{{podSelector: {CART}}}]}}]"), []),
        (network(DB, "ingress: [{from: [{podSelector: {}}]}]"), []),
        (network(DB, "ingress: [{}]"), []),
        (network(DB, "ingress: [{from: [{namespaceSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]}]"), []),
        (network(DB, "ingress: [{from: [{podSelector: {matchLabels: {tier: all}}}]}]"), []),
        (network(CART, f"ingress: [{{from: [{{podSelector: {DB}}}]}}]"), []),
    ],
)  # fmt: skip
def test_network_policies(read, policy, wanted):
    manifests = workload("cart") + workload("web") + workload("cart-db", image="postgres")
    assert edges(read({"all.yaml": manifests, "policy.yaml": policy})) == wanted


@pytest.mark.parametrize(("action", "found"), [("ALLOW", True), ("DENY", False)])
def test_an_authorization_policy_names_service_accounts(read, action, found):
    policy = f"""apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: p}}
spec:
  selector: {CART}
  action: {action}
  rules:
    - from: [{{source: {{principals: [cluster.local/ns/shop/sa/web-account, "*", cluster.local/ns/shop/sa/other]}}}}]
"""
    imported = read({"all.yaml": workload("cart") + workload("web"), "policy.yaml": policy})
    assert edges(imported) == ([("web", "cart", "tcp", "authorization-policy", "medium")] if found else [])


VOLUME = "      volumes: [{name: v, configMap: {name: files}}]"


def config(key: str, text: str) -> str:
    body = "".join(f"    {line}\n" for line in text.splitlines())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: files}}\ndata:\n  {key}: |\n{body}"


@pytest.mark.parametrize(
    ("key", "text", "confidence"),
    [
        ("app.properties", "cart.url=http://cart:80", "medium"),
        ("app.yaml", "clients:\n  cart: {url: 'http://cart:80'}", "medium"),
        ("app.json", '{"cartUrl": "http://cart:80"}', "medium"),
        ("cart-url", "http://cart:80", "medium"),
        ("nginx.conf", "server { location / { proxy_pass http://cart:80; } }", "high"),
        ("app.properties", "cors.origins=http://cart:80", ""),
        ("app.yaml", "clients: [", ""),
        ("readme", "call http://cart:80\nor not", ""),
    ],
)
def test_a_config_map_mounted_as_files(read, key, text, confidence):
    files = {"all.yaml": workload("cart") + workload("web", extra=VOLUME), "config.yaml": config(key, text)}
    wanted = [("web", "cart", "http", "mounted-config", confidence)] if confidence else []
    assert edges(read(files)) == wanted


def test_a_config_map_that_two_mount_is_a_hint_only(read):
    manifests = workload("cart") + workload("web", extra=VOLUME) + workload("app", extra=VOLUME)
    imported = read({"all.yaml": manifests, "config.yaml": config("app.properties", "cart.url=http://cart:80")})
    assert {edge[4] for edge in edges(imported)} == {"low"}


def test_what_runs_beside_a_system_calls_nobody_by_its_files(read):
    manifests = workload("cart") + workload("prometheus", extra=VOLUME, image="prom/prometheus")
    imported = read({"all.yaml": manifests, "config.yaml": config("p.yaml", "targets: ['cart:80']")})
    assert edges(imported) == []


GENERATOR = """resources: [web.yaml]
configMapGenerator:
  - name: settings
    literals: [CART_URL=http://cart:80]
    envs: [web.env, ../../outside.env]
    files: [app.properties, other=missing.txt]
"""


def test_config_maps_that_a_kustomization_generates(read):
    taken = workload("web").replace("image: x/y}", "image: x/y, envFrom: [{configMapRef: {name: settings}}]}")
    files = {
        "web/web.yaml": taken,
        "web/kustomization.yaml": GENERATOR,
        "web/web.env": "# x\nMAIL_URL='http://mail:80'\n",
        "web/app.properties": "x=1",
        "all.yaml": workload("cart") + workload("mail"),
    }
    imported = read(files)
    assert edges(imported) == [
        ("web", "cart", "http", "config-map", "high"),
        ("web", "mail", "http", "config-map", "high"),
    ]
    wheres = {str(f.evidence.where) for f in imported.facts if isinstance(f, CallFact)}
    assert wheres == {"web/kustomization.yaml:3"}
    (source,) = (s for s in imported.sources if s.path == "web/kustomization.yaml")
    assert source.state.value == "analysed"
