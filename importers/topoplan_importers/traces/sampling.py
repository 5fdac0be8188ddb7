"""Tells from what a span says of its sampling how many spans it stands for (its *weight*, or adjusted count).

Read are, the first that is there:

1. OpenTelemetry's trace state: `ot=th:…`, the rejection threshold (up to 14 hexadecimal digits of 56 bits, the rest
   being zeros): of 2^56 values of randomness those below are dropped, so the weight is 2^56 / (2^56 − threshold).
   Before that, `ot=p:…`: kept with a probability of 2^−p; 63 says that the span counts for nobody, so nothing is known.
   Jaeger's and Zipkin's formats hold a trace state in the tag `w3c.tracestate`.
2. The attributes `SampleRate` (Honeycomb), `sampling.rate` and `sampling.probability`: above 1 one of so many was kept,
   up to 1 it is the probability.
3. Jaeger's `sampler.type` and `sampler.param`, which its clients write on the first span of a trace: the probability
   where the type is `probabilistic`. Rate limits, lower bounds and what a remote service decided say nothing of it.
"""

from __future__ import annotations

import re
from typing import Any

from topoplan_importers.traces.span import Attributes

_STATE = "w3c.tracestate"
_RATES = ("SampleRate", "sampling.rate", "sampling.probability")
_SAMPLER, _PARAMETER = "sampler.type", "sampler.param"

SAMPLING = frozenset({_STATE, *_RATES})
"""Attribute keys, of spans, that `weigh` looks at."""
SAMPLER = frozenset({_SAMPLER, _PARAMETER})
"""Attribute keys that `weigh_trace` looks at."""

_STEP = 1024
"""Weights are rounded to such a part: sums of them are then exact, in any order."""
_MOST = float(1 << 20)
"""A larger weight is not believed."""
_OWN = re.compile(r"(?:^|,)\s*ot=([^,\s]*)")
_THRESHOLD = re.compile(r"(?:^|;)th:([0-9a-f]{1,14})(?:;|$)")
_POWER = re.compile(r"(?:^|;)p:(\d{1,2})(?:;|$)")
_BITS = 56
_NOBODY = 63


def weigh(found: Attributes, state: Any = None) -> float:
    """How many spans one stands for; 1.0 when it does not say. `state` is the trace state where the format has a place
    for it. Takes what it reads out of `found`, so that sampling does not tell descriptions of spans apart."""
    if not state and SAMPLING.isdisjoint(found):
        return 1.0
    told = found.pop(_STATE, None)
    rates = [found.pop(key) for key in _RATES if key in found]
    weight = _by_state(str(state or told or "")[:2048])
    return _tidy(weight if weight is not None else next(filter(None, map(_by_rate, rates)), 1.0))


def weigh_trace(found: Attributes) -> float:
    """How many traces the one stands for whose first span says `found`; 1.0 when it does not say. Takes that out."""
    kind, parameter = found.pop(_SAMPLER, None), found.pop(_PARAMETER, None)
    return _tidy((_by_rate(parameter) if kind == "probabilistic" else None) or 1.0)


def _by_state(state: str) -> float | None:
    own = _OWN.search(state)
    if own is None:
        return None
    threshold = _THRESHOLD.search(own[1])
    if threshold is not None:
        return (1 << _BITS) / ((1 << _BITS) - int(threshold[1].ljust(_BITS // 4, "0"), 16))
    power = _POWER.search(own[1])
    return float(1 << int(power[1])) if power is not None and int(power[1]) < _NOBODY else None


def _by_rate(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None
    try:
        rate = float(raw)
    except (ValueError, OverflowError):
        return None
    return (rate if rate > 1 else 1 / rate) if rate > 0 else None


def _tidy(weight: float) -> float:
    return round(weight * _STEP) / _STEP if 1 <= weight <= _MOST else 1.0
