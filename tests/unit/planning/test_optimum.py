"""The greedy choice under a budget against the exact optimum, and the bounds that hold for any choice."""

import itertools
import random
import sys

import pytest
from selection_systems import system

from topoplan.errors import UsageError
from topoplan.planning.bounds import upper_bound
from topoplan.planning.candidates import Candidate
from topoplan.planning.exact import solve
from topoplan.planning.ledger import Ledger
from topoplan.planning.selection import Budget, select


def small(seed: int) -> tuple[list[Candidate], Ledger, Budget]:
    """Three to twelve boundaries and a budget for a tenth to six tenths of all hours."""
    rng = random.Random(seed)
    found, start = system(rng, rng.randint(3, 12), rng.randint(0, 6))
    return found, start, Budget(rng.uniform(0.1, 0.6) * sum(c.figures.hours for c in found))


def retired(chosen: tuple[Candidate, ...], start: Ledger) -> float:
    ledger, total = start.copy(), 0.0
    for candidate in chosen:
        total += ledger.gain(candidate)
        ledger.take(candidate)
    return total


def test_greedy_is_near_the_optimum_of_200_small_systems() -> None:
    ratios = []
    for seed in range(200):
        found, start, budget = small(seed)
        greedy, optimum = select(found, start, 0.0, budget), solve(found, start, budget)
        assert budget.holds([chosen.candidate for chosen in greedy.chosen])
        ratios.append(greedy.retired / optimum.bound)
    assert sum(ratios) / len(ratios) >= 0.97
    assert min(ratios) >= 0.90


@pytest.mark.parametrize("seed", range(8))
def test_the_solver_finds_what_trying_all_finds(seed: int) -> None:
    rng = random.Random(seed)
    found, start = system(rng, 3, 2)
    found = sorted(found, key=lambda c: c.id)[:10]
    budget = Budget(rng.uniform(0.2, 0.6) * sum(c.figures.hours for c in found), rng.uniform(50, 500))
    subsets = itertools.chain.from_iterable(itertools.combinations(found, size) for size in range(len(found) + 1))
    best = max(retired(subset, start) for subset in subsets if budget.holds(subset))
    solution = solve(found, start, budget)
    assert budget.holds(solution.taken)
    assert retired(solution.taken, start) == pytest.approx(best, abs=1e-6)
    assert solution.bound == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_the_lagrangian_bound_holds(seed: int) -> None:
    found, start, budget = small(seed)
    rng = random.Random(seed)
    both = Budget(budget.hours, rng.uniform(0.2, 0.6) * sum(c.figures.seconds for c in found))
    for limits in (budget, Budget(None, both.seconds), both):
        assert upper_bound(found, start, limits) >= solve(found, start, limits).bound - 1e-6
    everything = retired(tuple(found), start)
    assert upper_bound(found, start, Budget()) == pytest.approx(everything)
    assert upper_bound(found, start, Budget(1e9)) == pytest.approx(everything)


def test_the_lagrangian_bound_is_tight_where_no_test_is_large_against_the_budget() -> None:
    found, start = system(random.Random(1), 400, 100)
    budget = Budget(0.2 * sum(c.figures.hours for c in found))
    assert select(found, start, 0.0, budget).retired >= 0.98 * upper_bound(found, start, budget)


@pytest.mark.parametrize("seed", range(12))
def test_a_larger_budget_never_retires_less(seed: int) -> None:
    found, start, budget = small(seed)
    rng = random.Random(seed)
    hours = sorted(rng.uniform(0, 2 * (budget.hours or 0)) for _ in range(8))
    seconds = sorted(rng.uniform(0, 900) for _ in range(8))
    for least in (0.0, 0.02):
        for ladder in (
            [Budget(one) for one in hours],
            [Budget(None, one) for one in seconds],
            [Budget(one, seconds[4]) for one in hours],
            [Budget(hours[4], one) for one in seconds],
        ):
            bought = [select(found, start, least, one).retired for one in ladder]
            assert all(later >= earlier - 1e-9 for earlier, later in itertools.pairwise(bought))


@pytest.mark.parametrize("seed", range(10))
def test_many_candidates_keep_the_order_of_budgets_too(seed: int) -> None:
    """Beyond the number for which greedy runs start from each of them."""
    found, start = system(random.Random(seed), 60, 30)
    bought = [select(found, start, 0.0, Budget(hours)).retired for hours in (2, 5, 11, 23, 24, 25, 50, 90, 91, 200)]
    assert all(later >= earlier - 1e-9 for earlier, later in itertools.pairwise(bought))


def test_without_the_solver_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(UsageError) as caught:
        solve([], Ledger({}, {}), Budget(1))
    assert caught.value.slug == "exact-missing"


def test_of_nothing_the_optimum_is_nothing() -> None:
    assert solve([], Ledger({}, {}), Budget(1)).bound == 0
    assert upper_bound([], Ledger({}, {}), Budget(1)) == 0


def test_a_solver_out_of_time_still_gives_a_bound() -> None:
    found, start, budget = small(3)
    assert solve(found, start, budget, seconds=0.0).bound >= select(found, start, 0.0, budget).retired
