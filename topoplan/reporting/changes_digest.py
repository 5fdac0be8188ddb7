"""What changed since the base, in words: shared by the formats meant for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan.model.changes import Changes, GapChange, OperationChange, RiskChange
from topoplan.model.gaps import Ratio, Tally
from topoplan.model.phrases import counted, listed
from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.digest import Ranked
from topoplan.reporting.figures import percent

NOTHING = "Nothing that was compared is different"
OPERATIONS_NAMED = 3
TOLD_POINTS = 2
"""Scores that differ by less are counted only: rounding alone can make one point."""


class Change(Struct, frozen=True):
    """One difference: what it is about (a boundary, or a name or title), and the rest of the sentence. Neither is
    escaped for any format yet."""

    subject: Boundary | str
    text: str = ""


def change_groups(report: Report, changes: Changes) -> list[tuple[str, Sequence[Change]]]:
    """The differences under titles: what was built, then what it means for the tests; titles are never untrusted."""
    here = {boundary.id: boundary for boundary in report.topology.boundaries}
    kinds = {service.id: service.kind.value for service in report.topology.services}
    gone = [Boundary(b.id, b.consumer, b.provider, b.style, b.protocol, b.channel) for b in changes.boundaries_removed]
    groups: dict[str, Sequence[Change]] = {
        "New services": [Change(name, kinds.get(name, "")) for name in changes.services_added],
        "Services gone": [Change(service.id, service.kind.value) for service in changes.services_removed],
        "New boundaries": [_boundary(here[name]) for name in changes.boundaries_added if name in here],
        "Boundaries gone": [_boundary(boundary) for boundary in gone],
        "Operations": [Change(here.get(one.boundary, one.boundary), _operations(one)) for one in changes.operations],
        "Risk": _risks(changes.risks, here),
        "Gaps opened": [Change(one.title, _gap(one, named=one.opened)) for one in changes.gaps_opened],
        "Gaps closed": [Change(one.title, _gap(one, named=one.closed)) for one in changes.gaps_closed],
        "Gaps changed": [Change(one.title, _gap(one)) for one in changes.gaps_changed],
        "Coverage": _coverage(changes),
        "Not compared": [Change(one.part.value, one.reason) for one in changes.not_compared],
    }
    return [(title, found) for title, found in groups.items() if found]


def _boundary(boundary: Boundary) -> Change:
    return Change(boundary, Ranked(boundary, None).via)


def _operations(change: OperationChange) -> str:
    return _joined([_named("new: ", change.added), _named("gone: ", change.removed)])


def _risks(changes: Sequence[RiskChange], here: Mapping[str, Boundary]) -> list[Change]:
    told = [one for one in changes if abs(one.after - one.before) >= TOLD_POINTS]
    found = [Change(here.get(one.boundary, one.boundary), _risk(one)) for one in told]
    if len(told) < len(changes):
        others = counted(len(changes) - len(told), "other boundary" if told else "boundary")
        found.append(Change(others, "a point up or down"))
    return found


def _risk(change: RiskChange) -> str:
    fact = change.reason_after or (f"no longer {change.reason_before}" if change.reason_before else "")
    return _joined([f"{change.before}, now {change.after}", ": ".join(part for part in (change.mode, fact) if part)])


def _gap(change: GapChange, named: Iterable[str] = ()) -> str:
    """How urgent and how far covered it was and is, then the operations of a gap that came or went, or those that came
    to and left one that stays."""
    before, after = change.urgency_before, change.urgency_after
    urgency = f"was {before}, now {after}" if before and after and before != after else str(after or before)
    then, now = (state.value if state else "not there" for state in (change.before, change.after))
    state = f"was {then}, now {now}" if then != now else then
    stays = before and after
    operations = [_named("opens ", change.opened), _named("closes ", change.closed)] if stays else [_named("", named)]
    return _joined([urgency, state, *operations])


def _coverage(changes: Changes) -> list[Change]:
    """The totals that read differently now."""
    before, after = changes.coverage_before, changes.coverage_after
    if before is None or after is None:
        return []
    pairs = zip(_totals(before).items(), _totals(after).values(), strict=True)
    return [Change(name, f"{then}, now {now}") for (name, then), now in pairs if then != now]


def _totals(tally: Tally) -> Mapping[str, str]:
    return {
        "recommended tests": _share(tally.tests),
        "boundaries": _share(tally.boundaries),
        "consumer calls": _share(tally.calls),
        "risk that can be retired": percent(tally.risk_retired, tally.risk_retirable),
    }


def _share(ratio: Ratio) -> str:
    return f"{ratio.covered:,} of {ratio.total:,} ({percent(ratio.covered, ratio.total)})"


def _named(lead: str, operations: Iterable[str]) -> str:
    named = listed((operation for operation in operations if operation), OPERATIONS_NAMED)
    return f"{lead}{named}" if named else ""


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)
