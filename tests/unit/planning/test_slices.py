"""Which slices and end-to-end tests are weighed, what they are credited with, and how they show as gaps."""

from itertools import pairwise

import pytest
from topology_builders import call, message, node, op, resource, sent, store, topology

from topoplan.config import PlanningSettings
from topoplan.model.coverage import BoundaryCoverage, Coverage, OperationCoverage, State, TechniqueCoverage
from topoplan.model.facts import NodeKind
from topoplan.model.gaps import Gap, Gaps, Ratio
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.plan import Technique
from topoplan.model.topology import Topology
from topoplan.planning import find_gaps, known_gaps, make_plan
from topoplan.planning.gaps import fingerprint
from topoplan.planning.residual import risks_of
from topoplan.planning.slices import SEEDS, Path, boundaries_on, paths
from topoplan.planning.system import system_of
from topoplan.planning.techniques import DEFAULTS
from topoplan.risk import profile

CHECKOUT = Journey("checkout", ("gate", "order", "payment", "stock"), "money")
SHOP = topology(
    [
        node("gate", kind=NodeKind.GATEWAY),
        node("order", op("POST", "/orders", sent("total", "number")), op("GET", "/orders")),
        node("payment", op("POST", "/payments", sent("amount", "number"))),
        node("stock"),
        node("stripe", kind=NodeKind.EXTERNAL),
        store("order-db"),
    ],
    [
        call("gate", "order", "GET /orders", "POST /orders"),
        call("order", "payment", "POST /payments"),
        message("stock", "order", "order.placed"),
        call("payment", "stripe"),
        resource("order", "order-db"),
    ],
)
GATE, PAY, STOCK = "gate->order/http", "order->payment/http", "stock->order/kafka/order.placed"


def weighed(system: Topology, *journeys: Journey) -> dict[str, Path]:
    profiles = profile(system, journeys=journeys)
    risks = {one.boundary: risks_of(one) for one in profiles}
    found = paths(system_of(system, profiles, journeys), journeys, risks, DEFAULTS)
    return {f"{path.technique.value}:{path.name}": path for path in found}


def test_a_journey_called_by_its_services_runs_from_each_to_the_nearest_before_it() -> None:
    profiles = profile(SHOP)
    on = boundaries_on(system_of(SHOP, profiles, ()), CHECKOUT, {one.boundary: one for one in profiles})
    assert [boundary.id for boundary in on] == [GATE, PAY, STOCK]


def test_the_boundaries_of_a_journey_are_taken_where_they_are_known() -> None:
    seen = Journey("seen", ("gate", "order", "payment"), boundaries=(PAY, GATE, "order->order-db/postgresql", "gone"))
    assert weighed(SHOP, seen)["slice:gate+order+payment"].boundaries == (PAY, GATE)


def test_slices_are_connected_and_have_three_or_four_services() -> None:
    found = weighed(SHOP, CHECKOUT)
    slices = {name: path for name, path in found.items() if path.technique is Technique.SLICE}
    assert "slice:gate+order+payment+stock" in slices
    assert {len(path.services) for path in slices.values()} == {3, 4}
    assert all("order" in path.services for path in slices.values()), "without order nothing hangs together"
    assert slices["slice:gate+order+payment+stock"].services == ("gate", "order", "payment", "stock")


def test_slices_of_the_same_services_are_one_of_the_gravest_journey() -> None:
    other = Journey("browse", ("gate", "order", "payment"), "low")
    found = weighed(SHOP, other, Journey("pay", ("gate", "order", "payment"), "money"))
    assert [path.journey.name for name, path in found.items() if name == "slice:gate+order+payment"] == ["pay"]


def test_a_path_is_credited_with_one_operation_of_each_boundary() -> None:
    path = weighed(SHOP, CHECKOUT)["slice:gate+order+payment+stock"]
    assert dict(zip(path.boundaries, path.shares, strict=True)) == {GATE: 0.5, PAY: 1.0, STOCK: 1.0}


@pytest.mark.parametrize(
    ("journey", "expected"),
    [
        (CHECKOUT, True),
        (Journey("audit", CHECKOUT.services, "compliance"), True),
        (Journey("browse", CHECKOUT.services, "high"), False),
        (Journey("seen", CHECKOUT.services, "money", source=JourneySource.TRACES), False),
        (Journey("short", ("gate", "order"), "money"), False),
    ],
    ids=lambda value: value.name if isinstance(value, Journey) else "",
)
def test_end_to_end_tests_are_for_declared_journeys_of_money_and_compliance(journey: Journey, expected: bool) -> None:
    assert (f"e2e:{journey.name}" in weighed(SHOP, journey)) is expected


def test_a_long_journey_gives_a_bounded_number_of_slices() -> None:
    names = [f"s{number:03}" for number in range(120)]
    chain = topology([node(name) for name in names], [call(a, b) for a, b in pairwise(names)])
    assert len(weighed(chain, Journey("long", tuple(names)))) <= 2 * SEEDS


SLICE = "slice:gate+order+payment+stock"
PIN = PlanningSettings(pin=(SLICE,))


def state(technique: Technique, boundary: str, *operations: tuple[str, State]) -> BoundaryCoverage:
    listed = tuple(OperationCoverage(name, one, float(one is State.COVERED)) for name, one in operations)
    share = sum(one.share for one in listed) / len(listed)
    states = {one.state for one in listed}
    return BoundaryCoverage(
        boundary, (TechniqueCoverage(technique, states.pop() if len(states) == 1 else State.PARTIAL, share, listed),)
    )


def gaps(*found: BoundaryCoverage) -> Gaps:
    profiles = profile(SHOP, journeys=(CHECKOUT,))
    plan = make_plan(SHOP, profiles, (CHECKOUT,), PIN)
    assert [test.id for test in plan.tests if test.technique is Technique.SLICE] == [SLICE]
    return find_gaps(SHOP, profiles, plan, Coverage(found), PIN)


def slice_gap(found: Gaps) -> Gap | None:
    (gap,) = [gap for gap in found.open if gap.test == SLICE] or [None]
    return gap


def test_a_slice_is_one_gap_of_its_first_boundary() -> None:
    gap = slice_gap(gaps())
    assert gap is not None
    assert (gap.boundary, gap.state) == (GATE, State.UNKNOWN)
    assert [(one.operation, one.fingerprint) for one in gap.missing] == [
        ("", fingerprint(Technique.SLICE, "gate+order+payment+stock"))
    ]
    (tally,) = [tally for tally in gaps().tallies if tally.technique is Technique.SLICE]
    assert (tally.tests, tally.boundaries, tally.calls) == (Ratio(0, 1), Ratio(0, 3), Ratio())
    assert "gate+order+payment+stock" in {one.boundary for one in known_gaps(gaps()) if one.technique == "slice"}


def test_a_slice_is_as_far_as_the_worst_of_its_boundaries() -> None:
    one = state(Technique.SLICE, GATE, ("GET /orders", State.UNCOVERED), ("POST /orders", State.COVERED))
    two = state(Technique.SLICE, PAY, ("POST /payments", State.COVERED))
    three = state(Technique.SLICE, STOCK, ("PUBLISH order.placed", State.UNVERIFIED))
    gap = slice_gap(gaps(one, two, three))
    assert gap is not None
    assert gap.state is State.PARTIAL
    assert gap.reason.startswith(f"2 of 3 boundaries covered; {STOCK}: ")
    assert 0 < gap.open_risk < (slice_gap(gaps()) or gap).open_risk


def test_a_slice_whose_path_ran_is_no_gap_though_it_touched_one_operation_of_each_boundary() -> None:
    one = state(Technique.SLICE, GATE, ("GET /orders", State.UNCOVERED), ("POST /orders", State.COVERED))
    two = state(Technique.SLICE, PAY, ("POST /payments", State.COVERED))
    three = state(Technique.SLICE, STOCK, ("PUBLISH order.placed", State.COVERED))
    assert slice_gap(gaps(one, two, three)) is None


def test_open_risks_still_add_up_to_what_the_plan_retires() -> None:
    profiles = profile(SHOP, journeys=(CHECKOUT,))
    plan = make_plan(SHOP, profiles, (CHECKOUT,), PlanningSettings(min_value=0.0))
    found = find_gaps(SHOP, profiles, plan, Coverage())
    assert {Technique.SLICE, Technique.E2E} <= {test.technique for test in plan.tests}
    assert sum(gap.open_risk for gap in found.open) == pytest.approx(plan.total_risk - plan.residual_risk, abs=1e-5)
