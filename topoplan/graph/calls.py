"""Calls and channels to edges: who is meant by either end, and who receives what somebody publishes."""

from __future__ import annotations

from collections import defaultdict

from topoplan.graph.assembly import evidence_order
from topoplan.graph.directory import Directory
from topoplan.graph.edge import Edge, Edges
from topoplan.graph.entity import Entity, party_order
from topoplan.model.facts import CallFact, ChannelFact, ChannelRole, NodeKind, Notice, Party, Severity, Style
from topoplan.model.place import Basis, Confidence, Evidence


class Calls:
    """The edges found so far."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.edges: Edges = defaultdict(Edge)
        self._used: dict[Entity, set[Entity]] = defaultdict(set)
        """Providers by consumer."""
        self.published: dict[Entity, set[str]] = defaultdict(set)
        """Channels by the service that publishes them, whether or not anybody receives from them."""

    def add(self, calls: list[CallFact]) -> None:
        """Declared calls first: an observed `postgresql` is told apart by what its caller is declared to use."""
        led_to: dict[Entity, set[Entity]] = defaultdict(set)
        for fact in sorted(calls, key=_call_order):
            consumer = self._resolve(fact.consumer, fact.evidence)
            provider = self._resolve_provider(fact, consumer)
            if consumer is None or provider is None or consumer is provider:
                continue
            broker = self._resolve(fact.broker, fact.evidence) if fact.broker else None
            style, protocol = _settle(fact, provider)
            self._edge(consumer, provider, style, protocol, fact.channel).add(fact, broker)
            if broker is not None and fact.style is Style.MESSAGE:
                self._use_broker((consumer, provider), broker, fact)
            if fact.consumer.path and fact.consumer.kind is NodeKind.GATEWAY and not provider.is_resource:
                led_to[consumer].add(provider)
        for consumer, providers in led_to.items():
            if len(providers) > 1 and not consumer.is_resource:
                consumer.kinds.append(NodeKind.GATEWAY)

    def _use_broker(self, ends: tuple[Entity, Entity], broker: Entity, fact: CallFact) -> None:
        for end in ends:
            if end is not broker:
                edge = self._edge(end, broker, Style.RESOURCE, broker.technology or fact.protocol)
                edge.evidence.add(fact.evidence)

    def _edge(self, consumer: Entity, provider: Entity, style: Style, protocol: str, channel: str = "") -> Edge:
        self._used[consumer].add(provider)
        return self.edges[consumer, provider, style, protocol, channel]

    def _resolve(self, party: Party, evidence: Evidence) -> Entity | None:
        found = self._directory.find(party, evidence.where) or self._directory.found_by_use(party, evidence)
        told = not party.name or self._directory.is_unclear(party.name)
        if found is None and not told and evidence.confidence is Confidence.HIGH:
            message = f"{party.name!r} is named but is no service that was found; its calls are left out"
            self._directory.notices.add(Notice(Severity.INFO, "unresolved-name", message, evidence.where))
        return found

    def _resolve_provider(self, fact: CallFact, consumer: Entity | None) -> Entity | None:
        """A store or broker may go by another name where it is declared than where it is called. Then the one of its
        product that the caller uses is meant, or the only one there is. Two stores that only their callers name are
        never one; hosts of brokers are, since a client talks to whichever of a cluster has its channel.
        """
        party = fact.provider
        if party.scope or party.kind not in (NodeKind.DATASTORE, NodeKind.BROKER) or not party.technology:
            return self._resolve(party, fact.evidence)
        named = self._directory.find(party)
        fits = named is not None and (not named.technology or named.technology == party.technology)
        if fits and not _stands_in(fact):
            return named
        is_told_apart = party.kind is NodeKind.DATASTORE and not _names_product(party)
        alike = self._directory.of_product(party, declared_only=is_told_apart)
        used = self._used.get(consumer, ()) if consumer else ()
        host_is_told = fact.evidence.basis is Basis.DECLARED and not _names_product(party)
        for choice in ([e for e in alike if e in used], [named] if fits else [], [] if host_is_told else alike):
            if len(choice) == 1:
                return choice[0]
        return None if alike and _stands_in(fact) else self._resolve(party, fact.evidence)

    def pair(self, facts: list[ChannelFact]) -> None:
        """Every publisher of a channel with every receiver of it, on the same broker where both name one."""
        ends: dict[tuple[str, str], dict[ChannelRole, list[tuple[Entity, Entity | None, ChannelFact]]]] = {}
        for fact in facts:
            service = self._resolve(fact.service, fact.evidence)
            if service is None:
                continue
            broker = self._resolve_broker(fact, service)
            if broker is not None and broker is not service:
                edge = self._edge(service, broker, Style.RESOURCE, broker.technology or fact.protocol)
                edge.evidence.add(fact.evidence)
            if fact.role is ChannelRole.PUBLISH:
                self.published[service].add(fact.channel)
            roles = ends.setdefault((fact.protocol, fact.channel), {})
            roles.setdefault(fact.role, []).append((service, broker, fact))
        for (protocol, channel), roles in ends.items():
            for publisher, from_broker, published in roles.get(ChannelRole.PUBLISH, ()):
                for receiver, to_broker, received in roles.get(ChannelRole.RECEIVE, ()):
                    if publisher is receiver or (from_broker and to_broker and from_broker is not to_broker):
                        continue
                    edge = self._edge(receiver, publisher, Style.MESSAGE, protocol, channel)
                    edge.evidence |= {_weaker(published, received), _weaker(received, published)}
                    broker = from_broker or to_broker
                    if broker is not None:
                        edge.brokers.add(broker)
                    edge.uses.setdefault(("PUBLISH", channel), (published.evidence.basis, None))

    def _resolve_broker(self, fact: ChannelFact, service: Entity) -> Entity | None:
        if fact.broker is None:
            return None
        as_call = CallFact(fact.service, fact.broker, Style.RESOURCE, fact.protocol, fact.evidence)
        return self._resolve_provider(as_call, service)


def _settle(fact: CallFact, provider: Entity) -> tuple[Style, str]:
    """What a provider is decides the style: whoever talks to a store or broker uses a resource."""
    if fact.style is Style.MESSAGE:
        return fact.style, fact.protocol
    if provider.is_resource:
        return Style.RESOURCE, provider.technology or fact.protocol
    return (Style.SYNC if fact.style is Style.RESOURCE else fact.style), fact.protocol


def _weaker(fact: ChannelFact, other: ChannelFact) -> Evidence:
    """Its evidence, no more certain than the other half's."""
    mine, theirs = fact.evidence, other.evidence
    confidence = min(mine.confidence, theirs.confidence, key=lambda c: c.rank)
    return Evidence(mine.importer, mine.where, mine.basis, confidence, mine.rule, mine.detail)


def _stands_in(fact: CallFact) -> bool:
    """Whether a declared call names only a product: whatever plays it for the consumer is meant."""
    return fact.evidence.basis is Basis.DECLARED and fact.provider.name == fact.provider.technology != ""


def _names_product(party: Party) -> bool:
    """Whether a store or broker is only called by its product, so that any of that product may be meant."""
    return party.technology.startswith(party.name.lower())


def _call_order(fact: CallFact) -> tuple[object, ...]:
    """Declared before observed, and last of either what may mean any store, once it is known which there are."""
    observed = fact.evidence.basis is Basis.OBSERVED
    is_vague = _names_product(fact.provider) if observed and fact.provider.technology else _stands_in(fact)
    parties = (party_order(fact.consumer), party_order(fact.provider))
    call = (fact.style, fact.protocol, fact.channel)
    return (observed, is_vague, *parties, *call, evidence_order(fact.evidence))
