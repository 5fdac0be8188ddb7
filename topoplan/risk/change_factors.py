"""Factors read from version control: churn of the interface, breaking changes, change of both sides."""

from __future__ import annotations

from topoplan.model.change import ChangeRate, ServiceHistory
from topoplan.model.facts import Style
from topoplan.model.phrases import counted, listed
from topoplan.model.topology import Boundary
from topoplan.risk.context import Context
from topoplan.risk.weighing import HALF, Reading, Weighted, mean, saturate

CHANGE_WEIGHTS = {"interface": 0.5, "provider": 0.2, "consumer": 0.2, "fixes": 0.1}
"""Weight of each part of the change of a boundary; the interface counts above all."""

_NO_HISTORY = "no version control history"


def interface_churn(context: Context, boundary: Boundary) -> Reading:
    """Relative churn of the provider's specification files: x / (x + 0.25)."""
    change = _change(context, boundary.provider)
    if change is None or change.interface is None:
        return Reading(None, _NO_HISTORY if not context.history.available else "no specification under version control")
    return Reading(
        saturate(change.interface.relative_churn, HALF["interface-churn"]), _churn("interface", change.interface)
    )


def breaking_changes(context: Context, boundary: Boundary) -> Reading:
    """Incompatible steps between versions of the provider's specification, each weighted by 2^(-age / half-life):
    n / (n + 1)."""
    change = _change(context, boundary.provider)
    if change is None or (change.interface is None and not change.breaking):
        return Reading(None, _NO_HISTORY if not context.history.available else "no specification under version control")
    if not change.breaking:
        return Reading(0.0, "no breaking change in the period")
    half_life = max(1, context.history.half_life_days) * 86400
    weighed = sum(2 ** (-max(0, context.history.until - b.time) / half_life) for b in change.breaking)
    newest = sorted(change.breaking, key=lambda b: (-b.time, b))
    kinds = listed(sorted({b.kind.value for b in newest}))
    reason = f"{counted(len(newest), 'breaking change')} ({kinds}), {weighed:.1f} weighted by age"
    return Reading(saturate(weighed, HALF["breaking-changes"]), reason, tuple(str(b.where) for b in newest[:5]))


def change(context: Context, boundary: Boundary) -> Reading:
    """How much both sides and above all the interface between them changed lately: the weighted mean of the known
    relative churns (each x / (x + 0.25)) and of fix commits (n / (n + 5))."""
    if not context.history.available:
        return Reading(None, f"{_NO_HISTORY} ({context.history.reason})" if context.history.reason else _NO_HISTORY)
    provider = _change(context, boundary.provider) if boundary.style is not Style.RESOURCE else None
    consumer = _change(context, boundary.consumer)
    rates = {
        "interface": provider.interface if provider else None,
        "provider": provider.code if provider else None,
        "consumer": consumer.code if consumer else None,
    }
    known = {part: rate for part, rate in rates.items() if rate is not None}
    if not known:
        return Reading(None, "neither side is under version control")
    fixes = sum(rate.fix_commits for rate in known.values())
    parts = [_part(part, saturate(rate.relative_churn, HALF["interface-churn"])) for part, rate in known.items()]
    parts.append(_part("fixes", saturate(fixes, HALF["fixes"])))
    sides = {"interface": "interface", "provider": boundary.provider, "consumer": boundary.consumer}
    reason = "; ".join(_churn(sides[part], rate) for part, rate in known.items())
    return Reading(mean(parts), f"{reason}; {counted(fixes, 'fix commit')}")


def _part(name: str, value: float) -> Weighted:
    return Weighted(name, CHANGE_WEIGHTS[name], Reading(value, ""))


def _change(context: Context, service: str) -> ServiceHistory | None:
    return context.changes.get(service) if context.history.available else None


def _churn(what: str, rate: ChangeRate) -> str:
    if not rate.commits:
        return f"{what} did not change lately"
    churn = f"{100 * rate.relative_churn:.0f} %" if rate.relative_churn >= 0.005 else "under 1 %"
    return f"{what} changed by {churn} of its size lately ({counted(rate.commits, 'commit')})"
