from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from large_system import large_report
from nasty_report import NASTY, nasty_report
from sample_report import GATEWAY_ORDER, NOTIFICATION_ORDER, REPORT
from topology_builders import call, node, topology

from topoplan.model.place import Where
from topoplan.model.report import Report
from topoplan.model.text import UNSAFE, clean
from topoplan.tui.views.boxes import MOST_BOXES, draw
from topoplan.tui.views.focus_columns import (
    MOST_NEIGHBOURS,
    Trail,
    matching,
    middle_lines,
    neighbour_lines,
    neighbourhood,
    neighbours,
    start,
    surroundings,
)
from topoplan.tui.views.index import index
from topoplan.tui.views.page import Line, lay_out, markdown

FOUND = index(REPORT)
AROUND = surroundings(FOUND)


def said(lines: tuple[Line, ...]) -> str:
    return markdown(lines).replace("`", "")


def test_callers_and_callees_are_sorted_by_risk() -> None:
    callees = neighbours(FOUND, "order", callers=False)

    assert [one.service for one in callees][:2] == ["payment", "order-db"]
    assert sorted(one.service for one in callees) == ["events", "order-db", "payment", "zipkin"]
    assert [one.service for one in neighbours(FOUND, "order", callers=True)] == ["gateway", "notification"]


def test_a_neighbour_is_told_with_kind_way_risk_and_worst_gap() -> None:
    text = said(neighbour_lines(FOUND, neighbours(FOUND, "order", callers=False)))
    profile = FOUND.profiles["order->payment/http"]

    assert "payment; http · service; risk" in text
    assert f"risk {profile.score}" in text
    assert "F! fault failing" in text
    assert "order-db; uses postgresql · datastore" in text
    assert "zipkin; http · service beside the system" in text
    assert "notification; #order.created by kafka" in said(
        neighbour_lines(FOUND, neighbours(FOUND, "order", callers=True))
    )


def test_the_middle_tells_what_the_service_is() -> None:
    text = said(middle_lines(FOUND, AROUND, "order"))

    for fact in (
        "owner team-order",
        "criticality critical",
        "documents 2 operations",
        "journeys checkout",
        "code in order",
    ):
        assert fact in text
    assert Where("order/openapi.yaml") in [line.where for line in middle_lines(FOUND, AROUND, "order")]


def test_the_blast_radius_counts_who_depends_on_it_through_others() -> None:
    assert "blast radius 2 services depend on it, 1 directly" in said(middle_lines(FOUND, AROUND, "payment"))
    assert "blast radius 1 service depends on it" in said(middle_lines(FOUND, AROUND, "order"))


def test_a_broker_shows_the_channels_that_run_through_it() -> None:
    text = said(middle_lines(FOUND, AROUND, NOTIFICATION_ORDER.broker))

    assert "#order.created order → notification" in text


def test_a_service_that_is_gone_is_told() -> None:
    assert "is no service" in said(middle_lines(FOUND, AROUND, "gone"))


def test_a_hub_shows_its_riskiest_neighbours_and_counts_the_rest() -> None:
    names = [f"s{n:04}" for n in range(MOST_NEIGHBOURS + 20)]
    system = topology([node("hub"), *map(node, names)], [call(name, "hub") for name in names])
    found = index(Report("big", system))

    lines = neighbour_lines(found, neighbours(found, "hub", callers=True))
    assert len(lines) == MOST_NEIGHBOURS + 1
    assert "20 more" in lines[-1].pieces[0].text
    assert neighbourhood(found, "hub") is None


def test_a_small_neighbourhood_is_drawn_with_all_its_services() -> None:
    drawing = neighbourhood(FOUND, "order")

    assert drawing is not None
    drawn = "\n".join(draw(drawing, 78) or ())
    assert all(name in drawn for name in ("gateway", "notification", "payment", "order-db", "events"))
    assert sum(map(len, drawing.layers)) <= MOST_BOXES


def test_who_receives_messages_stands_right_of_who_sends_them() -> None:
    drawing = neighbourhood(FOUND, "order")

    assert drawing is not None
    before, _, after = ([box.id for box in layer] for layer in drawing.layers)
    assert before == ["gateway"]
    assert "notification" in after


def test_two_services_that_call_each_other_are_drawn_once_each() -> None:
    found = index(Report("two", topology([node("a"), node("b")], [call("a", "b"), call("b", "a")])))

    drawing = neighbourhood(found, "a")
    assert drawing is not None
    assert sorted(box.id for layer in drawing.layers for box in layer) == ["a", "b"]


def test_search_finds_names_and_aliases_and_puts_beginnings_first() -> None:
    assert matching(FOUND, "ORDER") == ("order", "order-db")
    assert matching(FOUND, "kafka") == ("events",)
    assert matching(FOUND, "nothing like it") == ()


def test_it_starts_at_the_riskiest_boundary() -> None:
    assert start(FOUND) == GATEWAY_ORDER.provider
    assert start(index(Report("empty", topology([], [])))) == ""


@given(st.lists(st.sampled_from(["a", "b", "c", "back", "forward"]), max_size=30))
def test_going_back_and_forward_again_leads_to_the_same_place(steps: list[str]) -> None:
    trail = Trail()
    for step in steps:
        trail = trail.back() if step == "back" else trail.forward() if step == "forward" else trail.to(step)

    assert trail.back().forward() == trail if trail.past else trail.back() == trail
    assert trail.forward().back() == trail if trail.future else trail.forward() == trail


def test_a_new_step_forgets_what_lay_ahead() -> None:
    trail = Trail().to("a").to("b").back().to("c")

    assert (trail.here, trail.past, trail.future) == ("c", ("a",), ())


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_move_no_cursor(nasty: str) -> None:
    found = index(nasty_report(clean(nasty)))
    around = surroundings(found)
    for service in found.services:
        lines = [*middle_lines(found, around, service)]
        for callers in (True, False):
            lines += neighbour_lines(found, neighbours(found, service, callers=callers))
        rows = [row for line in lines for row in lay_out(line, 24)]
        assert not any(UNSAFE.search(piece.text) for row in rows for piece in row)


def test_every_service_of_a_large_system_has_its_neighbours() -> None:
    found = index(large_report(300))
    shown = sum(len(one.boundaries) for service in found.services for one in neighbours(found, service, callers=False))

    assert shown == len(found.boundaries)
