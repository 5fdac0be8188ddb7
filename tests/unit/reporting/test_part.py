"""Parts of a report: what lies around a service, along a journey, or open."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample_report import REPORT
from topology_builders import call, message, node, topology

from topoplan.model.changes import Changes, GoneBoundary, GoneService
from topoplan.model.facts import NodeKind, Style
from topoplan.model.report import Journey, Report
from topoplan.reporting.drawing import Mark, draw
from topoplan.reporting.part import along, around, open_gaps, part

CHAIN = topology([node(n) for n in "abcde"], [call("a", "b"), call("b", "c"), call("c", "d"), call("a", "c")])


@pytest.mark.parametrize(
    ("service", "depth", "found"),
    [
        ("d", 1, ["c->d/http"]),
        ("d", 2, ["a->c/http", "b->c/http", "c->d/http"]),
        ("d", 9, ["a->b/http", "a->c/http", "b->c/http", "c->d/http"]),
        ("e", 3, []),
    ],
)
def test_around_follows_boundaries_both_ways(service: str, depth: int, found: list[str]) -> None:
    assert sorted(around(CHAIN, service, depth)) == found


def test_along_a_journey_are_its_boundaries_or_those_between_its_services() -> None:
    assert along(CHAIN, Journey("j", ("a", "b", "c"), boundaries=("a->b/http",))) == {"a->b/http"}
    assert sorted(along(CHAIN, Journey("j", ("a", "b", "c")))) == ["a->b/http", "a->c/http", "b->c/http"]


def test_a_part_has_the_ends_and_brokers_of_its_boundaries_and_nothing_of_others() -> None:
    report = Report(
        "x", topology([*(node(n) for n in "abcd"), node("k")], [message("a", "b", "t", "k"), call("c", "d")])
    )
    found = part(report, "around a", around(report.topology, "a", 1), {"a"})
    assert [service.id for service in found.topology.services] == ["a", "b", "k"]
    assert [boundary.id for boundary in found.topology.boundaries] == ["a->b/kafka/t"]
    assert found.system == "x: around a"
    assert [s.id for s in part(report, "", (), {"d"}).topology.services] == ["d"]


def test_of_a_report_only_what_belongs_to_the_part_is_told() -> None:
    wanted = open_gaps(REPORT)
    found = part(REPORT, "open gaps", wanted)
    assert {gap.boundary for gap in REPORT.gaps.open} <= wanted
    assert {gap.boundary for gap in found.gaps.open} == {gap.boundary for gap in REPORT.gaps.open}
    assert {profile.boundary for profile in found.profiles} <= wanted
    one = part(REPORT, "", {"gateway->order/http"})
    assert {gap.boundary for gap in one.gaps.open} == {"gateway->order/http"}
    assert all("gateway->order/http" in test.boundaries for test in one.plan.tests)


def test_what_is_gone_stays_where_it_touches_the_part() -> None:
    changes = Changes(
        "base",
        services_removed=(GoneService("far", "far", NodeKind.SERVICE), GoneService("old", "old", NodeKind.SERVICE)),
        boundaries_removed=(
            GoneBoundary("a->old/http", "a", "old", Style.SYNC, "http"),
            GoneBoundary("e->far/http", "e", "far", Style.SYNC, "http"),
        ),
    )
    found = part(replace(Report("x", CHAIN), changes=changes), "around a", around(CHAIN, "a", 1))
    drawing = draw(found)
    assert [node.name for node in drawing.nodes if node.mark is Mark.GONE] == ["old"]
    assert [arrow.title for arrow in drawing.arrows if arrow.mark is Mark.GONE] == ["a->old/http"]


def test_changes_are_marked() -> None:
    removed = (GoneBoundary("d->a/http", "d", "a", Style.SYNC, "http"),)
    changes = Changes("base", services_added=("b",), boundaries_added=("a->b/http",), boundaries_removed=removed)
    drawing = draw(replace(Report("x", CHAIN), changes=changes))
    assert {node.name: node.mark for node in drawing.nodes if node.mark} == {"b": Mark.NEW}
    assert {arrow.title: arrow.captions for arrow in drawing.arrows if arrow.mark} == {
        "a->b/http": ("new", "http"),
        "d->a/http": ("gone", "http"),
    }
    assert drawing.remark == "compared with base"
