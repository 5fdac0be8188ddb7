"""What is said of a place in the matrix."""

from __future__ import annotations

import pytest
from large_system import large_report
from nasty_report import NASTY, nasty_report

from topoplan.model.coverage import BoundaryCoverage
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting.matrix import matrix
from topoplan.reporting.matrix_digest import MOST_BOUNDARIES, explained


def _coverage(report: Report) -> dict[str, BoundaryCoverage]:
    return {found.boundary: found for found in report.coverage.boundaries}


def test_a_place_is_explained() -> None:
    report = large_report(60)
    found, shown = _coverage(report), matrix(report)
    place = shown.worst[0]
    cell = shown.at(place)
    assert cell is not None
    assert cell.gap is not None
    who, states, gap = explained(shown, found, place)
    assert shown.rows[place[0]].name in who
    assert shown.rows[place[1]].name in who
    assert cell.boundaries[0].protocol in states
    assert cell.gap.next_step in gap
    assert "closes dependency cycle" in explained(shown, found, shown.backward[0])[0]
    assert "layer" in explained(shown, found, (0, 0))[0]
    empty = next((0, c) for c in range(1, len(shown.rows)) if not shown.at((0, c)))
    assert "no boundary" in explained(shown, found, empty)[0]


def test_nothing_is_explained_too() -> None:
    assert explained(matrix(Report("empty", Topology())), {}, (0, 0))[0] == "No service depends on another."


def test_of_many_boundaries_in_one_place_the_worst_are_told() -> None:
    report = large_report(60)
    shown = matrix(report, {service.id: "all" for service in report.topology.services})
    _, states, _ = explained(shown, {}, (0, 0))
    assert states.endswith(f"; and {len(report.topology.boundaries) - MOST_BOUNDARIES} more")


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_are_explained_as_they_are(nasty: str) -> None:
    report = nasty_report(nasty)
    shown = matrix(report)
    for place in shown.worst:
        consumer, provider = (shown.rows[end].name for end in place)
        who, _, _ = explained(shown, _coverage(report), place)
        assert who.startswith(consumer)
        assert provider in who
