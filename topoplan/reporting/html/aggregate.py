"""A system seen from further away: its groups, and what runs between them. The figures are of the whole system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypedDict

from msgspec import Struct

from topoplan.graph import Group
from topoplan.model.coverage import State
from topoplan.model.facts import Style
from topoplan.model.gaps import Gap
from topoplan.model.report import Report
from topoplan.reporting.standing import boundary_states


class Figures(TypedDict):
    """Of some boundaries together."""

    boundaries: int
    gaps: int
    """Open ones."""
    state: str
    """Of the open gap with most open risk; `covered` where every boundary with a test is; else empty."""
    score: int | None
    """The highest risk score; None where nothing is scored."""


class Edge(Figures):
    """All boundaries with a consumer in one group and a provider in another, messages apart from everything else."""

    consumer: int
    """Number of the group, from 0."""
    provider: int
    message: bool


class Aggregate(TypedDict):
    nodes: list[Figures]
    """Boundaries inside each group, in the order of the groups."""
    edges: list[Edge]
    """By consumer, provider, messages last. Every boundary of the system is counted in one node or one edge."""


class _Facts(Struct):
    gaps: dict[str, list[Gap]]
    scores: dict[str, int]
    states: dict[str, State]


def aggregate(report: Report, groups: Sequence[Group]) -> Aggregate:
    """The figures of `groups`, which hold every service of the report once. Linear in its boundaries and gaps."""
    home = {member: number for number, group in enumerate(groups) for member in group.members}
    inside: dict[int, list[str]] = defaultdict(list)
    between: dict[tuple[int, int, bool], list[str]] = defaultdict(list)
    for boundary in report.topology.boundaries:
        consumer, provider = home[boundary.consumer], home[boundary.provider]
        if consumer == provider:
            inside[consumer].append(boundary.id)
        else:
            between[consumer, provider, boundary.style is Style.MESSAGE].append(boundary.id)
    facts = _facts(report)
    return {
        "nodes": [_figures(inside[number], facts) for number in range(len(groups))],
        "edges": [
            {"consumer": consumer, "provider": provider, "message": message, **_figures(found, facts)}
            for (consumer, provider, message), found in sorted(between.items())
        ],
    }


def _facts(report: Report) -> _Facts:
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for gap in report.gaps.open:
        gaps[gap.boundary].append(gap)
    scores = {profile.boundary: profile.score for profile in report.profiles}
    return _Facts(gaps, scores, boundary_states(report))


def _figures(boundaries: Sequence[str], facts: _Facts) -> Figures:
    gaps = [gap for boundary in boundaries for gap in facts.gaps.get(boundary, ())]
    worst = max(gaps, key=lambda gap: (gap.open_risk, gap.test), default=None)
    known = {facts.states[boundary] for boundary in boundaries if boundary in facts.states}
    state = worst.state.value if worst else State.COVERED.value if known == {State.COVERED} else ""
    scores = [facts.scores[boundary] for boundary in boundaries if boundary in facts.scores]
    return {"boundaries": len(boundaries), "gaps": len(gaps), "state": state, "score": max(scores, default=None)}
