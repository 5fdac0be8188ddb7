"""Random candidates over random risks, to hold the greedy choice against the optimum."""

from __future__ import annotations

import random

from topoplan.model.facts import Style
from topoplan.model.journey import Journey
from topoplan.model.plan import STYLE_TECHNIQUES, Technique
from topoplan.model.risk import Mode
from topoplan.planning.candidates import Candidate
from topoplan.planning.costs import sized
from topoplan.planning.ledger import Ledger
from topoplan.planning.slices import Path
from topoplan.planning.techniques import DEFAULTS


def system(rng: random.Random, boundaries: int, paths: int) -> tuple[list[Candidate], Ledger]:
    """Boundaries of all styles with risks as real ones have them (a few high, most low), every technique that fits at
    a cost by its cases, and `paths` slices over neighbouring boundaries, every eighth of them end to end."""
    names = [f"b{number:05}" for number in range(boundaries)]
    calls: list[str] = []
    shares: dict[str, float] = {}
    found: list[Candidate] = []
    risks: dict[str, dict[Mode, float]] = {}
    for name in names:
        style = rng.choices((Style.SYNC, Style.MESSAGE, Style.RESOURCE), (6, 2, 3))[0]
        modes = [Mode.INFRASTRUCTURE] if style is Style.RESOURCE else rng.sample(list(Mode), rng.randint(3, 6))
        level = rng.betavariate(2, 6)
        shares[name] = 1 / rng.randint(1, 4)
        risks[name] = {mode: level * rng.random() for mode in Mode if mode in modes}
        calls += [name] if style is not Style.RESOURCE else []
        found += [Candidate(t, (name,), sized(DEFAULTS[t], rng.randint(1, 24))) for t in STYLE_TECHNIQUES[style]]
    for number in range(paths if len(calls) > 3 else 0):
        technique = Technique.E2E if number % 8 == 7 else Technique.SLICE
        length = rng.randint(2, 4) if technique is Technique.SLICE else rng.randint(3, 6)
        first = rng.randrange(max(1, len(calls) - length))
        on = tuple(calls[first : first + length])
        path = Path(technique, f"{number:05}", Journey("j", ()), (), on, tuple(shares[name] for name in on))
        found.append(Candidate(technique, on, sized(DEFAULTS[technique], rng.randint(4, 24)), path))
    return found, Ledger(risks, {})
