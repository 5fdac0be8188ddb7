"""A Structurizr workspace: containers of the C4 model and the relationships between them (structurizr.com/json)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from topoplan.model.facts import CallFact, Fact, NodeKind, Party, ServiceFact, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies

_PROTOCOLS = (("grpc", "grpc"), ("graphql", "graphql"), ("http", "http"), ("rest", "http"), ("json", "http"))
"""Words in the technology of a relationship."""


def is_workspace(value: Any) -> bool:
    """Whether a document is a workspace with a model."""
    model = value.get("model") if isinstance(value, dict) else None
    return isinstance(model, dict) and isinstance(model.get("softwareSystems"), list)


def workspace_facts(value: Any, path: str, importer: str) -> Iterator[Fact]:
    """Containers as services, relationships between them and to systems outside as calls. The domain of a container is
    its group, or else its system.

    A component speaks for its container. Relationships that are asynchronous do not tell who receives and say nothing
    here, unless they lead to a broker or store; people are no services.
    """
    reader = _Reader(path, importer)
    for system in _objects(value["model"].get("softwareSystems")):
        reader.system(system)
    yield from reader.services
    yield from reader.calls()


class _Reader(Struct):
    path: str
    importer: str
    services: list[ServiceFact] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)
    relationships: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)

    def system(self, system: dict[str, Any]) -> None:
        containers = _objects(system.get("containers"))
        outside = str(system.get("location", "")) == "External" or not containers
        if outside and (name := _name(system)):
            self._note(system, Party(name, kind=NodeKind.EXTERNAL))
        for container in containers:
            name = _name(container)
            if not name:
                continue
            party = _container(name, container)
            place = Where(self.path, pointer=f"/model/softwareSystems/containers/{clean(str(container.get('id', '')))}")
            evidence = Evidence(self.importer, place, Basis.DECLARED, Confidence.MEDIUM, "container", name)
            domain = _text(container, "group") or _name(system)
            self.services.append(ServiceFact(party, evidence, domain=domain))
            self._note(container, Party(name) if party.kind is NodeKind.SERVICE else party)
            for component in _objects(container.get("components")):
                self._note(component, self.parties[str(container.get("id"))])

    def calls(self) -> Iterator[CallFact]:
        """Relationships whose both ends are programs."""
        for source, said, identity in self.relationships:
            consumer, provider = self.parties[source], self.parties.get(str(said.get("destinationId")))
            if provider is None or consumer == provider or consumer.kind is not None:
                continue
            resource = provider.kind in (NodeKind.DATASTORE, NodeKind.BROKER)
            if said.get("interactionStyle") == "Asynchronous" and not resource:
                continue
            where = Where(self.path, pointer=f"/model/relationships/{identity}")
            detail = f"{consumer.name} to {provider.name}"
            evidence = Evidence(self.importer, where, Basis.DECLARED, Confidence.MEDIUM, "relationship", detail)
            protocol = provider.technology if resource else _protocol(str(said.get("technology", "")).lower())
            style = Style.RESOURCE if resource else Style.SYNC
            yield CallFact(consumer, provider, style, protocol or "tcp", evidence)

    def _note(self, element: dict[str, Any], party: Party) -> None:
        identity = str(element.get("id"))
        self.parties.setdefault(identity, party)
        for said in _objects(element.get("relationships")):
            self.relationships.append((identity, said, clean(str(said.get("id", "")))))


def _container(name: str, container: dict[str, Any]) -> Party:
    tags = {tag.strip().lower() for tag in str(container.get("tags", "")).split(",")}
    product = technologies.by_name(str(container.get("technology", "")).lower()[:100])
    if product is not None and product.kind in (NodeKind.DATASTORE, NodeKind.BROKER):
        return Party(name, kind=product.kind, technology=product.name)
    return Party(name, kind=NodeKind.DATASTORE if "database" in tags else NodeKind.SERVICE)


def _protocol(technology: str) -> str:
    return next((protocol for word, protocol in _PROTOCOLS if word in technology), "")


def _name(element: dict[str, Any]) -> str:
    return _text(element, "name")


def _text(element: dict[str, Any], key: str) -> str:
    value = element.get(key)
    return clean(value) if isinstance(value, str) else ""


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
