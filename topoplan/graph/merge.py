"""Facts to topology: parties become services, facts about one edge become one boundary with all its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from topoplan.config import ServiceSettings, Settings
from topoplan.graph.assembly import boundary_of, evidence_order, service_of
from topoplan.graph.directory import Directory
from topoplan.graph.drift import find_drift
from topoplan.graph.edge import Edge
from topoplan.graph.entity import Entity, party_order
from topoplan.graph.messages import names_channel, place_messages
from topoplan.graph.operations import OperationIndex
from topoplan.graph.ownership import ModuleOwnership, give_mounts, give_namesakes, give_owners
from topoplan.model.facts import (
    CallFact,
    ChannelFact,
    ChannelRole,
    Fact,
    HintKind,
    InterfaceFact,
    ModuleFact,
    MountFact,
    NodeKind,
    Notice,
    OwnerFact,
    Party,
    ServiceFact,
    Severity,
    Source,
    Style,
)
from topoplan.model.phrases import counted
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.topology import Boundary, Service, Topology

VAGUE_RULES = frozenset({"depends-on", "registry-proxy"})
"""Rules, of whichever importer, that only say whom a service may call: all it starts after, all that is registered."""
UNKNOWN_PROTOCOL = "tcp"
"""Protocol of a fact whose source does not tell; folded into a known one of the same pair."""


def build_topology(
    facts: Iterable[Fact], sources: Sequence[Source], notices: Sequence[Notice], settings: Settings
) -> Topology:
    """Join facts into one topology; the order of facts does not matter."""
    return _Merger(settings).merge(list(facts), sources, notices)


_EdgeKey = tuple[Entity, Entity, Style, str, str]


class _Merger:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.directory = Directory(settings.services)
        self.interfaces: dict[Entity, list[InterfaceFact]] = defaultdict(list)
        self.edges: dict[_EdgeKey, Edge] = defaultdict(Edge)
        self.published: dict[Entity, set[str]] = defaultdict(set)
        """Channels by the service that publishes them, whether or not anybody receives from them."""
        self.notices: set[Notice] = set()

    def merge(self, facts: list[Fact], sources: Sequence[Source], notices: Sequence[Notice]) -> Topology:
        self.directory.add_all(f for f in facts if isinstance(f, ServiceFact))
        ModuleOwnership(self.directory, (f for f in facts if isinstance(f, ModuleFact))).settle()
        give_mounts(self.directory, (f for f in facts if isinstance(f, MountFact)))
        give_namesakes(self.directory, _telling_files(facts))
        give_owners(self.directory.entities, (f for f in facts if isinstance(f, OwnerFact)))
        interfaces = sorted((f for f in facts if isinstance(f, InterfaceFact)), key=_interface_order)
        for interface in interfaces:
            if not names_channel(interface):
                self._place_interface(interface)
        self._add_calls([f for f in facts if isinstance(f, CallFact)])
        self._pair_channels([f for f in facts if isinstance(f, ChannelFact)])
        self._place_messages([f for f in interfaces if names_channel(f)])
        self._fold_summed_messages()
        self._fold_unknown_protocols()
        self._doubt_vague_rules()
        self.directory.assign_ids()
        services = self._services()
        boundaries, suggestions = self._boundaries({s.id: s for s in services})
        self._tell_silence(services, boundaries)
        return Topology(
            services=services,
            boundaries=tuple(boundaries),
            sources=tuple(sorted(sources)),
            notices=tuple(sorted({*notices, *self.notices, *self.directory.notices}, key=_notice_order)),
            drift=find_drift(services, boundaries),
            suggestions=tuple(suggestions),
        )

    # --- interfaces -------------------------------------------------------------------------------------------------

    def _place_interface(self, fact: InterfaceFact) -> None:
        entity = self._provider_of(fact)
        if entity is None and not fact.founding:
            self._tell_unplaced(fact)
            return
        if entity is None:
            name = next((h.name for k in _NAMING for h in fact.hints if h.kind is k), fact.title or fact.path)
            entity = self._create(Party(name, kind=NodeKind.SERVICE), fact.evidence)
        self.interfaces[entity].append(fact)
        for hint in fact.hints:  # by any of its hints, a specification's own calls mean its provider
            self.directory.name_in_scope(entity, fact.path, hint.name)

    def _place_messages(self, facts: list[InterfaceFact]) -> None:
        """Schemas of messages, once it is known who publishes what; those a specification refers to are its own."""
        for _, publisher, style, _, channel in self.edges:
            if style is Style.MESSAGE and channel:
                self.published[publisher].add(channel)
        referred = [fact for offered in self.interfaces.values() for fact in offered if not fact.operations]
        placed = {name for fact in referred for name in (fact.path, fact.title)}
        waiting = [fact for fact in facts if placed.isdisjoint({fact.path, fact.title})]
        configured = {path for said in self.settings.services.values() for path in said.specs}
        for fact in waiting:
            if fact.path in configured:
                self._place_interface(fact)
        free = [fact for fact in waiting if fact.path not in configured]
        published = {entity: frozenset(channels) for entity, channels in self.published.items()}
        for entity, fact in place_messages(free, self._provider_of, published):
            if entity is None:
                self._tell_unplaced(fact)
            else:
                self.interfaces[entity].append(fact)

    def _tell_unplaced(self, fact: InterfaceFact) -> None:
        message = f"nothing tells which service offers {fact.title or fact.path}; it is left out"
        self.notices.add(Notice(Severity.INFO, "interface-unplaced", message, fact.evidence.where))

    def _provider_of(self, fact: InterfaceFact) -> Entity | None:
        for name, said in self.settings.services.items():
            if fact.path in said.specs:
                return self.directory.find(Party(name)) or self._create(Party(name), fact.evidence)
        for kind in (HintKind.CONFIG, HintKind.SERVER):
            for hint in fact.hints:
                if hint.kind is kind and (found := self._existing(hint.name, fact)):
                    return found
        if fact.folder and (found := self.directory.folders.around(fact.folder)):
            return found
        for hint in fact.hints:
            if hint.kind in (HintKind.FOLDER, HintKind.FILE, HintKind.TITLE) and (
                found := self._existing(hint.name, fact)
            ):
                return found
        return None

    def _existing(self, name: str, fact: InterfaceFact) -> Entity | None:
        entity = self.directory.find(Party(name), fact.evidence.where)
        return None if entity is None or entity.is_resource or entity.kind is NodeKind.EXTERNAL else entity

    def _create(self, party: Party, evidence: Evidence) -> Entity:
        made = self.directory.found_by_use(Party(party.name, kind=party.kind or NodeKind.SERVICE), evidence)
        assert made is not None, "a party with a kind is always made"
        return made

    # --- calls ------------------------------------------------------------------------------------------------------

    def _add_calls(self, calls: list[CallFact]) -> None:
        """Declared calls first: an observed `postgresql` is told apart by what its caller is declared to use."""
        led_to: dict[Entity, set[Entity]] = defaultdict(set)
        for fact in sorted(calls, key=_call_order):
            consumer = self._resolve(fact.consumer, fact.evidence)
            provider = self._resolve_provider(fact, consumer)
            if consumer is None or provider is None or consumer is provider:
                continue
            broker = self._resolve(fact.broker, fact.evidence) if fact.broker else None
            style, protocol = _settle(fact, provider)
            edge = self.edges[consumer, provider, style, protocol, fact.channel]
            edge.add(fact, broker)
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
                self.edges[end, broker, Style.RESOURCE, broker.technology or fact.protocol, ""].evidence.add(
                    fact.evidence
                )

    def _resolve(self, party: Party, evidence: Evidence) -> Entity | None:
        found = self.directory.find(party, evidence.where) or self.directory.found_by_use(party, evidence)
        told = not party.name or self.directory.is_unclear(party.name)
        if found is None and not told and evidence.confidence is Confidence.HIGH:
            message = f"{party.name!r} is named but is no service that was found; its calls are left out"
            self.notices.add(Notice(Severity.INFO, "unresolved-name", message, evidence.where))
        return found

    def _resolve_provider(self, fact: CallFact, consumer: Entity | None) -> Entity | None:
        """A store or broker may go by another name where it is declared than where it is called. Then the one of its
        product that the caller uses is meant, or the only one there is. Two stores that only their callers name are
        never one; hosts of brokers are, since a client talks to whichever of a cluster has its channel.
        """
        party = fact.provider
        if party.scope or party.kind not in (NodeKind.DATASTORE, NodeKind.BROKER) or not party.technology:
            return self._resolve(party, fact.evidence)
        named = self.directory.find(party)
        fits = named is not None and (not named.technology or named.technology == party.technology)
        if fits and not _stands_in(fact):
            return named
        alike = [e for e in self.directory.entities if e.kind is party.kind and e.technology == party.technology]
        if party.kind is NodeKind.DATASTORE and not _names_product(party):
            alike = [e for e in alike if e.is_declared]
        used = {key[1] for key in self.edges if key[0] is consumer}
        host_is_told = fact.evidence.basis is Basis.DECLARED and not _names_product(party)
        for choice in ([e for e in alike if e in used], [named] if fits else [], [] if host_is_told else alike):
            if len(choice) == 1:
                return choice[0]
        return None if alike and _stands_in(fact) else self._resolve(party, fact.evidence)

    def _pair_channels(self, facts: list[ChannelFact]) -> None:
        """Every publisher of a channel with every receiver of it, on the same broker where both name one."""
        ends: dict[tuple[str, str], dict[ChannelRole, list[tuple[Entity, Entity | None, ChannelFact]]]] = {}
        for fact in facts:
            service = self._resolve(fact.service, fact.evidence)
            if service is None:
                continue
            broker = self._resolve_broker(fact, service)
            if broker is not None and broker is not service:
                edge = self.edges[service, broker, Style.RESOURCE, broker.technology or fact.protocol, ""]
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
                    edge = self.edges[receiver, publisher, Style.MESSAGE, protocol, channel]
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

    def _fold_summed_messages(self) -> None:
        """A tracing back end sums up a message as if its sender called its receiver."""
        messages: dict[tuple[Entity, Entity], list[_EdgeKey]] = defaultdict(list)
        for key in self.edges:
            if key[2] is Style.MESSAGE:
                messages[key[1], key[0]].append(key)
        for key in [k for k, edge in self.edges.items() if k[:2] in messages and edge.is_summary]:
            summed, targets = self.edges.pop(key), messages[key[:2]]
            for target in targets:
                self.edges[target].evidence |= summed.evidence
            if len(targets) == 1:
                self.edges[targets[0]].absorb(summed)

    def _fold_unknown_protocols(self) -> None:
        """A fact that does not tell the protocol speaks of the pair's known one: the best supported, then the first."""
        known: dict[tuple[Entity, Entity, Style], list[_EdgeKey]] = defaultdict(list)
        for key in self.edges:
            if key[3] != UNKNOWN_PROTOCOL and key[2] is not Style.MESSAGE:
                known[key[:3]].append(key)
        self._fold_guessed_protocols(known)
        for key in [k for k in self.edges if k[3] == UNKNOWN_PROTOCOL]:
            targets = known.get(key[:3])
            if targets:
                target = min(targets, key=lambda k: (-len(self.edges[k].evidence), k[3]))
                self.edges[target].absorb(self.edges.pop(key))

    def _fold_guessed_protocols(self, known: dict[tuple[Entity, Entity, Style], list[_EdgeKey]]) -> None:
        """One declared protocol against another observed one of the same pair: the declaration, read from a port or the
        form of an address, was mistaken, and speaks of what was observed."""
        for pair, keys in known.items():
            seen = [k for k in keys if any(e.basis is Basis.OBSERVED for e in self.edges[k].evidence)]
            if len(keys) == 2 and len(seen) == 1:
                (guessed,) = (k for k in keys if k not in seen)
                self.edges[seen[0]].absorb(self.edges.pop(guessed))
                known[pair] = seen

    def _doubt_vague_rules(self) -> None:
        """Whom a service may call says little where its calls are known from better evidence: those it does not call by
        that evidence it only waits for, or could reach."""
        sure = {
            key[0]
            for key, edge in self.edges.items()
            if key[2] is Style.SYNC
            and any(e.confidence is Confidence.HIGH and e.rule not in VAGUE_RULES for e in edge.evidence)
        }
        for (consumer, _, style, _, _), edge in self.edges.items():
            if style is Style.SYNC and consumer in sure and {e.rule for e in edge.evidence} <= VAGUE_RULES:
                edge.evidence = {replace(e, confidence=Confidence.LOW) for e in edge.evidence}

    # --- results ----------------------------------------------------------------------------------------------------

    def _services(self) -> tuple[Service, ...]:
        made = []
        for entity in self.directory.entities:
            said = self._said(entity)
            if said.ignore:
                continue
            made.append(service_of(entity, said, self.interfaces.get(entity, [])))
        return tuple(sorted(made, key=lambda s: s.id))

    def _said(self, entity: Entity) -> ServiceSettings:
        for name, said in self.settings.services.items():
            if self.directory.find(Party(name)) is entity:
                return said
        return ServiceSettings()

    def _tell_silence(self, services: Sequence[Service], boundaries: Sequence[Boundary]) -> None:
        """Several services and no call between them is a gap in what was read, never a finding."""
        members = {s.id for s in services if s.kind in (NodeKind.SERVICE, NodeKind.GATEWAY) and not s.infrastructure}
        if len(members) > 1 and not any({b.consumer, b.provider} <= members for b in boundaries):
            message = f"no call between the {len(members)} services is known: the files read do not tell of any"
            self.notices.add(Notice(Severity.WARNING, "no-calls", message))

    def _boundaries(self, services: dict[str, Service]) -> tuple[list[Boundary], list[Boundary]]:
        """What is sure enough to be drawn, and what is only suggested, each sorted by id."""
        indexes = {s.id: OperationIndex(s.operations) for s in services.values()}
        least = Confidence(self.settings.min_confidence).rank
        drawn: list[Boundary] = []
        suggested: list[Boundary] = []
        for key, edge in self.edges.items():
            if key[0].id in services and key[1].id in services:
                boundary = boundary_of(key, edge, indexes[key[1].id])
                (drawn if boundary.confidence.rank >= least else suggested).append(boundary)
        self._tell_weak(len(suggested), len(drawn))
        return sorted(drawn, key=lambda b: b.id), sorted(suggested, key=lambda b: b.id)

    def _tell_weak(self, suggested: int, drawn: int) -> None:
        if not suggested:
            return
        what = f"{counted(suggested, 'boundary')} on weak evidence only"
        message = f"only suggested: {what}; --min-confidence low draws {'it' if suggested == 1 else 'them'}"
        # More suggested than drawn: the picture itself is in doubt.
        severity = Severity.WARNING if suggested > drawn else Severity.INFO
        self.notices.add(Notice(severity, "weak-boundaries", message))


_NAMING = (HintKind.CONFIG, HintKind.FOLDER, HintKind.FILE, HintKind.TITLE, HintKind.SERVER)


def _telling_files(facts: Iterable[Fact]) -> Iterator[str]:
    """Files that speak for whichever service holds them."""
    for fact in facts:
        if isinstance(fact, CallFact) and fact.consumer.path:
            yield fact.consumer.path
        elif isinstance(fact, ChannelFact) and fact.service.path:
            yield fact.service.path


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


def _interface_order(fact: InterfaceFact) -> tuple[str, str]:
    return fact.path, fact.title


def _notice_order(notice: Notice) -> tuple[object, ...]:
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}[notice.severity]
    return (rank, notice.slug, str(notice.where or ""), notice.message)
