"""Turns the settings of workloads into calls, each with the place, the rule and how far it can be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from topoplan.model.facts import CallFact, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.addresses import Address
from topoplan_importers.hosts import is_loopback
from topoplan_importers.kubernetes.cluster import Cluster, Node
from topoplan_importers.kubernetes.contents import settings_of
from topoplan_importers.kubernetes.manifests import dig, text, texts
from topoplan_importers.kubernetes.mentions import Mentions
from topoplan_importers.kubernetes.placed import at
from topoplan_importers.kubernetes.recognise import TEMPLATE_MARK
from topoplan_importers.kubernetes.template_functions import UNKNOWN_TEXT
from topoplan_importers.kubernetes.workloads import Container, Setting, Workload
from topoplan_importers.parties import outside, protocol
from topoplan_importers.variables import Reference, command_references, references, with_port

IMPORTER = "kubernetes"
_MAX_VALUE = 4096
"""Characters of a config map's key that are looked at for one consumer: many may name the same long one."""
_CONNECTS_TO = "app.openshift.io/connects-to"
_WAITS = re.compile(r"wait-?for|wait4|dockerize|wait$|wait\.sh$|nslookup|nc$|pg_isready|until ", re.IGNORECASE)


class Calls:
    """Reads the calls of one cluster. `parties` gives the party of each node, `stores` those that no manifest defines
    by host name; `mentions` knows what code reads."""

    def __init__(
        self, cluster: Cluster, parties: Mapping[Node, Party], stores: Mapping[str, Party], mentions: Mentions
    ) -> None:
        self._cluster = cluster
        self._parties = parties
        self._stores = stores
        self._mentions = mentions

    def of(self, consumer: Node) -> tuple[CallFact, ...]:
        """All calls of one node, sorted by place."""
        found = {call for workload in consumer.workloads for call in self._of_workload(consumer, workload)}
        return tuple(sorted(found, key=lambda c: (c.evidence, c.provider.name, c.provider.scope, c.protocol)))

    def _of_workload(self, consumer: Node, workload: Workload) -> Iterator[CallFact]:
        for container in workload.containers:
            trust = Confidence.MEDIUM if container.init else Confidence.HIGH
            yield from self._configured(consumer, workload, self._settings(container, workload), trust)
            yield from self._shared(consumer, workload, container)
            yield from self._commanded(consumer, workload, container)
        yield from self._mounted(consumer, workload)
        yield from self._annotated(consumer, workload)

    def _settings(self, container: Container, workload: Workload) -> Iterator[Setting]:
        """The variables of a container with those filled in that name one key of a config map."""
        for setting in container.settings:
            if not setting.source:
                yield setting
                continue
            config = self._cluster.config(setting.source, workload)
            if config is not None:
                data = dig(config.body, "data")
                where = at(config.where, data, setting.key)
                yield replace(setting, value=text(dig(data, setting.key))[:_MAX_VALUE], where=where)

    def _configured(
        self, consumer: Node, workload: Workload, settings: Iterable[Setting], trust: Confidence
    ) -> Iterator[CallFact]:
        known = {s.name: s for s in settings}
        values = {name: s.value for name, s in known.items()}
        for name, setting in known.items():
            rule = "config-map-key" if setting.source else "environment"
            for reference in references(name, setting.value):
                complete = with_port(reference, name, values)
                yield from self._call(consumer, workload, complete, name, setting.where, rule, trust)

    def _shared(self, consumer: Node, workload: Workload, container: Container) -> Iterator[CallFact]:
        """Calls named in config maps taken whole: a map that several workloads take says what one of them needs, which
        is the one whose code reads the variable."""
        for name, _ in container.maps:
            config = self._cluster.config(name, workload)
            users = self._cluster.users(name)
            if config is None or not users:
                continue
            data = dig(config.body, "data")
            values = texts(data)
            for key, value in values.items():
                where = at(config.where, data, key)
                for reference in references(key, value[:_MAX_VALUE]):
                    trust = Confidence.HIGH if users == (consumer,) else Confidence.LOW
                    if trust is Confidence.LOW and self._mentions.of(consumer, key):
                        trust = Confidence.MEDIUM
                    complete = with_port(reference, key, values)
                    yield from self._call(consumer, workload, complete, key, where, "config-map", trust)

    def _mounted(self, consumer: Node, workload: Workload) -> Iterator[CallFact]:
        """Calls named in config maps that are mounted as files. A map that several workloads mount says what one of
        them needs; and what runs beside a system watches it rather than calls it."""
        for name in workload.mounted if not consumer.main.infrastructure else ():
            config = self._cluster.config(name, workload)
            users = self._cluster.mounting(name)
            if config is None or not users:
                continue
            data = dig(config.body, "data")
            for key, value in texts(data).items():
                where = at(config.where, data, key)
                for found in settings_of(key, value):
                    sole = Confidence.HIGH if found.routed else Confidence.MEDIUM
                    trust = sole if users == (consumer,) else Confidence.LOW
                    for reference in found.references:
                        yield from self._call(consumer, workload, reference, found.name, where, "mounted-config", trust)

    def _commanded(self, consumer: Node, workload: Workload, container: Container) -> Iterator[CallFact]:
        waits = container.init or any(_WAITS.search(word) for word in container.line)
        rule, trust = ("wait-for", Confidence.MEDIUM) if waits else ("command", Confidence.HIGH)
        for reference in command_references(container.line):
            yield from self._call(consumer, workload, reference, rule, container.line_where, rule, trust, inside=waits)

    def _annotated(self, consumer: Node, workload: Workload) -> Iterator[CallFact]:
        """OpenShift's annotation for drawing connections: names of workloads, or JSON objects with a `name`."""
        annotations = dig(workload.manifest.body, "metadata", "annotations")
        value = text(dig(annotations, _CONNECTS_TO))
        where = at(workload.manifest.where, annotations, _CONNECTS_TO)
        for name in _connected(value):
            reference = Reference("", Address(name.lower()), True, False, False)
            yield from self._call(
                consumer, workload, reference, "connects-to", where, "connects-to", Confidence.MEDIUM, inside=True
            )

    def _call(
        self, consumer: Node, workload: Workload, reference: Reference, name: str, where: Where, rule: str,
        trust: Confidence, *, inside: bool = False,
    ) -> Iterator[CallFact]:  # fmt: skip
        """The call one address stands for, if it does. `inside`: only to workloads of the cluster."""
        address = reference.address
        if TEMPLATE_MARK in address.host or UNKNOWN_TEXT in address.host or is_loopback(address.host):
            return
        provider = self._cluster.find(address.host, workload.manifest.namespace)
        store = self._stores.get(address.host.lower().split(".", 1)[0])
        if provider is None and store is not None:
            evidence = _evidence(where, trust, rule, f"{name} names {store.name}")
            spoken = protocol(reference, technologies.by_name(store.technology), resource=True)
            yield CallFact(self._parties[consumer], store, Style.RESOURCE, spoken, evidence)
            return
        if provider is None:
            elsewhere = self._cluster.external_name(address.host)
            if elsewhere:
                reference = replace(reference, address=replace(address, host=elsewhere.lower().rstrip(".")))
            found = None if inside else outside(reference)
            if found is not None:
                evidence = _evidence(where, trust, rule, f"{name} names {found.party.name}")
                yield CallFact(self._parties[consumer], found.party, found.style, found.protocol, evidence)
            return
        if provider is consumer or _replicate(consumer, provider):
            return
        evidence = _evidence(where, Confidence.LOW if reference.shown else trust, rule, f"{name} names {provider.name}")
        style = Style.RESOURCE if provider.main.is_resource else Style.SYNC
        spoken = protocol(reference, provider.main.technology, resource=provider.main.is_resource)
        yield CallFact(self._parties[consumer], self._parties[provider], style, spoken, evidence)


def _evidence(where: Where, trust: Confidence, rule: str, detail: str) -> Evidence:
    return Evidence(IMPORTER, where, Basis.DECLARED, trust, rule, clean(detail))


def _replicate(consumer: Node, provider: Node) -> bool:
    """Whether two nodes are members of one cluster of one product: these replicate, they do not call."""
    own = consumer.main.technology
    return consumer.main.is_resource and own is not None and own == provider.main.technology


def _connected(value: str) -> list[str]:
    if not value.startswith("["):
        return [name.strip() for name in value.split(",") if name.strip()][:200]
    try:
        items = json.loads(value)
    except (ValueError, RecursionError):
        return []
    names = [text(item) or text(dig(item, "name")) for item in items[:200]]
    return [name for name in names if name]
