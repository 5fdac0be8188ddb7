"""Specifications to the services that offer what they describe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from topoplan.config import ServiceSettings
from topoplan.graph.calls import Calls
from topoplan.graph.directory import Directory
from topoplan.graph.entity import Entity
from topoplan.graph.messages import place_messages
from topoplan.model.facts import HintKind, InterfaceFact, NodeKind, Notice, Party, Severity, Style
from topoplan.model.place import Evidence

_NAMING = (HintKind.CONFIG, HintKind.FOLDER, HintKind.FILE, HintKind.TITLE, HintKind.SERVER)


class Interfaces:
    """Who offers what, as far as it is known. `said` is what the configuration says of services."""

    def __init__(self, directory: Directory, said: Mapping[str, ServiceSettings]) -> None:
        self._directory = directory
        self._said = said
        self.offered: dict[Entity, list[InterfaceFact]] = defaultdict(list)

    def place(self, fact: InterfaceFact) -> None:
        entity = self._provider_of(fact)
        if entity is None and not fact.founding:
            self._tell_unplaced(fact)
            return
        if entity is None:
            name = next((h.name for k in _NAMING for h in fact.hints if h.kind is k), fact.title or fact.path)
            entity = self._create(Party(name, kind=NodeKind.SERVICE), fact.evidence)
        self.offered[entity].append(fact)
        for hint in fact.hints:  # by any of its hints, a specification's own calls mean its provider
            self._directory.name_in_scope(entity, fact.path, hint.name)

    def place_messages(self, facts: Sequence[InterfaceFact], calls: Calls) -> None:
        """Schemas of messages, once it is known who publishes what; those a specification refers to are its own."""
        channels = defaultdict(set, {entity: set(own) for entity, own in calls.published.items()})
        for _, publisher, style, _, channel in calls.edges:
            if style is Style.MESSAGE and channel:
                channels[publisher].add(channel)
        referred = [fact for offered in self.offered.values() for fact in offered if not fact.operations]
        placed = {name for fact in referred for name in (fact.path, fact.title)}
        waiting = [fact for fact in facts if placed.isdisjoint({fact.path, fact.title})]
        configured = {path for said in self._said.values() for path in said.specs}
        for fact in waiting:
            if fact.path in configured:
                self.place(fact)
        free = [fact for fact in waiting if fact.path not in configured]
        published = {entity: frozenset(own) for entity, own in channels.items()}
        for entity, fact in place_messages(free, self._provider_of, published):
            if entity is None:
                self._tell_unplaced(fact)
            else:
                self.offered[entity].append(fact)

    def _tell_unplaced(self, fact: InterfaceFact) -> None:
        message = f"nothing tells which service offers {fact.title or fact.path}; it is left out"
        self._directory.notices.add(Notice(Severity.INFO, "interface-unplaced", message, fact.evidence.where))

    def _provider_of(self, fact: InterfaceFact) -> Entity | None:
        for name, said in self._said.items():
            if fact.path in said.specs:
                return self._directory.find(Party(name)) or self._create(Party(name), fact.evidence)
        for kind in (HintKind.CONFIG, HintKind.SERVER):
            for hint in fact.hints:
                if hint.kind is kind and (found := self._existing(hint.name, fact)):
                    return found
        if fact.folder and (found := self._directory.folders.around(fact.folder)):
            return found
        for hint in fact.hints:
            if hint.kind in (HintKind.FOLDER, HintKind.FILE, HintKind.TITLE) and (
                found := self._existing(hint.name, fact)
            ):
                return found
        return None

    def _existing(self, name: str, fact: InterfaceFact) -> Entity | None:
        entity = self._directory.find(Party(name), fact.evidence.where)
        return None if entity is None or entity.is_resource or entity.kind is NodeKind.EXTERNAL else entity

    def _create(self, party: Party, evidence: Evidence) -> Entity:
        made = self._directory.found_by_use(Party(party.name, kind=party.kind or NodeKind.SERVICE), evidence)
        assert made is not None, "a party with a kind is always made"
        return made
