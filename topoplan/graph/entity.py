"""A service while it is being put together from what many sources say of it."""

from __future__ import annotations

from msgspec import Struct, field

from topoplan.model.facts import NodeKind, Party, ServiceFact
from topoplan.model.topology import Join


class Entity(Struct, eq=False):
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
    owner: str = ""
    """Who owns its folders, where no service fact names an owner."""
    id: str = ""
    is_declared: bool = True
    """False: nothing but its callers names it."""

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


def party_order(party: Party) -> tuple[str, ...]:
    """A sort key for parties, whose kind may be unknown."""
    return (party.name, party.scope, party.kind or "", party.technology, party.path)
