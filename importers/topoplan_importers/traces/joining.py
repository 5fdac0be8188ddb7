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
none; for a message the receiver's. The better-informed half names the operation, the callee on a tie.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from topoplan_importers.traces.forest import Flaw, Forest
from topoplan_importers.traces.span import Resource, Role, Span
from topoplan_importers.traces.tally import Rule

SKEW_US = 1000
"""A callee that starts longer than this before its caller, in microseconds, shows two clocks that differ."""


class Call(NamedTuple):
    """One request from one service to another."""

    parent: Span
    """The entry's parent: a span of the calling service."""
    client: Span | None
    """The caller half."""
    callee: Span
    rule: Rule


class Message(NamedTuple):
    """One span of a service that received a message, and the producer's span, or another of the sending service."""

    sender: Span
    receiver: Span
    rule: Rule


class Receipt(NamedTuple):
    """One consumer span; `outer` is the consumer span of the same service around it."""

    span: Span
    outer: Span | None


@dataclass(slots=True)
class TraceCalls:
    """What one trace shows."""

    roots: list[Span] = field(default_factory=list)
    """Spans without a parent, or whose parent is in none of the files."""
    calls: list[Call] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    virtual: list[Span] = field(default_factory=list)
    """Client spans that speak for a provider without spans."""
    sent: list[Span] = field(default_factory=list)
    """Producer spans, joined or not."""
    receipts: list[Receipt] = field(default_factory=list)
    joined: set[Span] = field(default_factory=set)
    """Caller halves that found their callee."""


def trace_calls(forest: Forest, flaws: Counter[tuple[int, Flaw]]) -> TraceCalls:
    """Apply the definition to one trace. Linear in the number of spans."""
    out = TraceCalls()
    entries: list[Span] = []
    standing: dict[Span, list[Span]] = {}
    clients: list[Span] = []
    enclosing: dict[Span, Span] = {}
    for span in forest.spans:
        role, service = span.signature.role, span.signature.service
        parent = forest.parent.get(span)
        if not service:
            flaws[span.file, Flaw.UNNAMED_SERVICE] += 1
        outer: Span | None = None
        if parent is None:
            out.roots.append(span)
        elif parent.signature.service != service:
            entries.append(span)
        elif role is not Role.NONE:
            outer = forest.anchor(parent)
        if role is Role.CALL:
            clients.append(span)
            if outer is not None and outer.signature.role is Role.CALL:
                enclosing[span] = outer
        elif role is Role.PUBLISH:
            out.sent.append(span)
        elif role is not Role.NONE:
            if role is Role.RECEIVE:
                out.receipts.append(Receipt(span, outer if outer and outer.signature.role is Role.RECEIVE else None))
            if outer is not None and outer.signature.role is Role.NONE and outer in forest.parent:
                standing.setdefault(outer, []).append(span)
            elif outer is not None and outer.signature.role in (Role.CALL, Role.PUBLISH):
                out.joined.add(outer)
                if role is Role.RECEIVE:
                    out.messages.append(Message(outer, span, Rule.PRODUCER_CONSUMER_PAIR))
    for entry in entries:
        _join(forest, entry, standing.get(entry, [entry]), out, flaws)
    out.virtual = _speaking(clients, enclosing, out.joined, flaws)
    return out


def _join(
    forest: Forest, entry: Span, callees: list[Span], out: TraceCalls, flaws: Counter[tuple[int, Flaw]]
) -> None:  # fmt: skip
    parent = forest.parent[entry]
    if not parent.signature.service or not entry.signature.service:
        return
    anchor = forest.anchor(parent)
    client = anchor if anchor.signature.role in (Role.CALL, Role.PUBLISH) else None
    if client is not None:
        out.joined.add(client)
    for callee in callees:
        caller = client or parent
        if callee.start and callee.start + SKEW_US < caller.start:
            flaws[callee.file, Flaw.SKEW] += 1
        if callee.signature.role is Role.RECEIVE or caller.signature.role is Role.PUBLISH:
            out.messages.append(Message(caller, callee, Rule.PRODUCER_CONSUMER_PAIR))
        else:
            out.calls.append(Call(parent, client, callee, _rule(client, callee)))


def _rule(client: Span | None, callee: Span) -> Rule:
    if client is None or callee.signature.role is not Role.SERVE:
        return Rule.PARENT_CHILD
    return Rule.SHARED_SPAN if client.id == callee.id else Rule.CLIENT_SERVER_PAIR


def _speaking(
    clients: list[Span], enclosing: dict[Span, Span], joined: set[Span], flaws: Counter[tuple[int, Flaw]]
) -> list[Span]:  # fmt: skip
    """The client spans that name a provider nobody else speaks for."""
    inside = _inside_resource(clients, enclosing)
    naming = [c for c in clients if c not in joined and c not in inside and c.signature.peer and c.signature.service]
    spoken_for: set[Span] = set()
    for client in (*joined, *naming):
        outer = enclosing.get(client)
        while outer is not None and outer not in spoken_for:
            spoken_for.add(outer)
            outer = enclosing.get(outer)
    for client in clients:
        if not (client.signature.peer or client in joined or client in spoken_for or client in inside):
            flaws[client.file, Flaw.UNNAMED_PEER] += 1
    return [client for client in naming if client not in spoken_for]


def _inside_resource(clients: list[Span], enclosing: dict[Span, Span]) -> set[Span]:
    """Client spans with a database or messaging client span of the same service around them."""
    inside: set[Span] = set()
    known: set[Span] = set()
    for client in clients:
        passed: list[Span] = []
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
