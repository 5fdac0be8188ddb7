"""Work grows with the system, not with its square: counted in calls of functions, which no busy machine changes."""

from __future__ import annotations

import io

import pytest
from counted_work import Counter
from large_system import Large, large_system

from topoplan.config import Settings
from topoplan.coverage import cover
from topoplan.graph.metrics import blast_radius, layered, sync_depth
from topoplan.model.report import Report
from topoplan.planning import find_gaps, make_plan
from topoplan.reporting import GRAPH_FORMATS, REPORT_FORMATS, Style
from topoplan.reporting.html.matrix_block import matrix_block
from topoplan.reporting.html.overview import overview_document
from topoplan.reporting.json_text import compact
from topoplan.reporting.report_json import report_members
from topoplan.risk import profile

SMALL, LARGE = 320, 960
"""Services; the curve of a plan is made another way below some 300."""
MOST = 1.6
"""Times as many calls for each boundary in a system three times as large: a square would make it 3."""


def counted(large: Large) -> dict[str, float]:
    """Calls for each boundary, by step."""
    counter, graph, journeys = Counter(), large.topology, large.journeys
    edges = [(boundary.consumer, boundary.provider) for boundary in graph.boundaries]
    for measure in (blast_radius, sync_depth, layered):
        counter.step(measure.__name__, lambda measure=measure: measure(edges))  # type: ignore[misc]
    profiles = counter.step("risk", lambda: profile(graph, journeys=journeys))
    plan = counter.step("plan", lambda: make_plan(graph, profiles, journeys))
    coverage = counter.step("coverage", lambda: cover(graph, large.checks, Settings(), journeys=journeys))
    gaps = counter.step("gaps", lambda: find_gaps(graph, profiles, plan, coverage))
    counter.step("plan of the rest", lambda: make_plan(graph, profiles, journeys, coverage=coverage))
    report = Report("generated", graph, journeys=journeys, profiles=profiles, plan=plan, coverage=coverage, gaps=gaps)
    for name, form in {**GRAPH_FORMATS, **REPORT_FORMATS}.items():
        if name not in ("svg", "png", "pdf", "html"):
            counter.step(name, lambda form=form: form.write(report, io.StringIO(), Style()))  # type: ignore[misc]
    counter.step("blocks of the page", lambda: [*compact(report_members(report))])
    counter.step("overview of the page", lambda: overview_document(report))
    counter.step("matrix of the page", lambda: matrix_block(report))
    return {name: calls / len(graph.boundaries) for name, calls in counter.calls.items()}


@pytest.fixture(scope="module")
def growth() -> dict[str, float]:
    counted(large_system(50))  # imports and caches
    small, large = (counted(large_system(size, journeys=size // 20)) for size in (SMALL, LARGE))
    return {name: large[name] / small[name] for name in small}


def test_every_step_does_about_as_much_for_a_boundary_however_large_the_system(growth: dict[str, float]) -> None:
    assert {name: round(times, 2) for name, times in growth.items() if times > MOST} == {}
