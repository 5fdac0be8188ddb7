"""What traces show does not depend on the order of spans, and merging does not depend on the order of parts."""

from __future__ import annotations

import random
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from span_forests import PATHS, forests

from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.keeping import decode, encode
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.span import Signature, Span
from topoplan_importers.traces.table import COLUMNS, row_of, span_of


def observe(spans: list[Span]) -> Observed:
    return DictEngine().observe([replace(span) for span in spans], PATHS)


@given(forests(), st.randoms(use_true_random=False))
def test_the_order_of_spans_changes_nothing(spans: list[Span], order: random.Random) -> None:
    wanted = observe(spans)
    order.shuffle(spans)
    assert observe(spans) == wanted


@settings(max_examples=30)
@given(forests(), forests(), forests())
def test_merging_is_commutative_and_associative(one: list[Span], other: list[Span], third: list[Span]) -> None:
    a, b, c = observe(one), observe(other), observe(third)
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(Observed()) == a


@given(forests())
def test_a_row_holds_all_of_a_span(spans: list[Span]) -> None:
    files = {path: index for index, path in enumerate(PATHS)}
    shared: dict[tuple[object, ...], Signature] = {}
    for span in spans:
        row = row_of(span, PATHS)
        assert len(row) == len(COLUMNS)
        again = span_of(row, files, shared)
        assert [getattr(again, name) for name in Span.__struct_fields__] == [
            getattr(span, name) for name in Span.__struct_fields__
        ]


@given(forests(), st.randoms(use_true_random=False))
def test_what_is_kept_is_read_back_and_written_alike(spans: list[Span], order: random.Random) -> None:
    found = observe(spans)
    order.shuffle(spans)
    assert decode(encode(found)) == found
    assert encode(observe(spans)) == encode(found)


@given(forests())
def test_traces_without_links_may_be_looked_at_apart(spans: list[Span]) -> None:
    for span in spans:
        span.links = ()
    parts = [observe([span for span in spans if span.trace == trace]) for trace in {span.trace for span in spans}]
    assert reduce(Observed.merge, parts) == observe(spans)
