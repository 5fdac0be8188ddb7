"""What must hold of any comparison: nothing is different from itself, and swapped sides mirror each other."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from referencing import Registry, Resource
from system_strategies import inputs

from topoplan.config import Suppression
from topoplan.model.changes import Changes, GapChange, OperationChange, RiskChange
from topoplan.model.codec import decode, encode
from topoplan.model.coverage import BoundaryCoverage, Coverage, OperationCoverage, State, TechniqueCoverage
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.planning import accept, find_gaps, make_plan, opened_since
from topoplan.planning.changes import compare
from topoplan.risk import profile

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
SCHEMAS = Path(__file__).parents[2] / "specs" / "schemas"


@st.composite
def reports(draw: st.DrawFn) -> Report:
    given_ = draw(inputs())
    profiles = profile(given_.topology, given_.history, given_.journeys)
    plan = make_plan(given_.topology, profiles, given_.journeys)
    covered = tuple(draw(_covered(b.id, tuple(o.id for o in b.operations))) for b in given_.topology.boundaries)
    coverage = Coverage(covered, read=(Technique.CONTRACT,))
    gaps = find_gaps(given_.topology, profiles, plan, coverage)
    if draw(st.booleans()):
        gaps = accept(gaps, [Suppression(draw(st.sampled_from(["contract:*", "*a->*"])), reason="known")], (), "")
    return Report("shop", given_.topology, given_.history, given_.journeys, profiles, plan, coverage, gaps)


@st.composite
def _covered(draw: st.DrawFn, boundary: str, operations: tuple[str, ...]) -> BoundaryCoverage:
    states = [OperationCoverage(name, draw(st.sampled_from(State))) for name in sorted(operations)]
    worst = min((one.state for one in states), key=lambda state: state.rank, default=draw(st.sampled_from(State)))
    return BoundaryCoverage(boundary, (TechniqueCoverage(Technique.CONTRACT, worst, 0.0, tuple(states)),))


@QUICK
@given(reports())
def test_nothing_is_different_from_itself(report: Report) -> None:
    totals = report.gaps.all
    assert compare(report, report, "x") == Changes("x", coverage_before=totals, coverage_after=totals)


@QUICK
@given(reports(), reports())
def test_swapped_sides_mirror_each_other(one: Report, other: Report) -> None:
    there, back = compare(one, other, "x"), compare(other, one, "x")
    assert there.services_added == tuple(service.id for service in back.services_removed)
    assert there.boundaries_added == tuple(boundary.id for boundary in back.boundaries_removed)
    assert there.operations == tuple(OperationChange(o.boundary, o.removed, o.added) for o in back.operations)
    assert there.risks == tuple(
        RiskChange(r.boundary, r.after, r.before, r.mode, r.factor, r.reason_after, r.reason_before) for r in back.risks
    )
    assert _bare(there.gaps_opened) == _bare(map(_swapped, back.gaps_closed))
    assert _bare(there.gaps_changed) == _bare(map(_swapped, back.gaps_changed))
    assert (there.coverage_before, there.coverage_after) == (back.coverage_after, back.coverage_before)


def _swapped(gap: GapChange) -> GapChange:
    return replace(
        gap, before=gap.after, after=gap.before, urgency_before=gap.urgency_after, urgency_after=gap.urgency_before,
        opened=gap.closed, closed=gap.opened,
    )  # fmt: skip


def _bare(gaps: Iterable[GapChange]) -> list[GapChange]:
    """Without the title, which is that of the later side."""
    return [replace(gap, title="") for gap in gaps]


@QUICK
@given(reports(), reports())
def test_a_change_opens_what_the_gaps_against_the_same_base_are(one: Report, other: Report) -> None:
    """`gaps --against` also has what became more urgent."""
    changes = compare(one, other, "x")
    told = {(gap.test, operation) for gap in (*changes.gaps_opened, *changes.gaps_changed) for operation in gap.opened}
    new = {(gap.test, m.operation): gap for gap in opened_since(other.gaps, one.gaps, "x").open for m in gap.missing}
    urgent = {gap.test for gap in changes.gaps_changed if gap.urgency_before != gap.urgency_after}
    assert told <= new.keys()
    assert {test for test, _ in new.keys() - told} <= urgent


@QUICK
@given(reports(), reports())
def test_every_comparison_can_be_written_and_read_back(one: Report, other: Report) -> None:
    changes = compare(one, other, "x")
    document = json.loads(json.dumps(encode(changes)))
    assert decode(Changes, document) == changes
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def _schema(name: str) -> Resource[Any]:
    return Resource.from_contents(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


VALIDATOR = Draft202012Validator(
    {"$ref": "report.schema.json#/$defs/changes"},
    registry=Registry().with_resources([(f"{name}.schema.json", _schema(name)) for name in ("report", "topology")]),
)
