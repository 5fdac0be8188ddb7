"""How numbers, durations and lists are written, wherever a sentence is made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 route`, `3 routes`, `1,204 boundaries`; `plural` where neither -s nor -ies is right."""
    if number == 1:
        return f"1 {noun}"
    regular = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number:,} {plural or regular}"


def sampled(seen: int, estimated: int, noun: str = "call") -> str:
    """`3 calls`; where sampling left some out, `3 calls (about 300 before sampling)`."""
    return counted(seen, noun) if seen == estimated else f"{counted(seen, noun)} (about {estimated:,} before sampling)"


def listed(names: Iterable[str], limit: int = 3) -> str:
    """`a, b, c and 4 more`: names for a sentence, in the order given."""
    found = list(names)
    shown = ", ".join(found[:limit])
    return f"{shown} and {len(found) - limit} more" if len(found) > limit else shown


def joined(names: Iterable[str]) -> str:
    """`a, b and c`: all of a few names; empty for none."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def seconds(value: float) -> str:
    """A run time to two units: `2 s`, `1 min 30 s`, `2 h 5 min`."""
    total = round(value) if value >= 1 else int(value > 0)
    if total < 60:
        return f"{total} s"
    if total < 3600:
        return _two(total // 60, "min", total % 60, "s")
    minutes = round(total / 60)
    return _two(minutes // 60, "h", minutes % 60, "min")


def timespan(value: float) -> str:
    """A stretch of time to what matters of it: `40 s`, `2 h 5 min`, and from two days on `12 days`."""
    return f"{int(value // 86_400):,} days" if value >= 2 * 86_400 else seconds(value)


def at_most(share: float) -> str:
    """A share of 0–1 that something is below, rounded up to two digits: `4.9 %`, `0.025 %`."""
    if share <= 0:
        return "0 %"
    digits = 1 - math.floor(math.log10(share * 100))
    return f"{math.ceil(round(share * 100 * 10**digits, 9)) / 10**digits:.{max(0, digits)}f} %"


def milliseconds(value: float) -> str:
    """A latency to two or three digits: `0.4 ms`, `12 ms`, `1.3 s`, `2 min 5 s`."""
    if value >= 60_000:
        return seconds(value / 1000)
    if value >= 999.5:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
