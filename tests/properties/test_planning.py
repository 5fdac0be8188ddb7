"""What must hold of any plan: residual within bounds, tests that only help, order that does not matter."""

import dataclasses
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from system_strategies import Inputs, inputs

from topoplan.config import PlanningSettings
from topoplan.model.facts import NodeKind
from topoplan.model.plan import Plan, Technique
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
    values = [test.value for test in found.tests]
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
        assert test.technique not in {a.technique for a in test.alternatives}


@QUICK
@given(inputs(), THRESHOLDS, st.randoms(use_true_random=False))
def test_order_of_inputs_does_not_matter(given_: Inputs, threshold: float, rng: random.Random) -> None:
    services, boundaries = list(given_.topology.services), list(given_.topology.boundaries)
    profiles = list(profile(given_.topology, given_.history, given_.journeys))
    before = plan(given_, threshold)
    for sequence in (services, boundaries, profiles):
        rng.shuffle(sequence)
    shuffled = dataclasses.replace(given_.topology, services=tuple(services), boundaries=tuple(boundaries))
    again = make_plan(shuffled, profiles, given_.journeys[::-1], PlanningSettings(min_value=threshold))
    assert again == before


@QUICK
@given(inputs())
def test_a_lower_threshold_recommends_no_less(given_: Inputs) -> None:
    strict, lax = ({test.id for test in plan(given_, threshold).tests} for threshold in (0.02, 0.005))
    assert strict <= lax
