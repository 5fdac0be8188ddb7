"""Places of the graph's nodes and lines: inside the picture, joined, always the same, and bounded in time."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import combinations
from math import dist
from typing import Any, cast

import pytest
from large_system import large_report
from msgspec.structs import replace
from sample_changes import CHANGES
from sample_report import REPORT

from topoplan.graph import groups
from topoplan.model.report import Report
from topoplan.reporting.html.aggregate import aggregate
from topoplan.reporting.html.layout import (
    CURVED_EFFORT,
    GROUPS,
    SERVICES,
    WHOLE_EFFORT,
    Arrow,
    Placed,
    effort,
    layout_document,
    place,
)

needs_dot = pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")


def _document(report: Report) -> dict[str, Any]:
    found = groups(report.topology)
    return cast("dict[str, Any]", layout_document(report, found, aggregate(report, found)["edges"]))


def _dense(count: int) -> list[Arrow]:
    return list(combinations(range(count), 2))


def _placed(names: Sequence[str], arrows: Sequence[Arrow]) -> Placed:
    found = place(names, arrows, SERVICES)
    assert found is not None
    return found


def _straight(points: Sequence[int]) -> bool:
    """To the pixel that its points were rounded to."""
    (x0, y0), (x1, y1) = points[:2], points[-2:]
    aside = [(x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) for x, y in zip(points[::2], points[1::2], strict=True)]
    return all(abs(area) <= 2 * dist((x0, y0), (x1, y1)) for area in aside)


@needs_dot
@pytest.mark.parametrize("report", [REPORT, large_report(60)], ids=["sample", "generated"])
def test_everything_stands_inside_the_picture_and_nothing_on_something_else(report: Report) -> None:
    whole = _document(report)["whole"]
    assert len(whole["nodes"]) == len(report.topology.services)
    assert len(whole["lines"]) == len(report.topology.boundaries)
    assert all(0 < x < whole["width"] and 0 < y < whole["height"] for x, y, _ in whole["nodes"])
    for (x, y, w), (other_x, other_y, other_w) in combinations(whole["nodes"], 2):
        assert 2 * abs(x - other_x) >= w + other_w or abs(y - other_y) >= SERVICES.height


@needs_dot
def test_a_line_runs_from_border_to_border() -> None:
    arrows = [(0, 1), (1, 2), (2, 0), (0, 2), (0, 2)]
    placed = _placed(["a", "b", "c"], arrows)
    for (tail, head), points in zip(arrows, placed.lines, strict=True):
        assert len(points) % 6 == 2
        for node, x, y in ((tail, *points[:2]), (head, *points[-2:])):
            centre_x, centre_y, width = placed.nodes[node]
            assert max(abs(x - centre_x) * 2 - width, abs(y - centre_y) * 2 - SERVICES.height) <= 4


@needs_dot
def test_calls_run_from_left_to_right() -> None:
    places = _placed(["gateway", "order", "order-db"], [(0, 1), (1, 2)]).nodes
    assert places == tuple(sorted(places))


@needs_dot
def test_names_are_only_measured() -> None:
    hostile = ['"]; n0 -> n1; //', "a\nb", "}", "\ud800", "💥" * 400]
    assert len(_placed(hostile, [(0, 4)]).nodes) == len(hostile)


@needs_dot
def test_the_same_report_is_laid_out_the_same() -> None:
    assert _document(large_report(60)) == _document(large_report(60))


@needs_dot
def test_what_is_gone_has_its_place_too() -> None:
    report = replace(REPORT, changes=CHANGES)
    whole = _document(report)["whole"]
    assert len(whole["nodes"]) == len(REPORT.topology.services) + len(CHANGES.services_removed)
    assert len(whole["lines"]) == len(REPORT.topology.boundaries) + len(CHANGES.boundaries_removed)


@needs_dot
def test_lines_of_groups_join_the_groups_of_their_boundaries() -> None:
    report = large_report(60)
    layout = _document(report)
    home = {member: at for at, group in enumerate(groups(report.topology)) for member in group.members}
    joined = {frozenset((home[it.consumer], home[it.provider])) for it in report.topology.boundaries}
    assert {frozenset(pair) for pair in layout["pairs"]} == {pair for pair in joined if len(pair) == 2}
    assert len(layout["groups"]["lines"]) == len(layout["pairs"])


def test_a_large_system_opens_collapsed() -> None:
    assert [_document(large_report(size))["opens"] for size in (60, 200)] == ["all", "groups"]


def test_effort_counts_the_layers_that_lines_cross() -> None:
    chain = [(0, 1), (1, 2), (2, 3)]
    assert effort(4, chain) == 3
    assert effort(4, [*chain, *chain]) == 3
    assert effort(4, [*chain, (0, 3)]) == 6
    assert effort(4, [*chain, (3, 0)]) == 6
    assert effort(2, [(0, 0)]) == 0


def test_a_long_chain_is_no_matter() -> None:
    count = 20_000
    assert effort(count, [(at, at + 1) for at in range(count - 1)]) == count - 1


@needs_dot
def test_where_nobody_could_follow_curves_lines_are_straight() -> None:
    count = 36
    assert CURVED_EFFORT < effort(count, _dense(count)) <= WHOLE_EFFORT
    placed = _placed([str(at) for at in range(count)], _dense(count))
    assert all(_straight(points) for points in placed.lines)
    assert not all(_straight(points) for points in _placed([str(at) for at in range(9)], _dense(9)).lines)


def test_too_dense_a_system_is_not_laid_out() -> None:
    count = 70
    assert effort(count, _dense(count)) > WHOLE_EFFORT
    assert place([str(at) for at in range(count)], _dense(count), SERVICES) is None


def test_too_large_a_system_is_shown_by_groups_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.reporting.html.layout.WHOLE_NODES", 59)
    layout = _document(large_report(60))
    assert (layout["aggregated"], layout["opens"], layout["whole"]) == (True, "groups", None)


def test_without_dot_the_page_does_it_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    layout = _document(REPORT)
    assert (layout["aggregated"], layout["whole"], layout["groups"]) == (False, None, None)
    assert place(["a"], [], GROUPS) is None
