"""Proves how much risk any choice within a budget could retire, for systems of any size, without a solver.

Lagrangian relaxation: a price per hour and per second replaces the budget, and every boundary can then be settled by
itself. A test of several boundaries is shared out: each pays a part of its price, the parts together no more than the
whole. Whatever the prices and the parts are, the sum is an upper bound (Fisher, *The Lagrangian relaxation method for
solving integer programming problems*, 1981); looking for good ones only makes it tighter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import sub

from msgspec import Struct

from topoplan.model.plan import Technique
from topoplan.planning.candidates import Candidate
from topoplan.planning.configurations import Configurations, configurations
from topoplan.planning.ledger import Ledger
from topoplan.planning.selection import Budget

HALVINGS = 20
"""Of the interval in which a price is looked for."""
ROUNDS = 3
"""Times that prices and parts are set in turn."""

_Parts = Mapping[tuple[str, str], float]
"""(Candidate, boundary) → the part of the candidate's cost that the boundary pays, together 1."""


def upper_bound(found: Sequence[Candidate], start: Ledger, budget: Budget) -> float:
    """Risk that no choice of these candidates within the budget can retire more of, beyond what `start` counts."""
    options = configurations(found, start)
    best = sum(max(own.values) for own in options.values())
    if not budget.limited:
        return best
    parts = {
        (c.id, b): part
        for c in found
        for b, part in zip(c.boundaries, _normed([start.gain_on(c, b) for b in c.boundaries]), strict=True)
    }
    prices = _Prices(0.0, 0.0)
    dearest = max((start.gain(c) / c.figures.hours for c in found), default=0.0)
    quickest = max((start.gain(c) / c.figures.seconds for c in found), default=0.0)
    for _ in range(ROUNDS):
        relaxed = _Relaxed(_bills(found, options, parts), budget)
        if budget.hours is not None:
            prices = relaxed.priced(prices, "hour", dearest)
        if budget.seconds is not None:
            prices = relaxed.priced(prices, "second", quickest)
        best = min(best, relaxed.settle(prices).bound)
        parts = relaxed.parts(found, prices)
    return max(0.0, best)


class _Prices(Struct, frozen=True):
    """Risk to be retired for an hour of writing and for a second of a run."""

    hour: float
    second: float


class _Bill(Struct, frozen=True):
    """The combinations of one boundary with what each costs it."""

    techniques: tuple[Technique, ...]
    values: tuple[float, ...]
    hours: tuple[float, ...]
    seconds: tuple[float, ...]

    def nets(self, prices: _Prices) -> list[float]:
        """What each combination retires beyond its price."""
        hour, second = prices.hour, prices.second
        return list(
            map(sub, self.values, (h * hour + s * second for h, s in zip(self.hours, self.seconds, strict=True)))
        )


class _Settled(Struct, frozen=True):
    bound: float
    hours: float
    seconds: float


class _Relaxed:
    """The problem under given parts."""

    def __init__(self, bills: Mapping[str, _Bill], budget: Budget) -> None:
        self._bills = bills
        self._budget = budget

    def settle(self, prices: _Prices) -> _Settled:
        """Every boundary takes its best combination at these prices."""
        total = prices.hour * (self._budget.hours or 0.0) + prices.second * (self._budget.seconds or 0.0)
        hours = seconds = 0.0
        for bill in self._bills.values():
            nets = bill.nets(prices)
            best = max(nets)
            mask = nets.index(best)
            total += best
            hours += bill.hours[mask]
            seconds += bill.seconds[mask]
        return _Settled(total, hours, seconds)

    def priced(self, prices: _Prices, unit: str, high: float) -> _Prices:
        """The prices with that of `unit` set where the bound is lowest: it is convex, and falls with the price as long
        as more than the budget is used."""
        low = 0.0
        best = prices
        lowest = self.settle(prices).bound
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            tried = _Prices(middle, prices.second) if unit == "hour" else _Prices(prices.hour, middle)
            settled = self.settle(tried)
            if settled.bound < lowest:
                best, lowest = tried, settled.bound
            used = settled.hours if unit == "hour" else settled.seconds
            limit = self._budget.hours if unit == "hour" else self._budget.seconds
            low, high = (middle, high) if used > (limit or 0.0) else (low, middle)
        return best

    def parts(self, found: Sequence[Candidate], prices: _Prices) -> dict[tuple[str, str], float]:
        """Parts in proportion to what the technique is worth to each boundary at these prices."""
        worth: dict[tuple[str, Technique], float] = {}
        for boundary in {b: None for c in found if len(c.boundaries) > 1 for b in c.boundaries}:
            bill = self._bills[boundary]
            nets = bill.nets(prices)
            for index, technique in enumerate(bill.techniques):
                bit = 1 << index
                own = bill.hours[bit] * prices.hour + bill.seconds[bit] * prices.second
                having = max(net for mask, net in enumerate(nets) if mask & bit) + own
                lacking = max(net for mask, net in enumerate(nets) if not mask & bit)
                worth[boundary, technique] = max(0.0, having - lacking)
        return {
            (c.id, b): part
            for c in found
            for b, part in zip(
                c.boundaries,
                _normed([worth[b, c.technique] for b in c.boundaries]) if len(c.boundaries) > 1 else (1.0,),
                strict=True,
            )
        }


def _bills(found: Sequence[Candidate], options: Mapping[str, Configurations], parts: _Parts) -> dict[str, _Bill]:
    """Where several candidates bring a technique to a boundary, it pays the least any of them asks of it."""
    hours: dict[tuple[str, Technique], float] = {}
    seconds: dict[tuple[str, Technique], float] = {}
    for c in found:
        for b in c.boundaries:
            key, part = (b, c.technique), parts[c.id, b]
            hours[key] = min(hours.get(key, float("inf")), part * c.figures.hours)
            seconds[key] = min(seconds.get(key, float("inf")), part * c.figures.seconds)
    return {
        boundary: _Bill(
            own.techniques,
            own.values,
            _sums([hours[boundary, technique] for technique in own.techniques]),
            _sums([seconds[boundary, technique] for technique in own.techniques]),
        )
        for boundary, own in options.items()
    }


def _sums(costs: Sequence[float]) -> tuple[float, ...]:
    """The cost of each combination, numbered as in `Configurations`."""
    found = [0.0]
    for cost in costs:
        found += [before + cost for before in found]
    return tuple(found)


def _normed(weights: Sequence[float]) -> tuple[float, ...]:
    total = sum(weights)
    return tuple(weight / total if total else 1 / len(weights) for weight in weights)
