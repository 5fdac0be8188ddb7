"""What smaller and larger budgets would buy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from topoplan.model.plan import BudgetStep
from topoplan.planning.selection import Selection
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
    plan: Selection, budget: float | None, more: bool, buy: Callable[[float], Selection]
) -> tuple[BudgetStep, ...]:
    """The ladder up to `plan`, which `budget` bought (without one, its own hours), and one rung further where there is
    `more` to buy. `buy` makes the selection for a budget in hours."""
    own = plan.hours if budget is None else budget
    below = list(takewhile(lambda rung: rung < own, rungs()))
    bought = [*((rung, buy(rung)) for rung in below), (own, plan)]
    if more:
        above = next(rung for rung in rungs() if rung > own)
        bought.append((above, max(plan, buy(above), key=lambda selection: selection.retired)))
    return tuple(_step(rung, selection) for rung, selection in bought)


def _step(budget: float, selection: Selection) -> BudgetStep:
    return BudgetStep(settle(budget), len(selection.chosen), settle(selection.hours), settle(selection.retired))
