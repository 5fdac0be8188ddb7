"""Joins the spans of a trace into calls between services. This page is the definition of an observed boundary.

Words. A span's *service* is its resource's name; its *parent* the span of the same trace with its parent id. Where
client and server half share one id (Zipkin), the client half is the server half's parent, and a child belongs to the
half of its own service, else to the server half. Spans repeated with the same ids on the same side count once, and
every span on a parent cycle loses its parent. Spans without a service name make no boundary.

1. *Entry.* A span whose parent is of another service is an entry: the parent's service called the span's. Where the
   entry has no role of its own but server or consumer spans below it in the same service, with only internal spans
   between, those stand for it, each as one call. So server halves count, and data without span kinds does too.
2. *Caller half.* From the entry's parent up through internal spans of its service: the first client or producer span.
   There need not be one.
3. *Message.* A call whose entry is a consumer or whose caller half is a producer is a message; the receiving service is
   the consumer. A consumer's links name producers too, in any trace. One message is one (producer span, receiving
   service): receiving and processing it are not two.
4. *Self-calls* are dropped, and their halves count as joined.
5. *Virtual provider.* A client span that is no caller half in 1 names its provider itself: `peer.service`, else the
   server's host name, else (for a datastore or broker) the database's or the product's name. Addresses and this
   machine's own name are no names. Of nested client spans of one service a database or messaging one speaks for those
   inside it, otherwise the innermost that names a provider speaks for those around it.
6. *Broker.* Each message sent or received is also one use of the broker, where the messaging system is known. Producers
   and consumers without a partner are kept as channel roles. Message creation is not yet sending, and a consumer span
   around others is not a second receipt.
7. A root's caller is unknown and never invented.

Figures of one call: an error when either half failed; the caller half's start and duration, the entry's where there is
none; for a message the receiver's. The better-informed half names the operation, the callee on a tie. Its weight, the
calls it stands for by sampling, is the greater of its halves' (both are there only where the rarer one is).
Figures of one service: the traces that have a span of it, repeated or not, and the earliest and latest start of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct, field

from topoplan_importers.traces.forest import Flaw, Placed, anchor
from topoplan_importers.traces.span import Resource, Role
from topoplan_importers.traces.tally import Rule

SKEW_US = 1000
"""A callee that starts longer than this before its caller, in microseconds, shows two clocks that differ."""

_NONE, _CALL, _SERVE, _PUBLISH, _RECEIVE = Role  # looked up for every span


class Call(NamedTuple):
    """One request from one service to another."""

    parent: Placed
    """The entry's parent: a span of the calling service."""
    client: Placed | None
    """The caller half."""
    callee: Placed
    rule: Rule


class Message(NamedTuple):
    """One span of a service that received a message, and the producer's span, or another of the sending service."""

    sender: Placed
    receiver: Placed
    rule: Rule


class Receipt(NamedTuple):
    """One consumer span; `outer` is the consumer span of the same service around it."""

    span: Placed
    outer: Placed | None


class TraceCalls(Struct):
    """What one trace shows. Caller halves that found their callee are marked as joined."""

    roots: list[Placed] = field(default_factory=list)
    """Spans without a parent, or whose parent is in none of the files."""
    calls: list[Call] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    virtual: list[Placed] = field(default_factory=list)
    """Client spans that speak for a provider without spans."""
    sent: list[Placed] = field(default_factory=list)
    """Producer spans, joined or not."""
    receipts: list[Receipt] = field(default_factory=list)


def trace_calls(spans: list[Placed], flaws: Counter[tuple[int, Flaw]]) -> TraceCalls:
    """Apply the definition to the planted spans of one trace. Linear in their number."""
    out = TraceCalls()
    entries: list[Placed] = []
    standing: dict[Placed, list[Placed]] = {}
    clients: list[Placed] = []
    enclosing: dict[Placed, Placed] = {}
    for span in spans:
        said, above = span.signature, span.above
        role, service = said.role, said.service
        if not service:
            flaws[span.file, Flaw.UNNAMED_SERVICE] += 1
        outer: Placed | None = None
        if above is None:
            out.roots.append(span)
        elif above.signature.service != service:
            entries.append(span)
        elif role is not _NONE:
            outer = above if above.signature.role is not _NONE else anchor(above)
        if role is _CALL:
            clients.append(span)
            if outer is not None and outer.signature.role is _CALL:
                enclosing[span] = outer
        elif role is _PUBLISH:
            out.sent.append(span)
        elif role is not _NONE:
            _receive(span, outer, standing, out)
    for entry in entries:
        _join(entry, standing.get(entry, (entry,)), out, flaws)
    out.virtual = _speaking(clients, enclosing, flaws)
    return out


def _receive(span: Placed, outer: Placed | None, standing: dict[Placed, list[Placed]], out: TraceCalls) -> None:
    """A server or consumer span, and what is around it in its service."""
    around = outer.signature.role if outer is not None else None
    if span.signature.role is _RECEIVE:
        out.receipts.append(Receipt(span, outer if around is _RECEIVE else None))
    if outer is None:
        return
    if around is _NONE:
        if outer.above is not None:
            standing.setdefault(outer, []).append(span)
    elif around is _CALL or around is _PUBLISH:
        outer.joined = True
        if span.signature.role is _RECEIVE:
            out.messages.append(Message(outer, span, Rule.PRODUCER_CONSUMER_PAIR))


def _join(
    entry: Placed, callees: Sequence[Placed], out: TraceCalls, flaws: Counter[tuple[int, Flaw]]
) -> None:  # fmt: skip
    parent = entry.above
    if parent is None or not parent.signature.service or not entry.signature.service:
        return
    base = parent if parent.signature.role is not _NONE else anchor(parent)
    client = base if base.signature.role is _CALL or base.signature.role is _PUBLISH else None
    if client is not None:
        client.joined = True
    caller = client or parent
    for callee in callees:
        if callee.start and callee.start + SKEW_US < caller.start:
            flaws[callee.file, Flaw.SKEW] += 1
        if callee.signature.role is _RECEIVE or caller.signature.role is _PUBLISH:
            out.messages.append(Message(caller, callee, Rule.PRODUCER_CONSUMER_PAIR))
        else:
            out.calls.append(Call(parent, client, callee, _rule(client, callee)))


def _rule(client: Placed | None, callee: Placed) -> Rule:
    if client is None or callee.signature.role is not _SERVE:
        return Rule.PARENT_CHILD
    return Rule.SHARED_SPAN if client.id == callee.id else Rule.CLIENT_SERVER_PAIR


def _speaking(
    clients: list[Placed], enclosing: dict[Placed, Placed], flaws: Counter[tuple[int, Flaw]]
) -> list[Placed]:  # fmt: skip
    """The client spans that name a provider nobody else speaks for."""
    inside = _inside_resource(clients, enclosing) if enclosing else set()
    free = [client for client in clients if not client.joined and client not in inside]
    naming = [client for client in free if client.signature.peer and client.signature.service]
    spoken_for: set[Placed] = set()
    if enclosing:
        for client in (*(c for c in clients if c.joined), *naming):
            outer = enclosing.get(client)
            while outer is not None and outer not in spoken_for:
                spoken_for.add(outer)
                outer = enclosing.get(outer)
    for client in free:
        if not client.signature.peer and client not in spoken_for:
            flaws[client.file, Flaw.UNNAMED_PEER] += 1
    return [client for client in naming if client not in spoken_for]


def _inside_resource(clients: list[Placed], enclosing: dict[Placed, Placed]) -> set[Placed]:
    """Client spans with a database or messaging client span of the same service around them."""
    inside: set[Placed] = set()
    known: set[Placed] = set()
    for client in clients:
        passed: list[Placed] = []
        found, current = False, client
        while current not in known:
            known.add(current)
            passed.append(current)
            outer = enclosing.get(current)
            if outer is None:
                break
            found = outer.signature.resource is not Resource.NONE
            if found:
                break
            current = outer
        if found or (current in inside):
            inside.update(passed)
    return inside
