"""What risk is left while tests are taken: the one place that knows what a further test would retire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from topoplan.model.coverage import Coverage
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode
from topoplan.planning.candidates import Candidate
from topoplan.planning.residual import Risks, after, rest
from topoplan.planning.techniques import Figures

Proven = Mapping[tuple[str, Technique], float]
"""(Boundary, technique) → the share of it that existing tests prove, 0–1; absent: nothing."""


class Ledger:
    """Risk by boundary and mode under the tests taken so far.

    A technique counts once for a boundary, however many tests bring it there: a second slice over the same boundary
    mostly repeats the first, and evidence is kept by technique, too. What a set of tests retires is then monotone and
    submodular in the pairs of boundary and technique it covers.
    """

    __slots__ = ("_left", "_proven", "_versions")

    def __init__(self, left: Mapping[str, Risks], proven: Proven) -> None:
        self._left = dict(left)
        self._proven = dict(proven)
        self._versions: dict[str, int] = {}

    def copy(self) -> Ledger:
        """An independent ledger in the same state."""
        made = Ledger(self._left, self._proven)
        made._versions = dict(self._versions)
        return made

    @property
    def left(self) -> Mapping[str, Risks]:
        """Boundary → risk by mode."""
        return self._left

    def version(self, candidate: Candidate) -> int:
        """A number that grows when something is taken on a boundary of the candidate."""
        if not self._versions:
            return 0
        return sum(self._versions.get(boundary, 0) for boundary in candidate.boundaries)

    def gain(self, candidate: Candidate) -> float:
        """Risk the candidate would retire now, summed over its boundaries and modes."""
        total = 0.0
        effects = candidate.figures.effects
        for boundary, goal in zip(candidate.boundaries, candidate.shares, strict=True):
            share = self._proven.get((boundary, candidate.technique), 0.0)
            if share < goal:
                part = 0.0  # a loop: a plan of a large system asks a million times
                for mode, risk in self._left[boundary].items():
                    effect = effects.get(mode)
                    if effect:
                        part += risk * rest(effect, share, goal)
                total += part
        return total

    def factors(self, candidate: Candidate, boundary: str) -> tuple[float, ...]:
        """What the candidate would multiply the risk of each mode left on one of its boundaries by, in their order."""
        goal = candidate.shares[candidate.boundaries.index(boundary)]
        share = self._proven.get((boundary, candidate.technique), 0.0)
        effects = candidate.figures.effects
        return tuple(1 - rest(effects.get(mode, 0.0), share, goal) for mode in self._left[boundary])

    def gain_on(self, candidate: Candidate, boundary: str) -> float:
        """The part of `gain` on one boundary."""
        left = self._left[boundary].values()
        return sum(r * (1 - f) for r, f in zip(left, self.factors(candidate, boundary), strict=True))

    def gains(self, candidate: Candidate) -> dict[Mode, float]:
        """The same by mode, strongest first, without the modes it does nothing for."""
        found: dict[Mode, float] = {}
        for boundary, goal in zip(candidate.boundaries, candidate.shares, strict=True):
            share = self._proven.get((boundary, candidate.technique), 0.0)
            for mode, risk in self._left[boundary].items():
                gain = risk * rest(candidate.figures.effects.get(mode, 0.0), share, goal)
                if gain > 0:
                    found[mode] = found.get(mode, 0.0) + gain
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0].value)))

    def take(self, candidate: Candidate) -> None:
        """Count the candidate as written and passing."""
        effects = candidate.figures.effects
        for boundary, goal in zip(candidate.boundaries, candidate.shares, strict=True):
            key = boundary, candidate.technique
            share = self._proven.get(key, 0.0)
            if share < goal:
                left = self._left[boundary].items()
                self._left[boundary] = {m: risk * (1 - rest(effects.get(m, 0.0), share, goal)) for m, risk in left}
                self._proven[key] = goal
                self._versions[boundary] = self._versions.get(boundary, 0) + 1


def opened(risks: Mapping[str, Risks], coverage: Coverage | None, table: Mapping[Technique, Figures]) -> Ledger:
    """The ledger before anything is taken: with the tests that exist, each as far as it is proven."""
    shares = {
        (found.boundary, one.technique): one.share
        for found in (coverage.boundaries if coverage else ())
        for one in found.techniques
        if one.share > 0 and found.boundary in risks
    }
    left = dict(risks)
    for (boundary, technique), share in sorted(shares.items()):
        left[boundary] = after(left[boundary], table[technique], share)
    return Ledger(left, shares)


def total(risks: Iterable[Risks]) -> float:
    """The sum over boundaries and modes."""
    return sum(sum(by_mode.values()) for by_mode in risks)
