"""Backstage's catalogue: components, the APIs between them, what they depend on (backstage.io, descriptor format)."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from topoplan.model.facts import CallFact, Fact, ModuleFact, NodeKind, Party, ServiceFact, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import labels, technologies
from topoplan_importers.places import at

_REFERENCE = re.compile(r"(?:([A-Za-z]+):)?(?:[\w.-]+/)?([\w.-]+)")
_NO_PROGRAMS = ("library", "documentation", "template", "package")
"""Types of components that run nowhere of their own."""
_PROTOCOLS = {"openapi": "http", "graphql": "graphql", "grpc": "grpc", "trpc": "http"}
"""Types of APIs that are called; messages flow otherwise."""


class _Entity(NamedTuple):
    kind: str
    name: str
    metadata: Any
    spec: Any
    path: str


def is_entity(value: Any) -> bool:
    """Whether a document is an entity of the catalogue."""
    return isinstance(value, dict) and str(value.get("apiVersion", "")).startswith("backstage.io/")


class Backstage:
    """Collects the entities of all files, since they refer to each other."""

    def __init__(self, importer: str) -> None:
        self._importer = importer
        self._entities: list[_Entity] = []
        self._known: dict[tuple[str, str], _Entity] = {}
        self._providers: dict[str, list[_Entity]] = defaultdict(list)

    def add(self, path: str, documents: Sequence[Any]) -> None:
        """Take the entities of one file."""
        for value in documents:
            metadata, spec = _mapping(value.get("metadata")), _mapping(value.get("spec"))
            name = metadata.get("name")
            if isinstance(name, str) and name.strip():
                kind = str(value.get("kind", "")).lower()
                self._entities.append(_Entity(kind, clean(name), metadata, spec, path))

    def facts(self) -> Iterator[Fact]:
        """Services, whose folder theirs is, and what the catalogue says that they call."""
        components = [e for e in self._entities if e.kind == "component" and e.spec.get("type") not in _NO_PROGRAMS]
        self._known = {(entity.kind, entity.name): entity for entity in reversed(self._entities)}
        for component in components:
            for api in sorted({_named(item)[1] for item, _ in self._listed(component, "providesApis")}):
                self._providers[api].append(component)
        in_file: dict[str, int] = defaultdict(int)
        for entity in self._entities:
            in_file[entity.path] += entity.kind == "component"
        for component in components:
            evidence = self._evidence(component, component.metadata, "name", "component", component.name)
            owner = _named(component.spec.get("owner"))[1]
            party = Party(component.name, kind=NodeKind.SERVICE)
            domain, level = self._domain(component), _criticality(component)
            yield ServiceFact(party, evidence, owner=owner, domain=domain, criticality=level)
            folder = posixpath.dirname(component.path)
            if folder and in_file[component.path] == 1:
                yield ModuleFact(folder, (component.name,), evidence)
            yield from self._calls(component)

    def _domain(self, component: _Entity) -> str:
        """The domain of the component's system; of a system that names none, the system."""
        system = _named(component.spec.get("system"))[1]
        known = self._known.get(("system", system))
        holders = (component, *((known,) if known else ()))
        return next(filter(None, (_named(holder.spec.get("domain"))[1] for holder in holders)), system)

    def _calls(self, component: _Entity) -> Iterator[CallFact]:
        consumer = Party(component.name)
        for item, where in self._listed(component, "consumesApis"):
            api = _named(item)[1]
            protocol = self._protocol(api)
            providers = self._providers.get(api, [])
            if protocol and len(providers) == 1 and providers[0].name != component.name:
                evidence = self._made(where, "consumes-api", f"consumes {api}")
                yield CallFact(consumer, Party(providers[0].name), Style.SYNC, protocol, evidence)
        for key, backwards in (("dependsOn", False), ("dependencyOf", True)):
            for item, where in self._listed(component, key):
                kind, name = _named(item)
                other = self._party(kind, name)
                if other is None or name == component.name:
                    continue
                evidence = self._made(
                    where, "depends-on", f"{'is a dependency of' if backwards else 'depends on'} {name}"
                )
                ends = (other, consumer) if backwards else (consumer, other)
                style = Style.RESOURCE if other.kind else Style.SYNC
                yield CallFact(*ends, style, other.technology or "tcp", evidence)

    def _party(self, kind: str, name: str) -> Party | None:
        """Whom a dependency means; None for what no program calls."""
        known = self._known.get((kind or "component", name))
        if kind in ("", "component"):
            return None if known and known.spec.get("type") in _NO_PROGRAMS else Party(name)
        if kind != "resource":
            return None
        said = str(known.spec.get("type", "")).lower() if known else ""
        product = technologies.by_name(said) or technologies.by_name(name)
        if product is not None and product.kind:
            return Party(name, kind=product.kind, technology=product.name)
        return Party(name, kind=NodeKind.DATASTORE) if "database" in said else Party(name)

    def _protocol(self, api: str) -> str:
        known = self._known.get(("api", api))
        return _PROTOCOLS.get(str(known.spec.get("type", "")).lower(), "") if known else "tcp"

    def _listed(self, entity: _Entity, key: str) -> Iterator[tuple[str, Where]]:
        items = entity.spec.get(key)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, str):
                yield item, at(Where(entity.path), items, index)

    def _evidence(self, entity: _Entity, holder: Any, key: str, rule: str, detail: str) -> Evidence:
        return self._made(at(Where(entity.path), holder, key), rule, detail)

    def _made(self, where: Where, rule: str, detail: str) -> Evidence:
        return Evidence(self._importer, where, Basis.DECLARED, Confidence.MEDIUM, rule, detail)


def _mapping(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


def _named(reference: Any) -> tuple[str, str]:
    """Kind and name of a reference such as `component:default/cart`; empty when it is none."""
    match = _REFERENCE.fullmatch(reference.strip()) if isinstance(reference, str) else None
    return ((match[1] or "").lower(), clean(match[2])) if match else ("", "")


def _criticality(component: _Entity) -> str:
    """What a label, annotation or setting called tier or criticality says; whatever is on its way in or out is low."""
    for holder in (component.spec, *(_mapping(component.metadata.get(k)) for k in ("labels", "annotations"))):
        said = {key: str(value) for key, value in holder.items() if isinstance(key, str)}
        if level := labels.criticality(said):
            return level
    return "low" if component.spec.get("lifecycle") in ("experimental", "deprecated") else ""
