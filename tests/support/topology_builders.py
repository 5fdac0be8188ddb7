"""Short ways to write topologies, specs, traffic and history in tests of risk and planning."""

from __future__ import annotations

from topoplan.model.change import BreakingChange, BreakKind, ChangeRate, History, ServiceHistory
from topoplan.model.facts import NodeKind, Style
from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.stats import Stats, bucket_of
from topoplan.model.topology import Boundary, BoundaryOperation, Service, Topology

DAY = 86400
NOW = 1_700_000_000

EVIDENCE = Evidence("compose", Where("compose.yaml", 7), Basis.DECLARED, Confidence.HIGH)


def node(
    name: str, *operations: Operation, kind: NodeKind = NodeKind.SERVICE, technology: str = "", owner: str = "",
    domain: str = "", criticality: str = "", image: str = "", infrastructure: bool = False,
    specs: tuple[str, ...] | None = None,
) -> Service:  # fmt: skip
    return Service(
        name,
        name,
        kind,
        technology=technology,
        image=image,
        specs=specs if specs is not None else ((f"{name}/openapi.yaml",) if operations else ()),
        operations=operations,
        owner=owner,
        domain=domain,
        criticality=criticality,
        infrastructure=infrastructure,
    )


def store(name: str, technology: str = "postgresql", image: str = "") -> Service:
    return node(name, kind=NodeKind.DATASTORE, technology=technology, image=image)


def call(
    consumer: str, provider: str, *operations: str, stats: Stats | None = None, evidence: Evidence = EVIDENCE
) -> Boundary:
    return Boundary(
        f"{consumer}->{provider}/http", consumer, provider, Style.SYNC, "http", operations=_used(operations),
        stats=stats, evidence=(evidence,),
    )  # fmt: skip


def message(consumer: str, provider: str, channel: str, broker: str = "") -> Boundary:
    identity = f"{consumer}->{provider}/kafka/{channel}"
    return Boundary(identity, consumer, provider, Style.MESSAGE, "kafka", channel, broker, evidence=(EVIDENCE,))


def resource(consumer: str, provider: str, *operations: str, protocol: str = "postgresql") -> Boundary:
    identity = f"{consumer}->{provider}/{protocol}"
    used = _used(operations)
    return Boundary(identity, consumer, provider, Style.RESOURCE, protocol, operations=used, evidence=(EVIDENCE,))


def topology(services: list[Service], boundaries: list[Boundary]) -> Topology:
    return Topology(
        tuple(sorted(services, key=lambda s: s.id)), tuple(sorted(boundaries, key=lambda boundary: boundary.id))
    )


def op(
    method: str, path: str, *fields: Field, outcomes: str = "200 404", key: bool = False,
    security: tuple[str, ...] = (), unauthenticated: bool | None = None,
) -> Operation:  # fmt: skip
    return Operation(
        method, path, Where("spec.yaml", 3), outcomes=tuple(Outcome(status) for status in outcomes.split()),
        fields=fields, security=security, unauthenticated=unauthenticated, idempotency_key=key,
    )  # fmt: skip


def sent(name: str, kind: str = "string", format_: str = "") -> Field:
    return Field(FieldPlace.REQUEST, name, kind, format_)


def answered(name: str, kind: str = "string", format_: str = "") -> Field:
    return Field(FieldPlace.RESPONSE, name, kind, format_)


def traffic(calls: int, errors: int = 0, fast_ms: float = 10, slow_ms: float = 10) -> Stats:
    """`calls` calls of which every twentieth takes `slow_ms`."""
    slow = calls // 20
    buckets: dict[int, int] = {}
    for count, ms in ((calls - slow, fast_ms), (slow, slow_ms)):
        bucket = bucket_of(ms * 1000)
        buckets[bucket] = buckets.get(bucket, 0) + count
    return Stats(calls, errors, calls, NOW, NOW, tuple(sorted(buckets.items())))


def history(*services: ServiceHistory) -> History:
    return History(available=True, since=NOW - 365 * DAY, until=NOW, services=services)


def changed(
    service: str, code: float | None = 0.0, interface: float | None = None, fixes: int = 0, breaks: tuple[int, ...] = ()
) -> ServiceHistory:
    """A service with these relative churns; `breaks` are the ages of breaking changes in days."""
    return ServiceHistory(
        service,
        None if code is None else ChangeRate(3, 1, fixes, 30, 100, 1.0, code, NOW),
        None if interface is None else ChangeRate(2, 1, 0, 10, 50, 1.0, interface, NOW),
        tuple(
            BreakingChange(BreakKind.FIELD_REMOVED, "GET /x", "x", "abc", NOW - age * DAY, Where("spec.yaml"))
            for age in breaks
        ),
    )


def _used(operations: tuple[str, ...]) -> tuple[BoundaryOperation, ...]:
    return tuple(BoundaryOperation(name) for name in operations)
