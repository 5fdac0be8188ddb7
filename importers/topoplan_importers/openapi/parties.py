"""Other parties a specification names: back ends, callback receivers, identity providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topoplan.model.facts import CallFact, NodeKind, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers.hosts import is_public
from topoplan_importers.openapi.hints import server_hosts
from topoplan_importers.openapi.hosts import host_of, server_urls
from topoplan_importers.openapi.operations import endpoints, path_item
from topoplan_importers.references import Node, References

_LAMBDA = re.compile(r":function:([A-Za-z0-9_-]+)")

_Named = tuple[Party, str, Confidence, Where]


def calls_to_parties(references: References, consumer: Party, importer: str) -> tuple[CallFact, ...]:
    """Calls from a specification's provider to the concrete hosts it names, each host once a rule; its own servers are
    no parties, and a callback to wherever the caller says names nobody."""
    own = set(server_hosts(references.root))
    found: dict[tuple[str, str], CallFact] = {}
    for party, rule, confidence, where in _named(references):
        if party.name not in own:
            evidence = Evidence(importer, where, Basis.DECLARED, confidence, rule, f"names {party.name}")
            fact = CallFact(consumer, party, Style.SYNC, "http", evidence)
            found.setdefault((party.name, rule), fact)
    return tuple(found[key] for key in sorted(found))


def _named(references: References) -> Iterator[_Named]:
    root = references.root
    yield from _backends(root)
    yield from _identity_providers(references)
    for endpoint in endpoints(references):
        yield from _backends(endpoint.operation)
        yield from _callbacks(references, endpoint.operation)
    for name, written in root.child("webhooks").children():
        for endpoint in path_item(references, name, written):
            for holder in (endpoint.operation, endpoint.item):
                yield from _servers(holder, "webhook")


def _backends(holder: Node) -> Iterator[_Named]:
    """What an API gateway forwards to."""
    google = holder.child("x-google-backend")
    if host := host_of(google.child("address").value):
        yield _party(host), "gateway-backend", Confidence.HIGH, google.where("address")
    amazon = holder.child("x-amazon-apigateway-integration")
    uri = amazon.child("uri").value
    if host := host_of(uri):
        yield _party(host), "gateway-backend", Confidence.HIGH, amazon.where("uri")
    elif isinstance(uri, str) and (function := _LAMBDA.search(uri)):
        party = Party(clean(function[1]), technology="lambda")
        yield party, "gateway-backend", Confidence.HIGH, amazon.where("uri")


def _callbacks(references: References, operation: Node) -> Iterator[_Named]:
    for _, written in operation.child("callbacks").children():
        callback = references.follow(written)
        for expression, item in callback.children():
            if host := host_of(expression):
                yield _party(host), "callback", Confidence.MEDIUM, callback.where(expression)
            for endpoint in path_item(references, expression, item):
                yield from _servers(endpoint.operation, "callback")


def _servers(holder: Node, rule: str) -> Iterator[_Named]:
    for url in server_urls(holder):
        if host := host_of(url):
            yield _party(host), rule, Confidence.MEDIUM, holder.where("servers")


def _identity_providers(references: References) -> Iterator[_Named]:
    """Who issues the tokens the provider accepts. The provider reads the discovery document itself; a token URL is
    where clients go, so that the provider calls it is less sure."""
    root = references.root
    for schemes in (root.child("securityDefinitions"), root.child("components").child("securitySchemes")):
        for _, written in schemes.children():
            scheme = references.follow(written)
            if host := host_of(scheme.child("openIdConnectUrl").value):
                yield _party(host), "openid-connect", Confidence.MEDIUM, scheme.where("openIdConnectUrl")
            for flow in (scheme, *(node for _, node in scheme.child("flows").children())):
                if host := host_of(flow.child("tokenUrl").value):
                    yield _party(host), "oauth-token-url", Confidence.LOW, flow.where("tokenUrl")


def _party(host: str) -> Party:
    return Party(clean(host), kind=NodeKind.EXTERNAL if is_public(host) else None)
