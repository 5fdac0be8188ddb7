"""Facts to topology: parties become services, facts about one edge become one boundary with all its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from topoplan.config import ServiceSettings, Settings
from topoplan.graph.assembly import boundary_of, service_of
from topoplan.graph.calls import Calls
from topoplan.graph.directory import Directory
from topoplan.graph.drift import find_drift
from topoplan.graph.entity import Entity
from topoplan.graph.folding import doubt_vague_rules, fold_summed_messages, fold_unknown_protocols
from topoplan.graph.interfaces import Interfaces
from topoplan.graph.messages import names_channel
from topoplan.graph.operations import OperationIndex
from topoplan.graph.ownership import ModuleOwnership, give_mounts, give_namesakes, give_owners
from topoplan.model.facts import (
    CallFact,
    ChannelFact,
    Fact,
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
)
from topoplan.model.phrases import counted
from topoplan.model.place import Confidence
from topoplan.model.topology import Boundary, Service, Topology


def build_topology(
    facts: Iterable[Fact], sources: Sequence[Source], notices: Sequence[Notice], settings: Settings
) -> Topology:
    """Join facts into one topology; the order of facts does not matter."""
    return _Merger(settings).merge(list(facts), sources, notices)


class _Merger:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.directory = Directory(settings.services)
        self.interfaces = Interfaces(self.directory, settings.services)
        self.calls = Calls(self.directory)
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
                self.interfaces.place(interface)
        self.calls.add([f for f in facts if isinstance(f, CallFact)])
        self.calls.pair([f for f in facts if isinstance(f, ChannelFact)])
        self.interfaces.place_messages([f for f in interfaces if names_channel(f)], self.calls)
        fold_summed_messages(self.calls.edges)
        fold_unknown_protocols(self.calls.edges)
        doubt_vague_rules(self.calls.edges)
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

    def _services(self) -> tuple[Service, ...]:
        made = []
        for entity in self.directory.entities:
            said = self._said(entity)
            if said.ignore:
                continue
            made.append(service_of(entity, said, self.interfaces.offered.get(entity, [])))
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
        for key, edge in self.calls.edges.items():
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


def _telling_files(facts: Iterable[Fact]) -> Iterator[str]:
    """Files that speak for whichever service holds them."""
    for fact in facts:
        if isinstance(fact, CallFact) and fact.consumer.path:
            yield fact.consumer.path
        elif isinstance(fact, ChannelFact) and fact.service.path:
            yield fact.service.path


def _interface_order(fact: InterfaceFact) -> tuple[str, str]:
    return fact.path, fact.title


def _notice_order(notice: Notice) -> tuple[object, ...]:
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}[notice.severity]
    return (rank, notice.slug, str(notice.where or ""), notice.message)
