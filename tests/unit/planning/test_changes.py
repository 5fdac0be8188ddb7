"""What is different between two reports: parts, reasons, gaps that were accepted, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from topology_builders import call, message, node, resource, store, topology

from topoplan.config import Suppression
from topoplan.model.changes import Changes, GoneBoundary, GoneService, NotCompared, OperationChange, Part
from topoplan.model.coverage import BoundaryCoverage, Coverage, OperationCoverage, State, TechniqueCoverage
from topoplan.model.facts import NodeKind, Style
from topoplan.model.gaps import Gap, Missing, Urgency
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.model.risk import Factor, Mode, ModeRisk, RiskProfile
from topoplan.model.topology import Boundary, Service, Topology
from topoplan.planning import accept, find_gaps, make_plan
from topoplan.planning.changes import compare
from topoplan.risk import profile
from topoplan.risk.weighing import PRIOR

ORDERS = "gate->order/http"
NODES = (node("gate"), node("order"), store("db"))
EDGES = (call("gate", "order", "GET /orders", "POST /orders"), resource("order", "db"))


def analysed(services: Sequence[Service] = NODES, boundaries: Sequence[Boundary] = EDGES, **states: State) -> Report:
    """A whole report, in which the contract of gate with order is as `states` says by the operation's method."""
    system = topology(list(services), list(boundaries))
    profiles = profile(system)
    plan = make_plan(system, profiles)
    covered = Coverage(tuple(_covered(boundary, states) for boundary in system.boundaries), read=tuple(Technique))
    gaps = find_gaps(system, profiles, plan, covered)
    return Report("shop", system, profiles=profiles, plan=plan, coverage=covered, gaps=gaps)


def _covered(boundary: Boundary, states: dict[str, State]) -> BoundaryCoverage:
    operations = tuple(
        OperationCoverage(op.id, state, 1.0 if state is State.COVERED else 0.0)
        for op in boundary.operations
        for state in (states.get(op.id.partition(" ")[0], State.UNCOVERED),)
    )
    all_covered = bool(operations) and all(op.state is State.COVERED for op in operations)
    some = any(op.state is State.COVERED for op in operations)
    state = State.COVERED if all_covered else State.PARTIAL if some else State.UNCOVERED
    share = sum(op.share for op in operations) / len(operations) if operations else 0.0
    return BoundaryCoverage(boundary.id, (TechniqueCoverage(Technique.CONTRACT, state, share, operations),))


def opened(changes: Changes) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.test, one.opened) for one in changes.gaps_opened]


def test_services_and_boundaries_come_and_go() -> None:
    mail = message("mail", "order", "placed")
    changes = compare(
        analysed([*NODES, node("mail"), store("cache", "redis")], [*EDGES, mail]),
        analysed([*NODES, node("pay")], [*EDGES, call("order", "pay")]),
        "main",
    )
    assert changes.base == "main"
    assert changes.services_added == ("pay",)
    assert changes.services_removed == (
        GoneService("cache", "cache", NodeKind.DATASTORE),
        GoneService("mail", "mail", NodeKind.SERVICE),
    )
    assert changes.boundaries_added == ("order->pay/http",)
    assert changes.boundaries_removed == (GoneBoundary(mail.id, "mail", "order", Style.MESSAGE, "kafka", "placed"),)


def test_operations_are_told_of_boundaries_that_stay() -> None:
    now = [call("gate", "order", "GET /orders", "DELETE /orders"), call("gate", "db", "GET /x")]
    changes = compare(analysed(), analysed(boundaries=now), "main")
    assert changes.operations == (OperationChange(ORDERS, ("DELETE /orders",), ("POST /orders",)),)


def scored(*modes: ModeRisk, impact: float = 0.5, factors: tuple[Factor, ...] = ()) -> Report:
    risk = max(mode.risk for mode in modes)
    return Report(
        "shop", topology(list(NODES), list(EDGES)), profiles=(RiskProfile(ORDERS, risk, impact, factors, modes),)
    )


def mode(kind: Mode, likelihood: float, impact: float, *factors: Factor) -> ModeRisk:
    return ModeRisk(kind, likelihood, likelihood * impact, factors)


def factor(name: str, contribution: float) -> Factor:
    return Factor(name, contribution, 1.0, contribution, f"{name} of {contribution}")


def test_the_factor_that_moved_the_score_most_is_told() -> None:
    before = scored(mode(Mode.SCHEMA, 0.4, 0.5, factor("churn", 0.3), factor("fields", 0.1)))
    after = scored(mode(Mode.SCHEMA, 0.7, 0.5, factor("churn", 0.35), factor("fields", 0.35)))
    (change,) = compare(before, after, "main").risks
    assert (change.before, change.after, change.mode, change.factor) == (20, 35, Mode.SCHEMA, "fields")
    assert (change.reason_before, change.reason_after) == ("fields of 0.1", "fields of 0.35")


def test_a_score_that_moved_by_its_impact_says_so() -> None:
    before = scored(mode(Mode.SCHEMA, 0.4, 0.2, factor("churn", 0.4)), impact=0.2, factors=(factor("traffic", 0.2),))
    after = scored(mode(Mode.SCHEMA, 0.4, 0.9, factor("churn", 0.4)), impact=0.9, factors=(factor("traffic", 0.9),))
    (change,) = compare(before, after, "main").risks
    assert (change.mode, change.factor) == (Mode.SCHEMA, "traffic")


def test_a_factor_counts_by_what_it_moves_the_risk() -> None:
    """The smaller move of the impact outweighs that of the likelihood, which a small impact scales down."""
    before = scored(mode(Mode.SCHEMA, 0.7, 0.1, factor("churn", 0.7)), impact=0.1, factors=(factor("traffic", 0.1),))
    after = scored(mode(Mode.SCHEMA, 0.9, 0.25, factor("churn", 0.9)), impact=0.25, factors=(factor("traffic", 0.25),))
    (change,) = compare(before, after, "main").risks
    assert change.factor == "traffic"


def test_the_starting_value_explains_no_change() -> None:
    before = scored(mode(Mode.SCHEMA, 0.2, 1.0, factor(PRIOR, 0.1), factor("churn", 0.1)), impact=1.0)
    after = scored(mode(Mode.SCHEMA, 0.7, 1.0, factor(PRIOR, 0.5), factor("churn", 0.2)), impact=1.0)
    (change,) = compare(before, after, "main").risks
    assert change.factor == "churn"


def test_a_mode_that_is_new_has_no_facts_before() -> None:
    calm = mode(Mode.SCHEMA, 0.1, 0.5, factor("churn", 0.1))
    (change,) = compare(scored(calm), scored(calm, mode(Mode.CASCADE, 0.8, 0.5, factor("depth", 0.8))), "main").risks
    assert (change.mode, change.reason_before, change.reason_after) == (Mode.CASCADE, "", "depth of 0.8")


def test_scores_without_factors_are_told_without_a_reason() -> None:
    before, after = (Report("", Topology((), EDGES), profiles=(RiskProfile(ORDERS, risk, 1.0),)) for risk in (0.2, 0.6))
    (change,) = compare(before, after, "main").risks
    assert (change.before, change.after, change.mode, change.factor) == (20, 60, None, "")


def test_a_score_that_reads_the_same_is_no_change() -> None:
    before, after = (Report("", Topology((), EDGES), profiles=(RiskProfile(ORDERS, r, 1.0),)) for r in (0.201, 0.204))
    assert compare(before, after, "main").risks == ()


def test_a_gap_opens_where_evidence_is_lost_and_closes_where_it_comes() -> None:
    covered, lost = analysed(GET=State.COVERED, POST=State.COVERED), analysed()
    changes = compare(covered, lost, "main")
    assert opened(changes) == [(f"contract:{ORDERS}", ("GET /orders", "POST /orders"))]
    (gap,) = changes.gaps_opened
    assert (gap.before, gap.after, gap.urgency_before) == (State.COVERED, State.UNCOVERED, None)
    assert gap.urgency_after is not None
    assert (changes.gaps_closed, changes.gaps_changed) == ((), ())
    (closed,) = compare(lost, covered, "main").gaps_closed
    assert (closed.before, closed.after, closed.closed) == (State.UNCOVERED, State.COVERED, gap.opened)


def test_a_gap_that_stays_open_tells_which_operations_and_states_moved() -> None:
    changes = compare(analysed(GET=State.COVERED), analysed(POST=State.COVERED), "main")
    (gap,) = changes.gaps_changed
    assert (gap.opened, gap.closed) == (("GET /orders",), ("POST /orders",))
    assert gap.before is gap.after is State.PARTIAL
    assert opened(changes) == []


def test_a_gap_of_a_boundary_that_is_new_was_in_no_state() -> None:
    changes = compare(analysed(NODES[1:], EDGES[1:]), analysed(), "main")
    assert {(gap.before, gap.after) for gap in changes.gaps_opened if gap.boundary == ORDERS} == {
        (None, State.UNCOVERED)
    }


def along(states: dict[str, tuple[State, ...]]) -> Report:
    """A report with a slice along two boundaries, whose operations have these states, and no gap open."""
    report = analysed()
    test = replace(
        report.plan.tests[0], id="slice:buy", technique=Technique.SLICE, boundaries=("a", "b"), journey="buy"
    )
    covered = tuple(
        BoundaryCoverage(
            name,
            (
                TechniqueCoverage(
                    Technique.SLICE,
                    min(found, key=lambda state: state.rank),
                    operations=tuple(OperationCoverage(f"GET /{at}", state) for at, state in enumerate(found)),
                ),
            ),
        )
        for name, found in states.items()
    )
    return replace(
        report,
        plan=replace(report.plan, tests=(test,)),
        coverage=Coverage(covered),
        gaps=replace(report.gaps, open=()),
    )


@pytest.mark.parametrize(
    ("states", "before"),
    [
        ({"a": (State.COVERED, State.UNCOVERED), "b": (State.COVERED,)}, State.COVERED),
        ({"a": (State.COVERED, State.UNCOVERED), "b": (State.STALE, State.UNCOVERED)}, State.STALE),
        ({"a": (State.COVERED,)}, None),
    ],
    ids=["best operations", "worst boundary", "boundary not there"],
)
def test_a_test_along_a_path_was_as_far_as_the_worst_of_its_boundaries(
    states: dict[str, tuple[State, ...]], before: State | None
) -> None:
    then = along(states)
    missing = (Missing("", State.UNCOVERED, "x"),)
    gap = Gap("slice:buy", Technique.SLICE, "a", "buy", State.UNCOVERED, Urgency.LOW, 0.1, missing, "", "")
    now = replace(then, gaps=replace(then.gaps, open=(gap,)))
    assert [one.before for one in compare(then, now, "main").gaps_opened] == [before]


def test_accepting_a_gap_closes_none_and_no_longer_accepting_it_opens_none() -> None:
    plain = analysed()
    everything = [Suppression("*", reason="known")]
    accepted = replace(plain, gaps=accept(plain.gaps, everything, (), ""))
    assert plain.gaps.open
    assert not accepted.gaps.open
    for changes in (compare(plain, accepted, "main"), compare(accepted, plain, "main")):
        assert (changes.gaps_opened, changes.gaps_closed, changes.gaps_changed) == ((), (), ())


def test_a_gap_beside_an_accepted_one_was_partial() -> None:
    then = analysed(GET=State.COVERED)
    then = replace(then, gaps=accept(then.gaps, [Suppression("contract:*", reason="known")], (), ""))
    (gap,) = compare(then, analysed(), "main").gaps_opened
    assert (gap.before, gap.after, gap.opened) == (State.PARTIAL, State.UNCOVERED, ("GET /orders",))


def test_the_most_urgent_gap_is_told_first() -> None:
    gaps = tuple(
        Gap(test, Technique.CONTRACT, ORDERS, test, State.UNCOVERED, urgency, 0.1,
            (Missing("", State.UNCOVERED, test),), "", "")
        for test, urgency in (("a", Urgency.LOW), ("b", Urgency.HIGH), ("c", Urgency.MEDIUM))
    )  # fmt: skip
    now = analysed(GET=State.COVERED, POST=State.COVERED)
    before = replace(now, gaps=replace(now.gaps, open=()))
    now = replace(now, gaps=replace(now.gaps, open=gaps))
    assert [gap.test for gap in compare(before, now, "main").gaps_opened] == ["b", "c", "a"]


def test_what_a_saved_graph_does_not_have_is_not_compared() -> None:
    whole = analysed()
    bare = Report("", whole.topology)
    changes = compare(bare, whole, "graph.json")
    assert changes == Changes(
        "graph.json",
        not_compared=(
            NotCompared(Part.COVERAGE, "the base has no coverage"),
            NotCompared(Part.GAPS, "the base has no gaps"),
            NotCompared(Part.RISK, "the base has no scores"),
        ),
    )
    assert {one.reason for one in compare(whole, bare, "x").not_compared} == {
        "this analysis has no coverage", "this analysis has no gaps", "this analysis has no scores",
    }  # fmt: skip


@pytest.mark.parametrize("partial_is_base", [True, False])
def test_gaps_of_which_a_comparison_left_only_some_are_not_compared(partial_is_base: bool) -> None:
    whole = analysed()
    some = replace(whole, gaps=replace(whole.gaps, open=(), against="v1"))
    changes = compare(some, whole, "x") if partial_is_base else compare(whole, some, "x")
    assert [one.part for one in changes.not_compared] == [Part.GAPS]
    assert "a comparison with v1" in changes.not_compared[0].reason
    assert (changes.gaps_opened, changes.gaps_closed) == ((), ())
    assert changes.coverage_before == changes.coverage_after == whole.gaps.all
