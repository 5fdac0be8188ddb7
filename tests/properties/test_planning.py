"""What must hold of any plan: residual within bounds, tests that only help, order that does not matter."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from system_strategies import Inputs, inputs

from topoplan.config import PlanningSettings
from topoplan.model.coverage import BoundaryCoverage, Coverage, State, TechniqueCoverage
from topoplan.model.facts import NodeKind
from topoplan.model.plan import Choice, Plan, Technique
from topoplan.model.risk import Mode
from topoplan.planning import make_plan
from topoplan.planning.residual import residual
from topoplan.planning.techniques import DEFAULTS
from topoplan.risk import profile

QUICK = settings(max_examples=25, deadline=None, derandomize=True)

THRESHOLDS = st.sampled_from([0.0, 0.002, 0.01, 0.05, 1.0])
RISKS = st.dictionaries(st.sampled_from(Mode), st.floats(0, 1))
GRADED = st.lists(st.tuples(st.sampled_from(Technique).map(lambda t: DEFAULTS[t]), st.floats(0, 1)), max_size=6)


def plan(given_: Inputs, threshold: float) -> Plan:
    profiles = profile(given_.topology, given_.history, given_.journeys)
    return make_plan(given_.topology, profiles, given_.journeys, PlanningSettings(min_value=threshold))


@QUICK
@given(RISKS, GRADED, st.sampled_from(Technique), st.floats(0, 1))
def test_residual_stays_within_bounds_and_a_further_check_never_raises_it(
    risks: dict[Mode, float], tests: list[tuple[object, float]], more: Technique, grade: float
) -> None:
    left = residual(risks, tests)  # type: ignore[arg-type]
    further = residual(risks, [*tests, (DEFAULTS[more], grade)])  # type: ignore[list-item]
    assert left.keys() == risks.keys()
    assert all(0 <= further[mode] <= left[mode] <= risks[mode] for mode in risks)


@QUICK
@given(RISKS, GRADED, st.randoms(use_true_random=False))
def test_order_of_checks_does_not_matter(
    risks: dict[Mode, float], tests: list[tuple[object, float]], rng: random.Random
) -> None:
    before = residual(risks, tests)  # type: ignore[arg-type]
    rng.shuffle(tests)
    assert residual(risks, tests) == pytest.approx(before)  # type: ignore[arg-type]


@QUICK
@given(inputs(), THRESHOLDS)
def test_a_plan_keeps_its_books(given_: Inputs, threshold: float) -> None:
    found = plan(given_, threshold)
    paths = [bool(test.journey) for test in found.tests]
    assert paths == sorted(paths)  # without a budget, what single boundaries leave is what tests of paths are worth
    for path in (False, True):
        values = [test.value for test in found.tests if bool(test.journey) is path]
        assert all(later <= earlier + 1e-6 for earlier, later in itertools.pairwise(values))
        assert all(value >= threshold - 1e-6 for value in values)
    assert 0 <= found.residual_risk <= found.total_risk
    assert found.total_risk - found.residual_risk == pytest.approx(sum(t.risk_retired for t in found.tests), abs=1e-4)
    assert len({test.id for test in found.tests}) == len(found.tests)


@QUICK
@given(inputs(), THRESHOLDS)
def test_every_boundary_is_tested_or_skipped_with_a_reason(given_: Inputs, threshold: float) -> None:
    found = plan(given_, threshold)
    tested = {boundary for test in found.tests for boundary in test.boundaries}
    skipped = {skip.subject for skip in found.skips if not skip.technique}
    boundaries = {b.id for b in given_.topology.boundaries}
    assert boundaries <= tested | skipped
    assert not tested & skipped
    assert all(skip.reason for skip in found.skips)


@QUICK
@given(inputs())
def test_every_recommendation_can_be_written_from_its_text(given_: Inputs) -> None:
    kinds = {service.id: service.kind for service in given_.topology.services}
    for test in plan(given_, 0.0).tests:
        assert test.title
        assert test.reason
        assert test.modes
        assert test.cases
        assert all(case.title and case.expect for case in test.cases)
        real, stubs = set(test.scope.services), {stub.service for stub in test.scope.stubs}
        assert NodeKind.EXTERNAL not in {kinds[name] for name in real}
        assert test.technique is Technique.CONTRACT or not real & stubs
        assert test.journey or test.technique not in {a.technique for a in test.alternatives}


@QUICK
@given(inputs(), THRESHOLDS, st.randoms(use_true_random=False))
def test_order_of_inputs_does_not_matter(given_: Inputs, threshold: float, rng: random.Random) -> None:
    services, boundaries = list(given_.topology.services), list(given_.topology.boundaries)
    profiles = list(profile(given_.topology, given_.history, given_.journeys))
    before = plan(given_, threshold)
    for sequence in (services, boundaries, profiles):
        rng.shuffle(sequence)
    shuffled = replace(given_.topology, services=tuple(services), boundaries=tuple(boundaries))
    again = make_plan(shuffled, profiles, given_.journeys[::-1], PlanningSettings(min_value=threshold))
    assert again == before


@QUICK
@given(inputs())
def test_a_lower_threshold_recommends_no_less(given_: Inputs) -> None:
    strict, lax = ({test.id for test in plan(given_, threshold).tests} for threshold in (0.02, 0.005))
    assert strict <= lax


BUDGETS = st.sampled_from([None, 0.0, 1.0, 3.5, 8.0, 20.0, 60.0, 200.0])
SECONDS = st.sampled_from([None, 0.0, 4.0, 30.0, 250.0, 2000.0])
SHARES = st.sampled_from([0.2, 0.5, 1.0])


def chosen(given_: Inputs, choice: Choice, coverage: Coverage | None = None) -> Plan:
    profiles = profile(given_.topology, given_.history, given_.journeys)
    return make_plan(given_.topology, profiles, given_.journeys, PlanningSettings(), choice, coverage)


@st.composite
def evidence(draw: st.DrawFn, given_: Inputs) -> Coverage:
    """Some techniques on some boundaries, each proven in part or in full."""
    found = []
    for boundary in given_.topology.boundaries:
        techniques = draw(st.lists(st.sampled_from(Technique), max_size=2, unique=True))
        found.append(
            BoundaryCoverage(
                boundary.id,
                tuple(TechniqueCoverage(t, State.PARTIAL, draw(SHARES)) for t in sorted(techniques)),
            )
        )
    return Coverage(tuple(found))


@QUICK
@given(inputs(), BUDGETS, SECONDS)
def test_a_plan_stays_within_its_budget(given_: Inputs, hours: float | None, seconds: float | None) -> None:
    found = chosen(given_, Choice(hours=hours, seconds=seconds))
    assert hours is None or found.hours <= hours + 1e-5
    assert seconds is None or found.seconds <= seconds + 1e-5
    assert 0 <= found.residual_risk <= found.total_risk
    own = next(step for step in found.steps if step.tests == len(found.tests) and step.hours == found.hours)
    assert own.risk_retired == pytest.approx(found.total_risk - found.residual_risk, abs=1e-5)
    assert all(a.risk_retired <= b.risk_retired + 1e-6 for a, b in itertools.pairwise(found.steps))


@QUICK
@given(inputs(), st.lists(st.floats(0, 120), min_size=2, max_size=4), SECONDS)
def test_a_larger_budget_never_retires_less(given_: Inputs, hours: list[float], seconds: float | None) -> None:
    left = [chosen(given_, Choice(hours=one, seconds=seconds)).residual_risk for one in sorted(hours)]
    assert all(more <= less + 1e-6 for less, more in itertools.pairwise(left))


@QUICK
@given(inputs(), BUDGETS, st.data())
def test_a_pin_is_always_in_and_what_is_excluded_never(
    given_: Inputs, hours: float | None, data: st.DataObject
) -> None:
    everything = [test.id for test in chosen(given_, Choice(min_value=0.0)).tests]
    pins = tuple(data.draw(st.lists(st.sampled_from(everything), max_size=2, unique=True)) if everything else ())
    others = sorted(set(everything) - set(pins))
    excluded = tuple(data.draw(st.lists(st.sampled_from(others), max_size=3, unique=True)) if others else ())
    found = chosen(given_, Choice(hours=hours, pins=pins, excluded=(*excluded, *pins, "e2e:*")))
    ids = [test.id for test in found.tests]
    assert sorted(ids[: len(pins)]) == sorted(pins)
    assert [test.pinned for test in found.tests] == [test.id in pins for test in found.tests]
    assert not set(excluded) & set(ids)
    assert {i for i in ids if i.startswith("e2e:")} <= set(pins)
    over = hours is not None and sum(t.hours for t in found.tests[: len(pins)]) > hours
    assert ("pins-over-budget" in {o.kind for o in found.observations}) == over


@QUICK
@given(st.data(), BUDGETS)
def test_existing_tests_count_first_and_more_of_them_never_leave_more_risk(
    data: st.DataObject, hours: float | None
) -> None:
    given_ = data.draw(inputs())
    coverage = data.draw(evidence(given_))
    everything = Choice(min_value=0.0)
    without, there = chosen(given_, everything), chosen(given_, everything, coverage)
    assert 0 <= there.existing_risk <= there.total_risk
    assert there.residual_risk <= without.residual_risk + 1e-5
    proven = {f"{t.technique.value}:{b.boundary}" for b in coverage.boundaries for t in b.techniques if t.share == 1.0}
    assert not proven & {test.id for test in chosen(given_, Choice(hours=hours), coverage).tests}
    full = Coverage(
        tuple(
            BoundaryCoverage(b.boundary, tuple(replace(t, share=1.0) for t in b.techniques))
            for b in coverage.boundaries
        )
    )
    assert chosen(given_, Choice(), full).existing_risk >= there.existing_risk - 1e-6


@QUICK
@given(inputs(), BUDGETS)
def test_the_exact_plan_is_no_worse_and_within_its_bound(given_: Inputs, hours: float | None) -> None:
    greedy, exact = chosen(given_, Choice(hours=hours)), chosen(given_, Choice(hours=hours, exact=True))
    assert exact.residual_risk <= greedy.residual_risk + 1e-6
    assert exact.bound is not None
    assert exact.total_risk - exact.residual_risk <= exact.bound + 1e-5
    assert hours is None or exact.hours <= hours + 1e-5
