"""Every kind of observation: when it is made, when it is not, and that it says what to do."""

from itertools import pairwise

from topology_builders import EVIDENCE, call, node, op, resource, store, topology

from topoplan.model.change import History
from topoplan.model.coverage import BoundaryCoverage, Claim, Coverage, Finding, Grade, State, TechniqueCoverage
from topoplan.model.facts import NodeKind
from topoplan.model.journey import Journey
from topoplan.model.place import Where
from topoplan.model.plan import Case, Observation, Recommendation, Technique
from topoplan.model.risk import Mode
from topoplan.planning.observations import observations_of
from topoplan.planning.pyramid import pyramid_of
from topoplan.planning.system import System, system_of
from topoplan.planning.techniques import DEFAULTS
from topoplan.risk import profile

PAY = op("POST", "/payments")
NAMES = ("a", "b", "c", "d", "e", "f")
CHAIN = [call(one, other, "POST /payments") for one, other in pairwise(NAMES)]
OUT = call("b", "stripe", "POST /charges")
B_DB = resource("b", "b-db")
CHECKOUT = Journey("checkout", ("a", "b", "c"), "money")


def system(*journeys: Journey) -> System:
    services = [node(name, PAY) for name in NAMES] + [store("b-db"), node("stripe", kind=NodeKind.EXTERNAL)]
    found = topology(services, [*CHAIN, OUT, B_DB])
    return system_of(found, profile(found, History(), journeys), journeys)


def coverage(checks: dict[tuple[str, Technique], str], *findings: Finding, grade: Grade = Grade.VERIFIED) -> Coverage:
    """Names of checks by boundary and technique, with a space between."""
    by_boundary: dict[str, list[TechniqueCoverage]] = {}
    for (boundary, technique), names in checks.items():
        claims = tuple(Claim(name, grade, EVIDENCE) for name in names.split())
        share = max(claim.share for claim in claims)
        by_boundary.setdefault(boundary, []).append(TechniqueCoverage(technique, State.COVERED, share, claims=claims))
    found = tuple(BoundaryCoverage(name, tuple(by_boundary[name])) for name in sorted(by_boundary))
    return Coverage(found, findings, tuple(Technique))


def planned(technique: Technique, *boundaries: str, modes: tuple[Mode, ...] = (), cases: int = 1) -> Recommendation:
    held = tuple(Case(f"case {i}", expect="it works") for i in range(cases))
    name = f"{technique.value}:{'+'.join(boundaries)}"
    return Recommendation(name, technique, boundaries, "", "", modes, 0.1, 1.0, 1.0, held)


def seen(
    known: Coverage | None = None, *tests: Recommendation, kind: str = "", journeys: tuple[Journey, ...] = (CHECKOUT,)
) -> list[Observation]:
    """Observations of one kind, or all of them."""
    found = observations_of(system(*journeys), tests, pyramid_of(tests, known), known, DEFAULTS, 0.02)
    assert all(one.message and one.advice for one in found)
    return [one for one in found if kind in ("", one.kind)]


A_B, B_C, C_D, D_E, E_F = (boundary.id for boundary in CHAIN)


def test_nothing_to_say_of_nothing() -> None:
    assert seen() == seen(Coverage()) == []


def test_too_many_slices_for_the_tests_below() -> None:
    wide = {(A_B, Technique.SLICE): "wide", (B_C, Technique.SLICE): "wide"}
    found = seen(coverage({**wide, (A_B, Technique.BOUNDARY): "pair"}))
    assert [(one.kind, one.subject, one.message) for one in found] == [
        ("few-in-process", "existing tests", "1 slice to 0 in-process cases: wanted are 20 to 50 for each"),
        ("top-heavy", "existing tests", "1 slice to 1 boundary case: wanted are 5 to 10 for each"),
    ]


def test_the_plan_may_put_the_shape_right() -> None:
    known = coverage({(A_B, Technique.SLICE): "wide", (B_C, Technique.SLICE): "wide"})
    tests = [planned(Technique.BOUNDARY, A_B, cases=5), planned(Technique.CONTRACT, A_B, cases=20)]
    assert {one.subject for one in seen(known, *tests, kind="top-heavy")} == {"existing tests"}
    few = seen(None, planned(Technique.SLICE, A_B, B_C, modes=(Mode.TEMPORAL,)), kind="few-in-process")
    assert [one.subject for one in few] == ["tests with the plan"]


def test_a_planned_slice_for_what_single_boundaries_show_repeats_them() -> None:
    alone = planned(Technique.SLICE, A_B, B_C, modes=(Mode.SEMANTIC,))
    needed = planned(Technique.SLICE, B_C, C_D, modes=(Mode.SEMANTIC, Mode.CONSISTENCY))
    assert [one.subject for one in seen(None, alone, needed, kind="repeating-slice")] == [alone.id]


def test_an_existing_slice_whose_boundaries_are_tested_already_repeats_them() -> None:
    below = {(b, t): f"{t.value}-{b}" for b in (A_B, B_C) for t in (Technique.CONTRACT, Technique.BOUNDARY)}
    below |= {(b, Technique.FAULT): f"fault-{b}" for b in (A_B, B_C)}
    both = {(A_B, Technique.SLICE): "path", (B_C, Technique.SLICE): "path"}
    assert [one.subject for one in seen(coverage(both | below), kind="repeating-slice", journeys=())] == ["path"]
    assert seen(coverage(both), kind="repeating-slice", journeys=()) == [], "nothing else tests them"
    assert seen(coverage(both | below), kind="repeating-slice") == [], "checkout writes in several services"


def test_a_boundary_that_only_end_to_end_tests_cover() -> None:
    known = coverage(
        {(A_B, Technique.E2E): "all", (B_C, Technique.E2E): "all", (B_C, Technique.CONTRACT): "pact"},
    )
    assert [one.subject for one in seen(known, kind="end-to-end-alone")] == [A_B]


def test_a_test_of_more_than_four_real_services_is_wide() -> None:
    five = {(b, Technique.SLICE): "five" for b in (A_B, B_C, C_D, D_E)}
    four = {(b, Technique.BOUNDARY): "four" for b in (A_B, B_C, C_D)}
    assert [one.subject for one in seen(coverage(five | four), kind="wide-test")] == ["five"]
    whole = {(b, Technique.E2E): "whole" for b in (A_B, B_C, C_D, D_E, E_F)}
    assert seen(coverage(whole), kind="wide-test") == [], "an end-to-end test is meant to be wide"


def test_a_suite_that_belongs_to_no_boundary_is_told_with_its_place() -> None:
    known = coverage({}, Finding("unmapped-tests", "9 tests", Where("a/junit.xml")))
    assert [one.subject for one in seen(known, kind="unmapped-suite")] == ["a/junit.xml"]


def test_money_behind_mocks_alone_is_over_mocked() -> None:
    mocked = {(A_B, Technique.CONTRACT): "pact", (B_C, Technique.CONTRACT): "pact2"}
    (one,) = seen(coverage(mocked), planned(Technique.BOUNDARY, B_C), kind="over-mocked")
    assert one.subject in (A_B, B_C)
    assert one.message.startswith("checkout has contract tests only")
    assert one.advice == f"write boundary:{B_C} first"
    assert seen(coverage(mocked | {(A_B, Technique.BOUNDARY): "pair"}), kind="over-mocked") == []
    assert seen(coverage({}), kind="over-mocked") == [], "no test at all is a gap, not mocking"
    assert seen(coverage(mocked), kind="over-mocked", journeys=(Journey("look", ("a", "b", "c"), "low"),)) == []


def test_an_environment_alone_runs_nothing_together() -> None:
    mocked = coverage({(A_B, Technique.CONTRACT): "pact"})
    declared = coverage({(B_C, Technique.BOUNDARY): "environment"}, grade=Grade.DECLARED)
    both = Coverage((*mocked.boundaries, *declared.boundaries), (), tuple(Technique))
    assert len(seen(both, kind="over-mocked")) == 1


def test_an_external_system_called_for_real_is_under_mocked() -> None:
    known = coverage({(OUT.id, Technique.BOUNDARY): "charges", (OUT.id, Technique.CONTRACT): "pact"})
    (one,) = seen(known, kind="under-mocked")
    assert (one.subject, one.message) == (OUT.id, "charges calls stripe itself, which is external")
    faults = coverage({(OUT.id, Technique.FAULT): "charges"})
    assert seen(faults, kind="under-mocked") == [], "faults are put in by a stub"


def test_nothing_but_slices_is_under_mocked() -> None:
    both = {(A_B, Technique.SLICE): "path", (B_C, Technique.SLICE): "path"}
    (one,) = seen(coverage(both), kind="under-mocked")
    assert one.subject == "existing tests"
