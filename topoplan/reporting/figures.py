"""Numbers as a person reads them, never rounded into a false claim."""

from __future__ import annotations

from enum import StrEnum

from topoplan.model.phrases import milliseconds

NOT_APPLICABLE = "n/a"


class Band(StrEnum):
    """Risk in words, so that it never depends on colour alone."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


BAND_FLOOR = {Band.HIGH: 50, Band.MEDIUM: 25, Band.LOW: 0}
"""Lowest score (0–100) of each band, highest band first."""


def band_of(score: int) -> Band:
    """The band of a score 0–100."""
    return next(band for band, floor in BAND_FLOOR.items() if score >= floor)


def percent(part: float, whole: float) -> str:
    """`part` of `whole` in per cent; `<1 %` and `>99 %` where rounding would say nothing or all, n/a of nothing."""
    if whole <= 0:
        return NOT_APPLICABLE
    shown = round(100 * part / whole)
    if shown <= 0 < part:
        return "<1 %"
    return ">99 %" if shown >= 100 and part < whole else f"{shown} %"


def ratio(part: int, whole: int) -> str:
    """`62 % (5 of 8)`; n/a when there is nothing to count."""
    return f"{percent(part, whole)} ({part:,} of {whole:,})" if whole else NOT_APPLICABLE


def decimal(value: float, digits: int = 2) -> str:
    """A score with `digits` places; `<0.01` rather than a false 0, `>0.99` rather than a false 1."""
    step = 10.0**-digits
    shown = f"{value:.{digits}f}"
    if value > 0 and float(shown) == 0:
        return f"<{step:.{digits}f}"
    return f">{1 - step:.{digits}f}" if value < 1 and float(shown) == 1 else shown


def hours(value: float) -> str:
    """Person-hours: `2 h`, `1.5 h`, `120 h`."""
    return f"{value:,.0f} h" if value >= 10 or value == int(value) else f"{max(value, 0.1):.1f} h"


def latency(value: float | None) -> str:
    """A measured latency; n/a when unknown."""
    return NOT_APPLICABLE if value is None else milliseconds(value)


def filled(share: float, cells: int) -> int:
    """How many of `cells` a bar fills for `share` ∈ [0, 1]: none only at 0, all only at 1."""
    shown = round(share * cells)
    if share <= 0 or share >= 1:
        return cells if share >= 1 else 0
    return min(max(shown, 1), max(cells - 1, 1))
