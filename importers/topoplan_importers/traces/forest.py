"""Puts the spans of one trace into parent order, whatever is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum

from topoplan_importers.traces.span import Role, Span, SpanId


class Flaw(IntEnum):
    """What can be wrong with a span; counted per file."""

    DUPLICATE = 0
    ORPHAN = 1
    CYCLE = 2
    SKEW = 3
    UNNAMED_SERVICE = 4
    UNNAMED_PEER = 5


_CALLER_SIDE = frozenset({Role.CALL, Role.PUBLISH})
_CALLEE_SIDE = frozenset({Role.SERVE, Role.RECEIVE})


class Forest:
    """The distinct spans of one trace and the parent of each that has one. No chain of parents returns to itself."""

    def __init__(self, spans: list[Span], flaws: Counter[tuple[int, Flaw]]) -> None:
        self.spans, halves, twins = _distinct(spans, flaws)
        self.parent: dict[Span, Span] = twins
        for span in self.spans:
            if span.parent is None or span in twins:
                continue
            half = halves.get(span.parent)
            if half is None:
                flaws[span.file, Flaw.ORPHAN] += 1
            else:
                outer, inner = half
                service = span.signature.service
                own = outer.signature.service == service != inner.signature.service
                self.parent[span] = outer if own else inner
        self._break_cycles(flaws)
        self._anchors: dict[Span, Span] = {}

    def anchor(self, span: Span) -> Span:
        """From `span` up through spans without a role: the first that has one, or the last of the same service."""
        passed: list[Span] = []
        while span.signature.role is Role.NONE:
            known = self._anchors.get(span)
            if known is not None:
                span = known
                break
            above = self.parent.get(span)
            passed.append(span)
            if above is None or above.signature.service != span.signature.service:
                break
            span = above
        for below in passed:
            self._anchors[below] = span
        return span

    def _break_cycles(self, flaws: Counter[tuple[int, Flaw]]) -> None:
        settled: set[Span] = set()
        turning: list[Span] = []
        for start in self.parent:
            path: dict[Span, None] = {}
            span: Span | None = start
            while span is not None and span not in settled and span not in path:
                path[span] = None
                span = self.parent.get(span)
            if span in path:
                members = list(path)
                turning += members[members.index(span) :]
            settled.update(path)
        for span in turning:
            flaws[span.file, Flaw.CYCLE] += 1
            del self.parent[span]


def _distinct(
    spans: list[Span], flaws: Counter[tuple[int, Flaw]]
) -> tuple[list[Span], dict[SpanId, tuple[Span, Span]], dict[Span, Span]]:
    """Distinct spans; caller-side and callee-side half of each id (the same span where there is one half); and the
    caller half of each callee half that shares its id."""
    halves = {span.id: (span, span) for span in spans}
    twins: dict[Span, Span] = {}
    if len(halves) == len(spans):
        return spans, halves, twins
    groups: dict[SpanId, list[Span]] = {}
    for span in spans:
        groups.setdefault(span.id, []).append(span)
    kept: list[Span] = []
    for own, members in groups.items():
        outer = _fullest(s for s in members if s.signature.role in _CALLER_SIDE)
        inner = _fullest(s for s in members if s.signature.role in _CALLEE_SIDE)
        chosen = [s for s in (outer, inner) if s is not None] or [s for s in [_fullest(members)] if s is not None]
        kept += chosen
        halves[own] = (chosen[0], chosen[-1])
        if len(chosen) == 2:
            twins[chosen[1]] = chosen[0]
        for span in members[1:] if len(chosen) == 1 else _others(members, chosen):
            flaws[span.file, Flaw.DUPLICATE] += 1
    return kept, halves, twins


def _others(members: list[Span], chosen: list[Span]) -> list[Span]:
    """The repeats: all but the first seen of each side."""
    first_of = {
        id(next(s for s in members if (s.signature.role in _CALLER_SIDE) is caller)) for caller in (True, False)
    }
    return [s for s in members if id(s) not in first_of]


def _fullest(spans: Iterable[Span]) -> Span | None:
    """The span that says most, chosen by content alone so that the order of spans does not matter."""
    return max(
        spans,
        key=lambda s: (s.signature.service != "", s.duration, -s.start, s.failed, s.signature, str(s.parent), -s.file),
        default=None,
    )
