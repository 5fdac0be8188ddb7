"""Sketches of distinct traces join as sets do, are exact while small, and keep to their error bound."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from topoplan_importers.traces.sketch import K, Sketch, Sketching, hash_of

hashes = st.lists(st.integers(0, 2**64 - 1), max_size=40)
ranges = st.builds(range, st.integers(0, 3000), st.integers(0, 3000))
sketches = st.one_of(hashes.map(Sketch.of), ranges.map(lambda r: Sketch.of(map(hash_of, r))))


@given(sketches, sketches, sketches)
def test_joining_is_commutative_associative_and_idempotent(a: Sketch, b: Sketch, c: Sketch) -> None:
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert (a | b) | a == a | b
    assert a | a == a
    assert a | Sketch() == Sketch() | a == a


@given(ranges, ranges)
def test_joining_is_the_sketch_of_both(one: range, other: range) -> None:
    both = {*one, *other}
    joined = Sketch.of(map(hash_of, one)) | Sketch.of(map(hash_of, other))
    assert joined == Sketch.of(map(hash_of, both))
    if len(both) < K:
        assert joined.count() == len(both)


@given(st.lists(st.integers(1, 2**64), max_size=200), st.integers(1, 3))
def test_one_that_grows_ends_as_one_made_at_once(ids: list[int], times: int) -> None:
    growing = Sketching()
    for _ in range(times * 30):
        for own in ids:
            growing.add(hash_of(own))
    assert growing.sketch() == Sketch.of(map(hash_of, ids))


def test_many_are_estimated_within_the_documented_error() -> None:
    """Sixty independent sketches of 20,000: unbiased, and as far off as told."""
    true, off = 20_000, []
    for number in range(60):
        growing = Sketching()
        for own in range(true):
            growing.add(hash_of(f"trace {number} {own}"))
        off.append(growing.sketch().count() / true - 1)
    error = 1 / math.sqrt(K - 2)
    assert max(map(abs, off)) < 4 * error
    assert abs(sum(off) / len(off)) < 3 * error / math.sqrt(len(off))
    assert math.sqrt(sum(o * o for o in off) / len(off)) < 1.3 * error


def test_the_hash_is_the_same_everywhere() -> None:
    assert hash_of(0x4BF92F3577B34DA6A3CE929D0E0E4736) == 0x5C876080560CA6CC
