"""Solves the choice of tests to the optimum with HiGHS, an optional extra, or bounds it where that takes too long.

One combination of techniques is chosen for each boundary (`configurations`), and only from tests that are written:

    maximise    Σ value(b, combination) · y(b, combination)
    subject to  Σ over combinations of b:        y(b, combination) = 1
                Σ over those with technique t:   y(b, combination) ≤ Σ over tests c that bring t to b: x(c)
                Σ hours(c) · x(c) ≤ hours,  Σ seconds(c) · x(c) ≤ seconds,  x(c) ∈ {0, 1},  y ≥ 0

With whole x the y are whole by themselves, for a larger combination never retires less. HiGHS bounds the problem by its
linear relaxation, rounds that into plans, and branches on what is left between the two.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from topoplan.errors import UsageError
from topoplan.looking import UNSURE
from topoplan.model.plan import Technique
from topoplan.planning.bounds import upper_bound
from topoplan.planning.candidates import Candidate
from topoplan.planning.configurations import Configurations, configurations
from topoplan.planning.ledger import Ledger
from topoplan.planning.limits import Limits
from topoplan.planning.selection import Budget, Selection, select

if TYPE_CHECKING:
    from highspy import HighsLp

TIME_LIMIT = 60.0
"""Seconds for the solver."""
GAP = 1e-6
"""Relative distance to the bound at which a plan counts as the optimum."""


class Solution(Struct, frozen=True):
    """The best choice found, by id, and what no choice can exceed."""

    taken: tuple[Candidate, ...]
    bound: float
    """Risk retired."""


def solve(found: Sequence[Candidate], start: Ledger, budget: Budget, seconds: float = TIME_LIMIT) -> Solution:
    """The choice that retires most within the budget.

    Ends after `seconds` with the best found so far (which then depends on the machine, and may be nothing) and a bound.
    Raises UsageError (`exact-missing`) without HiGHS.
    """
    try:
        import highspy
    except ImportError:
        hint = "install it with `pip install 'topoplan[exact]'`"
        raise UsageError("the solver HiGHS is not installed", slug="exact-missing", hint=hint) from None
    candidates = sorted(found, key=lambda c: c.id)
    if not candidates:
        return Solution((), 0.0)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", GAP)
    solver.passModel(_model(candidates, configurations(candidates, start), budget))
    solver.run()
    values = list(solver.getSolution().col_value)
    taken = tuple(c for c, value in zip(candidates, values, strict=False) if value > 0.5)  # columns of y come after
    if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        return Solution(taken, solver.getInfo().mip_dual_bound)
    sys.audit(UNSURE)
    return Solution(taken, min(solver.getInfo().mip_dual_bound, upper_bound(candidates, start, budget)))


def prove(
    greedy: Selection, found: Sequence[Candidate], start: Ledger, limits: Limits, pins: Sequence[Candidate]
) -> tuple[Selection, float]:
    """The optimum within the limits, or the greedy selection where nothing better was found, and the risk that no
    selection within them can retire more than. Without a budget the greedy selection's own hours are the budget.

    Raises UsageError (`exact-missing`).
    """
    first = select((), start, 0.0, pins=pins)
    named = {c.id for c in pins}
    budget = (limits.budget if limits.budget.limited else Budget(greedy.hours)).less(pins)
    worthy = [c for c in found if c.id not in named and first.worth(c) > 0 and first.worth(c) >= limits.min_value]
    solution = solve(worthy, first.ledger, budget)
    best = select(solution.taken, start, limits.min_value, pins=pins)
    complete = len(best.chosen) == len(solution.taken) + len(first.chosen)
    if not (complete and budget.holds(solution.taken) and best.retired > greedy.retired):
        best = greedy
    return best, max(first.retired + solution.bound, best.retired)


def _model(candidates: Sequence[Candidate], options: Mapping[str, Configurations], budget: Budget) -> HighsLp:
    """The problem as HiGHS takes it, row by row: first the columns of x, then those of y."""
    import highspy

    rows = _Rows()
    bringing: dict[tuple[str, Technique], list[int]] = {}
    for column, candidate in enumerate(candidates):
        for boundary in candidate.boundaries:
            bringing.setdefault((boundary, candidate.technique), []).append(column)
    values: list[float] = [0.0] * len(candidates)
    for boundary, own in options.items():
        first = len(values)
        values += own.values
        rows.add([(first + mask, 1.0) for mask in range(len(own.values))], 1.0, 1.0)
        for bit, technique in enumerate(own.techniques):
            using = [(first + mask, 1.0) for mask in range(len(own.values)) if mask >> bit & 1]
            rows.add([*((column, -1.0) for column in bringing[boundary, technique]), *using], -highspy.kHighsInf, 0.0)
    if budget.hours is not None:
        rows.add([(i, c.figures.hours) for i, c in enumerate(candidates)], 0.0, budget.hours)
    if budget.seconds is not None:
        rows.add([(i, c.figures.seconds) for i, c in enumerate(candidates)], 0.0, budget.seconds)
    whole = [highspy.HighsVarType.kInteger] * len(candidates)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(values), len(rows.lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = values, [0.0] * len(values), [1.0] * len(values)
    model.row_lower_, model.row_upper_ = rows.lower, rows.upper
    model.integrality_ = whole + [highspy.HighsVarType.kContinuous] * (len(values) - len(whole))
    model.sense_ = highspy.ObjSense.kMaximize
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.starts, rows.columns, rows.values
    return model


class _Rows:
    """The rows of a sparse matrix with their bounds."""

    def __init__(self) -> None:
        self.starts: list[int] = [0]
        self.columns: list[int] = []
        self.values: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, entries: Sequence[tuple[int, float]], lower: float, upper: float) -> None:
        self.columns += [column for column, _ in entries]
        self.values += [value for _, value in entries]
        self.starts.append(len(self.columns))
        self.lower.append(lower)
        self.upper.append(upper)
