"""Kiali's graph of a service mesh: which workload was seen calling which (the JSON behind its graph page)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Fact, NodeKind, Notice, Party, ServiceFact, SourceState, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.hosts import is_ip, is_public
from topoplan_importers.outcome import State, outcome

NAME = "kiali"
_NOBODY = frozenset({"", "unknown", "passthroughcluster", "blackholecluster"})
"""Names by which Istio's telemetry says that it does not know who it was."""
_PROGRAMS = frozenset({"app", "workload"})
_MOST_BEHIND = 50
"""Programs behind one Service to which a call through it counts; more are no service but a gateway to a cluster."""
_PROTOCOLS = frozenset({"http", "grpc", "tcp"})


class KialiImporter:
    """Reads graphs of any type: app, versioned app, workload, service."""

    name = NAME
    summary = "Kiali graphs of a service mesh (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        head = candidate.head
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{" or b'"elements"' not in head:
            return False
        return b'"graphType"' in head or b'"nodeType"' in head

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        states: dict[str, State] = {}
        facts: list[Fact] = []
        notices: list[Notice] = []
        for path in sorted(candidate.path for candidate in candidates):
            try:
                document = workspace.json(path)
            except DocumentError as error:
                states[path] = (SourceState.FAILED, error.reason)
                continue
            notices += document.notices
            elements = document.value.get("elements") if isinstance(document.value, dict) else None
            if not isinstance(elements, dict):
                states[path] = (SourceState.SKIPPED, "holds no graph of Kiali")
                continue
            graph = _Graph(path)
            graph.take(elements)
            found = [*graph.services(), *graph.calls()]
            facts += found
            states[path] = (SourceState.ANALYSED, "" if found else "the graph shows no workload")
        return outcome(NAME, states, facts, notices, workspace)


class _Graph(Struct):
    """One graph: nodes that are programs or outside parties, and Kubernetes Services that only stand between them."""

    path: str
    parties: dict[str, Party] = field(default_factory=dict)
    """Who a node is, by node id; several versions of one app are one party."""
    between: dict[str, str] = field(default_factory=dict)
    """Names of nodes that are Kubernetes Services, by node id."""
    aliases: dict[str, set[Party]] = field(default_factory=lambda: defaultdict(set))
    """Further names, and whom each may mean."""
    edges: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)

    def take(self, elements: Mapping[str, Any]) -> None:
        """Sort out nodes and edges. Whatever is malformed is passed over."""
        for data in _data(elements.get("nodes")):
            if data.get("isWaypoint") is not True:
                self._node(data)
        for data in _data(elements.get("edges")):
            source, target = _text(data, "source"), _text(data, "target")
            if source and target:
                self.edges.append((source, target, _mapping(data.get("traffic"))))
        for source, target, _ in self.edges:
            if source in self.between and target in self.parties:
                self.aliases[self.between[source]].add(self.parties[target])

    def services(self) -> Iterator[Fact]:
        """Programs that were seen. A further name that could mean two of them is no name of either."""
        names: dict[Party, set[str]] = defaultdict(set)
        for alias, meant in self.aliases.items():
            for party in meant if len(meant) == 1 else ():
                names[party].add(alias)
        for party in sorted(set(self.parties.values()), key=_order):
            if party.kind is not NodeKind.EXTERNAL:
                further = tuple(sorted(names[party] - {party.name}))
                evidence = self._evidence("kiali-node", Confidence.HIGH, party.name)
                yield ServiceFact(party, evidence, further, infrastructure=_runs_beside(party.name))

    def calls(self) -> Iterator[Fact]:
        """Who was seen calling whom. Through a Service they are its callers and all who answer behind it."""
        behind: dict[str, set[Party]] = defaultdict(set)
        for source, target, _ in self.edges:
            if source in self.between and target in self.parties:
                behind[source].add(self.parties[target])
        found: dict[tuple[Party, Party, str], Confidence] = {}
        for source, target, traffic in self.edges:
            consumer = self.parties.get(source)
            if consumer is None or consumer.kind not in (NodeKind.SERVICE, NodeKind.GATEWAY):
                continue
            providers = {self.parties[target]} if target in self.parties else behind.get(target, set())
            if target in self.between and not 1 <= len(providers) <= _MOST_BEHIND:
                providers = {_party(self.between[target])}
            confidence = Confidence.HIGH if _rate(traffic) else Confidence.MEDIUM
            for provider in providers:
                key = consumer, provider, _protocol(traffic)
                found[key] = max(confidence, found.get(key, confidence), key=lambda c: c.rank)
        for (consumer, provider, protocol), confidence in sorted(
            found.items(), key=lambda item: (_order(item[0][0]), _order(item[0][1]), item[0][2])
        ):
            if consumer != provider:
                yield self._call(consumer, provider, protocol, confidence)

    def _node(self, data: Mapping[str, Any]) -> None:
        identity, kind = _text(data, "id"), _text(data, "nodeType")
        service = _text(data, "service")
        entry = data.get("isServiceEntry")
        if not identity or data.get("isBox"):
            return
        if entry and service:
            self._outside(identity, service, entry)
        elif kind == "service" and service.lower() not in _NOBODY:
            host = service.lower()
            if is_public(host):
                self.parties[identity] = _party(host)
            elif not is_ip(host):
                self.between[identity] = host.partition(".")[0]
        elif kind in _PROGRAMS:
            self._program(identity, data)

    def _outside(self, identity: str, service: str, entry: object) -> None:
        """A host that a ServiceEntry makes known to the mesh; one that lies inside goes by its first label."""
        said = _mapping(entry)
        hosts = said.get("hosts")
        only = hosts[0] if isinstance(hosts, list) and len(hosts) == 1 and isinstance(hosts[0], str) else service
        host = clean(only).lower()
        if host.startswith("*") or is_ip(host) or host in _NOBODY:
            host = service.lower()
        inside = said.get("location", entry) == "MESH_INTERNAL"
        self.parties[identity] = _party(host.partition(".")[0] if inside else host, external=not inside)

    def _program(self, identity: str, data: Mapping[str, Any]) -> None:
        """An app where its workload is one version of it, else the workload: all of a system may share one label."""
        app, workload, version = (_text(data, key) for key in ("app", "workload", "version"))
        names = [name for name in (app, workload) if name.lower() not in _NOBODY]
        if not names:
            return
        whole = len(names) == 1 or workload in (app, f"{app}-{version}")
        party = _party(names[0] if whole else workload, gateway=bool(data.get("isGateway")))
        self.parties[identity] = party
        for name in names:
            self.aliases[name].add(party)

    def _call(self, consumer: Party, provider: Party, protocol: str, confidence: Confidence) -> CallFact:
        product = technologies.by_name(provider.name) if provider.kind is not NodeKind.EXTERNAL else None
        resource = provider.kind in (NodeKind.DATASTORE, NodeKind.BROKER)
        spoken = product.protocol if resource and product else protocol
        evidence = self._evidence("kiali-edge", confidence, f"{consumer.name} calls {provider.name}")
        return CallFact(consumer, provider, Style.RESOURCE if resource else Style.SYNC, spoken, evidence)

    def _evidence(self, rule: str, confidence: Confidence, detail: str) -> Evidence:
        return Evidence(NAME, Where(self.path), Basis.OBSERVED, confidence, rule, clean(detail))


def _party(name: str, *, external: bool = False, gateway: bool = False) -> Party:
    if external or is_public(name):
        return Party(name, kind=NodeKind.EXTERNAL)
    product = technologies.by_name(name)
    if product is not None and product.kind in (NodeKind.DATASTORE, NodeKind.BROKER):
        return Party(name, kind=product.kind, technology=product.name)
    return Party(name, kind=NodeKind.GATEWAY if gateway else NodeKind.SERVICE)


def _runs_beside(name: str) -> bool:
    product = technologies.by_name(name)
    return technologies.runs_beside(name) or (product is not None and product.infrastructure)


def _protocol(traffic: Mapping[str, Any]) -> str:
    said = traffic.get("protocol")
    return said if isinstance(said, str) and said in _PROTOCOLS else "tcp"


def _rate(traffic: Mapping[str, Any]) -> bool:
    """Whether something went over an edge in the period; Kiali also draws edges that were only known before."""
    rates = _mapping(traffic.get("rates"))
    figures = [rates.get(protocol) for protocol in _PROTOCOLS]
    return any(str(figure).strip("0.") for figure in figures if isinstance(figure, str | int | float))


def _data(items: object) -> Iterator[Mapping[str, Any]]:
    for item in items if isinstance(items, list) else ():
        yield _mapping(_mapping(item).get("data"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return clean(value) if isinstance(value, str) else ""


def _order(party: Party) -> tuple[str, str, str]:
    return party.name, str(party.kind or ""), party.technology
