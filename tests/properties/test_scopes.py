"""What must hold of the scope and the cases of any recommended test."""

from hypothesis import given, settings
from system_strategies import Inputs, inputs

from topoplan.config import PlanningSettings
from topoplan.model.facts import NodeKind, Style
from topoplan.model.plan import Recommendation, Technique
from topoplan.planning import make_plan
from topoplan.planning.cases import MAX_CASES
from topoplan.risk import profile

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
TOGETHER = (Technique.BOUNDARY, Technique.FAULT, Technique.SLICE, Technique.E2E)


def recommended(given_: Inputs) -> tuple[Recommendation, ...]:
    """Whatever has any worth at all."""
    profiles = profile(given_.topology, given_.history, given_.journeys)
    return make_plan(given_.topology, profiles, given_.journeys, PlanningSettings(min_value=0)).tests


@QUICK
@given(inputs())
def test_a_scope_is_closed_and_holds_no_more_than_the_test_needs(given_: Inputs) -> None:
    kinds = {service.id: service.kind for service in given_.topology.services}
    beside = {service.id for service in given_.topology.services if service.infrastructure}
    boundaries = {b.id: b for b in given_.topology.boundaries}
    for test in recommended(given_):
        if test.technique not in TOGETHER:
            continue
        real = set(test.scope.services)
        stubs = {stub.service for stub in test.scope.stubs}
        used = [b for b in boundaries.values() if b.consumer in real and b.provider not in beside]
        ends = {end for name in test.boundaries for end in (boundaries[name].consumer, boundaries[name].provider)}
        assert NodeKind.EXTERNAL not in {kinds[name] for name in real}
        assert not real & stubs
        assert {b.provider for b in used if b.style is Style.SYNC} <= real | stubs
        assert stubs <= {b.provider for b in used}
        assert {name.partition(" ")[0] for name in test.scope.resources} <= {
            b.provider for b in used if b.style is Style.RESOURCE
        }
        if test.technique is not Technique.E2E:
            assert real <= ends
        if test.technique is Technique.SLICE:
            assert 3 <= len(real) <= 4


@QUICK
@given(inputs())
def test_cases_are_bounded_distinct_and_complete(given_: Inputs) -> None:
    for test in recommended(given_):
        assert 0 < len(test.cases) <= MAX_CASES
        assert len({(case.title, case.operation) for case in test.cases}) == len(test.cases)
        assert all(case.title and case.scenario and case.expect for case in test.cases)
