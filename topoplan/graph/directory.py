"""Which names mean which service: explicit, ordered rules, each join with a reason, ambiguity told and never guessed.

Rules, strongest first. A name joins a service when
1. `topoplan.yaml` says so (and never when it says not);
2. it is the same name in the same scope (one compose project, one cluster);
3. it is the same name in another scope, unless the two have different code folders or different technologies, or the
   name only tells a role (`db`, `web`) and scopes differ;
4. it is an alias the other side declares (host name, container name, network alias, `OTEL_SERVICE_NAME`);
5. it differs only in separators (`userservice`), or 6. only in affixes such as `-service`, `svc`, `-api`, or 7. in the
   prefix that most names of one source begin with (`shop-orders`, `shop-users`), and no second service is meant too.
   Two names that one source tells apart are never joined by rules 5 to 7.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from topoplan.config import ServiceSettings
from topoplan.graph.entity import Entity, party_order
from topoplan.graph.folders import Folders, nested
from topoplan.graph.name_index import NameIndex, system_prefixes
from topoplan.graph.names import cluster_name, exact_key, is_public_host, is_role_name, service_id
from topoplan.model.facts import ModuleFact, NodeKind, Notice, Party, ServiceFact, Severity
from topoplan.model.place import Basis, Evidence, Where
from topoplan.model.topology import Join


class Directory:
    """All services known so far, and the answer to "who is meant by this name?"."""

    def __init__(self, settings: Mapping[str, ServiceSettings]) -> None:
        self._forced = {exact_key(alias): name for name, said in settings.items() for alias in (name, *said.aliases)}
        self._forbidden = {
            (exact_key(name), exact_key(other)) for name, said in settings.items() for other in said.not_aliases
        }
        self.entities: list[Entity] = []
        self.folders = Folders()
        self.notices: set[Notice] = set()
        self._names = NameIndex()
        self._scoped: dict[tuple[str, str], Entity] = {}
        self._unclear: set[str] = set()
        self._of_product: dict[tuple[str, bool], list[Entity]] = defaultdict(list)
        """Entities by technology, and whether they are declared."""

    # --- building ---------------------------------------------------------------------------------------------------

    def add_all(self, facts: Iterable[ServiceFact]) -> None:
        """Join service facts to entities: strict rules for all of them first, looser rules for what is left."""
        groups: dict[tuple[bool, int, str, str, str], list[ServiceFact]] = defaultdict(list)
        known = list(facts)
        self._names.prefixes = system_prefixes(known)
        for fact in known:
            party = fact.party
            observed = fact.evidence.basis is Basis.OBSERVED
            depth = party.scope.count("/")
            groups[observed, depth, party.scope, fact.evidence.importer, exact_key(party.name)].append(fact)
        ordered = [sorted(groups[key], key=_fact_order) for key in sorted(groups)]
        waiting = [group for group in ordered if not self._join_strictly(group)]
        for group in waiting:
            if not self._join_loosely(group):
                self.found(group)

    def _join_strictly(self, group: list[ServiceFact]) -> bool:
        party = group[0].party
        key = exact_key(party.name)
        forced = self._forced.get(key)
        if forced is not None:
            entity = self._scoped.get(("", exact_key(forced))) or self._new(forced, "")
            self._absorb(entity, group, f"topoplan.yaml says it is {forced}" if exact_key(forced) != key else "")
            return True
        same = self._scoped.get((party.scope, key))
        if same is not None:
            self._absorb(same, group, "")
            return True
        fitting = [e for e in self._names.called(party.name) if self._may_share(e, group)]
        if len(fitting) == 1:
            self._absorb(fitting[0], group, f"same name in {group[0].evidence.importer}")
            return True
        if group[0].evidence.basis is Basis.DECLARED and party.scope:
            self.found(group)
            return True
        return False

    def _join_loosely(self, group: list[ServiceFact]) -> bool:
        party, importer = group[0].party, group[0].evidence.importer
        for found, reason in self._names.by_rule(party.name):
            fitting = [e for e in found if not e.is_told_apart(importer, party.scope) and self._may_share(e, group)]
            if len(fitting) == 1:
                self._absorb(fitting[0], group, reason)
                return True
            if len(fitting) > 1:
                self._ambiguous(party.name, fitting, group[0].evidence.where)
        return False

    def _new(self, name: str, scope: str) -> Entity:
        entity = Entity(name, scope)
        self.entities.append(entity)
        self._scoped[scope, exact_key(name)] = entity
        self._names.add(entity, name)
        return entity

    def _absorb(self, entity: Entity, group: Sequence[ServiceFact], reason: str) -> None:
        for fact in group:
            party = fact.party
            entity.facts.append(fact)
            if party.kind is not None:
                entity.kinds.append(party.kind)
            if party.technology and not entity.technology:
                entity.technology = party.technology
                self._of_product[party.technology, entity.is_declared].append(entity)
            if fact.folder:
                self.folders.give(entity, fact.folder)
            entity.members.setdefault((fact.evidence.importer, party.scope), set()).add(party.name)
            self._scoped.setdefault((party.scope, exact_key(party.name)), entity)
            self._note_join(entity, party.name, reason or "another spelling of the same words", fact.evidence.where)
            if exact_key(party.name) != exact_key(entity.name):
                self._names.add(entity, party.name)
            for alias in fact.aliases:
                self._add_alias(entity, alias, fact)

    def _add_alias(self, entity: Entity, alias: str, fact: ServiceFact) -> None:
        key = exact_key(alias)
        if not key or key == "localhost" or self._forbids(entity, key):
            return
        self._names.add_alias(entity, alias)
        if key != exact_key(entity.name):
            rule = fact.evidence.rule or fact.evidence.importer
            self._note_join(entity, alias, f"named beside it ({rule})", fact.evidence.where)

    def _note_join(self, entity: Entity, name: str, reason: str, where: Where | None) -> None:
        if name not in entity.joins and name != entity.name:
            entity.joins[name] = Join(name, reason, where)

    def _may_share(self, entity: Entity, group: list[ServiceFact]) -> bool:
        """Whether facts of another scope or source may be about this entity at all."""
        party = group[0].party
        if self._forbids(entity, exact_key(party.name)):
            return False
        if party.scope and entity.scope and party.scope != entity.scope and is_role_name(party.name):
            return False
        folders = {f.folder for f in group if f.folder}
        if folders and entity.folders and not nested(folders, entity.folders):
            return False
        technologies = {f.party.technology for f in group if f.party.technology}
        return not technologies or not entity.technology or entity.technology in technologies

    def _forbids(self, entity: Entity, key: str) -> bool:
        return (exact_key(entity.name), key) in self._forbidden

    def _ambiguous(self, name: str, fitting: list[Entity], where: Where | None) -> None:
        choices = ", ".join(sorted(e.name for e in fitting))
        self._unclear.add(exact_key(name))
        message = f"{name!r} may mean {choices}; not joined. Name it under services.<name>.aliases in topoplan.yaml"
        self.notices.add(Notice(Severity.WARNING, "ambiguous-name", message, where))

    def found(self, facts: Sequence[ServiceFact]) -> Entity:
        """A new service that the facts, of one party, tell of; whatever others are called."""
        party = facts[0].party
        entity = self._new(party.name, party.scope)
        self._absorb(entity, facts, "")
        return entity

    def adopt(self, entity: Entity, module: ModuleFact) -> None:
        """The module is the service's code; names it gives itself that mean no other service mean this one."""
        self.folders.give(entity, module.folder)
        for name in module.names:
            key = exact_key(name)
            taken = [e for e in (*self._names.called(name), *self._names.also_called(name)) if e is not entity]
            if key and not taken and not self._forbids(entity, key):
                self._names.add_alias(entity, name)
                self._note_join(entity, name, f"the program in {module.folder}", module.evidence.where)

    def name_in_scope(self, entity: Entity, scope: str, name: str) -> None:
        """Let `name` mean this service within `scope`, unless it means another there."""
        self._scoped.setdefault((scope, exact_key(name)), entity)

    # --- asking -----------------------------------------------------------------------------------------------------

    def find(self, party: Party, where: Where | None = None) -> Entity | None:
        """The service a party means, by the strictest rule that gives exactly one; None when there is none."""
        if party.path:
            return self.folders.reading(party.path)
        key = exact_key(party.name)
        if key in self._forced:
            forced = self._scoped.get(("", exact_key(self._forced[key])))
            if forced is not None:
                return forced
        if party.scope:
            scoped = self._scoped.get((party.scope, key)) or self._alias_in_scope(key, party.scope)
            if scoped is not None:
                return scoped
        elif ("", key) in self._scoped:
            return self._scoped["", key]
        for found, _ in self._names.by_rule(party.name):
            fitting = self._fitting(found, party)
            if len(fitting) > 1:
                self._ambiguous(party.name, fitting, where)
                return None
            if fitting:
                return fitting[0]
        inner = cluster_name(party.name)
        return self.find(Party(inner, party.scope, party.kind, party.technology), where) if inner else None

    def of_product(self, party: Party, *, declared_only: bool) -> list[Entity]:
        """All of the party's kind and technology, whatever they are called."""
        stands = (True,) if declared_only else (True, False)
        return [e for d in stands for e in self._of_product.get((party.technology, d), ()) if e.kind is party.kind]

    def uncoded(self, name: str) -> Entity | None:
        """The one service of that very name, if it is part of the system and no folder of its code is known."""
        found = self._names.called(name)
        if len(found) != 1 or found[0].folders or found[0].is_resource or found[0].kind is NodeKind.EXTERNAL:
            return None
        return None if any(fact.infrastructure for fact in found[0].facts) else found[0]

    def _alias_in_scope(self, key: str, scope: str) -> Entity | None:
        meant = [e for e in self._names.also_called(key) if any(s == scope for _, s in e.members)]
        return meant[0] if len(meant) == 1 else None

    def is_unclear(self, name: str) -> bool:
        """Whether a notice already says that the name may mean several services."""
        return exact_key(name) in self._unclear

    def _fitting(self, found: Iterable[Entity], party: Party) -> list[Entity]:
        allowed = [e for e in found if not self._forbids(e, exact_key(party.name))]
        if not party.technology:
            return allowed
        return [e for e in allowed if not e.technology or e.technology == party.technology] or allowed

    def found_by_use(self, party: Party, evidence: Evidence) -> Entity | None:
        """A node nobody declared but somebody calls: of a known kind, or external when the host is public."""
        kind = party.kind or (NodeKind.EXTERNAL if is_public_host(party.name) else None)
        if kind is None or not party.name:
            return None
        fact = ServiceFact(Party(party.name, "", kind, party.technology), evidence)
        entity = self._scoped.get(("", exact_key(party.name)))
        if entity is None:
            entity = self._new(party.name, "")
            entity.is_declared = False
        self._absorb(entity, [fact], "")
        return entity

    def assign_ids(self) -> None:
        """Give every entity its unique id: its name, and where names collide the last part of its scope as well."""
        by_id: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities:
            by_id[service_id(entity.name)].append(entity)
        taken: set[str] = set()
        for wanted in sorted(by_id):
            sharing = sorted(by_id[wanted], key=lambda e: (e.scope.count("/"), e.scope))
            for number, entity in enumerate(sharing):
                candidate = wanted
                if number:
                    candidate = f"{service_id(entity.scope.rpartition('/')[2] or 'other')}-{wanted}"
                while candidate in taken:
                    candidate += "'"
                entity.id = candidate
                taken.add(candidate)


def _fact_order(fact: ServiceFact) -> tuple[object, ...]:
    return (-fact.evidence.confidence.rank, fact.evidence.where, party_order(fact.party), fact.aliases, fact.folder)
