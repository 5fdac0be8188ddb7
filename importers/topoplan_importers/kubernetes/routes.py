"""Calls of an ingress or gateway controller to the Services its routes name.

A route says where requests go, not who carries them. So it is a call only where the manifests also hold one workload
that can be told to be the controller of the route's class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from topoplan.model.facts import CallFact, NodeKind, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers.kubernetes.cluster import Cluster, Node
from topoplan_importers.kubernetes.manifests import Manifest, dig, mapping, sequence, text

ROUTES = frozenset({"Ingress", "HTTPRoute", "GRPCRoute", "Gateway", "VirtualService"})
_MESH = "mesh"
"""The gateway of a VirtualService that means every sidecar; its callers are not told."""
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_WORDS = re.compile(r"[a-z0-9]+")


def route_calls(cluster: Cluster, routes: Sequence[Manifest], parties: Mapping[Node, Party]) -> Iterator[CallFact]:
    """One call for each route and Service of the cluster it leads to."""
    controllers = [node for node in cluster.nodes if _controls(node)]
    gateways = {r.name: text(dig(r.body, "spec", "gatewayClassName")) for r in routes if r.kind == "Gateway"}
    for route in routes:
        fitting = [node for class_name in _classes(route, gateways) for node in _of_class(controllers, class_name)]
        if len(fitting) != 1:
            continue
        protocol = "grpc" if route.kind == "GRPCRoute" else "http"
        for backend in sorted(set(_backends(route))):
            provider = cluster.find(backend, route.namespace)
            if provider is not None and provider is not fitting[0]:
                detail = clean(f"{route.kind} {route.name} leads to {provider.name}")
                where = Evidence("kubernetes", route.where, Basis.DECLARED, Confidence.HIGH, "ingress-route", detail)
                yield CallFact(parties[fitting[0]], parties[provider], Style.SYNC, protocol, where)


def _controls(node: Node) -> bool:
    technology = node.main.technology
    words = _image_words(node)
    is_istio = {"istio", "proxyv2"} <= words  # the image of its ingress gateway
    return "ingress" in words or is_istio or (technology is not None and technology.kind is NodeKind.GATEWAY)


def _of_class(controllers: Sequence[Node], class_name: str) -> list[Node]:
    """Controllers of a class by the words of its name; any controller when a route names no class."""
    wanted = set(_WORDS.findall(class_name.lower()))
    return [node for node in controllers if wanted <= _image_words(node)]


def _image_words(node: Node) -> set[str]:
    return {word for image in node.main.images for word in _WORDS.findall(image)}


def _classes(route: Manifest, gateways: Mapping[str, str]) -> list[str]:
    if route.kind == "Ingress":
        annotated = text(dig(route.body, "metadata", "annotations", _CLASS_ANNOTATION))
        return [text(dig(route.body, "spec", "ingressClassName")) or annotated]
    if route.kind == "VirtualService":
        named = {text(gateway) for gateway in sequence(dig(route.body, "spec", "gateways"))}
        return ["istio"] if named - {_MESH, ""} else []
    parents = {text(mapping(parent).get("name")) for parent in sequence(dig(route.body, "spec", "parentRefs"))}
    return sorted({gateways[name] for name in parents if name in gateways})


def _backends(route: Manifest) -> Iterator[str]:
    """Names of Services, in the shapes of all generations of the two interfaces."""
    spec = mapping(dig(route.body, "spec"))
    for transport in ("http", "tcp", "tls"):
        for rule in sequence(spec.get(transport)):
            for target in sequence(dig(rule, "route")):
                yield from filter(None, [text(dig(target, "destination", "host"))])
    for backend in (spec.get("defaultBackend"), spec.get("backend")):
        yield from _service_name(backend)
    for rule in sequence(spec.get("rules")):
        for path in sequence(dig(rule, "http", "paths")):
            yield from _service_name(dig(path, "backend"))
        for reference in sequence(dig(rule, "backendRefs")):
            name = text(dig(reference, "name"))
            if name and dig(reference, "kind") in (None, "Service"):
                namespace = text(dig(reference, "namespace"))
                yield f"{name}.{namespace}" if namespace else name


def _service_name(backend: object) -> Iterator[str]:
    name = text(dig(backend, "service", "name")) or text(dig(backend, "serviceName"))
    if name:
        yield name
