"""A part of a report, for pictures and data of what a person asks about."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from topoplan.model.changes import Changes
from topoplan.model.journey import Journey
from topoplan.model.report import Report
from topoplan.model.topology import Boundary, Topology


def around(topology: Topology, service: str, depth: int) -> frozenset[str]:
    """Boundaries that lead to or from a service in up to `depth` steps, whichever way they point; their ids."""
    reached: set[str] = {service}
    found: set[str] = set()
    for _ in range(depth):
        near = [
            b for b in topology.boundaries if b.id not in found and not reached.isdisjoint((b.consumer, b.provider))
        ]
        if not near:
            break
        found.update(boundary.id for boundary in near)
        reached.update(end for boundary in near for end in (boundary.consumer, boundary.provider))
    return frozenset(found)


def along(topology: Topology, journey: Journey) -> frozenset[str]:
    """Boundaries that a journey runs through: those it names, else all between its services; their ids."""
    services = set(journey.services)
    return frozenset(journey.boundaries) or frozenset(
        boundary.id for boundary in topology.boundaries if {boundary.consumer, boundary.provider} <= services
    )


def open_gaps(report: Report) -> frozenset[str]:
    """Boundaries with an open gap; their ids. A gap along several boundaries leaves all of them open."""
    tests = {test.id: test.boundaries for test in report.plan.tests}
    return frozenset(boundary for gap in report.gaps.open for boundary in tests.get(gap.test, (gap.boundary,)))


def part(report: Report, name: str, boundaries: Collection[str], services: Collection[str] = ()) -> Report:
    """The report with these boundaries, their ends and their brokers alone, and `services` even without a boundary;
    its system is called after the part. Of what is gone since a base, what touches the part stays. Totals, sources and
    notices are left as they are: they tell of the whole."""
    topology = report.topology
    kept = tuple(boundary for boundary in topology.boundaries if boundary.id in boundaries)
    ends = {*services, *(end for boundary in kept for end in _ends(boundary))}
    suggested = tuple(one for one in topology.suggestions if {one.consumer, one.provider} <= ends)
    subjects = {boundary.id for boundary in kept} | ends
    return replace(
        report,
        system=": ".join(filter(None, (report.system, name))),
        topology=replace(
            topology,
            services=tuple(service for service in topology.services if service.id in ends),
            boundaries=kept,
            drift=tuple(one for one in topology.drift if one.subject in subjects),
            suggestions=suggested,
        ),
        profiles=tuple(profile for profile in report.profiles if profile.boundary in boundaries),
        plan=replace(
            report.plan, tests=tuple(t for t in report.plan.tests if not set(t.boundaries).isdisjoint(boundaries))
        ),
        gaps=replace(report.gaps, open=tuple(gap for gap in report.gaps.open if gap.boundary in boundaries)),
        changes=report.changes and _near(report.changes, ends),
    )


def _ends(boundary: Boundary) -> tuple[str, ...]:
    return tuple(filter(None, (boundary.consumer, boundary.provider, boundary.broker)))


def _near(changes: Changes, services: Collection[str]) -> Changes:
    """What is gone at these services, with its other ends."""
    known = {gone.id for gone in changes.services_removed} | set(services)
    removed = tuple(
        gone
        for gone in changes.boundaries_removed
        if {gone.consumer, gone.provider} <= known and not {gone.consumer, gone.provider}.isdisjoint(services)
    )
    ends = {end for gone in removed for end in (gone.consumer, gone.provider)}
    return replace(
        changes,
        services_removed=tuple(gone for gone in changes.services_removed if gone.id in ends),
        boundaries_removed=removed,
    )
