"""Facts of one cluster: its services, their calls and the routes of its ingress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from topoplan.model.facts import CallFact, NodeKind, Party, ServiceFact, Style
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers import hosts, labels, technologies
from topoplan_importers.kubernetes.calls import IMPORTER, Calls
from topoplan_importers.kubernetes.cluster import Cluster, Node
from topoplan_importers.kubernetes.manifests import Manifest, dig, sequence, text, texts
from topoplan_importers.kubernetes.mentions import Mentions
from topoplan_importers.kubernetes.policies import POLICIES, policy_calls
from topoplan_importers.kubernetes.routes import ROUTES, route_calls
from topoplan_importers.kubernetes.template_functions import UNKNOWN_TEXT
from topoplan_importers.parties import own_name

OUTSIDE = "ServiceEntry"
_NAME_LABELS = ("app.kubernetes.io/name", "app", "k8s-app")


def facts_of(
    cluster: Cluster, rules: Sequence[Manifest], stores: Sequence[ServiceFact], mentions: Mentions
) -> Iterator[ServiceFact | CallFact]:
    """Everything the manifests say; `rules` are its routes and policies, `stores` what charts take from elsewhere,
    `mentions` knows what its code reads."""
    parties = {node: _party(node) for node in cluster.nodes}
    hosts_of = {name.lower(): store.party for store in stores for name in (store.party.name, *store.aliases)}
    calls = Calls(cluster, parties, hosts_of, mentions)
    for node in cluster.nodes:
        technology = node.main.technology
        if technology is not None and technology.proxy and any(c.style is Style.SYNC for c in calls.of(node)):
            parties[node] = replace(parties[node], kind=NodeKind.GATEWAY)
    carried = Counter(label for node in cluster.nodes for label in _labels(node))
    for node in cluster.nodes:
        own = {label for label in _labels(node) if carried[label] == 1}
        yield _service(node, parties[node], own.union(cluster.deployed(node)))
    yield from stores
    for service in cluster.unmatched:
        yield _unseen(service)
    for node in cluster.nodes:
        yield from calls.of(node)
    yield from route_calls(cluster, [r for r in rules if r.kind in ROUTES], parties)
    for entry in (r for r in rules if r.kind == OUTSIDE):
        yield from _outside(entry)
    yield from policy_calls(cluster, [r for r in rules if r.kind in POLICIES], parties)


def _party(node: Node) -> Party:
    technology = node.main.technology
    return Party(clean(node.name), clean(node.scope), node.main.kind, technology.name if technology else "")


def _service(node: Node, party: Party, further: set[str]) -> ServiceFact:
    told = {own_name(s.name, s.value) for w in node.workloads for c in w.containers for s in c.settings}
    names = {*node.services, *(w.name for w in node.workloads), *further, *told}
    containers = [c for w in node.workloads for c in w.containers if not c.init]
    said = list(_said(node))
    settings = (s for c in containers for s in c.settings if s.name == "OTEL_RESOURCE_ATTRIBUTES")
    attributes = (labels.resource_criticality(s.value) for s in settings)
    return ServiceFact(
        party,
        Evidence(IMPORTER, node.main.manifest.where, Basis.DECLARED, Confidence.HIGH, "kubernetes-workload"),
        tuple(sorted({clean(name) for name in names} - {"", party.name})),
        image=clean(next((c.image for c in containers if c.image), "")),
        ports=tuple(sorted({port for c in containers for port in c.ports})),
        owner=next(filter(None, map(labels.owner, said)), ""),
        domain=next(filter(None, map(labels.domain, said)), ""),
        criticality=next(filter(None, map(labels.criticality, said)), "") or next(filter(None, attributes), ""),
        infrastructure=node.main.infrastructure,
    )


def _said(node: Node) -> Iterator[dict[str, str]]:
    """Labels and annotations, of the main definition first, of pods before those of their workload."""
    for workload in sorted(node.workloads, key=lambda w: w is not node.main):
        pod = dig(workload.manifest.body, "spec", "template", "metadata")
        own = dig(workload.manifest.body, "metadata")
        written = (texts(dig(holder, kind)) for holder in (pod, own) for kind in ("labels", "annotations"))
        for entries in (workload.labels, *written):
            yield {key: value for key, value in entries.items() if UNKNOWN_TEXT not in value}


def _labels(node: Node) -> set[str]:
    """Names that labels give a node; a label that several nodes carry names none of them."""
    return {w.labels[label] for w in node.workloads for label in _NAME_LABELS if label in w.labels}


def _outside(entry: Manifest) -> Iterator[ServiceFact]:
    """Hosts outside the mesh that its services may call; who calls them is not told."""
    if text(dig(entry.body, "spec", "location")) == "MESH_INTERNAL":
        return
    for host in sorted({clean(text(host)) for host in sequence(dig(entry.body, "spec", "hosts"))}):
        if hosts.is_public(host):
            evidence = Evidence(IMPORTER, entry.where, Basis.DECLARED, Confidence.HIGH, "service-entry")
            yield ServiceFact(Party(host, "", NodeKind.EXTERNAL), evidence)


def _unseen(service: Manifest) -> ServiceFact:
    """A Service whose workload is defined elsewhere, by a chart for instance."""
    product = technologies.by_name(service.name)
    numbers = {text(dig(port, "port")) for port in sequence(dig(service.body, "spec", "ports"))}
    ports = {int(number) for number in numbers if number.isdecimal() and len(number) <= 5}
    kind = product.kind if product else NodeKind.DATASTORE if technologies.names_store(service.name) else None
    return ServiceFact(
        Party(clean(service.name), "", kind, product.name if product else ""),
        Evidence(IMPORTER, service.where, Basis.DECLARED, Confidence.MEDIUM, "kubernetes-service"),
        ports=tuple(sorted(port for port in ports if 0 < port < 65536)),
        infrastructure=bool(product and product.infrastructure) or technologies.runs_beside(service.name),
    )
