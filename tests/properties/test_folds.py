"""Folding files in any order and any grouping gives the same state, to the byte."""

from __future__ import annotations

import hashlib
import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from span_forests import forests

from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.folding import Fold, decode, encode, joined, shown_at
from topoplan_importers.traces.span import Span


def folded(spans: list[Span], number: int) -> Fold:
    """The fold of a file with these spans."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    alone = [replace(span, file=0) for span in spans]
    return Fold({digest: len(spans)}, DictEngine().observe(alone, (digest,), sketch=True))


nights = st.lists(forests(8), min_size=1, max_size=5)


@given(nights, st.randoms(use_true_random=False))
def test_neither_order_nor_grouping_matters(files: list[list[Span]], order: random.Random) -> None:
    folds = [folded(spans, number) for number, spans in enumerate(files)]
    wanted = encode(joined(folds))
    order.shuffle(folds)
    cut = order.randrange(len(folds) + 1)
    assert encode(joined([joined(folds[:cut]), joined(folds[cut:])])) == wanted
    one_by_one = Fold()
    for fold in folds:
        one_by_one = decode(encode(one_by_one.merge(fold)))
    assert encode(one_by_one) == wanted


@given(nights)
def test_what_is_written_is_read_back(files: list[list[Span]]) -> None:
    fold = joined(folded(spans, number) for number, spans in enumerate(files))
    assert decode(encode(fold)) == fold
    assert encode(decode(encode(fold))) == encode(fold)


@given(forests())
def test_the_state_of_one_file_gives_its_facts(spans: list[Span]) -> None:
    alone = [replace(span, file=0) for span in spans]
    read = facts_of(DictEngine().observe([replace(span) for span in alone], ("a.json",)), "otlp")
    fold = decode(encode(folded(spans, 1)))
    assert facts_of(shown_at(fold.observed, "a.json"), "otlp") == read
