"""Quality and cost of the choice of tests under a budget.

    python tests/benchmarks/bench_selection.py

Prints how near the greedy choice is to the exact optimum (HiGHS) on 200 small random systems; the seconds to choose
from 50,000 candidates over 20,000 boundaries and from half of that, and their ratio; and how near the greedy choice
there is to the Lagrangian bound, which no choice within the budget can exceed.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from selection_systems import system

from topoplan.planning.bounds import upper_bound
from topoplan.planning.exact import solve
from topoplan.planning.selection import Budget, select

BOUNDARIES, CANDIDATES = 20_000, 50_000
SHARE = 0.2
"""Of the hours of all candidates, as budget of the large system."""


def against_the_optimum(systems: int) -> None:
    ratios = []
    for seed in range(systems):
        rng = random.Random(seed)
        found, start = system(rng, rng.randint(3, 12), rng.randint(0, 6))
        budget = Budget(rng.uniform(0.1, 0.6) * sum(c.figures.hours for c in found))
        ratios.append(select(found, start, 0.0, budget).retired / solve(found, start, budget).bound)
    mean = sum(ratios) / len(ratios)
    print(f"greedy against the optimum of {systems} small systems: mean {mean:.4f}, worst {min(ratios):.4f}")


def large(boundaries: int, candidates: int) -> float:
    rng = random.Random(7)
    found, start = system(rng, boundaries, 0)
    found, start = system(random.Random(7), boundaries, candidates - len(found))
    budget = Budget(SHARE * sum(c.figures.hours for c in found))
    begin = process_time()
    greedy = select(found, start, 0.0, budget)
    seconds = process_time() - begin
    bound = upper_bound(found, start, budget)
    bounding = process_time() - begin - seconds
    print(
        f"{boundaries:,} boundaries × {len(found):,} candidates: {len(greedy.chosen):,} chosen in {seconds:.2f} s; "
        f"{greedy.retired:.3f} of at most {bound:.3f} retired: {greedy.retired / bound:.2%} (bound in {bounding:.1f} s)"
    )
    return seconds


if __name__ == "__main__":
    against_the_optimum(200)
    half = large(BOUNDARIES // 2, CANDIDATES // 2)
    whole = large(BOUNDARIES, CANDIDATES)
    print(f"ratio of twice the size: {whole / half:.2f}")
