"""Factors read from traces: share of traffic, errors, the tail of the latency."""

from __future__ import annotations

from topoplan.model.facts import Style
from topoplan.model.phrases import milliseconds
from topoplan.model.topology import Boundary
from topoplan.risk.context import Context
from topoplan.risk.weighing import HALF, Reading, saturate

_KIND = {Style.SYNC: "calls", Style.MESSAGE: "messages", Style.RESOURCE: "uses of stores and brokers"}


def traffic(context: Context, boundary: Boundary) -> Reading:
    """Share of all observed calls of its style against the average boundary's: s / (s + 1/n), ½ for an average one.
    A boundary traces could have shown but did not has no traffic, which is not proof that nothing calls it."""
    whole = context.traffic.get(boundary.style)
    if whole is None:
        return Reading(None, f"no {_KIND[boundary.style]} in traces")
    calls = boundary.stats.calls if boundary.stats else 0
    if not calls:
        return Reading(0.0, f"none of {whole.calls} {_KIND[boundary.style]} in the traces")
    share = calls / whole.calls
    reason = f"{calls} of {whole.calls} {_KIND[boundary.style]} ({_percent(share)})"
    return Reading(saturate(share, 1 / whole.boundaries), reason, _observed_at(boundary))


def error_rate(context: Context, boundary: Boundary) -> Reading:
    """Errors over calls: e / (e + 2 %)."""
    rate = boundary.stats.error_rate if boundary.stats else None
    if boundary.stats is None or rate is None:
        return Reading(None, "not seen in traces")
    reason = f"{boundary.stats.errors} of {boundary.stats.calls} calls failed ({_percent(rate)})"
    return Reading(saturate(rate, HALF["error-rate"]), reason, _observed_at(boundary))


def tail(context: Context, boundary: Boundary) -> Reading:
    """How much slower the slowest hundredth is than the median: (r − 1) / (r − 1 + 4) with r = p99 / p50."""
    stats = boundary.stats
    p50, p99 = (stats.p50_ms, stats.p99_ms) if stats else (None, None)
    if not p50 or p99 is None:
        return Reading(None, "no latency in traces")
    ratio = p99 / p50
    reason = f"p99/p50 = {ratio:.1f} ({milliseconds(p99)} over {milliseconds(p50)})"
    return Reading(saturate(ratio - 1, HALF["tail"]), reason, _observed_at(boundary))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else "under 0.1 %"


def _observed_at(boundary: Boundary) -> tuple[str, ...]:
    return tuple(str(e.where) for e in boundary.evidence if e.basis.value == "observed")
