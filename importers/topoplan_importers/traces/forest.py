"""Puts the spans of one trace into parent order, whatever is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import IntEnum

from topoplan_importers.traces.span import Role, Span, SpanId, id_text


class Flaw(IntEnum):
    """What can be wrong with a span; counted per file."""

    DUPLICATE = 0
    ORPHAN = 1
    CYCLE = 2
    SKEW = 3
    UNNAMED_SERVICE = 4
    UNNAMED_PEER = 5


class Placed(Span, eq=False, gc=False):
    """A span among those of its trace."""

    above: Placed | None = None
    """The parent, where it is known. No chain of them returns to itself."""
    base: Placed | None = None
    """What `anchor` found."""
    passed: int = 0
    """The walk on which it was passed, while looking for cycles."""
    joined: bool = False
    """A caller half that found its callee."""


_NONE = Role.NONE
_CALLER_SIDE = frozenset({Role.CALL, Role.PUBLISH})
_CALLEE_SIDE = frozenset({Role.SERVE, Role.RECEIVE})


def plant(spans: list[Placed], flaws: Counter[tuple[int, Flaw]]) -> list[Placed]:
    """Give the spans of one trace their parents; the distinct ones."""
    inner = {span.id: span for span in spans}
    outer = inner
    if len(inner) < len(spans):
        spans, outer, inner = _distinct(spans, flaws)
    turns = False
    for span in spans:
        if span.parent is None or span.above is not None:
            continue
        above = inner.get(span.parent)
        if above is None:
            flaws[span.file, Flaw.ORPHAN] += 1
            continue
        service = span.signature.service
        if above.signature.service != service and outer[span.parent].signature.service == service:
            above = outer[span.parent]
        span.above = above
        turns = turns or span.start <= above.start
    if turns or outer is not inner:  # where every child starts after its parent there is no cycle
        _break_cycles(spans, flaws)
    return spans


def anchor(span: Placed) -> Placed:
    """From `span` up through spans without a role: the first that has one, or the last of the same service."""
    passed: list[Placed] = []
    while span.signature.role is _NONE:
        if span.base is not None:
            span = span.base
            break
        above = span.above
        passed.append(span)
        if above is None or above.signature.service != span.signature.service:
            break
        span = above
    for below in passed:
        below.base = span
    return span


def _break_cycles(spans: list[Placed], flaws: Counter[tuple[int, Flaw]]) -> None:
    turning: list[Placed] = []
    for walk, start in enumerate(spans, start=1):
        span: Placed | None = start
        while span is not None and not span.passed:
            span.passed = walk
            span = span.above
        if span is not None and span.passed == walk:
            while span.above is not None:
                turning.append(span)
                above, span.above = span.above, None
                span = above
    for span in turning:
        flaws[span.file, Flaw.CYCLE] += 1


def _distinct(
    spans: list[Placed], flaws: Counter[tuple[int, Flaw]]
) -> tuple[list[Placed], dict[SpanId, Placed], dict[SpanId, Placed]]:
    """Distinct spans, with caller halves above the callee halves that share their ids; the caller-side and the
    callee-side half of each id, the same span where there is one half."""
    groups: dict[SpanId, list[Placed]] = {}
    for span in spans:
        groups.setdefault(span.id, []).append(span)
    kept: list[Placed] = []
    outer: dict[SpanId, Placed] = {}
    inner: dict[SpanId, Placed] = {}
    for own, members in groups.items():
        halves = _fullest(members, _CALLER_SIDE), _fullest(members, _CALLEE_SIDE)
        chosen = [half for half in halves if half is not None] or [max(members, key=_content)]
        kept += chosen
        outer[own], inner[own] = chosen[0], chosen[-1]
        if len(chosen) == 2:
            chosen[1].above = chosen[0]
        for file in _repeats(members, sides=len(chosen)):
            flaws[file, Flaw.DUPLICATE] += 1
    return kept, outer, inner


def _repeats(members: list[Placed], sides: int) -> Iterator[int]:
    """The files of all but the first of each side; spans of no side count with the callee's."""
    for side in (True, False):
        files = sorted(s.file for s in members if sides == 1 or (s.signature.role in _CALLER_SIDE) is side)
        yield from files[1:]
        if sides == 1:
            break


def _fullest(spans: Iterable[Placed], side: frozenset[Role]) -> Placed | None:
    return max((span for span in spans if span.signature.role in side), key=_content, default=None)


def _content(span: Placed) -> tuple[object, ...]:
    """Greatest for the span that says most, by content alone so that the order of spans does not matter."""
    parent = "" if span.parent is None else id_text(span.parent)
    links = [(id_text(trace), id_text(own)) for trace, own in span.links]
    return (
        span.signature.service != "", span.duration, -span.start, span.failed, span.signature, parent, -span.file,
        links, span.weight,
    )  # fmt: skip
