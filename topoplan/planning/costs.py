"""What a test costs, given how many cases it holds."""

from __future__ import annotations

from msgspec.structs import replace

from topoplan.planning.techniques import Figures

CASES_INCLUDED = 12
"""Cases that the figures of a technique already pay for."""
CASES_DOUBLING = 24
"""Further cases that cost as much again."""


def sized(figures: Figures, cases: int) -> Figures:
    """The figures of one test with this many cases: hours and seconds grow linearly with the cases above the first
    `CASES_INCLUDED`."""
    if cases <= CASES_INCLUDED:
        return figures
    factor = 1 + (cases - CASES_INCLUDED) / CASES_DOUBLING
    return replace(figures, hours=figures.hours * factor, seconds=figures.seconds * factor)
