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

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from topoplan.config import ServiceSettings
from topoplan.graph.names import (
    cluster_name,
    core_key,
    exact_key,
    is_public_host,
    is_role_name,
    service_id,
    squashed_key,
)
from topoplan.model.facts import ModuleFact, MountFact, NodeKind, Notice, OwnerFact, Party, ServiceFact, Severity
from topoplan.model.place import Basis, Evidence, Where
from topoplan.model.topology import Join

_FAMILY = 3
"""Fewest names with one first word that make it the prefix of a system."""


@dataclass(eq=False, slots=True)
class Entity:
    """A service while names are still being joined to it."""

    name: str
    scope: str
    facts: list[ServiceFact] = field(default_factory=list)
    kinds: list[NodeKind] = field(default_factory=list)
    technology: str = ""
    joins: dict[str, Join] = field(default_factory=dict)
    members: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """Names each (importer, scope) uses for it."""
    folders: set[str] = field(default_factory=set)
    mounts: set[str] = field(default_factory=set)
    owner: str = ""
    """Who owns its folders, where no service fact names an owner."""
    id: str = ""

    @property
    def kind(self) -> NodeKind:
        """The most telling of what sources said: a gateway or resource beats a plain service."""
        for kind in (NodeKind.GATEWAY, NodeKind.BROKER, NodeKind.DATASTORE, NodeKind.SERVICE, NodeKind.EXTERNAL):
            if kind in self.kinds:
                return kind
        return NodeKind.SERVICE

    def is_told_apart(self, importer: str, scope: str) -> bool:
        """Whether the source that uses another name in this scope already has a name for this one."""
        return any(own == scope and (scope or source == importer) for source, own in self.members)

    @property
    def is_resource(self) -> bool:
        return self.kind in (NodeKind.DATASTORE, NodeKind.BROKER)


class Directory:
    """All services known so far, and the answer to "who is meant by this name?"."""

    def __init__(self, settings: Mapping[str, ServiceSettings]) -> None:
        self._settings = settings
        self._forced = {exact_key(alias): name for name, said in settings.items() for alias in (name, *said.aliases)}
        self._forbidden = {
            (exact_key(name), exact_key(other)) for name, said in settings.items() for other in said.not_aliases
        }
        self.entities: list[Entity] = []
        self.notices: set[Notice] = set()
        self._scoped: dict[tuple[str, str], Entity] = {}
        self._primary: dict[str, list[Entity]] = defaultdict(list)
        self._alias: dict[str, list[Entity]] = defaultdict(list)
        self._squashed: dict[str, list[Entity]] = defaultdict(list)
        self._core: dict[str, list[Entity]] = defaultdict(list)
        self._prefixes: tuple[str, ...] = ()
        self._unclear: set[str] = set()
        self._by_folder: dict[str, list[Entity]] | None = None
        self._with_code: set[str] = set()
        self._by_mount: dict[str, list[Entity]] = defaultdict(list)

    # --- building ---------------------------------------------------------------------------------------------------

    def add_all(self, facts: Iterable[ServiceFact]) -> None:
        """Join service facts to entities: strict rules for all of them first, looser rules for what is left."""
        groups: dict[tuple[bool, int, str, str, str], list[ServiceFact]] = defaultdict(list)
        known = list(facts)
        self._prefixes = _system_prefixes(known)
        for fact in known:
            party = fact.party
            observed = fact.evidence.basis is Basis.OBSERVED
            depth = party.scope.count("/")
            groups[observed, depth, party.scope, fact.evidence.importer, exact_key(party.name)].append(fact)
        ordered = [sorted(groups[key], key=_fact_order) for key in sorted(groups)]
        waiting = [group for group in ordered if not self._join_strictly(group)]
        for group in waiting:
            if not self._join_loosely(group):
                self._found(group)

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
        fitting = [e for e in self._primary.get(key, ()) if self._may_share(e, group)]
        if len(fitting) == 1:
            self._absorb(fitting[0], group, f"same name in {group[0].evidence.importer}")
            return True
        if group[0].evidence.basis is Basis.DECLARED and party.scope:
            self._found(group)
            return True
        return False

    def _join_loosely(self, group: list[ServiceFact]) -> bool:
        party, importer = group[0].party, group[0].evidence.importer
        for found, reason in self._by_rule(party.name):
            fitting = [e for e in found if not e.is_told_apart(importer, party.scope) and self._may_share(e, group)]
            if len(fitting) == 1:
                self._absorb(fitting[0], group, reason)
                return True
            if len(fitting) > 1:
                self._ambiguous(party.name, fitting, group[0].evidence.where)
        return False

    def _by_rule(self, name: str) -> Iterator[tuple[list[Entity], str]]:
        """The services each rule gives for a name, strictest rule first, with the reason a join by it has."""
        key = exact_key(name)
        for index, loosened, reason in (
            (self._primary, key, "same name"),
            (self._alias, key, "a name declared beside it"),
            (self._squashed, squashed_key(name), "differs only in separators"),
            (self._core, core_key(name), "differs only in an affix such as -service"),
        ):
            if loosened:
                yield index.get(loosened, []), reason
        for prefix in self._prefixes:
            rest = key.removeprefix(prefix)
            other = rest if rest != key else prefix + key
            if not is_role_name(rest):
                yield self._squashed.get(squashed_key(other), []), f"differs only in the system's prefix {prefix}"

    def _found(self, group: list[ServiceFact]) -> None:
        party = group[0].party
        self._absorb(self._new(party.name, party.scope), group, "")

    def _new(self, name: str, scope: str) -> Entity:
        entity = Entity(name, scope)
        self.entities.append(entity)
        self._scoped[scope, exact_key(name)] = entity
        self._index(entity, name)
        return entity

    def _index(self, entity: Entity, name: str) -> None:
        for index, key in (
            (self._primary, exact_key(name)),
            (self._squashed, squashed_key(name)),
            (self._core, core_key(name)),
        ):
            if key and entity not in index[key]:
                index[key].append(entity)

    def _absorb(self, entity: Entity, group: list[ServiceFact], reason: str) -> None:
        for fact in group:
            party = fact.party
            entity.facts.append(fact)
            if party.kind is not None:
                entity.kinds.append(party.kind)
            entity.technology = entity.technology or party.technology
            if fact.folder:
                entity.folders.add(fact.folder)
                self._by_folder = None
            entity.members.setdefault((fact.evidence.importer, party.scope), set()).add(party.name)
            self._scoped.setdefault((party.scope, exact_key(party.name)), entity)
            self._note_join(entity, party.name, reason or "another spelling of the same words", fact.evidence.where)
            if exact_key(party.name) != exact_key(entity.name):
                self._index(entity, party.name)
            for alias in fact.aliases:
                self._add_alias(entity, alias, fact)

    def _add_alias(self, entity: Entity, alias: str, fact: ServiceFact) -> None:
        key = exact_key(alias)
        if not key or key == "localhost" or self._forbids(entity, key):
            return
        if entity not in self._alias[key]:
            self._alias[key].append(entity)
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
        if folders and entity.folders and not _nested(folders, entity.folders):
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

    def add_modules(self, modules: Iterable[ModuleFact]) -> None:
        """Give services the folders their code lives in. A folder that a manifest builds a service from is that
        service's; any other belongs to the one service it is named after, unless it lies inside a folder that
        a manifest already gave away; a program that fits nobody is a service of its own when something runs it.

        A folder that several services are built from is nobody's. One that only packs what is built elsewhere, without
        a build file in it, does not keep its service from having the folder it is named after."""
        modules = list(modules)
        users: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities:
            for folder in entity.folders:
                users[folder].append(entity)
        built = {folder: holders[0] for folder, holders in users.items() if len(holders) == 1}
        self._with_code = {
            above for m in modules if m.evidence.rule != "folder" for above in (m.folder, *_above(m.folder))
        }
        for module in sorted(modules, key=lambda m: (m.folder.count("/"), m.folder, m.evidence)):
            owner = built.get(module.folder) or self._module_owner(module, built)
            if owner is not None:
                self._adopt(owner, module)

    def _module_owner(self, module: ModuleFact, built: Mapping[str, Entity]) -> Entity | None:
        holders = [folder for folder in built if folder and module.folder.startswith(folder + "/")]
        if holders:
            return built[max(holders, key=len)]
        for name in module.names:
            meant = self.find(Party(name), module.evidence.where)
            if meant is not None and not meant.is_resource and meant.kind is not NodeKind.EXTERNAL:
                named = module.folder in self._with_code
                given = any(f in built and (f in self._with_code or not named) for f in meant.folders)
                return None if given else meant
        if not module.deployable or not module.names:
            return None
        fact = ServiceFact(Party(module.names[0], kind=NodeKind.SERVICE), module.evidence, folder=module.folder)
        entity = self._new(module.names[0], "")
        self._absorb(entity, [fact], "")
        return entity

    def _adopt(self, entity: Entity, module: ModuleFact) -> None:
        entity.folders.add(module.folder)
        self._by_folder = None
        for name in module.names:
            key = exact_key(name)
            taken = [e for e in (*self._primary.get(key, ()), *self._alias.get(key, ())) if e is not entity]
            if key and not taken and not self._forbids(entity, key):
                if entity not in self._alias[key]:
                    self._alias[key].append(entity)
                self._note_join(entity, name, f"the program in {module.folder}", module.evidence.where)

    def add_mounts(self, mounts: Iterable[MountFact]) -> None:
        """Give services the files and folders that are mounted into them."""
        for mount in sorted(mounts, key=lambda m: (m.path, party_order(m.service), m.evidence)):
            owner = self.find(mount.service, mount.evidence.where)
            if owner is not None and mount.path not in owner.mounts:
                owner.mounts.add(mount.path)
                self._by_mount[mount.path].append(owner)

    def add_owners(self, facts: Iterable[OwnerFact]) -> None:
        """Give services the owners of the folders their code lives in."""
        ordered = sorted(facts, key=lambda f: f.evidence)
        for entity in self.entities:
            for folder in sorted(entity.folders):
                holding = [f.owner for f in ordered if f.folder in (".", folder) or folder.startswith(f.folder + "/")]
                entity.owner = entity.owner or (holding[-1] if holding else "")

    def name_in_scope(self, entity: Entity, scope: str, name: str) -> None:
        """Let `name` mean this service within `scope`, unless it means another there."""
        self._scoped.setdefault((scope, exact_key(name)), entity)

    # --- asking -----------------------------------------------------------------------------------------------------

    def find(self, party: Party, where: Where | None = None) -> Entity | None:
        """The service a party means, by the strictest rule that gives exactly one; None when there is none."""
        if party.path:
            return self.reading(party.path)
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
        for found, _ in self._by_rule(party.name):
            fitting = self._fitting(found, party)
            if len(fitting) > 1:
                self._ambiguous(party.name, fitting, where)
                return None
            if fitting:
                return fitting[0]
        inner = cluster_name(party.name)
        return self.find(Party(inner, party.scope, party.kind, party.technology), where) if inner else None

    def _alias_in_scope(self, key: str, scope: str) -> Entity | None:
        meant = [e for e in self._alias.get(key, ()) if any(s == scope for _, s in e.members)]
        return meant[0] if len(meant) == 1 else None

    def is_unclear(self, name: str) -> bool:
        """Whether a notice already says that the name may mean several services."""
        return exact_key(name) in self._unclear

    def _fitting(self, found: Iterable[Entity], party: Party) -> list[Entity]:
        allowed = [e for e in found if not self._forbids(e, exact_key(party.name))]
        if not party.technology:
            return allowed
        return [e for e in allowed if not e.technology or e.technology == party.technology] or allowed

    def reading(self, path: str) -> Entity | None:
        """The service a file speaks for: the one whose code folder or mount holds it most closely, if there is exactly
        one. What is built from a folder goes before what mounts it."""
        built = self._built()
        for own in (path, *_above(path)):
            holders = built.get(own) or self._by_mount.get(own)
            if holders:
                return holders[0] if len(holders) == 1 else None
        return None

    def in_folder(self, folder: str) -> Entity | None:
        """The service whose code folder holds `folder`: the deepest one, if there is exactly one."""
        built = self._built()
        for own in (folder or ".", *_above(folder)):
            holders = built.get(own)
            if holders:
                return holders[0] if len(holders) == 1 else None
        return None

    def _built(self) -> Mapping[str, list[Entity]]:
        if self._by_folder is None:
            self._by_folder = defaultdict(list)
            for entity in self.entities:
                for own in sorted(entity.folders):
                    self._by_folder[own].append(entity)
        return self._by_folder

    def found_by_use(self, party: Party, evidence: Evidence) -> Entity | None:
        """A node nobody declared but somebody calls: of a known kind, or external when the host is public."""
        kind = party.kind or (NodeKind.EXTERNAL if is_public_host(party.name) else None)
        if kind is None or not party.name:
            return None
        fact = ServiceFact(Party(party.name, "", kind, party.technology), evidence)
        entity = self._scoped.get(("", exact_key(party.name)))
        if entity is None:
            entity = self._new(party.name, "")
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


def _system_prefixes(facts: Iterable[ServiceFact]) -> tuple[str, ...]:
    """First words, each with its hyphen, that most names of one source begin with: there they tell the system."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in facts:
        names[fact.evidence.importer, fact.party.scope].add(exact_key(fact.party.name))
    found: set[str] = set()
    for source in names.values():
        first = Counter(name.partition("-")[0] for name in source if "-" in name)
        found |= {f"{word}-" for word, n in first.items() if n >= _FAMILY and 2 * n > len(source)}
    return tuple(sorted(found))


def _fact_order(fact: ServiceFact) -> tuple[object, ...]:
    return (-fact.evidence.confidence.rank, fact.evidence.where, party_order(fact.party), fact.aliases, fact.folder)


def party_order(party: Party) -> tuple[str, ...]:
    """A sort key for parties, whose kind may be unknown."""
    return (party.name, party.scope, party.kind or "", party.technology, party.path)


def _above(folder: str) -> Iterator[str]:
    """The folders that hold `folder`, the nearest first, up to the current one."""
    while folder not in ("", ".", "/"):
        folder = posixpath.dirname(folder) or "."
        yield folder


def _nested(some: set[str], others: set[str]) -> bool:
    return any(a == b or a.startswith(b + "/") or b.startswith(a + "/") for a in some for b in others)
