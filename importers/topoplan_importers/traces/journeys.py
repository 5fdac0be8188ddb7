"""Sorts the calls of traces by the operation their requests began with.

A request *begins* with the root of its trace, or, where the root only calls (a client's span) or belongs to a program
that runs beside the system (a load generator), with the first spans below it that do not. Spans whose parent is missing
belong to the request that their trace began with; where all parents are missing, it began with the earliest span. A
trace that begins with taking messages from others, by links, is no beginning: what it does belongs to their journeys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from topoplan_importers.technologies import by_name, runs_beside
from topoplan_importers.traces.forest import Forest
from topoplan_importers.traces.joining import TraceCalls
from topoplan_importers.traces.span import OperationRank, Role, Span, SpanId
from topoplan_importers.traces.tally import BoundaryTally, JourneyKey

LATER = 1 << 60
"""Microseconds no request lasts: what a message in another trace led to comes after all of its sender's trace."""


@dataclass(slots=True)
class JourneyTally:
    """All requests that began with one operation."""

    traces: int = 0
    file: int = -1
    steps: dict[int, int] = field(default_factory=dict)
    """Number of a boundary → least time between a request's beginning and its first use, in microseconds."""

    def join(self, steps: dict[int, int], later: int) -> None:
        for step, offset in steps.items():
            self.steps[step] = min(self.steps.get(step, offset + later), offset + later)


@dataclass(slots=True, eq=False)
class Opening:
    """The beginning of one request."""

    key: JourneyKey
    start: int
    file: int
    steps: dict[int, int]

    def use(self, boundary: BoundaryTally, start: int) -> None:
        """The request used this boundary, at `start`."""
        offset = max(0, start - self.start) if start and self.start else 0
        known = self.steps.get(boundary.number)
        if known is None or offset < known:
            self.steps[boundary.number] = offset


class Openings:
    """The openings of one trace."""

    def __init__(self, first: Opening | None, by_span: dict[Span, Opening | None] | None = None) -> None:
        self._first = first
        self._by_span = by_span or {}

    def of(self, span: Span) -> Opening | None:
        """The request this span belongs to."""
        return self._by_span.get(span, self._first)


_Links = frozenset[tuple[SpanId, SpanId]]


class JourneyBook:
    """Takes trace by trace; `close` gives those that follow from others to them."""

    def __init__(self) -> None:
        self.tallies: dict[JourneyKey, JourneyTally] = {}
        self._senders: dict[tuple[SpanId, SpanId], Opening] = {}
        self._following: list[tuple[Opening, _Links]] = []

    def open(self, forest: Forest, found: TraceCalls) -> Openings:
        """Find where the requests of one trace begin."""
        roots = [span for span in found.roots if span.parent is None] or [min(found.roots, key=_earliest)]
        links = _links(found)
        if len(roots) == 1 and _begins(roots[0]):
            return Openings(self._opening(roots[0], links))
        by_span: dict[Span, Opening | None] = dict.fromkeys(roots)
        for root in roots:
            if _begins(root):
                by_span[root] = self._opening(root, links)
        adrift: set[Span] = set()
        for span in forest.spans:
            self._descend(span, forest, by_span, adrift, links)
        begun = {id(opening): opening for opening in by_span.values() if opening is not None}
        first = min(begun.values(), key=lambda o: (o.start == 0, o.start, o.key), default=None)
        return Openings(first, {span: opening for span, opening in by_span.items() if span not in adrift})

    def _descend(
        self, span: Span, forest: Forest, by_span: dict[Span, Opening | None], adrift: set[Span],
        links: dict[str, _Links],
    ) -> None:  # fmt: skip
        """Give `span`, and the spans between it and the nearest with one, their opening."""
        path = [span]
        while path[-1] not in by_span and (above := forest.parent.get(path[-1])) is not None:
            path.append(above)
        top = path.pop()
        if top not in by_span:
            by_span[top] = None
            adrift.add(top)
        opening, lost = by_span[top], top in adrift
        for below in reversed(path):
            if lost:
                adrift.add(below)
            elif opening is None and _begins(below) and _is_entered(below, forest):
                opening = self._opening(below, links)
            by_span[below] = opening

    def _opening(self, span: Span, links: dict[str, _Links]) -> Opening:
        said = span.signature
        key = JourneyKey(said.service, *_operation(span))
        causes = links.get(said.service) if said.role is not Role.SERVE else None
        if causes:
            opening = Opening(key, span.start, span.file, {})
            self._following.append((opening, causes))
            return opening
        return Opening(key, span.start, span.file, self._begin(key, span.file).steps)

    def _begin(self, key: JourneyKey, file: int) -> JourneyTally:
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = JourneyTally()
        tally.traces += 1
        tally.file = file if tally.file < 0 else min(tally.file, file)
        return tally

    def sends(self, sender: tuple[SpanId, SpanId], opening: Opening | None) -> None:
        """The span of this trace and id sends a message on behalf of a request."""
        if opening is not None:
            self._senders[sender] = opening

    def sender(self, span: Span) -> Opening | None:
        """The request on whose behalf this span sent a message."""
        return self._senders.get((span.trace, span.id))

    def close(self) -> None:
        """Give what follows from messages to the journeys that sent them, however many traces lie between. A trace
        whose senders are in none of the files, or in a circle, is a beginning after all."""
        followers: dict[int, list[Opening]] = {}
        starts: dict[JourneyKey, list[Opening]] = {}
        waiting = {id(opening) for opening, _ in self._following}
        for opening, links in self._following:
            senders = {id(s): s for link in links if (s := self._senders.get(link)) not in (None, opening)}
            if not senders:
                self._begin(opening.key, opening.file).join(opening.steps, 0)
                starts.setdefault(opening.key, []).append(opening)
            for sender in senders.values():
                followers.setdefault(id(sender), []).append(opening)
                if id(sender) not in waiting:
                    starts.setdefault(sender.key, []).append(sender)
        reached = {id(opening) for openings in starts.values() for opening in openings}
        for key, openings in starts.items():
            reached |= self._follow(self.tallies[key], openings, followers)
        for opening, _ in self._following:
            if id(opening) not in reached:
                self._begin(opening.key, opening.file).join(opening.steps, 0)

    def _follow(self, tally: JourneyTally, openings: list[Opening], followers: dict[int, list[Opening]]) -> set[int]:
        reached: set[int] = set()
        later, level = 0, openings
        while level := [f for opening in level for f in followers.get(id(opening), ()) if id(f) not in reached]:
            later += LATER
            for opening in level:
                if id(opening) not in reached:
                    reached.add(id(opening))
                    tally.join(opening.steps, later)
        return reached


def _begins(span: Span) -> bool:
    said = span.signature
    return said.role is not Role.CALL and said.service != "" and not is_beside(said.service)


def _is_entered(span: Span, forest: Forest) -> bool:
    """Whether its service was called or sent to, rather than being at work already."""
    serves = span.signature.role in (Role.SERVE, Role.RECEIVE)
    return serves or forest.parent[span].signature.service != span.signature.service


@lru_cache(maxsize=4096)
def is_beside(service: str) -> bool:
    """Whether a service runs beside the system by its name: a load generator, a tracing back end, a job."""
    product = by_name(service)
    return runs_beside(service) or (product is not None and product.infrastructure)


def _operation(span: Span) -> tuple[str, str]:
    said = span.signature
    if said.role in (Role.PUBLISH, Role.RECEIVE):
        return said.role.name, said.channel
    return (said.method, said.path) if said.rank is not OperationRank.NONE else ("", "")


def _links(found: TraceCalls) -> dict[str, _Links]:
    """Service → the spans elsewhere whose messages it took in this trace."""
    linked: dict[str, set[tuple[SpanId, SpanId]]] = {}
    for receipt in found.receipts:
        if receipt.span.links:
            linked.setdefault(receipt.span.signature.service, set()).update(receipt.span.links)
    return {service: frozenset(links) for service, links in linked.items()}


def _earliest(span: Span) -> tuple[bool, int, str]:
    return span.start == 0, span.start, str(span.id)
