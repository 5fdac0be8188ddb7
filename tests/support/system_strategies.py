"""Hypothesis strategies for small systems with specs, traffic, history and journeys."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec import Struct
from topology_builders import NOW, answered, changed, history, node, op, sent

from topoplan.model.change import History
from topoplan.model.facts import NodeKind, Style
from topoplan.model.operation import Operation
from topoplan.model.report import Journey
from topoplan.model.stats import Stats, bucket_of
from topoplan.model.topology import Boundary, BoundaryOperation, Service, Topology

NAMES = ("a", "b", "c", "d", "e")
STORES = ("cache", "db")

FIELDS = (sent("amount", "number"), answered("amount", "string"), answered("createdAt"), sent("sku"))


class Inputs(Struct, frozen=True):
    """What scores are made from."""

    topology: Topology
    history: History
    journeys: tuple[Journey, ...]


@st.composite
def inputs(draw: st.DrawFn) -> Inputs:
    services = [draw(_service(name)) for name in NAMES]
    services.append(node("cache", kind=NodeKind.DATASTORE, technology="redis"))
    services.append(node("db", kind=NodeKind.DATASTORE, technology="postgresql"))
    boundaries = draw(st.lists(_boundary(), min_size=1, max_size=10, unique_by=lambda b: b.id))
    return Inputs(
        Topology(tuple(services), tuple(sorted(boundaries, key=lambda b: b.id))),
        draw(_history()),
        tuple(draw(st.lists(_journey(), max_size=3, unique_by=lambda j: j.name))),
    )


@st.composite
def _service(draw: st.DrawFn, name: str) -> Service:
    operations = draw(st.lists(_operation(), max_size=4, unique_by=lambda o: o.id))
    kind = draw(st.sampled_from([NodeKind.SERVICE, NodeKind.SERVICE, NodeKind.GATEWAY, NodeKind.EXTERNAL]))
    owner, criticality = draw(st.sampled_from(["", "x", "y"])), draw(st.sampled_from(["", "low", "high", "critical"]))
    domain = draw(st.sampled_from(["", "x", "y"]))
    aside = draw(st.integers(0, 9)) == 0
    return node(name, *operations, kind=kind, owner=owner, domain=domain, criticality=criticality, infrastructure=aside)


def _operation() -> st.SearchStrategy[Operation]:
    return st.builds(
        lambda method, path, fields, key, anyone: op(method, path, *fields, key=key, unauthenticated=anyone),
        st.sampled_from(["GET", "POST", "DELETE"]),
        st.sampled_from(["/x", "/y/{id}", "/refund"]),
        st.lists(st.sampled_from(FIELDS), max_size=3),
        st.booleans(),
        st.sampled_from([None, True, False]),
    )


@st.composite
def _boundary(draw: st.DrawFn) -> Boundary:
    style = draw(st.sampled_from(Style))
    consumer = draw(st.sampled_from(NAMES))
    provider = draw(st.sampled_from(STORES if style is Style.RESOURCE else NAMES))
    used = draw(
        st.lists(st.sampled_from(["GET /x", "POST /x", "GET /y/{id}", "POST /refund"]), max_size=2, unique=True)
    )
    channel = "placed" if style is Style.MESSAGE else ""
    operations = () if style is Style.MESSAGE else tuple(BoundaryOperation(name) for name in used)
    return Boundary(
        f"{consumer}->{provider}/{style.value}", consumer, provider, style, "http", channel,
        operations=operations, stats=draw(st.none() | _stats()),
    )  # fmt: skip


@st.composite
def _stats(draw: st.DrawFn) -> Stats:
    calls = draw(st.integers(1, 500))
    slow = draw(st.integers(0, calls))
    fast_at, slow_at = bucket_of(1000), bucket_of(draw(st.integers(2_000, 900_000)))
    buckets = tuple((bucket, count) for bucket, count in ((fast_at, calls - slow), (slow_at, slow)) if count)
    return Stats(calls, draw(st.integers(0, calls)), calls, NOW, NOW, buckets)


@st.composite
def _history(draw: st.DrawFn) -> History:
    if not draw(st.booleans()):
        return History()
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    churn = st.floats(0, 3)
    return history(
        *(
            changed(
                name,
                draw(st.none() | churn),
                draw(st.none() | churn),
                draw(st.integers(0, 9)),
                tuple(draw(st.lists(st.integers(0, 365), max_size=3))),
            )
            for name in sorted(names)
        )
    )


def _journey() -> st.SearchStrategy[Journey]:
    return st.builds(
        Journey,
        st.sampled_from(["checkout", "refund", "browse"]),
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(tuple),
        st.sampled_from(["low", "normal", "high", "money"]),
    )
