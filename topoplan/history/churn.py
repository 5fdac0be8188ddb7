"""Change rates from commits: pure arithmetic.

Relative churn is `Σ weight × (lines added + deleted) / size in lines`, after the relative measures that predict fault
density where absolute churn does not (Nagappan & Ball, "Use of Relative Code Churn Measures to Predict System Defect
Density", ICSE 2005). `weight = 2^(−age / half-life)`, age counted from the newest commit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, field

from topoplan.model.change import ChangeRate

CHURN_CAP = 10.0
"""Largest relative churn told: beyond "rewritten ten times" the figure only says that the size is small."""

_DAY = 86_400

Key = TypeVar("Key")


class Touch(Struct, frozen=True):
    """What one commit changed of one owner. `lines` is added plus deleted."""

    time: int
    author: str
    fix: bool
    lines: int


class _Tally(Struct):
    authors: set[str] = field(default_factory=set)
    fixes: int = 0
    lines: int = 0
    last: int = 0
    weights: list[float] = field(default_factory=list)
    weighted_lines: list[float] = field(default_factory=list)


def change_rates(
    touches: Iterable[tuple[Key, Touch]], sizes: Mapping[Key, int], until: int, half_life_days: int
) -> dict[Key, ChangeRate]:
    """The change of every key in `sizes` (current lines) or `touches`; one touch is one commit.

    `until` is the moment ages are measured from, Unix seconds; a younger commit has age 0. The order of the touches
    does not matter, to the last bit. Without a known size relative churn stays 0 while commits and lines are told.
    """
    tallies: dict[Key, _Tally] = {key: _Tally() for key in sizes}
    for key, touch in touches:
        tally = tallies.setdefault(key, _Tally())
        weight = recency(until - touch.time, half_life_days)
        tally.authors.add(touch.author)
        tally.fixes += touch.fix
        tally.lines += touch.lines
        tally.last = max(tally.last, touch.time)
        tally.weights.append(weight)
        tally.weighted_lines.append(weight * touch.lines)
    return {key: _rate(tally, sizes.get(key, 0)) for key, tally in tallies.items()}


def recency(age_seconds: int, half_life_days: int) -> float:
    """Weight of a change of this age, in [0, 1]: 1 now, ½ after each half-life."""
    return math.exp2(-max(0, age_seconds) / (_DAY * max(1, half_life_days)))


def _rate(tally: _Tally, size: int) -> ChangeRate:
    churn = math.fsum(tally.weighted_lines) / size if size else 0.0
    return ChangeRate(
        commits=len(tally.weights),
        authors=len(tally.authors),
        fix_commits=tally.fixes,
        lines_changed=tally.lines,
        size_lines=size,
        weighted_commits=round(math.fsum(tally.weights), 6),
        relative_churn=round(min(CHURN_CAP, churn), 6),
        last_changed=tally.last,
    )
