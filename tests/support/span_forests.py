"""Hypothesis strategies for spans of every kind of trouble: to compare engines, and orders of the same spans.

`forests()` grows traces the way programs write them (calls, shared ids, nested clients, messages by parent and by link,
datastores), then does damage: repeated spans, lost and turned parents, clocks that differ, services without a name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from msgspec.structs import replace

from topoplan_importers.traces.span import OperationRank, Resource, Role, Signature, Span, SpanId

PATHS = ("a.json", "b.json", "sub/c.json")
"""What `Span.file` counts."""

SERVICES = ("cart", "orders", "pay", "stock", "load-generator", "")
TRACES: tuple[SpanId, ...] = (1, 2, 0xFFFF_FFFF_FFFF_FFFF_FFFF, "dHJhY2Ux")
START = 1_760_000_000_000_000

_PEERS = ("", "", "cart", "orders", "mail", "api.example.com")
_STORES = (("items-db", "server.address"), ("postgresql", ""), ("cart", "peer.service"))
_CHANNELS = (("", False), ("placed", False), ("placed", False), ("paid.{n}", True))
_BROKERS = (("kafka", ""), ("bus", "server.address"))
_OPERATIONS = (
    ("", "", OperationRank.NONE),
    ("", "work", OperationRank.NAME),
    ("GET", "/items/{id}", OperationRank.GROUPED),
    ("GET", "/items/{item}", OperationRank.EXACT),
    ("RPC", "shop.Cart/Get", OperationRank.EXACT),
)
_STEPS = {Role.PUBLISH: ("", "create", "send"), Role.RECEIVE: ("", "receive", "process", "settle")}
_KINDS = ("internal", "internal", "call", "call", "lone-client", "store", "shared", "message", "receive", "bare", "any")

_services = st.sampled_from(SERVICES)
_roles = st.sampled_from(Role)
_delays = st.sampled_from((0, 1, 10, 999, 1001, 5_000, 2_000_000))
_durations = st.sampled_from((-1, 0, 1, 250, 40_000, 3_600_000_000))
_weights = st.sampled_from((1.0, 1.0, 1.0, 2.0, 1.5, 10.0009765625))
_files = st.integers(0, len(PATHS) - 1)
_rarely = st.integers(0, 9).map(lambda drawn: drawn == 9)


@st.composite
def signatures(draw: st.DrawFn, service: str | None = None, role: Role | None = None) -> Signature:
    """What a span says, as a reader could have made it of attributes."""
    name = draw(_services) if service is None else service
    side = draw(_roles) if role is None else role
    level = draw(st.sampled_from(("", "", "high", "critical")))
    protocol = draw(st.sampled_from(("", "http", "grpc")))
    if side in _STEPS:
        peer, key = draw(st.sampled_from((*_BROKERS, ("", ""))))
        channel, template = draw(st.sampled_from(_CHANNELS))
        return Signature(
            name, side, "kafka" if peer else "", peer=peer, peer_key=key, channel=channel, channel_is_template=template,
            resource=Resource.BROKER if peer else Resource.NONE, technology="kafka" if peer else "",
            step=draw(st.sampled_from(_STEPS[side])), criticality=level,
        )  # fmt: skip
    method, path, rank = draw(st.sampled_from(_OPERATIONS))
    peer = draw(st.sampled_from(_PEERS)) if side is not Role.NONE else ""
    key = draw(st.sampled_from(("peer.service", "server.address"))) if peer else ""
    return Signature(name, side, protocol, method, path, rank, peer, key, criticality=level)


@st.composite
def stores(draw: st.DrawFn, service: str) -> Signature:
    """A client span of a datastore."""
    peer, key = draw(st.sampled_from(_STORES))
    method, path, rank = draw(st.sampled_from((("SELECT", "items", OperationRank.EXACT), _OPERATIONS[0])))
    return Signature(
        service, Role.CALL, "postgresql", method, path, rank, peer, key, Resource.DATASTORE, "postgresql"
    )  # fmt: skip


def _id(number: int) -> SpanId:
    """Mostly as nearly all are; some too large for 64 bits, some no numbers."""
    odd: dict[int, SpanId] = {3: number + 2**64, 5: f"id-{number}="}
    return odd.get(number % 6, number)


@dataclass(slots=True)
class _Growing:
    """Traces in the making."""

    draw: st.DrawFn
    spans: list[Span] = field(default_factory=list)
    ids: int = 0

    def add(self, trace: SpanId, parent: Span | None, said: Signature, own: SpanId | None = None) -> Span:
        self.ids += 1
        start = (parent.start if parent is not None and parent.start else START) + self.draw(_delays)
        span = Span(
            trace, _id(self.ids) if own is None else own, parent.id if parent is not None else None, start,
            self.draw(_durations), self.draw(_rarely), parent.file if parent is not None else self.draw(_files), said,
            weight=self.draw(_weights),
        )  # fmt: skip
        self.spans.append(span)
        return span

    def grow(self, trace: SpanId) -> None:
        """One more step of work below a span of this trace, or a root of its own."""
        members = [span for span in self.spans if span.trace == trace]
        parent = self.draw(st.sampled_from(members)) if members and not self.draw(_rarely) else None
        kind = self.draw(st.sampled_from(_KINDS))
        if parent is None or kind == "any":
            self.add(trace, parent, self.draw(signatures()))
            return
        own, other = parent.signature.service, self.draw(_services)
        if kind == "internal":
            self.add(trace, parent, self.draw(signatures(own, Role.NONE)))
        elif kind == "lone-client":
            self.add(trace, parent, self.draw(signatures(own, Role.CALL)))
        elif kind == "store":
            self.add(trace, parent, self.draw(stores(own)))
        elif kind == "bare":
            self.add(trace, parent, self.draw(signatures(other, Role.NONE)))
        elif kind == "receive":
            self.receive(trace, parent, other)
        elif kind == "message":
            sender = self.add(trace, parent, self.draw(signatures(own, Role.PUBLISH)))
            self.receive(trace, sender, other)
        else:
            client = self.add(trace, parent, self.draw(signatures(own, Role.CALL)))
            shared = kind == "shared"
            server = self.add(
                trace, client, self.draw(signatures(other, Role.SERVE)), client.id if shared else None
            )  # fmt: skip
            if shared:
                server.parent = client.parent

    def receive(self, trace: SpanId, parent: Span | None, service: str) -> None:
        """A consumer span with links to spans of any trace, some of which there are not."""
        linked = self.draw(st.lists(st.sampled_from(self.spans), max_size=2)) if self.spans else []
        links = [(span.trace, span.id) for span in linked]
        if self.draw(_rarely):
            links.append((9, 999))
        taken = self.add(trace, parent, self.draw(signatures(service, Role.RECEIVE)))
        taken.links = tuple(links)


@st.composite
def forests(draw: st.DrawFn, most: int = 14) -> list[Span]:
    """Shuffled spans of one to three traces, `most` steps of growth at most, in the files of `PATHS`."""
    growing = _Growing(draw)
    traces = draw(st.lists(st.sampled_from(TRACES), min_size=1, max_size=3, unique=True))
    for _ in range(draw(st.integers(1, most))):
        growing.grow(draw(st.sampled_from(traces)))
    if draw(st.booleans()):
        growing.receive(traces[-1], None, draw(_services))
    for damage in draw(st.lists(st.sampled_from(_DAMAGES), max_size=4)):
        damage(draw, growing.spans)
    return draw(st.permutations(growing.spans))


def _repeat(draw: st.DrawFn, spans: list[Span]) -> None:
    """The same span again, as sent twice, or as finished later than it was first sent."""
    again = replace(draw(st.sampled_from(spans)), file=draw(_files))
    if draw(st.booleans()):
        again.duration, again.failed = draw(_durations), draw(st.booleans())
    spans.append(again)


def _share_id(draw: st.DrawFn, spans: list[Span]) -> None:
    """Two spans that have nothing to do with each other have one id."""
    one, other = draw(st.sampled_from(spans)), draw(st.sampled_from(spans))
    one.trace, one.id = other.trace, other.id


def _lose(draw: st.DrawFn, spans: list[Span]) -> None:
    if len(spans) > 1:
        spans.remove(draw(st.sampled_from(spans)))


def _turn(draw: st.DrawFn, spans: list[Span]) -> None:
    """A parent that may lie below, be itself, or be of another trace."""
    draw(st.sampled_from(spans)).parent = draw(st.sampled_from(spans)).id


def _disturb_clock(draw: st.DrawFn, spans: list[Span]) -> None:
    span = draw(st.sampled_from(spans))
    span.start = draw(st.sampled_from((0, 1_000_000, START - 1001, START - 1000, START + 90_000_000)))


def _move(draw: st.DrawFn, spans: list[Span]) -> None:
    draw(st.sampled_from(spans)).file = draw(_files)


def _rename(draw: st.DrawFn, spans: list[Span]) -> None:
    draw(st.sampled_from(spans)).signature = draw(signatures())


_DAMAGES = (_repeat, _repeat, _share_id, _lose, _lose, _turn, _turn, _disturb_clock, _move, _rename)
