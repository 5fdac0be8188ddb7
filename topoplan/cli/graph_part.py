"""Which part of the graph a person asks for."""

from __future__ import annotations

from msgspec import Struct

from topoplan.cli.selection import find_journey, find_service
from topoplan.model.report import Report
from topoplan.reporting.part import along, around, open_gaps, part


class Wanted(Struct, frozen=True):
    """Each of these narrows the graph further; without any it is all of it."""

    focus: str | None = None
    """Id, name or alias of a service."""
    depth: int = 1
    journey: str | None = None
    only_gaps: bool = False


def chosen(report: Report, wanted: Wanted) -> Report:
    """The part of the report that is wanted. Raises UsageError for a service or journey that is not there."""
    names: list[str] = []
    services: set[str] = set()
    boundaries = frozenset(boundary.id for boundary in report.topology.boundaries)
    if wanted.journey is not None:
        journey = find_journey(report.journeys, wanted.journey)
        boundaries &= along(report.topology, journey)
        services.update(journey.services)
        names.append(f"journey {journey.name}")
    if wanted.focus is not None:
        service = find_service(report.topology, wanted.focus)
        boundaries &= around(report.topology, service.id, wanted.depth)
        services = {service.id}
        names.append(f"around {service.name}")
    if wanted.only_gaps:
        boundaries &= open_gaps(report)
        names.append("open gaps")
    return part(report, ", ".join(names), boundaries, services) if names else report
