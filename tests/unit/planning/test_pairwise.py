"""Every two values meet, in far fewer rows than all combinations."""

from itertools import combinations, product

import pytest

from topoplan.planning.pairwise import pairwise

SIZES = [(), (3,), (2, 2), (3, 4), (2, 2, 2), (4, 2, 2), (1, 2, 2), (3, 3, 3, 3), (5, 4, 3, 2, 2)]


@pytest.mark.parametrize("sizes", SIZES)
def test_every_two_values_of_different_factors_meet(sizes: tuple[int, ...]) -> None:
    rows = pairwise(*sizes)
    for one, other in combinations(range(len(sizes)), 2):
        met = {(row[one], row[other]) for row in rows}
        assert met == set(product(range(sizes[one]), range(sizes[other])))
    assert len(set(rows)) == len(rows)


def test_one_factor_gives_each_value_once() -> None:
    assert pairwise(3) == ((0,), (1,), (2,))
    assert pairwise() == ()


@pytest.mark.parametrize(("sizes", "rows"), [((2, 2, 2), 4), ((4, 2, 2), 8), ((3, 3, 3), 10), ((3, 3, 3, 3), 12)])
def test_the_cover_is_small(sizes: tuple[int, ...], rows: int) -> None:
    """No fewer than the two largest factors need, and within a few rows of that."""
    assert max(a * b for a, b in combinations(sizes, 2)) <= len(pairwise(*sizes)) <= rows
