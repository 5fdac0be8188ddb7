"""Which candidates to take: greedy by risk retired per hour, re-evaluated only where something was taken before.

The total risk retired is monotone submodular, so a candidate's worth only falls as others are taken: an outdated worth
is an upper bound, and the best up-to-date one at the top of the heap is the best of all (Minoux, 1978). Candidates may
cover several boundaries, so slices and budgets need no other algorithm.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from topoplan.model.risk import Mode
from topoplan.planning.candidates import Candidate
from topoplan.planning.residual import after, retired


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate taken, with the risk it retired by mode at that moment, strongest first."""

    candidate: Candidate
    retired: Mapping[Mode, float]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was taken, best value first, and what is left."""

    chosen: tuple[Chosen, ...]
    left: Mapping[str, Mapping[Mode, float]]
    """Boundary → risk by mode after everything taken."""

    def worth(self, candidate: Candidate) -> float:
        """Risk a candidate not taken would still retire per hour."""
        return _total(candidate, self.left) / candidate.figures.hours


def select(found: Iterable[Candidate], risks: Mapping[str, Mapping[Mode, float]], min_value: float) -> Selection:
    """Take candidates until the next one retires less than `min_value` per hour. Ties go by id.

    `risks` is the risk by mode of each boundary before any test.
    """
    left = dict(risks)
    taken: dict[str, int] = dict.fromkeys(left, 0)
    heap = [(-_total(c, left) / c.figures.hours, c.id, 0, c) for c in found]
    heapq.heapify(heap)
    chosen: list[Chosen] = []
    while heap:
        negative, name, seen, candidate = heapq.heappop(heap)
        now = sum(taken[b] for b in candidate.boundaries)
        if -negative < min_value or not negative:
            break
        if seen != now:
            heapq.heappush(heap, (-_total(candidate, left) / candidate.figures.hours, name, now, candidate))
            continue
        chosen.append(Chosen(candidate, _gains(candidate, left)))
        for boundary in candidate.boundaries:
            left[boundary] = after(left[boundary], candidate.figures)
            taken[boundary] += 1
    return Selection(tuple(chosen), left)


def _gains(candidate: Candidate, left: Mapping[str, Mapping[Mode, float]]) -> dict[Mode, float]:
    gains: dict[Mode, float] = {}
    for boundary in candidate.boundaries:
        for mode, gain in retired(left[boundary], candidate.figures).items():
            gains[mode] = gains.get(mode, 0.0) + gain
    return dict(sorted(gains.items(), key=lambda item: (-item[1], item[0].value)))


def _total(candidate: Candidate, left: Mapping[str, Mapping[Mode, float]]) -> float:
    return sum(_gains(candidate, left).values())
