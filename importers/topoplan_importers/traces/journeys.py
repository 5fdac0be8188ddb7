"""Sorts the calls of traces by the operation their requests began with.

A request *begins* with the root of its trace, or, where the root only calls (a client's span) or belongs to a program
that runs beside the system (a load generator), with the first spans below it that do not. Spans whose parent is missing
belong to the request that their trace began with; where all parents are missing, it began with the earliest span. A
trace that begins with taking messages from others, by links, is no beginning: what it does belongs to their journeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct, field

from topoplan_importers.technologies import by_name, runs_beside
from topoplan_importers.traces.forest import Placed
from topoplan_importers.traces.joining import TraceCalls
from topoplan_importers.traces.span import OperationRank, Role, Signature, SpanId, id_text
from topoplan_importers.traces.tally import JourneyKey

LATER = 1 << 54
"""Microseconds no request lasts: what a message in another trace led to comes after all of its sender's trace."""
FARTHEST = 500
"""Messages in other traces told apart on the way; later ones count as this many, so that numbers fit into 64 bits."""


class JourneyTally(Struct):
    """All requests that began with one operation."""

    traces: int = 0
    file: int = -1
    steps: dict[int, int] = field(default_factory=dict)
    """Number of a boundary → least time between a request's beginning and its first use, in microseconds."""

    def join(self, steps: dict[int, int], later: int) -> None:
        for step, offset in steps.items():
            self.steps[step] = min(self.steps.get(step, offset + later), offset + later)


class Opening(Struct, eq=False):
    """The beginning of one request."""

    key: JourneyKey
    start: int
    file: int
    steps: dict[int, int]
    follows: bool
    """It takes messages by links."""

    def use(self, boundary: int, start: int) -> None:
        """The request used the boundary of this number, at `start`."""
        offset = max(0, start - self.start) if start and self.start else 0
        known = self.steps.get(boundary)
        if known is None or offset < known:
            self.steps[boundary] = offset


class Openings:
    """The openings of one trace."""

    def __init__(self, first: Opening | None, by_span: dict[Placed, Opening | None] | None = None) -> None:
        self._first = first
        self._by_span = by_span

    def of(self, span: Placed) -> Opening | None:
        """The request this span belongs to."""
        return self._by_span.get(span, self._first) if self._by_span else self._first


_Link = tuple[SpanId, SpanId]
_Links = frozenset[_Link]


class JourneyBook:
    """Takes trace by trace; `close` gives those that follow from others to them."""

    def __init__(self) -> None:
        self.tallies: dict[JourneyKey, JourneyTally] = {}
        self._following: list[tuple[Opening, _Links]] = []

    def open(self, spans: list[Placed], found: TraceCalls) -> Openings:
        """Find where the requests of one trace begin."""
        roots = [span for span in found.roots if span.parent is None] or [min(found.roots, key=_earliest)]
        links = _links(found)
        if len(roots) == 1 and begins(roots[0].signature):
            return Openings(self._opening(roots[0], links))
        by_span: dict[Placed, Opening | None] = dict.fromkeys(roots)
        for root in roots:
            if begins(root.signature):
                by_span[root] = self._opening(root, links)
        adrift: set[Placed] = set()
        for span in spans:
            self._descend(span, by_span, adrift, links)
        begun = dict.fromkeys(opening for opening in by_span.values() if opening is not None)
        first = min(begun, key=lambda o: (o.start == 0, o.start, o.key, o.follows), default=None)
        return Openings(first, {span: opening for span, opening in by_span.items() if span not in adrift})

    def _descend(
        self, span: Placed, by_span: dict[Placed, Opening | None], adrift: set[Placed], links: dict[str, _Links]
    ) -> None:  # fmt: skip
        """Give `span`, and the spans between it and the nearest with one, their opening."""
        path = [span]
        while path[-1] not in by_span and (above := path[-1].above) is not None:
            path.append(above)
        top = path.pop()
        if top not in by_span:
            by_span[top] = None
            adrift.add(top)
        opening, lost = by_span[top], top in adrift
        for below in reversed(path):
            if lost:
                adrift.add(below)
            elif opening is None and begins(below.signature) and _is_entered(below):
                opening = self._opening(below, links)
            by_span[below] = opening

    def _opening(self, span: Placed, links: dict[str, _Links]) -> Opening:
        said = span.signature
        key = journey_key(said)
        causes = links.get(said.service) if links and said.role is not Role.SERVE else None
        if causes:
            opening = Opening(key, span.start, span.file, {}, follows=True)
            self._following.append((opening, causes))
            return opening
        return Opening(key, span.start, span.file, self._begin(key, span.file).steps, follows=False)

    def _begin(self, key: JourneyKey, file: int) -> JourneyTally:
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = JourneyTally()
        tally.traces += 1
        tally.file = file if tally.file < 0 else min(tally.file, file)
        return tally

    def close(self, senders: Mapping[_Link, Opening]) -> None:
        """Give what follows from messages to the journeys that sent them, however many traces lie between; `senders`
        are the requests on whose behalf the linked spans sent. A trace whose senders are in none of the files, or in a
        circle, is a beginning after all."""
        followers: dict[Opening, list[Opening]] = {}
        starts: dict[JourneyKey, list[Opening]] = {}
        waiting = {opening for opening, _ in self._following}
        for opening, links in self._following:
            causes = {sender for link in links if (sender := senders.get(link)) is not None} - {opening}
            if not causes:
                self._begin(opening.key, opening.file).join(opening.steps, 0)
                starts.setdefault(opening.key, []).append(opening)
            for sender in causes:
                followers.setdefault(sender, []).append(opening)
                if sender not in waiting:
                    starts.setdefault(sender.key, []).append(sender)
        reached = {opening for openings in starts.values() for opening in openings}
        for key, openings in starts.items():
            reached |= self._follow(self.tallies[key], openings, followers)
        for opening in waiting - reached:
            self._begin(opening.key, opening.file).join(opening.steps, 0)

    def _follow(
        self, tally: JourneyTally, openings: list[Opening], followers: dict[Opening, list[Opening]]
    ) -> set[Opening]:  # fmt: skip
        reached: set[Opening] = set()
        later, level = 0, openings
        while level := [f for opening in level for f in followers.get(opening, ()) if f not in reached]:
            later = min(later + LATER, FARTHEST * LATER)
            for opening in level:
                if opening not in reached:
                    reached.add(opening)
                    tally.join(opening.steps, later)
        return reached


def begins(said: Signature) -> bool:
    """Whether a request may begin with a span that says this."""
    return said.role is not Role.CALL and said.service != "" and not is_beside(said.service)


def _is_entered(span: Placed) -> bool:
    """Whether its service was called or sent to, rather than being at work already."""
    serves = span.signature.role in (Role.SERVE, Role.RECEIVE)
    return serves or span.above is None or span.above.signature.service != span.signature.service


@lru_cache(maxsize=4096)
def is_beside(service: str) -> bool:
    """Whether a service runs beside the system by its name: a load generator, a tracing back end, a job."""
    product = by_name(service)
    return runs_beside(service) or (product is not None and product.infrastructure)


def journey_key(said: Signature) -> JourneyKey:
    """What a request begins with that begins with a span that says this."""
    if said.role in (Role.PUBLISH, Role.RECEIVE):
        return JourneyKey(said.service, said.role.name, said.channel)
    known = said.rank is not OperationRank.NONE
    return JourneyKey(said.service, said.method, said.path) if known else JourneyKey(said.service, "", "")


def _links(found: TraceCalls) -> dict[str, _Links]:
    """Service → the spans elsewhere whose messages it took in this trace."""
    linked: dict[str, set[tuple[SpanId, SpanId]]] = {}
    for receipt in found.receipts:
        if receipt.span.links:
            linked.setdefault(receipt.span.signature.service, set()).update(receipt.span.links)
    return {service: frozenset(links) for service, links in linked.items()}


def _earliest(span: Placed) -> tuple[object, ...]:
    return span.start == 0, span.start, id_text(span.id), span.signature
