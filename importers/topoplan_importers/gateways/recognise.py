"""Which gateway's configuration a file looks like, by its name and first bytes."""

from __future__ import annotations

import re

from topoplan.importing.contract import Candidate

_TEXT_NAMES = (".conf", ".cfg", ".template", ".tmpl", ".nginx")
_NGINX = re.compile(
    rb"^[ \t]*(?:proxy_pass|grpc_pass|fastcgi_pass|uwsgi_pass|upstream|location|server|http)\b[^;\n]*[;{]", re.MULTILINE
)
_HAPROXY = re.compile(rb"^(?:frontend|backend|listen|defaults|global)\b", re.MULTILINE)
_APACHE = re.compile(
    rb"^[ \t]*(?:<VirtualHost|<Location|ProxyPass|BalancerMember|ServerName\b|LoadModule)", re.MULTILINE
)
_SPRING = re.compile(rb"\bzuul\b|\bgateway\b")
_ENVOY = re.compile(rb"static_resources|envoy\.(?:config\.cluster|api\.v2\.Cluster)|socket_address")
_TRAEFIK = re.compile(rb"loadBalancer|^\s*\[?\[?(?:file\.)?backends|traefik", re.MULTILINE)
_JSON_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"DownstreamHostAndPorts", "ocelot"),
    (b"DownstreamPathTemplate", "ocelot"),
    (b'"ReverseProxy"', "yarp"),
    (b'"url_pattern"', "krakend"),
)


def format_of(candidate: Candidate) -> str:
    """What a file looks like by its name and first bytes; empty when like no gateway's."""
    name, head = candidate.name, candidate.head
    if name.startswith("caddyfile"):
        return "caddy"
    if name.endswith(_TEXT_NAMES):
        return _text_format(name, head)
    if name.endswith(".json"):
        return next((known for mark, known in _JSON_MARKS if mark in head), "envoy" if _ENVOY.search(head) else "")
    if name.endswith((".yaml", ".yml", ".toml")):
        return _document_format(name, head)
    return "spring" if name.endswith(".properties") and _SPRING.search(head) else ""


def _text_format(name: str, head: bytes) -> str:
    if "haproxy" in name or (name.endswith(".cfg") and len(set(_HAPROXY.findall(head))) > 1):
        return "haproxy"
    if _APACHE.search(head) and not _NGINX.search(head):
        return "apache"
    return "nginx" if "nginx" in name or _NGINX.search(head) else ""


def _document_format(name: str, head: bytes) -> str:
    if b"_format_version" in head:
        return "kong"
    if _ENVOY.search(head):
        return "envoy"
    if b"apiVersion" in head and b"kind:" in head:
        return ""
    if _TRAEFIK.search(head) and (b"servers" in head or "traefik" in name):
        return "traefik"
    return "spring" if not name.endswith(".toml") and _SPRING.search(head) and _is_spring(name, head) else ""


def _is_spring(name: str, head: bytes) -> bool:
    return name.startswith(("application", "bootstrap")) or bool(re.search(rb"^(?:spring|zuul)\b", head, re.MULTILINE))
