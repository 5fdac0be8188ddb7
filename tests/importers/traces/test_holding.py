"""Spans are handed out as they were given, however they are held."""

from __future__ import annotations

import pytest

from topoplan_importers.traces.holding import Held
from topoplan_importers.traces.span import Role, Signature, Span, SpanId

SAID = Signature("cart", Role.RECEIVE)
PLAIN = Span(1, 2, None, 5, -1, False, 0, SAID)


def fields(span: Span) -> list[object]:
    return [getattr(span, name) for name in Span.__struct_fields__]


@pytest.mark.parametrize(
    "span",
    [
        PLAIN,
        Span(2**127, 2**64 - 1, 7, 10**15, 10**15, True, 9, SAID, (), 2.5),
        Span("dHJhY2U=", "c3Bhbg==", None, 0, 0, False, 0, SAID),
        Span(1, 2**64, 3, 0, 0, False, 0, SAID),
        Span(1, -3, 2**80, 0, 0, False, 0, SAID),
        Span(1, 2, "cGFyZW50", 0, 0, False, 0, SAID),
        Span(1, 2, 3, 0, 0, False, 0, SAID, ((1, "x"), (2**90, 4))),
    ],
)
def test_a_span_comes_back_as_it_was(span: Span) -> None:
    held = Held()
    held.add(span)
    ((trace, spans),) = held.drain()
    assert trace == span.trace
    assert [fields(found) for found in spans] == [fields(span)]
    assert list(held.seen()) == [(SAID, span.file)]


def test_traces_taken_out_are_not_seen() -> None:
    held = Held()
    other: SpanId = "other"
    held.add(PLAIN)
    held.add(Span(other, 1, None, 0, 0, False, 3, SAID, ((1, 2),)))
    assert list(held.causes()) == [(1, other)]
    taken = held.take([other, 99])
    assert [[span.file for span in spans] for spans in taken.values()] == [[3]]
    assert [trace for trace, _ in held.drain()] == [1]
    assert list(held.seen()) == [(SAID, 0)]
    assert list(held.causes()) == []
