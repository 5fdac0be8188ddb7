"""Joins the spans of a run trace by trace and books every call on its boundary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from topoplan.model.facts import ChannelRole
from topoplan_importers.traces.accounts import Account, call_account, channel_key, message_account, use_account
from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.forest import Flaw, Placed, anchor, plant
from topoplan_importers.traces.holding import Held
from topoplan_importers.traces.joining import Call, Message, Receipt, TraceCalls, trace_calls
from topoplan_importers.traces.journeys import JourneyBook, Opening, Openings
from topoplan_importers.traces.observed import Journey, Observed, ServiceSeen, Traffic, dependencies_of
from topoplan_importers.traces.presence import Presences
from topoplan_importers.traces.span import DependencyLink, Role, Signature, Span, SpanId, id_text
from topoplan_importers.traces.tally import BoundaryKey, BoundaryTally, ChannelKey, Rule, Tally, party_order

K = TypeVar("K")


class Page(NamedTuple):
    """Where calls of one account are counted."""

    account: Account
    boundary: BoundaryTally
    figures: Tally
    """Of the operation."""


class _Sent(NamedTuple):
    """What a link leads to."""

    sender: Placed
    opening: Opening | None


class Ledger:
    """Takes spans, file by file and in any order; `close` joins them, and `observed` tells what was found."""

    def __init__(self) -> None:
        self.flaws: Counter[tuple[int, Flaw]] = Counter()
        self._held = Held()
        self._present = Presences()
        self._boundaries: dict[BoundaryKey, BoundaryTally] = {}
        self._channels: dict[ChannelKey, BoundaryTally] = {}
        self._journeys = JourneyBook()
        self._calls: dict[tuple[Signature, Signature, bool, Rule], Page] = {}
        """By the arguments of `call_account`."""
        self._uses: dict[Signature, Page | None] = {}
        self._exchanges: dict[tuple[Signature, Signature, Rule], Page] = {}
        self._link_targets: dict[SpanId, set[SpanId]] = {}
        self._linked: dict[tuple[SpanId, SpanId], _Sent] = {}
        self._messages: dict[tuple[SpanId, SpanId, str], tuple[Message, Opening | None]] = {}
        self._receipts: list[Receipt] = []
        self._paired: set[Placed] = set()
        self._links: list[tuple[DependencyLink, int]] = []

    def add_all(self, batch: Batch, file: int) -> int:
        """Take what was read from a file; how many spans that is."""
        linked = batch.take_linked(file)
        for span, _ in linked:
            self.add(span)
        try:
            return len(linked) + self._held.add_all(batch, file)
        except (TypeError, ValueError):
            odd = list(batch.spans(file))
        for span in odd:
            self.add(span)
        return len(linked) + len(odd)

    def add(self, span: Span) -> None:
        self._held.add(span)
        for trace, target in span.links:
            self._link_targets.setdefault(trace, set()).add(target)

    def add_link(self, link: DependencyLink, file: int) -> None:
        self._links.append((link, file))

    def take(self, traces: Iterable[SpanId]) -> dict[SpanId, list[Span]]:
        """Hand out the spans of some traces, which then count no more here."""
        return self._held.take(traces)

    def causes(self) -> Iterator[tuple[SpanId, SpanId]]:
        """For every link of a span: the trace it leads to, and the trace it stands in."""
        return self._held.causes()

    def close(self) -> None:
        """Join everything taken. The records are let go on the way."""
        for trace, held in self._held.drain():
            self._present.see(held)
            spans = plant(held, self.flaws)
            found = trace_calls(spans, self.flaws)
            openings = self._journeys.open(spans, found)
            if self._link_targets:
                self._resolve_targets(trace, spans, openings)
            self._book(found, openings)
            if found.messages or found.receipts:  # these stay, and what is above them need not
                for span in spans:
                    span.above = span.base = None
        self._book_messages()
        self._journeys.close({link: sent.opening for link, sent in self._linked.items() if sent.opening is not None})

    def observed(self, paths: Sequence[str]) -> Observed:
        """What was found, after `close`; `paths` are the shown paths of the files, sorted."""
        services: dict[str, ServiceSeen] = {}
        for said, file in self._held.seen():
            if said.service:
                seen = ServiceSeen(paths[file], said.criticality)
                services[said.service] = services.get(said.service, seen).merge(seen)
        for service, presence in self._present.all():
            services[service] = services[service]._replace(presence=presence)
        by_number = list(self._boundaries)
        journeys = {
            key: Journey(tally.traces, paths[tally.file], {by_number[n]: least for n, least in tally.steps.items()})
            for key, tally in self._journeys.tallies.items()
        }
        flaws = {(paths[file], flaw): count for (file, flaw), count in self.flaws.items()}
        found = Observed(
            _frozen(self._boundaries, paths), _frozen(self._channels, paths), services, flaws, journeys
        )  # fmt: skip
        return found.merge(dependencies_of((link, paths[file]) for link, file in self._links))

    def _resolve_targets(self, trace: SpanId, spans: list[Placed], openings: Openings) -> None:
        """Remember the producers that consumers' links mean."""
        targets = self._link_targets.get(trace)
        for span in spans if targets else ():
            if targets and span.id in targets:
                sender = anchor(span)
                if sender.signature.role in (Role.PUBLISH, Role.CALL):
                    sender.joined = True
                    self._linked[trace, span.id] = _Sent(sender, openings.of(sender))

    def _book(self, found: TraceCalls, openings: Openings) -> None:
        for call in found.calls:
            self._book_call(call, openings.of(call.parent))
        for client in found.virtual:
            self._book_use(client, openings.of(client))
        for message in found.messages:
            self._remember(message, openings.of(message.sender))
        for span in found.sent:
            if span.signature.step != "create" and span.signature.service:
                self._book_use(span, openings.of(span))
                if not span.joined:
                    self._book_role(span, ChannelRole.PUBLISH)
        if found.receipts:
            around = {receipt.outer for receipt in found.receipts}
            for receipt in found.receipts:
                if receipt.span not in around and receipt.span.signature.service:
                    self._book_use(receipt.span, openings.of(receipt.span))
                self._receipts.append(receipt)

    def _book_call(self, call: Call, opening: Opening | None) -> None:
        parent, client, callee, rule = call
        key = ((client or parent).signature, callee.signature, client is None, rule)
        page = self._calls.get(key)
        if page is None:
            page = self._calls[key] = self._page(call_account(*key))
        timed = client or callee
        self._count(page, timed, callee, callee.failed or timed.failed, max(callee.weight, timed.weight))
        if opening is not None:
            opening.use(page.boundary.number, timed.start)

    def _book_use(self, span: Placed, opening: Opening | None) -> None:
        said = span.signature
        if said not in self._uses:
            account = use_account(said)
            self._uses[said] = self._page(account) if account is not None else None
        page = self._uses[said]
        if page is None:
            return
        self._count(page, span, span, span.failed, span.weight)
        if opening is not None:
            opening.use(page.boundary.number, span.start)

    def _book_role(self, span: Placed, role: ChannelRole) -> None:
        key = channel_key(span.signature, role)
        if key is None:
            return
        found = self._channels.setdefault(key, BoundaryTally(0, named=True))
        figures = found.operation(None)
        found.add(figures, span.trace, span.start, span.duration, span.failed, span.weight, span.file)

    def _remember(self, message: Message, opening: Opening | None) -> None:
        """Keep one receiver of each message and service: the span that processes it, else the earliest."""
        sender, receiver = message.sender, message.receiver
        self._paired.add(receiver)
        key = (sender.trace, sender.id, receiver.signature.service)
        known = self._messages.get(key)
        if known is None or _standing(message) < _standing(known[0]):
            self._messages[key] = message, opening

    def _book_messages(self) -> None:
        for receipt in self._receipts:
            for link in receipt.span.links:
                sent = self._linked.get(link)
                if sent is not None and sent.sender.signature.service and receipt.span.signature.service:
                    self._remember(Message(sent.sender, receipt.span, Rule.SPAN_LINK), sent.opening)
        by_trace: dict[SpanId, list[tuple[Message, Opening | None]]] = {}
        for remembered in self._messages.values():
            by_trace.setdefault(remembered[0].receiver.trace, []).append(remembered)
        for messages in by_trace.values():
            for message, opening in messages:
                self._book_message(message, opening)
        around = {receipt.outer for receipt in self._receipts}
        for span, outer in self._receipts:
            if span not in self._paired and span not in around and outer not in self._paired:
                self._book_role(span, ChannelRole.RECEIVE)

    def _book_message(self, message: Message, opening: Opening | None) -> None:
        sender, receiver, rule = message
        if sender.signature.service == receiver.signature.service:
            return
        key = (sender.signature, receiver.signature, rule)
        page = self._exchanges.get(key)
        if page is None:
            account, broker = message_account(*key)
            page = self._exchanges[key] = self._page(account)
            brokers = [party for party in (page.boundary.broker, broker) if party is not None]
            page.boundary.broker = min(brokers, key=party_order, default=None)
        weight = max(sender.weight, receiver.weight)
        self._count(page, receiver, receiver, sender.failed or receiver.failed, weight)
        if opening is not None:
            opening.use(page.boundary.number, sender.start)

    def _page(self, account: Account) -> Page:
        found = self._boundaries.get(account.key)
        if found is None:
            found = self._boundaries[account.key] = BoundaryTally(len(self._boundaries))
        found.rule = min(found.rule, account.rule)
        found.named = found.named or account.named
        return Page(account, found, found.operation(account.operation))

    def _count(self, page: Page, timed: Placed, span: Placed, failed: bool, weight: float) -> None:
        """Book one call with the times of `timed`, attributed to the file of `span`."""
        page.boundary.add(page.figures, timed.trace, timed.start, timed.duration, failed, weight, span.file)


def _frozen(tallies: Mapping[K, BoundaryTally], paths: Sequence[str]) -> dict[K, Traffic]:
    found: dict[K, Traffic] = {}
    for key, tally in tallies.items():
        figures = {operation: own.stats() for operation, own in tally.operations.items()}
        total = tally.total() if len(figures) > 1 else next(iter(figures.values()))
        operations = {operation: own for operation, own in figures.items() if operation is not None}
        found[key] = Traffic(total, paths[tally.file], tally.rule, tally.named, tally.broker, operations)
    return found


def _standing(message: Message) -> tuple[object, ...]:
    sender, receiver, rule = message
    return (
        receiver.signature.step != "process", receiver.start, id_text(receiver.id), rule, id_text(receiver.trace),
        receiver.signature, sender.signature,
    )  # fmt: skip
