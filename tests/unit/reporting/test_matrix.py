"""The dependency structure matrix of a report: order, cycles and cells."""

from __future__ import annotations

import pytest
from large_system import large_report
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_report import REPORT

from topoplan.model.coverage import State
from topoplan.model.facts import Style
from topoplan.model.gaps import Gaps, Urgency
from topoplan.model.report import Report
from topoplan.model.topology import Boundary, Topology
from topoplan.reporting.matrix import Cell, Matrix, Place, matrix
from topoplan.reporting.standing import standings


def _at(shown: Matrix, place: Place) -> Cell:
    cell = shown.at(place)
    assert cell is not None
    return cell


def test_providers_come_after_their_consumers_and_only_cycles_point_back() -> None:
    shown = matrix(large_report(60))
    assert shown.cells
    for (row, column), cell in shown.cells.items():
        assert cell.back == (column < row)
        if cell.back:
            assert shown.rows[row].cycle == shown.rows[column].cycle > 0
        else:
            assert shown.rows[row].layer >= shown.rows[column].layer
    assert shown.backward == tuple(sorted(place for place, cell in shown.cells.items() if cell.back))
    assert shown.backward


def test_every_boundary_is_in_the_cell_of_its_ends() -> None:
    report = large_report(60)
    shown = matrix(report)
    number = {row.service: position for position, row in enumerate(shown.rows)}
    for boundary in report.topology.boundaries:
        place = number[boundary.consumer], number[boundary.provider]
        assert boundary in _at(shown, place).boundaries
        assert place[1] in shown.columns[place[0]]
    assert shown.cells
    assert list(shown.cells) == sorted(shown.cells)
    assert sum(len(cell.boundaries) for cell in shown.cells.values()) == len(report.topology.boundaries)
    assert len(shown.rows) + shown.alone == len(report.topology.services)


def test_a_cell_shows_its_gap_with_most_open_risk() -> None:
    report = large_report(60)
    shown = matrix(report)
    risks = []
    for place in shown.worst:
        cell = _at(shown, place)
        assert cell.gap is not None
        here = {boundary.id for boundary in cell.boundaries}
        assert cell.gap.open_risk == max(gap.open_risk for gap in report.gaps.open if gap.boundary in here)
        assert cell.gap.boundary == cell.boundaries[0].id
        risks.append(cell.gap.open_risk)
    assert risks == sorted(risks, reverse=True)


@pytest.mark.parametrize(("urgency", "sign"), [(Urgency.HIGH, "S^"), (Urgency.MEDIUM, "S"), (Urgency.LOW, "s")])
def test_a_sign_tells_technique_and_urgency_without_colour(urgency: Urgency, sign: str) -> None:
    worst = replace(next(g for g in large_report(60).gaps.open if g.technique == "schema"), urgency=urgency)
    shown = matrix(replace(large_report(60), gaps=Gaps(open=(worst,))))
    assert _at(shown, shown.worst[0]).sign == sign


def test_without_open_gaps_a_cell_is_covered_only_where_all_tests_are() -> None:
    report = replace(large_report(60), gaps=Gaps())
    shown = matrix(report)
    assert shown.cells
    signs = set()
    for cell in shown.cells.values():
        here = {boundary.id for boundary in cell.boundaries}
        states = {one.state for one in standings(report) if not here.isdisjoint(one.test.boundaries)}
        assert cell.sign == ("+" if states == {State.COVERED} else ".")
        signs.add(cell.sign)
    assert signs == {"+", "."}


def test_nothing_and_a_service_that_calls_itself_are_fine() -> None:
    assert matrix(Report("empty", Topology())).rows == ()
    services = REPORT.topology.services[:1]
    name = services[0].id
    own = Boundary("own", name, name, Style.SYNC, "http")
    assert matrix(Report("one", Topology(services, (own,)))).at((0, 0)) is not None


def test_services_can_be_put_together() -> None:
    report = large_report(60)
    area = {service.id: service.id.partition("-")[0] for service in report.topology.services}
    shown = matrix(report, area)
    assert {row.name for row in shown.rows} <= set(area.values())
    assert len(shown.rows) + shown.alone == len(set(area.values()))
    number = {row.service: position for position, row in enumerate(shown.rows)}
    for boundary in report.topology.boundaries:
        place = number[area[boundary.consumer]], number[area[boundary.provider]]
        assert boundary in _at(shown, place).boundaries


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_stay_as_they_are(nasty: str) -> None:
    report = nasty_report(nasty)
    assert {row.name for row in matrix(report).rows} <= {service.name for service in report.topology.services}
