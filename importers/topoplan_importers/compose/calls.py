"""Turns what services say of each other into calls, each with the place, the rule and how far it can be trusted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from topoplan.model.facts import CallFact, Notice, Party, Severity, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.addresses import Address
from topoplan_importers.compose.layers import Entry
from topoplan_importers.compose.network import Network, Node
from topoplan_importers.hosts import is_loopback
from topoplan_importers.parties import outside, protocol
from topoplan_importers.technologies import Technology
from topoplan_importers.variables import Reference, command_references, references, with_port

IMPORTER = "compose"
_ROUTER_LABEL = re.compile(r"^traefik\.(?:enable$|(?:http|tcp|udp)\.routers\.|(?:[\w-]+\.)?frontend\.rule$)")
_PROXY_VARIABLES = ("VIRTUAL_HOST", "VIRTUAL_HOST_MULTIPORTS")
_PAIR = 2
"""Most services that share a file and yet each call what stands in it."""
_WAITS = re.compile(r"wait-?for|wait4|dockerize|wait$|wait\.sh$|\b(?:while|until)(?=\s|$)", re.IGNORECASE)
JOB_DONE = "service_completed_successfully"


class Calls:
    """Reads the calls of one project. `parties` gives the party of each service."""

    def __init__(self, network: Network, parties: Mapping[str, Party], contents: Mapping[str, Entry]) -> None:
        self._network = network
        self._parties = parties
        self._contents = contents
        self._told: dict[tuple[str, int], set[str]] = defaultdict(set)
        """Protocols that services are told to speak to another one at a port."""
        self.notices: list[Notice] = []
        """What was told on the way."""
        for one in network.nodes.values():
            self._learn(one)

    def of(self, consumer: Node) -> tuple[CallFact, ...]:
        """All calls of one service, sorted by place."""
        addressed = list(self._addressed(consumer))
        found = [*addressed, *self._linked(consumer), *self._routed(consumer)]
        found += self._depended(consumer, found)
        return tuple(sorted(dict.fromkeys(found), key=lambda c: (c.evidence, c.provider, c.protocol)))

    def _learn(self, consumer: Node) -> None:
        """Note what the addresses of one service tell of protocols; others may name the same port and not tell."""
        values = {name: entry.text or "" for name, entry in consumer.layer.mapping("environment").items()}
        for name, value in values.items():
            for reference in references(name, value):
                address = with_port(reference, name, values).address
                provider, _ = self._network.host(address.host, address.port, consumer)
                told = "grpc" if reference.grpc else technologies.call_protocol(address.scheme, 0)
                if provider is not None and address.port and told != "tcp":
                    self._told[provider.name, address.port].add(told)

    def _addressed(self, consumer: Node) -> Iterator[CallFact]:
        environment = consumer.layer.mapping("environment")
        values = {name: entry.text or "" for name, entry in environment.items()}
        for name, entry in environment.items():
            for reference in references(name, values[name]):
                complete = with_port(reference, name, values)
                yield from self._reference(consumer, complete, name, entry.where, "environment")
        for name, entry in consumer.layer.mapping("build_args").items():
            for reference in references(name, entry.text or ""):
                yield from self._reference(
                    consumer, reference, name, entry.where, "build-argument", Confidence.MEDIUM, inside=True
                )
        for group in ("entrypoint", "command"):
            entries = consumer.layer.listed(group)
            words = tuple(e.text or "" for e in entries)
            waits = any(_WAITS.search(w) for w in words)
            trust = Confidence.MEDIUM if waits else Confidence.HIGH
            for reference in command_references(words):
                where = _place(entries, reference.address, consumer.layer.where)
                yield from self._reference(
                    consumer, reference, group, where, "wait-for" if waits else group, trust, inside=waits
                )
        entries = consumer.layer.listed("healthcheck")
        for reference in command_references(tuple(e.text or "" for e in entries)):
            if not is_loopback(reference.address.host):
                where = _place(entries, reference.address, consumer.layer.where)
                yield from self._reference(
                    consumer, reference, "healthcheck", where, "healthcheck", Confidence.LOW, inside=True
                )
        for name, entry in consumer.layer.mapping("labels").items():
            for reference in references(name, entry.text or ""):
                if not reference.address.bare:
                    yield from self._reference(
                        consumer, reference, name, entry.where, "label", Confidence.LOW, inside=True
                    )
        for group in ("configs", "secrets"):
            for used in consumer.layer.listed(group):
                content = self._contents.get(f"{group}/{used.text}")
                trust = Confidence.LOW if self._is_shared(group, used.text) else Confidence.MEDIUM
                for number, line in enumerate(content.text.splitlines() if content and content.text else (), 1):
                    for reference in references(used.text or "" if group == "configs" else "url", line):
                        if not reference.address.bare:
                            where = content.where if content else used.where
                            place = Where(where.path, where.line or number)
                            yield from self._reference(
                                consumer, reference, used.text or "", place, group[:-1], trust, inside=True
                            )

    def _is_shared(self, group: str, name: str | None) -> bool:
        """Whether three services or more are given the same file: then it is an address book, which says where others
        are, not who calls them."""
        users = sum(any(e.text == name for e in n.layer.listed(group)) for n in self._network.nodes.values())
        return users > _PAIR

    def _reference(
        self, consumer: Node, reference: Reference, name: str, where: Where, rule: str,
        trust: Confidence = Confidence.HIGH, *, inside: bool = False,
    ) -> Iterator[CallFact]:  # fmt: skip
        """The call that one address stands for, if it does. `inside`: only to services of the project."""
        address = reference.address
        provider, published = self._network.host(address.host, address.port, consumer)
        if provider is None:
            found = None if inside or is_loopback(address.host) else outside(reference)
            if found is not None:
                evidence = _evidence(where, trust, rule, f"{name} names {address.host}")
                yield CallFact(self._parties[consumer.name], found.party, found.style, found.protocol, evidence)
            if published and not reference.shown:
                self._doubt(name, address, where)
            return
        if _same(consumer, provider) or (published and reference.shown):
            return
        if published:
            trust, rule = min(trust, Confidence.MEDIUM, key=lambda c: c.rank), "published-port"
        if reference.shown:
            trust = Confidence.LOW
        resource = provider.is_resource or _coordinates(provider.technology)
        spoken = protocol(reference, provider.technology, resource=resource)
        if not resource and not address.scheme and not reference.grpc:
            told = self._told.get((provider.name, address.port), set())
            spoken = min(told) if len(told) == 1 else spoken
        yield self._call(consumer, provider, spoken, where, rule, trust, f"{name} names {provider.name}")

    def _doubt(self, name: str, address: Address, where: Where) -> None:
        """Tells of an address that may mean several services."""
        meant = self._network.publishers(address.port)
        if len(meant) > 1:
            services = ", ".join(one.name for one in meant)
            message = f"{name} names port {address.port} of the host, which {services} all publish; no call was assumed"
            self.notices.append(Notice(Severity.WARNING, "compose-port", clean(message, 500), where))

    def _linked(self, consumer: Node) -> Iterator[CallFact]:
        for entry in consumer.layer.mapping("links").values():
            provider = self._network.named(entry.text or "")
            if provider is not None and not _same(consumer, provider):
                yield self._call(
                    consumer, provider, "", entry.where, "link", Confidence.MEDIUM, f"links names {provider.name}"
                )
        for entry in consumer.layer.mapping("external_links").values():
            if entry.text and self._network.named(entry.text) is None:
                detail = f"external_links names {entry.text}"
                evidence = _evidence(entry.where, Confidence.LOW, "external-link", detail)
                yield CallFact(self._parties[consumer.name], Party(clean(entry.text)), Style.SYNC, "tcp", evidence)

    def _depended(self, consumer: Node, stronger: Sequence[CallFact]) -> Iterator[CallFact]:
        """Start order: weak evidence, and none of a call where it waits for a job to end. It is weaker still for a
        service that names the services it calls by their addresses, but not this one."""
        addressed = {c.provider for c in stronger if c.evidence.confidence is Confidence.HIGH and c.style is Style.SYNC}
        for name, entry in consumer.layer.mapping("depends_on").items():
            provider = self._network.named(name)
            if provider is None or _same(consumer, provider) or entry.text == JOB_DONE:
                continue
            party = self._parties[provider.name]
            unnamed = not provider.is_resource and party not in addressed and any(p.scope for p in addressed)
            weak = provider.infrastructure or consumer.is_resource or unnamed
            trust = Confidence.LOW if weak else Confidence.MEDIUM
            yield self._call(
                consumer, provider, "", entry.where, "depends-on", trust, f"depends_on names {provider.name}"
            )

    def _routed(self, consumer: Node) -> Iterator[CallFact]:
        """Routes that services announce by label or variable to the proxy of their project."""
        product = consumer.technology.name if consumer.technology else ""
        image = technologies.image_name(consumer.layer.scalar("image"))
        for other in sorted(self._network.nodes.values(), key=lambda n: n.name):
            if other.name == consumer.name:
                continue
            if product == "traefik":
                mark = next(
                    (
                        (k, e)
                        for k, e in other.layer.mapping("labels").items()
                        if _ROUTER_LABEL.match(k) and e.text != "false"
                    ),
                    None,
                )
            elif "nginx-proxy" in image or image.endswith("/docker-gen"):
                mark = next(
                    ((k, e) for k, e in other.layer.mapping("environment").items() if k in _PROXY_VARIABLES and e.text),
                    None,
                )
            elif product == "caddy":
                mark = next(
                    (
                        (k, e)
                        for k, e in other.layer.mapping("labels").items()
                        if k == "caddy" or k.startswith(("caddy.", "caddy_"))
                    ),
                    None,
                )
            else:
                return
            if mark is not None:
                yield self._call(
                    consumer,
                    other,
                    "http",
                    mark[1].where,
                    "route-label",
                    Confidence.HIGH,
                    f"{mark[0]} routes to {other.name}",
                )

    def _call(
        self, consumer: Node, provider: Node, protocol: str, where: Where, rule: str, trust: Confidence, detail: str
    ) -> CallFact:
        resource = provider.is_resource or _coordinates(provider.technology)
        style = Style.RESOURCE if resource else Style.SYNC
        spoken = protocol or (provider.technology.protocol if resource and provider.technology else "tcp")
        evidence = _evidence(where, trust, rule, detail)
        return CallFact(self._parties[consumer.name], self._parties[provider.name], style, spoken, evidence)


def _evidence(where: Where, trust: Confidence, rule: str, detail: str) -> Evidence:
    return Evidence(IMPORTER, where, Basis.DECLARED, trust, rule, clean(detail))


def _same(consumer: Node, provider: Node) -> bool:
    """Whether a reference stays within one service or one cluster: members of a cluster of one product that name each
    other replicate, they do not call."""
    if consumer.name == provider.name:
        return True
    clustered = consumer.is_resource or _coordinates(consumer.technology)
    return clustered and consumer.technology is not None and consumer.technology == provider.technology


def _coordinates(technology: Technology | None) -> bool:
    return technology is not None and technology.name == "zookeeper"


def _place(entries: tuple[Entry, ...], address: Address, fallback: Where) -> Where:
    return next((e.where for e in entries if address.host in (e.text or "").lower()), fallback)
