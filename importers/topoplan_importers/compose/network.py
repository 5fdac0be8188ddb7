"""The names of one compose network: which service a host, a link or a published port means."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from topoplan.importing.workspace import Workspace
from topoplan.model.facts import NodeKind
from topoplan_importers import technologies
from topoplan_importers.compose.layers import Layer
from topoplan_importers.hosts import is_loopback, is_this_machine
from topoplan_importers.parties import own_name
from topoplan_importers.technologies import Technology

# Variables that only the server of a product is given.
_SERVER_MARKS = {
    "POSTGRES_PASSWORD": "postgres",
    "MYSQL_ROOT_PASSWORD": "mysql",
    "MYSQL_ALLOW_EMPTY_PASSWORD": "mysql",
    "MARIADB_ROOT_PASSWORD": "mariadb",
    "MONGO_INITDB_ROOT_USERNAME": "mongo",
    "MONGO_INITDB_DATABASE": "mongo",
    "RABBITMQ_DEFAULT_USER": "rabbitmq",
    "MSSQL_SA_PASSWORD": "mssql",
    "KAFKA_ADVERTISED_LISTENERS": "kafka",
    "KAFKA_PROCESS_ROLES": "kafka",
    "MINIO_ROOT_USER": "minio",
    "NEO4J_AUTH": "neo4j",
}
_PORT = re.compile(r"(?:(?P<published>\d{1,5})(?:-\d+)?:)?(?P<target>\d{1,5})(?:-\d+)?(?:/\w+)?$")


class Node(Struct, frozen=True):
    """One service as the network sees it."""

    name: str
    layer: Layer
    technology: Technology | None
    kind: NodeKind | None
    infrastructure: bool
    aliases: tuple[str, ...]
    ports: tuple[int, ...]
    published: tuple[int, ...]
    folder: str

    @property
    def is_resource(self) -> bool:
        return self.kind in (NodeKind.DATASTORE, NodeKind.BROKER)


def node(name: str, layer: Layer, folder: str) -> Node:
    """What can be told of a service from its own definition."""
    targets, published = _ports(layer)
    job = technologies.is_job(name) and not targets
    technology = None if job else _technology(name, layer)
    kind = None if job else _kind(name, technology)
    beside = bool(technology and technology.infrastructure) or technologies.runs_beside(name)
    return Node(name, layer, technology, kind, beside, _aliases(name, layer), targets, published, folder)


def _kind(name: str, technology: Technology | None) -> NodeKind | None:
    if technology is None and technologies.names_store(name):
        return NodeKind.DATASTORE
    known = technology.kind if technology else None
    return known or (NodeKind.GATEWAY if technologies.names_gateway(name) else None)


class Network:
    """Finds the service a name means. `further` services are known too where `nodes` do not say otherwise."""

    def __init__(self, nodes: Mapping[str, Node], further: Mapping[str, Node] | None = None) -> None:
        self.nodes = nodes
        self._hosts: dict[str, Node] = {}
        self._published: dict[int, tuple[Node, ...]] = {}
        for known in (nodes, further or {}):
            publishers: dict[int, list[Node]] = defaultdict(list)
            for one in sorted(known.values(), key=lambda n: n.name):
                for port in one.published:
                    publishers[port].append(one)
            self._published = {port: tuple(found) for port, found in publishers.items()} | self._published
            for by_name in (True, False):  # a service's own name goes before another one's alias
                for one in sorted(known.values(), key=lambda n: n.name):
                    for host in (one.name,) if by_name else _network_names(one):
                        self._hosts.setdefault(host.lower(), one)

    def named(self, name: str) -> Node | None:
        return self._hosts.get(name.lower())

    def host(self, host: str, port: int, consumer: Node) -> tuple[Node | None, bool]:
        """The service that `host` means to `consumer`, and whether it was looked for among published ports."""
        link = consumer.layer.mapping("links").get(host)
        if link is not None:
            return self.named(link.text or ""), False
        mapped = consumer.layer.mapping("extra_hosts").get(host)
        if is_loopback(host) or (mapped is not None and mapped.text == "host-gateway"):
            return self._loopback(host, port, consumer), True
        return self.named(host.removeprefix("tasks.")), False

    def publishers(self, port: int) -> tuple[Node, ...]:
        """The services that publish a port of the host, sorted by name; of several nobody can tell which is meant."""
        return self._published.get(port, ())

    def _loopback(self, host: str, port: int, consumer: Node) -> Node | None:
        shared = consumer.layer.scalar("network_mode")
        if shared.startswith("service:"):
            other = self.named(shared.removeprefix("service:"))
            if other is not None and port in other.ports:
                return other
        if is_this_machine(host) and port in consumer.ports:
            return consumer
        meant = self.publishers(port)
        return meant[0] if len(meant) == 1 else None


def folders(services: Mapping[str, Layer], project_folder: str, workspace: Workspace) -> dict[str, str]:
    """The folder of code of each service that is built: that of its Dockerfile where it lies deeper than the build
    context, else the context. The analysed root is nobody's, nor is the project's folder when several share it, nor a
    folder that only collects the Dockerfiles of several."""
    found: dict[str, str] = {}
    collected: dict[str, str] = {}
    for name, layer in services.items():
        build = layer.build
        if build is None or build.context is None:
            continue
        folder = build.context
        deeper = posixpath.dirname(build.dockerfile)
        if deeper and not deeper.startswith(".."):
            folder = workspace.join(folder + "/", deeper) or folder
            collected[name] = folder
        if workspace.join(folder + "/", "..") is not None:
            found[name] = folder
    users = Counter(found.values())
    return {n: f for n, f in found.items() if users[f] == 1 or not (_holds(f, project_folder) or n in collected)}


def _holds(outer: str, inner: str) -> bool:
    return outer == inner or outer == "." or inner.startswith(outer + "/")


def _technology(name: str, layer: Layer) -> Technology | None:
    """What runs in a service: told by the image, unless it is built here under a name of its own making, then by the
    service's name, then by variables that only the server of a product is given."""
    image = layer.scalar("image")
    by_name = technologies.by_name(name)
    if image and (layer.build is None or by_name is not None):
        found = technologies.by_image(image)
        if found is not None:
            return found
    if by_name is None and technologies.names_store(name):
        environment = layer.mapping("environment")
        mark = next((word for variable, word in _SERVER_MARKS.items() if variable in environment), "")
        return technologies.by_name(mark)
    return by_name


def _ports(layer: Layer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    targets: set[int] = set()
    published: set[int] = set()
    for entry in (*layer.listed("ports"), *layer.listed("expose")):
        match = _PORT.search(entry.text or "")
        if match:
            targets.add(int(match["target"]))
            if match["published"]:
                published.add(int(match["published"]))
    return tuple(sorted(p for p in targets if 0 < p < 65536)), tuple(sorted(p for p in published if 0 < p < 65536))


def _network_names(one: Node) -> Iterator[str]:
    layer = one.layer
    yield from (n for n in (layer.scalar("hostname"), layer.scalar("container_name")) if n)
    yield from layer.mapping("aliases")


def _aliases(name: str, layer: Layer) -> tuple[str, ...]:
    names = {layer.scalar("hostname"), layer.scalar("container_name"), *layer.mapping("aliases")}
    names |= {own_name(variable, entry.text or "") for variable, entry in layer.mapping("environment").items()}
    return tuple(sorted(names - {"", name}))
