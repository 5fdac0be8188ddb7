"""Holds the spans of a run, joins trace by trace and books every call on its boundary.

Any span may still get a child, in this file or the next, so each is held as one small record until all files are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from topoplan.model.facts import ChannelRole, NodeKind, Party, Style
from topoplan_importers.hosts import is_public
from topoplan_importers.traces.forest import Flaw, Forest
from topoplan_importers.traces.joining import Call, Message, Receipt, TraceCalls, trace_calls
from topoplan_importers.traces.journeys import JourneyBook, Opening, Openings
from topoplan_importers.traces.observed import Journey, Observed, ServiceSeen, Traffic, dependencies_of
from topoplan_importers.traces.span import DependencyLink, OperationRank, Resource, Role, Signature, Span, SpanId
from topoplan_importers.traces.tally import BoundaryKey, BoundaryTally, ChannelKey, Operation, Rule, party_order

K = TypeVar("K")


class Ledger:
    """Takes spans, file by file in path order and in any order within a file; `close` joins them."""

    def __init__(self) -> None:
        self.boundaries: dict[BoundaryKey, BoundaryTally] = {}
        self.channels: dict[ChannelKey, BoundaryTally] = {}
        self.flaws: Counter[tuple[int, Flaw]] = Counter()
        self.journeys = JourneyBook()
        self._traces: dict[SpanId, list[Span]] = {}
        self._signatures: dict[Signature, int] = {}
        self._link_targets: dict[SpanId, set[SpanId]] = {}
        self._linked: dict[tuple[SpanId, SpanId], Span] = {}
        self._messages: dict[tuple[SpanId, SpanId, str], Message] = {}
        self._receipts: list[Receipt] = []
        self._paired: set[Span] = set()
        self._links: list[tuple[DependencyLink, int]] = []

    def add(self, span: Span) -> None:
        spans = self._traces.get(span.trace)
        if spans is None:
            self._traces[span.trace] = [span]
        else:
            span.trace = spans[0].trace  # one object for a trace's id instead of one for each span
            spans.append(span)
        self._signatures.setdefault(span.signature, span.file)
        for trace, target in span.links:
            self._link_targets.setdefault(trace, set()).add(target)

    def add_link(self, link: DependencyLink, file: int) -> None:
        self._links.append((link, file))

    def take(self, traces: Iterable[SpanId]) -> dict[SpanId, list[Span]]:
        """Hand out the spans of some traces, which then count no more here."""
        taken = {trace: spans for trace in traces if (spans := self._traces.pop(trace, None)) is not None}
        if taken:
            self._signatures = {}
            for spans in self._traces.values():
                for span in spans:
                    first = self._signatures.get(span.signature, span.file)
                    self._signatures[span.signature] = min(first, span.file)
        return taken

    def causes(self) -> Iterator[tuple[SpanId, SpanId]]:
        """For every link of a span: the trace it leads to, and the trace it stands in."""
        for trace, spans in self._traces.items():
            for span in spans:
                for cause, _ in span.links:
                    yield cause, trace

    def close(self) -> None:
        """Join everything taken. The records are let go on the way."""
        while self._traces:
            trace, spans = self._traces.popitem()
            forest = Forest(spans, self.flaws)
            found = trace_calls(forest, self.flaws)
            openings = self.journeys.open(forest, found)
            self._resolve_targets(trace, forest, found, openings)
            self._book(found, openings)
        self._book_messages()
        self.journeys.close()

    def observed(self, paths: Sequence[str]) -> Observed:
        """What was found, after `close`; `paths` are the shown paths of the files, sorted."""
        services: dict[str, ServiceSeen] = {}
        for said, file in self._signatures.items():
            if said.service:
                seen = ServiceSeen(paths[file], said.criticality)
                services[said.service] = services.get(said.service, seen).merge(seen)
        by_number = list(self.boundaries)
        journeys = {
            key: Journey(tally.traces, paths[tally.file], {by_number[n]: least for n, least in tally.steps.items()})
            for key, tally in self.journeys.tallies.items()
        }
        flaws = {(paths[file], flaw): count for (file, flaw), count in self.flaws.items()}
        found = Observed(
            _frozen(self.boundaries, paths), _frozen(self.channels, paths), services, flaws, journeys
        )  # fmt: skip
        return found.merge(dependencies_of((link, paths[file]) for link, file in self._links))

    def _resolve_targets(self, trace: SpanId, forest: Forest, found: TraceCalls, openings: Openings) -> None:
        """Remember the producers that consumers' links mean."""
        targets = self._link_targets.get(trace)
        for span in forest.spans if targets else ():
            if targets and span.id in targets:
                sender = forest.anchor(span)
                if sender.signature.role in (Role.PUBLISH, Role.CALL):
                    self._linked[trace, span.id] = sender
                    found.joined.add(sender)
                    for known in (span, sender):
                        self.journeys.sends((trace, known.id), openings.of(known))

    def _book(self, found: TraceCalls, openings: Openings) -> None:
        for call in found.calls:
            self._book_call(call, openings.of(call.parent))
        for client in found.virtual:
            self._book_virtual(client, openings.of(client))
        for message in found.messages:
            self._remember(message)
            self.journeys.sends((message.sender.trace, message.sender.id), openings.of(message.sender))
        for span in found.sent:
            if span.signature.step != "create" and span.signature.service:
                self._book_broker(span, openings.of(span))
                if span not in found.joined:
                    self._book_role(span, ChannelRole.PUBLISH)
        around = {receipt.outer for receipt in found.receipts}
        for receipt in found.receipts:
            if receipt.span not in around and receipt.span.signature.service:
                self._book_broker(receipt.span, openings.of(receipt.span))
            self._receipts.append(receipt)

    def _book_call(self, call: Call, opening: Opening | None) -> None:
        caller = call.client or call.parent
        near, far = caller.signature, call.callee.signature
        telling = far if far.role in (Role.SERVE, Role.NONE) else None
        if call.client is not None and (telling is None or near.rank > telling.rank):
            telling = near
        protocol = (telling.protocol if telling else "") or (near.protocol if call.client else "") or "tcp"
        found = self._boundary(BoundaryKey(call.parent.signature.service, Party(far.service), Style.SYNC, protocol))
        timed = call.client or call.callee
        failed = call.callee.failed or (call.client is not None and call.client.failed)
        self._count(found, timed, call.callee, call.rule, _operation(telling), failed)
        if opening is not None:
            opening.use(found, timed.start)

    def _book_virtual(self, client: Span, opening: Opening | None) -> None:
        said = client.signature
        if said.peer == said.service:
            return
        if said.resource is Resource.NONE:
            external = is_public(said.peer)
            provider = Party(said.peer, kind=NodeKind.EXTERNAL if external else None)
            rule, style = (Rule.VIRTUAL_EXTERNAL if external else Rule.VIRTUAL_PEER), Style.SYNC
        else:
            store = said.resource is Resource.DATASTORE
            provider = Party(
                said.peer, kind=NodeKind.DATASTORE if store else NodeKind.BROKER, technology=said.technology
            )
            rule, style = (Rule.VIRTUAL_DATASTORE if store else Rule.VIRTUAL_BROKER), Style.RESOURCE
        found = self._boundary(BoundaryKey(said.service, provider, style, said.protocol or "tcp"))
        self._count(found, client, client, rule, _operation(said), client.failed, named=bool(said.peer_key))
        if opening is not None:
            opening.use(found, client.start)

    def _book_broker(self, span: Span, opening: Opening | None) -> None:
        said = span.signature
        broker = _broker(said)
        if broker is None or broker.name == said.service:
            return
        found = self._boundary(BoundaryKey(said.service, broker, Style.RESOURCE, said.protocol or "tcp"))
        verb = "PUBLISH" if said.role is Role.PUBLISH else "RECEIVE"
        operation = Operation(verb, said.channel) if said.channel else None
        self._count(found, span, span, Rule.VIRTUAL_BROKER, operation, span.failed, named=bool(said.peer_key))
        if opening is not None:
            opening.use(found, span.start)

    def _book_role(self, span: Span, role: ChannelRole) -> None:
        said = span.signature
        if not said.channel or not said.service:
            return
        key = ChannelKey(said.service, role, said.channel, said.protocol or "tcp", _broker(said))
        found = self.channels.setdefault(key, BoundaryTally())
        self._count(found, span, span, Rule.UNPAIRED_MESSAGE, None, span.failed)

    def _remember(self, message: Message) -> None:
        """Keep one receiver of each message and service: the span that processes it, else the earliest."""
        sender, receiver = message.sender, message.receiver
        self._paired.add(receiver)
        key = (sender.trace, sender.id, receiver.signature.service)
        known = self._messages.get(key)
        if known is None or _standing(message) < _standing(known):
            self._messages[key] = message

    def _book_messages(self) -> None:
        for receipt in self._receipts:
            for link in receipt.span.links:
                sender = self._linked.get(link)
                if sender is not None and sender.signature.service and receipt.span.signature.service:
                    self._remember(Message(sender, receipt.span, Rule.SPAN_LINK))
        by_trace: dict[SpanId, list[Message]] = {}
        for message in self._messages.values():
            by_trace.setdefault(message.receiver.trace, []).append(message)
        for messages in by_trace.values():
            for message in messages:
                self._book_message(message)
        around = {receipt.outer for receipt in self._receipts}
        for span, outer in self._receipts:
            if span not in self._paired and span not in around and outer not in self._paired:
                self._book_role(span, ChannelRole.RECEIVE)

    def _book_message(self, message: Message) -> None:
        sender, receiver = message.sender.signature, message.receiver.signature
        if sender.service == receiver.service:
            return
        sides = [side for side in (sender, receiver) if side.role in (Role.PUBLISH, Role.RECEIVE)]
        named = [side for side in sides if side.channel]
        channel = next((s.channel for s in named if s.channel_is_template), named[0].channel if named else "")
        protocol = next((side.protocol for side in sides if side.protocol), "tcp")
        brokers = [broker for broker in map(_broker, sides) if broker is not None]
        broker = next((b for b in brokers if b.name != b.technology), brokers[0] if brokers else None)
        key = BoundaryKey(receiver.service, Party(sender.service), Style.MESSAGE, protocol, channel)
        found = self._boundary(key)
        if broker is not None:
            found.broker = broker if found.broker is None else min(found.broker, broker, key=party_order)
        operation = Operation("PUBLISH", channel) if channel else None
        failed = message.sender.failed or message.receiver.failed
        self._count(found, message.receiver, message.receiver, message.rule, operation, failed)
        opening = self.journeys.sender(message.sender)
        if opening is not None:
            opening.use(found, message.sender.start)

    def _boundary(self, key: BoundaryKey) -> BoundaryTally:
        found = self.boundaries.get(key)
        if found is None:
            found = self.boundaries[key] = BoundaryTally(number=len(self.boundaries))
        return found

    def _count(
        self, found: BoundaryTally, timed: Span, span: Span, rule: Rule, operation: Operation | None, failed: bool,
        named: bool = True,
    ) -> None:  # fmt: skip
        """Book one call with the times of `timed`, attributed to the file of `span`."""
        found.seen(span.file, rule, named)
        found.total.add(span.trace, timed.start, timed.duration, failed)
        if operation is not None:
            found.operation(operation).add(span.trace, timed.start, timed.duration, failed)


def _frozen(tallies: Mapping[K, BoundaryTally], paths: Sequence[str]) -> dict[K, Traffic]:
    return {
        key: Traffic(
            tally.total.stats(), paths[tally.file], tally.rule, tally.named, tally.broker,
            {operation: own.stats() for operation, own in tally.operations.items()},
        )
        for key, tally in tallies.items()
    }  # fmt: skip


def _operation(said: Signature | None) -> Operation | None:
    if said is None or said.rank is OperationRank.NONE:
        return None
    return Operation(said.method, said.path)


def _broker(said: Signature) -> Party | None:
    if said.resource is not Resource.BROKER:
        return None
    return Party(said.peer, kind=NodeKind.BROKER, technology=said.technology)


def _standing(message: Message) -> tuple[bool, int, str, int]:
    receiver = message.receiver
    return receiver.signature.step != "process", receiver.start, str(receiver.id), message.rule
