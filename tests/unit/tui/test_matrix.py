"""The matrix as data: order, cells, and what is said of them."""

from __future__ import annotations

import dataclasses

import pytest
from large_system import large_report
from nasty_report import NASTY, nasty_report
from sample_report import REPORT

from topoplan.model.coverage import State
from topoplan.model.facts import Style
from topoplan.model.gaps import Gaps, Urgency
from topoplan.model.report import Report
from topoplan.model.topology import Boundary, Topology
from topoplan.tui.views.index import index
from topoplan.tui.views.matrix import explained, matrix, place_of
from topoplan.tui.views.plan_rows import state_of


def test_providers_come_after_their_consumers_and_only_cycles_point_back() -> None:
    shown = matrix(index(large_report(60)))
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
    found = index(report)
    shown = matrix(found)
    for boundary in report.topology.boundaries:
        place = place_of(shown, found, boundary.id)
        assert place is not None
        cell = shown.at(place)
        assert cell is not None
        assert boundary in cell.boundaries
        assert place[1] in shown.columns[place[0]]
    assert len(shown.rows) + shown.alone == len(report.topology.services)
    assert place_of(shown, found, "nobody") is None


def test_a_cell_shows_its_gap_with_most_open_risk() -> None:
    found = index(large_report(60))
    shown = matrix(found)
    risks = []
    for place in shown.worst:
        cell = shown.at(place)
        assert cell is not None
        assert cell.gap is not None
        gaps = [gap for boundary in cell.boundaries for gap in found.gaps.get(boundary.id, ())]
        assert cell.gap.open_risk == max(gap.open_risk for gap in gaps)
        risks.append(cell.gap.open_risk)
    assert risks == sorted(risks, reverse=True)


@pytest.mark.parametrize(("urgency", "sign"), [(Urgency.HIGH, "S^"), (Urgency.MEDIUM, "S"), (Urgency.LOW, "s")])
def test_a_sign_tells_technique_and_urgency_without_colour(urgency: Urgency, sign: str) -> None:
    worst = dataclasses.replace(next(g for g in large_report(60).gaps.open if g.technique == "schema"), urgency=urgency)
    report = dataclasses.replace(large_report(60), gaps=Gaps(open=(worst,)))
    shown = matrix(index(report))
    cell = shown.at(shown.worst[0])
    assert cell is not None
    assert cell.sign == sign
    assert cell.style


def test_without_open_gaps_a_cell_is_covered_only_where_all_tests_are() -> None:
    report = dataclasses.replace(large_report(60), gaps=Gaps())
    found = index(report)
    shown = matrix(found)
    assert shown.cells
    signs = set()
    for cell in shown.cells.values():
        states = [state_of(test, found) for boundary in cell.boundaries for test in found.tests.get(boundary.id, ())]
        assert cell.sign == ("+" if states and set(states) == {State.COVERED} else ".")
        signs.add(cell.sign)
    assert signs == {"+", "."}


def test_the_cursor_explains_its_place() -> None:
    found = index(large_report(60))
    shown = matrix(found)
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


def test_nothing_and_a_service_that_calls_itself_are_fine() -> None:
    nothing = index(Report("empty", Topology()))
    assert explained(matrix(nothing), nothing, (0, 0))[0] == "No service depends on another."
    services = REPORT.topology.services[:1]
    name = services[0].id
    own = Boundary("own", name, name, Style.SYNC, "http")
    alone = index(Report("one", Topology(services, (own,))))
    assert matrix(alone).at((0, 0)) is not None


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_are_shown_as_they_are(nasty: str) -> None:
    found = index(nasty_report(nasty))
    shown = matrix(found)
    assert {row.name for row in shown.rows} <= {service.name for service in found.services.values()}
    assert all(explained(shown, found, place)[0] for place in shown.worst)
