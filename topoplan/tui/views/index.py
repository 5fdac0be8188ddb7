"""A report as the screens look things up in it: made once in the worker, read everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

from topoplan.model.coverage import BoundaryCoverage
from topoplan.model.gaps import Gap
from topoplan.model.plan import Recommendation
from topoplan.model.report import Report
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Boundary, Service

T = TypeVar("T")


class ReportIndex(Struct, frozen=True):
    """Everything by the ids that screens navigate with. Missing keys mean there is nothing."""

    report: Report
    services: Mapping[str, Service]
    boundaries: Mapping[str, Boundary]
    profiles: Mapping[str, RiskProfile]
    coverage: Mapping[str, BoundaryCoverage]
    gaps: Mapping[str, tuple[Gap, ...]]
    """Boundary → its gaps, most open risk first."""
    tests: Mapping[str, tuple[Recommendation, ...]]
    """Boundary → the recommended tests that cover it, in the plan's order."""
    outgoing: Mapping[str, tuple[Boundary, ...]]
    """Service → boundaries it is the consumer of, sorted by id."""
    incoming: Mapping[str, tuple[Boundary, ...]]
    """Service → boundaries it is the provider of, sorted by id."""


def index(report: Report) -> ReportIndex:
    """Index a report; linear in its size."""
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for gap in report.gaps.open:
        gaps[gap.boundary].append(gap)
    tests: dict[str, list[Recommendation]] = defaultdict(list)
    for test in report.plan.tests:
        for name in test.boundaries:
            tests[name].append(test)
    outgoing: dict[str, list[Boundary]] = defaultdict(list)
    incoming: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in report.topology.boundaries:
        outgoing[boundary.consumer].append(boundary)
        incoming[boundary.provider].append(boundary)
    return ReportIndex(
        report=report,
        services={service.id: service for service in report.topology.services},
        boundaries={boundary.id: boundary for boundary in report.topology.boundaries},
        profiles={profile.boundary: profile for profile in report.profiles},
        coverage={found.boundary: found for found in report.coverage.boundaries},
        gaps=_frozen(gaps),
        tests=_frozen(tests),
        outgoing=_frozen(outgoing),
        incoming=_frozen(incoming),
    )


def _frozen(found: Mapping[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {key: tuple(items) for key, items in found.items()}
