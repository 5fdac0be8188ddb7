"""Which tests are recommended for a small system, why, and what is left out and why."""

import pytest
from msgspec.structs import replace
from topology_builders import (
    EVIDENCE,
    answered,
    call,
    changed,
    history,
    message,
    node,
    op,
    resource,
    sent,
    store,
    topology,
    traffic,
)

from topoplan.config import PlanningSettings, TechniqueSettings
from topoplan.model.change import History
from topoplan.model.facts import NodeKind
from topoplan.model.journey import JourneySource
from topoplan.model.place import Confidence
from topoplan.model.plan import Plan, Recommendation, Stub, Technique
from topoplan.model.report import Journey
from topoplan.model.risk import Mode
from topoplan.model.topology import Topology
from topoplan.planning import make_plan
from topoplan.risk import profile

CHECKOUT = Journey("checkout", ("gate", "order", "payment"), "money")
EVERYTHING = PlanningSettings(min_value=0.0)
PAST = history(changed("order", 0.3, 0.3, breaks=(10,)), changed("payment", 0.2, 0.2, breaks=(5, 20)))


def shop() -> Topology:
    """A gateway, orders, payments (a legacy datastore client and an external provider behind it), mail by messages."""
    return topology(
        [
            node("gate", kind=NodeKind.GATEWAY, owner="web"),
            node("order", op("POST", "/orders", sent("total", "number"), outcomes="201 409"), owner="sales"),
            node("payment", op("POST", "/payments", sent("amount", "number"), outcomes="201 402"), owner="billing"),
            node("mail", owner="web"),
            node("stripe", kind=NodeKind.EXTERNAL),
            store("order-db", image="docker.io/library/postgres:16"),
            node("kafka", kind=NodeKind.BROKER, technology="kafka"),
            node("prometheus", infrastructure=True),
        ],
        [
            call("gate", "order", "POST /orders", stats=traffic(100, 4, slow_ms=900)),
            call("order", "payment", "POST /payments", stats=traffic(90, 9, slow_ms=900)),
            call("payment", "stripe"),
            message("mail", "order", "order.placed", broker="kafka"),
            resource("order", "order-db", "INSERT orders"),
            call("prometheus", "order"),
        ],
    )


def plan(system: Topology | None = None, settings: PlanningSettings = PlanningSettings(), past: History = PAST) -> Plan:
    system = system or shop()
    return make_plan(system, profile(system, past, (CHECKOUT,)), (CHECKOUT,), settings)


def by_id(found: Plan) -> dict[str, Recommendation]:
    return {test.id: test for test in found.tests}


def test_best_value_comes_first_and_totals_add_up() -> None:
    found = plan()
    values = [test.value for test in found.tests]
    assert values == sorted(values, reverse=True)
    assert found.total_risk - found.residual_risk == pytest.approx(sum(t.risk_retired for t in found.tests), abs=1e-4)
    assert found.hours == sum(t.hours for t in found.tests)
    assert found.seconds == sum(t.seconds for t in found.tests)


def test_the_contract_on_the_money_path_comes_before_fault_tests() -> None:
    order = list(by_id(plan(settings=EVERYTHING)))
    assert order.index("contract:order->payment/http") < order.index("fault:order->payment/http")


def test_each_style_gets_the_techniques_that_fit_it() -> None:
    found = {(t.boundaries[0], t.technique) for t in plan(settings=EVERYTHING).tests if not t.journey}
    by_boundary: dict[str, set[str]] = {}
    for boundary, technique in found:
        by_boundary.setdefault(boundary, set()).add(technique.value)
    assert by_boundary == {
        "gate->order/http": {"contract", "boundary", "fault"},
        "order->payment/http": {"contract", "boundary", "fault"},
        "payment->stripe/http": {"contract", "fault"},
        "mail->order/kafka/order.placed": {"schema", "contract", "boundary", "fault"},
        "order->order-db/postgresql": {"in_process"},
    }


def test_a_slice_follows_a_journey_and_is_one_test() -> None:
    found = by_id(plan(settings=EVERYTHING))["slice:gate+order+payment"]
    assert found.boundaries == ("gate->order/http", "order->payment/http")
    assert found.title == "Slice of checkout through gate, order and payment"
    assert found.journey == "checkout"
    assert found.scope.services == ("payment", "order", "gate"), "each after what it calls"
    assert found.scope.resources == ("order-db (postgres:16)",)
    assert found.cases


def test_end_to_end_tests_are_for_declared_money_and_compliance_journeys() -> None:
    assert by_id(plan(settings=EVERYTHING))["e2e:checkout"].title == "checkout end to end"
    for journey in (
        replace(CHECKOUT, criticality="high"),
        replace(CHECKOUT, source=JourneySource.TRACES),
    ):
        found = make_plan(shop(), profile(shop(), PAST, (journey,)), (journey,), EVERYTHING)
        assert {Technique.SLICE, Technique.E2E} & {test.technique for test in found.tests} == {Technique.SLICE}


def test_the_reason_names_modes_and_the_strongest_facts() -> None:
    found = by_id(plan())["contract:order->payment/http"]
    assert found.modes[0] is Mode.SCHEMA
    assert found.reason.startswith("Against schema and semantic failures: ")
    assert "2 breaking changes" in found.reason
    assert "on journey checkout (money)" in found.reason
    assert "starting value" not in found.reason


def test_weak_evidence_is_said() -> None:
    weak = replace(EVIDENCE, confidence=Confidence.LOW)
    system = topology([node("a"), node("b"), node("c")], [call("a", "b", evidence=weak), call("b", "c")])
    found = by_id(plan(system, EVERYTHING, History()))
    assert found["contract:a->b/http"].reason.endswith("see first that it is really used")
    assert "weak" not in found["contract:b->c/http"].reason


def test_gateway_edges_get_a_gateway_test() -> None:
    found = by_id(plan(settings=EVERYTHING))["boundary:gate->order/http"]
    assert found.title == "Gateway test of gate in front of order"
    assert {"unauthenticated", "rate-limited", "upstream-error-translated", "no-internal-field"} <= {
        case.scenario for case in found.cases
    }


def test_alternatives_say_what_they_would_still_retire_or_why_they_do_not_fit() -> None:
    found = by_id(plan(settings=PlanningSettings(min_value=0.05)))["contract:order->payment/http"]
    reasons = {a.technique: a.reason for a in found.alternatives}
    assert reasons.keys() == {Technique.SCHEMA, Technique.IN_PROCESS, Technique.BOUNDARY, Technique.FAULT}
    assert reasons[Technique.FAULT].startswith("after contract it would retire 0.0")
    assert reasons[Technique.FAULT].endswith("per hour, below 0.05")
    both = by_id(plan())["contract:gate->order/http"].alternatives
    assert any(a.reason.startswith("after contract and boundary it would") for a in both)
    assert reasons[Technique.IN_PROCESS] == "mocks the other service, so it says nothing of this boundary"


def test_a_fault_test_is_worth_its_hours_where_errors_tail_change_and_criticality_come_together() -> None:
    callers = "abcdefg"
    pay = node("pay", op("POST", "/pay", sent("amount")), op("POST", "/refund", sent("amount")))
    system = topology(
        [node("gate", kind=NodeKind.GATEWAY), *(node(name) for name in callers), pay],
        [
            *(call("gate", name, stats=traffic(20)) for name in callers),
            *(call(name, "pay", "POST /pay", stats=traffic(10)) for name in callers[1:]),
            call("a", "pay", "POST /pay", "POST /refund", stats=traffic(2000, 400, slow_ms=900)),
        ],
    )
    past = history(*(changed(name, 1.0, fixes=5) for name in callers), changed("pay", 1.0, 0.05, fixes=5))
    journeys = (Journey("checkout", ("gate", "a", "pay"), "money"),)
    found = make_plan(system, profile(system, past, journeys), journeys)
    assert [t.id for t in found.tests if t.technique is Technique.FAULT] == ["fault:a->pay/http"]


def test_a_teams_own_figures_change_the_plan() -> None:
    dear = PlanningSettings(techniques={Technique.CONTRACT: TechniqueSettings(hours=1000)})
    assert not [test for test in plan(settings=dear).tests if test.technique is Technique.CONTRACT]
    useless = PlanningSettings(
        min_value=0, techniques={Technique.CONTRACT: TechniqueSettings(effects=dict.fromkeys(Mode, 0.0))}
    )
    assert not [test for test in plan(settings=useless).tests if test.technique is Technique.CONTRACT]


def test_a_boundary_without_tests_says_its_risk_and_its_best_test() -> None:
    found = plan(settings=PlanningSettings(min_value=1.0))
    assert found.tests == ()
    reasons = {skip.subject: skip.reason for skip in found.skips}
    assert reasons["order->order-db/postgresql"].startswith("risk ")
    assert "the best test (in_process, 1 h) would retire" in reasons["order->order-db/postgresql"]
    assert found.residual_risk == found.total_risk


def test_what_runs_beside_the_system_is_skipped_as_such() -> None:
    found = plan(settings=EVERYTHING)
    (skip,) = (s for s in found.skips if s.subject == "prometheus->order/http")
    assert skip.reason == "prometheus runs beside the system, not in it"


def test_externals_are_never_real() -> None:
    found = plan(settings=EVERYTHING)
    assert all("stripe" not in test.scope.services for test in found.tests)
    (skip,) = (s for s in found.skips if s.subject == "payment->stripe/http")
    assert (skip.technique, skip.reason) == ("boundary", "external: never real in a test; contract and stub only")


def test_pairs_that_never_talk_are_one_line() -> None:
    (skip,) = (s for s in plan().skips if s.subject == "system")
    assert skip.reason == "4 services make 6 possible pairs, 3 talk: the other 3 need no test together"


def test_two_services_are_too_few_for_integration_topology() -> None:
    system = topology([node("a"), node("b"), store("db")], [call("a", "b"), resource("a", "db")])
    found = plan(system, EVERYTHING, History())
    assert {test.technique for test in found.tests} == {Technique.CONTRACT, Technique.FAULT, Technique.IN_PROCESS}
    assert found.skips[0].subject == "system"
    assert found.skips[0].reason.startswith("2 services: under 3")


def test_calls_between_two_externals_are_none_of_ours() -> None:
    system = topology(
        [node("x", kind=NodeKind.EXTERNAL), node("y", kind=NodeKind.EXTERNAL), node("a"), node("b"), node("c")],
        [call("x", "y")],
    )
    found = plan(system, EVERYTHING, History())
    assert found.tests == ()
    assert "both ends are outside the system" in {skip.reason for skip in found.skips}


def test_calling_oneself_and_an_externals_store_are_none_of_ours() -> None:
    system = topology(
        [node("x", kind=NodeKind.EXTERNAL), node("a"), node("b"), node("c"), store("db")],
        [call("a", "a"), resource("x", "db")],
    )
    found = plan(system, EVERYTHING, History())
    assert found.tests == ()
    assert [skip.reason for skip in found.skips] == [
        "a calls itself: a matter of its own tests",
        "x is external: how it behaves is not ours to test",
    ]


def test_an_empty_system_plans_nothing() -> None:
    found = make_plan(Topology(), ())
    assert (found.tests, found.total_risk, found.hours) == ((), 0, 0)


def test_a_boundary_nobody_scored_is_said() -> None:
    system = topology([node("a"), node("b"), node("c")], [call("a", "b")])
    found = make_plan(system, ())
    assert ("a->b/http", "not scored") in {(s.subject, s.reason) for s in found.skips}


def scope_of(test_id: str) -> Recommendation:
    return by_id(plan(settings=EVERYTHING))[test_id]


def test_scope_of_two_real_services() -> None:
    scope = scope_of("boundary:gate->order/http").scope
    assert scope.services == ("order", "gate"), "the provider starts first"
    assert scope.resources == ("order-db (postgres:16)",)
    assert scope.stubs == (Stub("payment", "spec payment/openapi.yaml"),)


def test_scope_of_messages_has_the_broker() -> None:
    scope = scope_of("boundary:mail->order/kafka/order.placed").scope
    assert scope.resources == ("kafka", "order-db (postgres:16)")


def test_scope_of_a_contract_stubs_the_provider_in_the_consumers_run() -> None:
    assert scope_of("contract:order->payment/http").scope.stubs == (
        Stub("payment", "the contract, in the consumer's run"),
        Stub("stripe", "hand-written stub"),
    )
    external = scope_of("contract:payment->stripe/http").scope
    assert external.services == ("payment",)
    assert external.stubs == (Stub("stripe", "the contract, in the consumer's run"),)


def test_scope_of_in_process_stubs_every_other_service() -> None:
    scope = scope_of("in_process:order->order-db/postgresql").scope
    assert (scope.services, scope.resources) == (("order",), ("order-db (postgres:16)",))
    assert [stub.service for stub in scope.stubs] == ["payment"]


def test_a_schema_check_starts_nothing() -> None:
    scope = scope_of("schema:mail->order/kafka/order.placed").scope
    assert (scope.services, scope.resources, scope.stubs) == ((), (), ())


def test_stubs_come_from_recorded_traffic_where_there_is_no_spec() -> None:
    seen = replace(EVIDENCE, basis=type(EVIDENCE.basis).OBSERVED)
    system = topology(
        [node("a"), node("b"), node("c", op("GET", "/x", answered("id")))],
        [call("a", "b", evidence=seen), call("c", "a"), call("c", "b", evidence=seen)],
    )
    found = by_id(plan(system, EVERYTHING, History()))
    assert found["boundary:c->a/http"].scope.stubs == (Stub("b", "recorded traffic"),)


def test_a_reason_names_causes_and_says_so_where_there_are_none() -> None:
    queue = replace(resource("a", "kafka"), protocol="kafka")
    plain = topology([node("a"), node("b"), node("c"), node("kafka", kind=NodeKind.BROKER)], [queue])
    (test,) = make_plan(plain, profile(plain), settings=EVERYTHING).tests
    assert test.reason == "Against infrastructure failures: what the files say points to no single cause"
    for told in make_plan(shop(), profile(shop(), PAST, (CHECKOUT,)), (CHECKOUT,), EVERYTHING).tests:
        assert "1 operation used" not in told.reason
        assert "starting value" not in told.reason


def test_where_no_call_is_known_no_pair_is_called_untested() -> None:
    silent = topology([node("a"), node("b"), node("c")], [])
    assert make_plan(silent, profile(silent)).skips == ()


def test_tests_of_two_ways_between_one_pair_are_told_apart() -> None:
    both = topology(
        [node("a"), node("b"), node("c")],
        [call("a", "b"), replace(call("a", "b"), id="a->b/grpc", protocol="grpc")],
    )
    titles = [t.title for t in make_plan(both, profile(both), settings=EVERYTHING).tests]
    assert {"Contract between a and b over http", "Contract between a and b over grpc"} <= set(titles)
    assert len(set(titles)) == len(titles)
