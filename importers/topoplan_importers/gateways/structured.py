"""Reads the formats that are YAML, JSON or TOML: Envoy, Traefik, Kong, Ocelot, YARP, KrakenD."""

from __future__ import annotations

from collections.abc import Iterator

from topoplan_importers.dapr import invoked_app
from topoplan_importers.gateways.targets import Target
from topoplan_importers.gateways.tree import Tree


def envoy(root: Tree) -> Iterator[Target]:
    """Endpoints of the clusters that a route, a filter or a tracer refers to; of all, where a file holds only those.
    Also the programs behind a Dapr sidecar, which a route names in the path it rewrites to."""
    resources = root.at("static_resources")
    clusters = [*resources.at("clusters").each(), *root.at("resources").each(), *root.at("clusters").each()]
    elsewhere = [entry for key, entry in root.entries() if key not in ("static_resources", "resources", "clusters")]
    elsewhere += [entry for key, entry in resources.entries() if key != "clusters"]
    used = {text for part in elsewhere for text in _cluster_references(part)}
    for cluster in clusters:
        if used and cluster.at("name").text not in used:
            continue
        for key, address in cluster.walk():
            if key == "socket_address" and address.at("address").text:
                port = address.at("port_value").text
                value = address.at("address").text + (f":{port}" if port else "")
                yield Target(value, address.at("address").where, "envoy-cluster")
    for key, rewritten in root.walk():
        if key == "prefix_rewrite" and invoked_app(rewritten.text):
            yield Target(rewritten.text, rewritten.where, "dapr-invoke")


def _cluster_references(part: Tree) -> Iterator[str]:
    for key, entry in part.walk():
        if key in ("cluster", "cluster_name"):
            yield entry.text
        elif key == "clusters":
            yield from (one.at("name").text for one in entry.each())


def traefik(root: Tree) -> Iterator[Target]:
    """Servers of the services of a dynamic configuration, and of the backends of version 1."""
    for kind in ("http", "tcp", "udp"):
        for _, service in root.at(kind, "services").entries():
            for server in service.at("loadBalancer", "servers").each():
                value = server.at("url") if server.at("url").text else server.at("address")
                yield Target(value.text, value.where, "traefik-service")
    for holder in (root, root.at("file")):
        for _, backend in holder.at("backends").entries():
            for _, server in backend.at("servers").entries():
                yield Target(server.at("url").text, server.at("url").where, "traefik-service")


def kong(root: Tree) -> Iterator[Target]:
    """Services of a declarative configuration; one whose host is an upstream stands for that one's targets."""
    upstreams = {one.at("name").text: one for one in root.at("upstreams").each()}
    for service in root.at("services").each():
        host = service.at("host")
        upstream = upstreams.get(host.text) if host.text else None
        if upstream is not None:
            for target in upstream.at("targets").each():
                yield Target(target.at("target").text, target.at("target").where, "kong-service")
        elif service.at("url").text:
            yield Target(service.at("url").text, service.at("url").where, "kong-service")
        elif host.text:
            scheme, port = service.at("protocol").text or "http", service.at("port").text
            yield Target(f"{scheme}://{host.text}" + (f":{port}" if port else ""), host.where, "kong-service")


def ocelot(root: Tree) -> Iterator[Target]:
    """Hosts and discovered services behind Ocelot's routes."""
    for group in ("Routes", "ReRoutes", "DynamicReRoutes"):
        for route in root.at(group).each():
            scheme = route.at("DownstreamScheme").text or "http"
            for address in route.at("DownstreamHostAndPorts").each():
                host, port = address.at("Host"), address.at("Port").text
                if host.text:
                    yield Target(f"{scheme}://{host.text}" + (f":{port}" if port else ""), host.where, "ocelot-route")
            service = route.at("ServiceName")
            if service.text:
                yield Target(f"{scheme}://{service.text}", service.where, "ocelot-route")


def yarp(root: Tree) -> Iterator[Target]:
    """Destinations of the clusters of .NET's reverse proxy."""
    for _, cluster in root.at("ReverseProxy", "Clusters").entries():
        for _, destination in cluster.at("Destinations").entries():
            address = destination.at("Address")
            yield Target(address.text, address.where, "yarp-destination")


def krakend(root: Tree) -> Iterator[Target]:
    """Hosts of the backends behind KrakenD's endpoints."""
    for endpoint in root.at("endpoints").each():
        for backend in endpoint.at("backend").each():
            for host in backend.at("host").each():
                yield Target(host.text, host.where, "krakend-backend")
