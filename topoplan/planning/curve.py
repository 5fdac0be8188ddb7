"""What smaller and larger budgets would buy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from topoplan.model.plan import BudgetStep
from topoplan.planning.selection import Budget, Chosen, Selection
from topoplan.risk.weighing import settle

FIRST = 4.0
"""Hours of the smallest budget of the ladder: half a day."""


def rungs() -> Iterator[float]:
    """4, 8, 16, 40, 80, 160, 400, … hours: half a day, a day, two, a week, two, four, ten, and so on."""
    scale = FIRST
    while True:
        yield from (scale, 2 * scale, 4 * scale)
        scale *= 10


def steps(
    plan: Selection, budget: float | None, more: bool, buy: Callable[[float], tuple[Chosen, ...]]
) -> tuple[BudgetStep, ...]:
    """The ladder up to `plan`, which `budget` bought (without one, its own hours), and one rung further where there is
    `more` to buy. `buy` tells what a budget in hours buys."""
    own = plan.hours if budget is None else budget
    below = takewhile(lambda rung: rung < own, rungs())
    found = [*(_step(rung, buy(rung)) for rung in below), _step(own, plan.chosen)]
    if more:
        above = next(rung for rung in rungs() if rung > own)
        further = (_step(above, chosen) for chosen in (plan.chosen, buy(above)))
        found.append(max(further, key=lambda step: step.risk_retired))
    return tuple(found)


def first(run: Selection, budget: Budget) -> tuple[Chosen, ...]:
    """As much of a selection without a budget as the budget holds: less than one test short of the greedy choice."""
    hours = seconds = 0.0
    for number, chosen in enumerate(run.chosen):
        hours += chosen.candidate.figures.hours
        seconds += chosen.candidate.figures.seconds
        if not budget.affords(hours, seconds):
            return run.chosen[:number]
    return run.chosen


def _step(budget: float, chosen: tuple[Chosen, ...]) -> BudgetStep:
    hours = sum(one.candidate.figures.hours for one in chosen)
    return BudgetStep(
        settle(budget), len(chosen), settle(hours), settle(sum(sum(one.retired.values()) for one in chosen))
    )
