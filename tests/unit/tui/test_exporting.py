"""Parts of a report, the names of their files, and their content."""

from __future__ import annotations

import json

import pytest
from large_system import large_report
from nasty_report import NASTY, nasty_report

from topoplan.config import PlanningSettings
from topoplan.model.text import clean
from topoplan.tui.views.exporting import FORMATS, SUMMARIES, Part, content, file_name, narrowed, parts
from topoplan.tui.views.index import index

TEXT_FORMATS = tuple(name for name in FORMATS if name not in ("svg", "png", "screen"))


def test_parts_are_everything_the_service_and_the_boundary() -> None:
    report = large_report(60)
    found = index(report)
    boundary = report.topology.boundaries[5]
    whole, around, pair = parts(found, boundary.consumer, boundary.id)
    assert whole.boundaries is None
    assert around.boundaries is not None
    assert boundary.id in around.boundaries
    assert all(
        boundary.consumer in (found.boundaries[b].consumer, found.boundaries[b].provider) for b in around.boundaries
    )
    assert pair.boundaries == {boundary.id}
    assert [part.name for part in parts(found, "", "gone")] == ["everything"]


def test_a_part_is_a_report_of_its_own() -> None:
    report = large_report(60)
    worst = report.gaps.open[0]
    part = narrowed(report, frozenset((worst.boundary,)), PlanningSettings())
    assert [boundary.id for boundary in part.topology.boundaries] == [worst.boundary]
    assert len(part.topology.services) == 2
    assert {gap.boundary for gap in part.gaps.open} == {worst.boundary}
    assert part.plan.total_risk == pytest.approx(sum(mode.risk for p in part.profiles for mode in p.modes))
    assert 0 <= part.plan.residual_risk <= part.plan.total_risk
    assert part.gaps.all.tests.total == len(part.plan.tests) > 0


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_every_format_writes_the_whole_and_a_part(name: str) -> None:
    report = large_report(60)
    whole = Part("everything", "all")
    small = Part("one", "one", frozenset((report.gaps.open[0].boundary,)))
    all_of_it, part = (content(report, one, name, PlanningSettings()) for one in (whole, small))
    assert len(all_of_it) > len(part) > 20
    if name == "json":
        assert len(json.loads(part)["topology"]["boundaries"]) == 1


def test_every_format_is_explained() -> None:
    assert list(SUMMARIES) == list(FORMATS)


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_make_plain_file_names_and_content(nasty: str) -> None:
    report = nasty_report(clean(nasty))
    found = index(report)
    boundary = report.topology.boundaries[0]
    for part in parts(found, boundary.consumer, boundary.id):
        name = file_name(part, "json")
        assert name.endswith(".json")
        assert not name.startswith((".", "-"))
        assert not set(name) & set("/\\:*?\"<>|'` \n\x1b")
        assert len(name) < 100
        for text in TEXT_FORMATS:
            assert content(report, part, text, PlanningSettings())
