"""A few combinations in which every two values of different factors meet once: far fewer than all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product

Row = tuple[int, ...]


@lru_cache(maxsize=256)
def pairwise(*sizes: int) -> tuple[Row, ...]:
    """Rows of indexes, one per factor, for factors of these sizes (each 1 or more). Every pair of values of two factors
    is in some row. The same sizes always give the same rows.

    Built row by row: each begins with the first pair that is still missing and takes, factor by factor, the value that
    covers most missing pairs (Cohen, Dalal, Fredman and Patton, *The AETG system*, 1997, without its random tries).
    """
    if len(sizes) < 2:
        return tuple((value,) for size in sizes for value in range(size))
    missing = dict.fromkeys(_pairs(sizes))
    rows: list[Row] = []
    while missing:
        row = _row(sizes, missing)
        rows.append(row)
        for one, other in combinations(range(len(sizes)), 2):
            missing.pop((one, row[one], other, row[other]), None)
    return tuple(sorted(rows))


_Pair = tuple[int, int, int, int]


def _pairs(sizes: Sequence[int]) -> Iterator[_Pair]:
    for one, other in combinations(range(len(sizes)), 2):
        for first, second in product(range(sizes[one]), range(sizes[other])):
            yield one, first, other, second


def _row(sizes: Sequence[int], missing: dict[_Pair, None]) -> Row:
    one, first, other, second = next(iter(missing))
    row = {one: first, other: second}
    for factor, size in enumerate(sizes):
        if factor not in row:
            row[factor] = max(range(size), key=lambda value: (_covered(factor, value, row, missing), -value))
    return tuple(row[factor] for factor in range(len(sizes)))


def _covered(factor: int, value: int, row: dict[int, int], missing: dict[_Pair, None]) -> int:
    """Missing pairs that `value` makes with the values chosen so far."""
    pairs = (
        (factor, value, other, taken) if factor < other else (other, taken, factor, value)
        for other, taken in row.items()
    )
    return sum(pair in missing for pair in pairs)
