"""The joined service dependency graph."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from topoplan.model.facts import NodeKind, Notice, Source, Style
from topoplan.model.operation import Operation
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.stats import Presence, Stats


class Join(Struct, frozen=True, order=True):
    """Why a name means a service: `reason` is a sentence fragment such as `container_name in compose.yaml:4`."""

    name: str
    reason: str
    where: Where | None = None


class Service(Struct, frozen=True):
    """A node. `id` is unique, lower-case where sources allow, stable under input order."""

    id: str
    name: str
    kind: NodeKind
    aliases: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    technology: str = ""
    image: str = ""
    folders: tuple[str, ...] = ()
    """Where its code lives, as shown paths."""
    specs: tuple[str, ...] = ()
    """Its interface specifications, as shown paths."""
    operations: tuple[Operation, ...] = ()
    """What its specifications document, sorted by id; empty when it has none."""
    owner: str = ""
    domain: str = ""
    """The part of the business or of the whole system that it belongs to; empty when unknown."""
    criticality: str = ""
    infrastructure: bool = False
    presence: Presence | None = None
    """The traces with spans of it; None where there are none."""
    evidence: tuple[Evidence, ...] = ()


class BoundaryOperation(Struct, frozen=True):
    """One operation used, or believed used, across a boundary."""

    id: str
    documented: bool | None = None
    """True: the provider's spec has it; False: the provider documents operations of this kind (HTTP, RPC, messages)
    without it; None: it documents none of this kind."""
    basis: Basis = Basis.DECLARED
    stats: Stats | None = None
    """Observed traffic; None when not observed."""


class Boundary(Struct, frozen=True):
    """One (consumer, provider, protocol) edge; a message boundary also names its channel."""

    json_extra: ClassVar[tuple[str, ...]] = ("basis", "confidence")

    id: str
    consumer: str
    provider: str
    style: Style
    protocol: str
    channel: str = ""
    broker: str = ""
    operations: tuple[BoundaryOperation, ...] = ()
    stats: Stats | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def basis(self) -> str:
        """`declared`, `observed` or `both`."""
        kinds = {e.basis for e in self.evidence}
        return "both" if len(kinds) == 2 else next(iter(kinds)).value if kinds else Basis.DECLARED.value

    @property
    def confidence(self) -> Confidence:
        """The best of its evidence, and one step more where two importers agree on it."""
        best = max((e.confidence for e in self.evidence), key=lambda c: c.rank, default=Confidence.LOW)
        if best is Confidence.HIGH or len({e.importer for e in self.evidence if e.confidence is best}) < 2:
            return best
        return Confidence.HIGH if best is Confidence.MEDIUM else Confidence.MEDIUM

    @property
    def observed(self) -> bool:
        return any(e.basis is Basis.OBSERVED for e in self.evidence)

    @property
    def declared(self) -> bool:
        return any(e.basis is Basis.DECLARED for e in self.evidence)


class Drift(Struct, frozen=True, order=True):
    """One difference between what is declared and what was observed; only told where traces were given."""

    kind: str
    """`never-observed`, `not-declared`, `undocumented-operation` or `unused-operation`."""
    subject: str
    """Id of the boundary, or of the service for `unused-operation`."""
    operation: str = ""
    message: str = ""


class Topology(Struct, frozen=True):
    """Services and boundaries sorted by id, with everything that was read and noticed on the way."""

    services: tuple[Service, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    sources: tuple[Source, ...] = ()
    notices: tuple[Notice, ...] = ()
    drift: tuple[Drift, ...] = ()
    suggestions: tuple[Boundary, ...] = ()
    """Boundaries whose evidence is too weak to be drawn: worth a look, part of nothing else."""

    def service(self, service_id: str) -> Service:
        """The service with this id; raises KeyError."""
        for service in self.services:
            if service.id == service_id:
                return service
        raise KeyError(service_id)
