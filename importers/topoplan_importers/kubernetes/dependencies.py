"""Stores and brokers that Helm charts take from repositories, which nothing here defines but everything may call."""

from __future__ import annotations

from collections.abc import Iterator

from topoplan.model.facts import NodeKind, Party, ServiceFact
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.kubernetes.chart_tree import ChartTree, Dependency, Instance, is_enabled
from topoplan_importers.kubernetes.cluster import Cluster
from topoplan_importers.kubernetes.manifests import dig, text

_SERVICES = ("master", "primary", "headless")
"""What charts of stores append to the names of their Services."""


def dependency_facts(tree: ChartTree, cluster: Cluster) -> Iterator[ServiceFact]:
    """Each once for every release that has it switched on."""
    for chart in tree.folders:
        for one in tree.dependencies(chart):
            for instance in tree.instances(chart) if not one.folder else ():
                if is_enabled(one, instance.values):
                    yield from _resource(one, instance, cluster)


def _resource(one: Dependency, instance: Instance, cluster: Cluster) -> Iterator[ServiceFact]:
    product = technologies.by_name(one.name)
    override = text(dig(instance.values, one.key, "fullnameOverride"))
    name = clean(override or one.key)
    if product is None or product.kind not in (NodeKind.DATASTORE, NodeKind.BROKER) or cluster.find(name, ""):
        return
    names = {f"{name}-{ending}" for ending in _SERVICES} | {clean(f"{instance.top}-{name}")}
    evidence = Evidence(
        "kubernetes", one.where, Basis.DECLARED, Confidence.MEDIUM, "helm-dependency", clean(f"chart {one.name}")
    )
    yield ServiceFact(Party(name, "", product.kind, product.name), evidence, tuple(sorted(names)))
