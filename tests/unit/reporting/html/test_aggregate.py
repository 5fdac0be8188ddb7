"""Groups of a system, and what runs between them."""

from __future__ import annotations

import pytest
from large_system import large_report
from msgspec.structs import replace
from sample_report import REPORT

from topoplan.graph import groups
from topoplan.model.coverage import State
from topoplan.model.facts import Style
from topoplan.model.gaps import Gaps
from topoplan.model.report import Report
from topoplan.reporting.html.aggregate import Aggregate, Figures, aggregate
from topoplan.reporting.standing import boundary_states


@pytest.mark.parametrize("report", [REPORT, large_report(60)], ids=["sample", "generated"])
def test_every_boundary_and_gap_is_counted_once(report: Report) -> None:
    figures = _all(_aggregate(report))
    assert sum(one["boundaries"] for one in figures) == len(report.topology.boundaries)
    assert sum(one["gaps"] for one in figures) == len(report.gaps.open)
    assert max(one["score"] or 0 for one in figures) == max(profile.score for profile in report.profiles)


def test_the_worst_gap_gives_the_state() -> None:
    report = large_report(60)
    worst = report.gaps.open[0]
    boundary = next(b for b in report.topology.boundaries if b.id == worst.boundary)
    found = groups(report.topology)
    [consumer] = [n for n, group in enumerate(found) if boundary.consumer in group.members]
    [provider] = [n for n, group in enumerate(found) if boundary.provider in group.members]
    message = boundary.style is Style.MESSAGE
    made = aggregate(report, found)
    ways = {(edge["consumer"], edge["provider"], edge["message"]): edge for edge in made["edges"]}
    figures = made["nodes"][consumer] if consumer == provider else ways[consumer, provider, message]
    assert figures["state"] == worst.state.value


def test_covered_is_only_what_is_covered_throughout() -> None:
    """Without its gaps a boundary whose tests are not there has no state at all."""
    report = replace(large_report(60), gaps=Gaps())
    states = set(boundary_states(report).values())
    assert states == {State.COVERED}
    assert {one["state"] for one in _all(_aggregate(report))} == {"covered", ""}


def test_messages_run_apart() -> None:
    report = large_report(60)
    messages = {edge["message"] for edge in _aggregate(report)["edges"]}
    assert messages == {False, True}


def test_a_system_without_scores_has_none() -> None:
    report = replace(large_report(60), profiles=())
    assert {one["score"] for one in _all(_aggregate(report))} == {None}


def _aggregate(report: Report) -> Aggregate:
    return aggregate(report, groups(report.topology))


def _all(found: Aggregate) -> list[Figures]:
    return [*found["nodes"], *found["edges"]]
