"""Which candidates to take: greedy by risk retired per cost, re-evaluated only where something was taken before.

The risk that a set of tests retires is monotone and submodular, so a candidate's worth only falls as others are taken:
an outdated worth is an upper bound, and the best up-to-date one at the top of the heap is the best of all (Minoux,
*Accelerated greedy algorithms*, 1978).

Under a budget a candidate that does not fit is passed over and smaller ones go on. That alone can be arbitrarily bad,
so the result is compared with the best affordable single candidate, which makes it at least (1 − 1/e) / 2 of the
optimum (Khuller, Moss and Naor, *The budgeted maximum coverage problem*, 1999, for coverage; Krause and Guestrin, *A
note on the budgeted maximization of submodular functions*, 2005), and, where candidates are few, with greedy runs that
start from each of them (partial enumeration; Sviridenko, *A note on maximizing a submodular set function subject to a
knapsack constraint*, 2004).

A larger budget never retires less. Follow the run with the larger budget to where it first takes a candidate x that the
smaller one passes over. From there the smaller budget has less than the cost of x left, and nothing it takes retires
more per cost than x, so all of it retires less than x alone. The same holds for runs from a given start, and the
affordable single candidates only become more: so it holds for the best of them all.

With a limit on hours and one on seconds the two become one cost at each of several fixed rates: the larger of both,
where what fits the lower limit fits both, and their sum, of whose run as much is taken as both limits hold. Each of
these only gains from a larger limit, too.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from topoplan.model.risk import Mode
from topoplan.planning.candidates import Candidate
from topoplan.planning.ledger import Ledger
from topoplan.planning.residual import Risks

SEEDED = 128
"""Most candidates for which a greedy run starts from each of them."""
FITS = 1e-9
"""Relative excess of a budget that is rounding, not cost."""
PAIRED = 24
"""Most candidates for which one starts from each pair of them, too."""
MANY = 2_000
"""Candidates above which only some of the rates are tried."""
RATES = tuple(2 ** (step / 2) for step in range(-4, 17))
"""Seconds that weigh as much as an hour, from ¼ to 256, tried where both are limited. They are fixed, so that a larger
budget has all the choices of a smaller one."""

Cost = Callable[[Candidate], float]


class Budget(Struct, frozen=True):
    """Most hours of writing and most seconds of one run of all tests; None: no limit."""

    hours: float | None = None
    seconds: float | None = None

    @property
    def limited(self) -> bool:
        return self.hours is not None or self.seconds is not None

    def less(self, taken: Iterable[Candidate]) -> Budget:
        """What is left of it, never below 0."""
        spent = list(taken)
        return Budget(
            None if self.hours is None else max(0.0, self.hours - sum(c.figures.hours for c in spent)),
            None if self.seconds is None else max(0.0, self.seconds - sum(c.figures.seconds for c in spent)),
        )

    def holds(self, taken: Sequence[Candidate]) -> bool:
        """Whether these candidates together stay within it."""
        return self.affords(sum(c.figures.hours for c in taken), sum(c.figures.seconds for c in taken))

    def affords(self, hours: float, seconds: float) -> bool:
        """Whether so much stays within it."""
        return (self.hours is None or hours <= self.hours * (1 + FITS)) and (
            self.seconds is None or seconds <= self.seconds * (1 + FITS)
        )


UNLIMITED = Budget()


class Chosen(Struct, frozen=True):
    """A candidate taken, with the risk it retired by mode at that moment, strongest first."""

    candidate: Candidate
    retired: Mapping[Mode, float]


class Selection(Struct, frozen=True):
    """What was taken, pins first and then best value first, and what is left."""

    chosen: tuple[Chosen, ...]
    ledger: Ledger
    """After everything taken."""

    @property
    def left(self) -> Mapping[str, Risks]:
        """Boundary → risk by mode after everything taken."""
        return self.ledger.left

    @property
    def hours(self) -> float:
        """To write everything taken."""
        return sum(chosen.candidate.figures.hours for chosen in self.chosen)

    @property
    def retired(self) -> float:
        """Risk retired by everything taken."""
        return sum(sum(chosen.retired.values()) for chosen in self.chosen)

    def worth(self, candidate: Candidate) -> float:
        """Risk a candidate not taken would still retire per hour."""
        return self.ledger.gain(candidate) / candidate.figures.hours


def select(
    found: Iterable[Candidate],
    start: Ledger,
    min_value: float,
    budget: Budget = UNLIMITED,
    pins: Iterable[Candidate] = (),
) -> Selection:
    """Take the pins, whatever they are worth and cost, then candidates that fit what is left of the budget and retire
    at least `min_value` per hour, and something at all. Ties go by id.

    `start` is left as it is.
    """
    pinned = sorted(pins, key=lambda c: c.id)
    names = {c.id for c in pinned}
    ledger = start.copy()
    first = [_take(candidate, ledger) for candidate in pinned]
    rest = sorted((c for c in found if c.id not in names), key=lambda c: c.id)
    best = _best(rest, ledger, min_value, budget.less(pinned))
    return Selection((*first, *(_take(candidate, ledger) for candidate in best)), ledger)


def _best(found: Sequence[Candidate], start: Ledger, min_value: float, budget: Budget) -> Sequence[Candidate]:
    if not budget.limited:
        return _smaller_first(found, start, min_value)
    runs: list[_Run] = []
    if budget.hours is not None and budget.seconds is not None:
        rates = RATES if len(found) <= MANY else RATES[:: len(RATES) // 4]
        for rate in rates:
            limit = min(budget.hours, budget.seconds / rate)
            runs.append(_greedy(found, start, min_value, _larger(rate), limit))
            runs.append(_longest(_greedy(found, start, min_value, _both(rate), None), start, budget))
    else:
        cost, limit = (_hours, budget.hours) if budget.hours is not None else (_seconds, budget.seconds or 0.0)
        runs.append(_greedy(found, start, min_value, cost, limit))
        runs += _seeded(found, start, min_value, cost, limit)
    single = max(
        (_Run((c,), gain) for c in found if budget.holds((c,)) and _worthy(gain := start.gain(c), c, min_value)),
        key=lambda run: run.retired,
        default=_Run((), 0.0),
    )
    best = max((*runs, single), key=lambda run: run.retired).taken
    return best if min_value else _greedy(best, start, 0.0, _hours, None).taken


def _smaller_first(found: Sequence[Candidate], start: Ledger, min_value: float) -> Sequence[Candidate]:
    """Everything worth its hours, tests of single boundaries before those of several: without a budget nothing is given
    up for the smaller test, which runs faster and tells better what broke, and a slice has to be worth its hours after
    it."""
    ledger = start.copy()
    taken: list[Candidate] = []
    for wide in (False, True):
        run = _greedy((c for c in found if c.wide is wide), ledger, min_value, _hours, None)
        for candidate in run.taken:
            ledger.take(candidate)
        taken += run.taken
    return taken


def _hours(candidate: Candidate) -> float:
    return candidate.figures.hours


def _seconds(candidate: Candidate) -> float:
    return candidate.figures.seconds


def _larger(rate: float) -> Cost:
    """What fits the lower of two limits at this cost fits both."""
    return lambda candidate: max(candidate.figures.hours, candidate.figures.seconds / rate)


def _both(rate: float) -> Cost:
    return lambda candidate: candidate.figures.hours + candidate.figures.seconds / rate


class _Run(Struct, frozen=True):
    taken: Sequence[Candidate]
    retired: float


def _seeded(found: Sequence[Candidate], start: Ledger, min_value: float, cost: Cost, limit: float) -> Iterator[_Run]:
    """Greedy runs that start from each candidate, or each pair, where there are few. With a least value they would end
    on tests below it, so there are none."""
    if len(found) > SEEDED or min_value:
        return
    for size in (1, 2) if len(found) <= PAIRED else (1,):
        for seeds in combinations(found, size):
            spent = sum(map(cost, seeds))
            if spent > limit * (1 + FITS):
                continue
            ledger = start.copy()
            gained = sum(_gained(seed, ledger) for seed in seeds)
            others = [c for c in found if c not in seeds]
            run = _greedy(others, ledger, min_value, cost, limit - spent)
            yield _Run((*seeds, *run.taken), gained + run.retired)


def _gained(candidate: Candidate, ledger: Ledger) -> float:
    """What taking the candidate retires."""
    gain = ledger.gain(candidate)
    ledger.take(candidate)
    return gain


def _greedy(found: Iterable[Candidate], start: Ledger, min_value: float, cost: Cost, limit: float | None) -> _Run:
    """By risk retired per cost, best first; what does not fit into the rest of the limit is passed over."""
    ledger = start.copy()
    heap = [(-ledger.gain(c) / cost(c), c.id, 0, c) for c in found]
    heapq.heapify(heap)
    taken: list[Candidate] = []
    retired, spent = 0.0, 0.0
    while heap:
        negative, name, seen, candidate = heapq.heappop(heap)
        if not negative:
            break
        if limit is not None and spent + cost(candidate) > limit * (1 + FITS):
            continue
        gain = -negative * cost(candidate)
        if not _worthy(gain, candidate, min_value):
            continue
        now = ledger.version(candidate)
        if seen != now:
            heapq.heappush(heap, (-ledger.gain(candidate) / cost(candidate), name, now, candidate))
        else:
            ledger.take(candidate)
            taken.append(candidate)
            retired, spent = retired + gain, spent + cost(candidate)
    return _Run(taken, retired)


def _longest(run: _Run, start: Ledger, budget: Budget) -> _Run:
    """As much of a run as the budget holds."""
    ledger, retired, hours, seconds = start.copy(), 0.0, 0.0, 0.0
    taken: list[Candidate] = []
    for candidate in run.taken:
        hours += candidate.figures.hours
        seconds += candidate.figures.seconds
        if not budget.affords(hours, seconds):
            break
        retired += _gained(candidate, ledger)
        taken.append(candidate)
    return _Run(taken, retired)


def _worthy(gain: float, candidate: Candidate, min_value: float) -> bool:
    return gain > 0 and gain / candidate.figures.hours >= min_value


def _take(candidate: Candidate, ledger: Ledger) -> Chosen:
    chosen = Chosen(candidate, ledger.gains(candidate))
    ledger.take(candidate)
    return chosen
