"""Gathered facts to the final values of the topology: services with their interfaces, boundaries with their uses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from topoplan.config import ServiceSettings
from topoplan.graph.edge import Edge, EdgeKey, added
from topoplan.graph.entity import Entity
from topoplan.graph.operations import OperationIndex
from topoplan.model.facts import InterfaceFact, NodeKind, ServiceFact, Style
from topoplan.model.operation import Operation, operation_id
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.stats import Presence
from topoplan.model.topology import Boundary, BoundaryOperation, Service

_CRITICALITY = ("low", "medium", "high", "critical")


def boundary_id(consumer: str, provider: str, style: Style, protocol: str, channel: str) -> str:
    """`orders->payments/http`; a message boundary names its channel and flows to the consumer:
    `notifications<-orders/kafka:order.created`."""
    arrow = "<-" if style is Style.MESSAGE else "->"
    return f"{consumer}{arrow}{provider}/{protocol}" + (f":{channel}" if channel else "")


def boundary_of(key: EdgeKey, edge: Edge, index: OperationIndex) -> Boundary:
    """The boundary of gathered facts; `index` holds what its provider documents."""
    consumer, provider, style, protocol, channel = key
    return Boundary(
        id=boundary_id(consumer.id, provider.id, style, protocol, channel),
        consumer=consumer.id,
        provider=provider.id,
        style=style,
        protocol=protocol,
        channel=channel,
        broker=min((broker.id for broker in edge.brokers), default=""),
        operations=_operations(edge, index),
        stats=edge.stats,
        evidence=tuple(sorted(edge.told(), key=evidence_order)),
    )


def service_of(entity: Entity, said: ServiceSettings, interfaces: list[InterfaceFact]) -> Service:
    operations: dict[str, Operation] = {}
    for interface in interfaces:
        for operation in interface.operations:
            operations.setdefault(operation.id, operation)
    evidence = {f.evidence for f in entity.facts} | {i.evidence for i in interfaces}
    joins = tuple(sorted(entity.joins.values()))
    return Service(
        id=entity.id,
        name=entity.name,
        kind=NodeKind(said.kind) if said.kind else entity.kind,
        aliases=tuple(sorted({j.name for j in joins} | set(said.aliases))),
        joins=joins,
        technology=entity.technology,
        image=min((f.image for f in entity.facts if f.image), default=""),
        folders=tuple(sorted(entity.folders | set(said.folders))),
        specs=tuple(sorted({i.path for i in interfaces} | set(said.specs))),
        operations=tuple(operations[key] for key in sorted(operations)),
        owner=said.owner or min((f.owner for f in entity.facts if f.owner), default=entity.owner),
        domain=said.domain or _surest((f.evidence.confidence, f.domain) for f in entity.facts),
        criticality=said.criticality or _highest(f.criticality for f in entity.facts),
        infrastructure=any(f.infrastructure for f in entity.facts),
        presence=_presence(entity.facts),
        evidence=tuple(sorted(evidence, key=evidence_order)),
    )


def _surest(said: Iterable[tuple[Confidence, str]]) -> str:
    """What the most confident evidence says; of several such, the first by name."""
    return min(((-confidence.rank, text) for confidence, text in said if text), default=(0, ""))[1]


def _highest(criticalities: Iterable[str]) -> str:
    known = [c for c in criticalities if c in _CRITICALITY]
    return max(known, key=_CRITICALITY.index, default="")


def _presence(facts: Iterable[ServiceFact]) -> Presence | None:
    told = [fact.presence for fact in facts if fact.presence is not None]
    return reduce(or_, told) if told else None


def _operations(edge: Edge, index: OperationIndex) -> tuple[BoundaryOperation, ...]:
    found: dict[str, BoundaryOperation] = {}
    for (method, path), (basis, stats) in sorted(edge.uses.items()):
        meant = index.find(method, path)
        made = BoundaryOperation(
            id=meant.id if meant else operation_id(method, path),
            documented=True if meant else (False if index.speaks_of(method) else None),
            basis=basis,
            stats=stats,
        )
        known = found.get(made.id)
        found[made.id] = made if known is None else _combined(known, made)
    return tuple(found[key] for key in sorted(found))


def _combined(one: BoundaryOperation, other: BoundaryOperation) -> BoundaryOperation:
    basis = Basis.OBSERVED if Basis.OBSERVED in (one.basis, other.basis) else Basis.DECLARED
    return BoundaryOperation(one.id, one.documented, basis, added(one.stats, other.stats))


def evidence_order(evidence: Evidence) -> tuple[object, ...]:
    return (
        evidence.basis,
        -evidence.confidence.rank,
        evidence.importer,
        evidence.where,
        evidence.rule,
        evidence.detail,
    )
