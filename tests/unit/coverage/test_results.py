"""Test reports: what rules and properties make of them, and what nobody mapped."""

import pytest
from check_builders import FAILED, PASSED, SKIPPED, UNKNOWN, asks, case, pact
from topology_builders import DAY, NOW, history

from topoplan.config import ResultRule
from topoplan.coverage.results import claim_by
from topoplan.model.change import ChangeRate, ServiceHistory
from topoplan.model.claims import Claimed
from topoplan.model.coverage import Grade, State
from topoplan.model.plan import Technique
from topoplan.model.report import Journey

WEB_ORDERS, WEB_USERS, ORDERS_PAYMENTS = "web->orders/http", "web->users/http", "orders->payments/http"
ORDERS_DB, MAIL_ORDERS = "orders->db/postgresql", "mail->orders/kafka/order.placed"


@pytest.mark.parametrize(
    ("verdict", "grade", "state", "share"),
    [
        (PASSED, Grade.VERIFIED, "covered", 1.0),
        (FAILED, Grade.FAILING, "failing", 0.0),
        (SKIPPED, Grade.DECLARED, "unverified", 0.2),
        (UNKNOWN, Grade.DECLARED, "unverified", 0.2),
    ],
)
def test_verdicts(covered, verdict, grade, state, share) -> None:
    found = covered(case("t", verdict, "boundary: web -> users")).of(WEB_USERS, Technique.BOUNDARY)
    assert (found.claims[0].grade, found.state.value, found.share) == (grade, state, share)


def test_operations_by_name_or_concrete_path(covered) -> None:
    found = covered(case("t", PASSED, "contract: web -> orders : POST /orders; GET /orders/8"))
    assert found.states() == {"": "covered", "GET /orders/{id}": "covered", "POST /orders": "covered"}


def test_all_operations(covered) -> None:
    assert covered(case("t", PASSED, "boundary: web -> orders : *")).of(WEB_ORDERS, Technique.BOUNDARY).share == 1.0


def test_claim_without_operations_is_one_of_several(covered) -> None:
    found = covered(case("t", PASSED, "boundary: web -> orders"))
    assert found.states(WEB_ORDERS, Technique.BOUNDARY) == {
        "": "partial",
        "GET /orders/{id}": "uncovered",
        "POST /orders": "uncovered",
    }
    assert found.of(WEB_ORDERS, Technique.BOUNDARY).share == 0.5


def test_unnamed_operation_may_be_one_that_is_covered_already(covered) -> None:
    named = case("a", PASSED, "boundary: web -> orders : POST /orders")
    found = covered(named, case("b", PASSED, "boundary: web -> orders"))
    assert found.of(WEB_ORDERS, Technique.BOUNDARY).share == 0.5


@pytest.mark.parametrize(
    ("claimed", "states"),
    [
        (": GET /users/{id}", {"": "partial", "GET /users/{id}": "covered", "POST /users": "unverified"}),
        ("", {"": "partial", "GET /users/{id}": "unverified", "POST /users": "unverified"}),
        (": *", {"": "covered", "GET /users/{id}": "covered", "POST /users": "covered"}),
        (": DELETE /users", {"": "unverified", "GET /users/{id}": "unverified", "POST /users": "unverified"}),
    ],
)
def test_where_only_the_contract_tells_operations_a_test_covers_what_it_names(covered, claimed, states) -> None:
    contract = pact(asks("GET", "/users/{id}"), asks("POST", "/users"), provider="users")
    found = covered(case("t", PASSED, f"contract: web -> users {claimed}"), contract)
    assert found.states(WEB_USERS) == states
    assert bool(found.told("unlisted-operation")) == ("DELETE" in claimed)


def test_claim_without_operations_on_the_only_one(covered) -> None:
    found = covered(case("t", PASSED, "fault: orders -> payments"))
    assert found.states(ORDERS_PAYMENTS, Technique.FAULT) == {"": "covered", "POST /charges": "covered"}


def test_operation_the_boundary_does_not_list(covered) -> None:
    found = covered(case("t", PASSED, "boundary: web -> orders : PUT /orders"))
    assert found.claimed == set()
    (finding,) = found.told("unlisted-operation")
    assert finding.message == "t names PUT /orders, which web is not known to call"
    assert not found.told("unmapped-tests")


def test_message_operation_by_channel(covered) -> None:
    for written in ("order.placed", "publish order.placed"):
        found = covered(case("t", PASSED, f"schema: mail -> orders : {written}"))
        assert found.of(MAIL_ORDERS, Technique.SCHEMA).state is State.COVERED


def test_technique_that_makes_no_sense_is_kept_where_it_is_claimed(covered) -> None:
    found = covered(case("t", PASSED, "fault: orders -> db"))
    assert found.claimed == {(ORDERS_DB, "fault", "verified")}
    assert [t.technique for t in found.coverage.of(ORDERS_DB).techniques] == [Technique.IN_PROCESS, Technique.FAULT]


def test_store_in_process(covered) -> None:
    found = covered(case("t", PASSED, "in_process: orders -> db : INSERT orders"))
    assert found.states(ORDERS_DB, Technique.IN_PROCESS) == {"": "covered"}


def test_slice_by_services_covers_every_boundary_of_the_path(covered) -> None:
    found = covered(case("t", PASSED, "slice: web -> orders -> payments : *"))
    assert found.claimed == {(WEB_ORDERS, "slice", "verified"), (ORDERS_PAYMENTS, "slice", "verified")}


def test_slice_by_journey(covered) -> None:
    journey = Journey("checkout", ("web", "users", "orders", "mail"))
    found = covered(case("t", PASSED, "slice: journey checkout"), journeys=[journey])
    assert {boundary for boundary, _, _ in found.claimed} == {WEB_USERS, WEB_ORDERS, MAIL_ORDERS}


def test_operations_of_a_path_belong_to_the_boundary_that_has_them(covered) -> None:
    found = covered(case("t", PASSED, "slice: web -> orders -> payments : POST /charges"))
    assert found.states(ORDERS_PAYMENTS, Technique.SLICE) == {"": "covered", "POST /charges": "covered"}
    assert found.of(WEB_ORDERS, Technique.SLICE).share == 0.5
    assert not found.coverage.findings
    (finding,) = covered(case("t", PASSED, "slice: web -> orders -> users : POST /charges")).told("unlisted-operation")
    assert finding.boundary == WEB_ORDERS


def test_unknown_journey_and_misread_claims(covered) -> None:
    found = covered(case("a", PASSED, "slice: journey refund"), case("b", PASSED, "magic: web -> orders"))
    assert [f.message.partition(":")[0] for f in found.told("misread-claim")] == ["a", "b"]
    assert "no journey 'refund'" in found.told("misread-claim")[0].message
    assert "'magic' is no technique" in found.told("misread-claim")[1].message


def test_unknown_services(covered) -> None:
    (finding,) = covered(case("t", PASSED, "boundary: web -> billing", path="r.xml")).told("unknown-pair")
    assert str(finding.where) == "r.xml"


def test_report_that_is_mapped_at_all_could_tell_of_every_technique(covered) -> None:
    assert covered(case("t", PASSED, "boundary: web -> users")).coverage.read == tuple(Technique)
    assert covered(case("t")).coverage.read == ()
    assert covered(pact()).coverage.read == (Technique.CONTRACT,)


def test_unmapped_tests_are_counted_by_file(covered) -> None:
    mapped = case("m", PASSED, "boundary: web -> users", path="b.xml")
    found = covered(case("x", path="a.xml"), case("y", path="a.xml"), mapped, case("z", path="b.xml"))
    assert [(str(f.where), f.message) for f in found.told("unmapped-tests")] == [
        ("a.xml", "2 tests in this report, none mapped to a boundary: add rules under coverage.tests")
    ]


def test_newest_result_of_a_test_counts(covered) -> None:
    claim = "boundary: web -> users"
    for old, new, state in ((FAILED, PASSED, State.COVERED), (PASSED, FAILED, State.FAILING)):
        found = covered(case("t", old, claim, time=NOW - DAY, path="1.xml"), case("t", new, claim, time=NOW))
        assert found.of(WEB_USERS, Technique.BOUNDARY).state is state
    found = covered(case("t", PASSED, claim, path="1.xml"), case("t", FAILED, claim, path="2.xml"))
    assert found.of(WEB_USERS, Technique.BOUNDARY).state is State.FAILING


def test_failing_beside_a_passing_test_is_told(covered) -> None:
    found = covered(
        case("a", PASSED, "boundary: web -> orders : POST /orders"),
        case("b", FAILED, "boundary: web -> orders : POST /orders", path="b.xml"),
        case("c", FAILED, "boundary: web -> orders : GET /orders/1"),
    )
    assert found.states(WEB_ORDERS, Technique.BOUNDARY)["POST /orders"] == "covered"
    (finding,) = found.told("failing-beside")
    assert (finding.message, finding.operation) == (
        "b fails, though a passes, so the boundary test counts",
        "POST /orders",
    )
    assert (str(finding.where), str(finding.other)) == ("b.xml", "junit.xml")


def test_older_than_the_interface_is_stale(covered) -> None:
    interface = history(ServiceHistory("users", None, ChangeRate(last_changed=NOW)))
    found = covered(case("t", PASSED, "boundary: web -> users", time=NOW - DAY), history=interface)
    assert (found.of(WEB_USERS, Technique.BOUNDARY).state, found.of(WEB_USERS, Technique.BOUNDARY).share) == (
        State.STALE,
        0.5,
    )
    assert found.of(WEB_USERS, Technique.BOUNDARY).claims[0].remedy == "run it again"


def test_older_than_the_set_age_is_stale(covered) -> None:
    checks = (
        case("old", PASSED, "boundary: web -> users", time=NOW - 31 * DAY),
        case("new", PASSED, "fault: web -> users", time=NOW),
    )
    assert covered(*checks).of(WEB_USERS, Technique.BOUNDARY).state is State.COVERED
    found = covered(*checks, max_age_days=30)
    assert found.of(WEB_USERS, Technique.BOUNDARY).state is State.STALE
    assert found.of(WEB_USERS, Technique.FAULT).state is State.COVERED
    (claim,) = found.of(WEB_USERS, Technique.BOUNDARY).claims
    assert claim.reason == "passed on 2023-10-14, more than 30 days before 2023-11-14"


def test_what_never_passed_is_unverified_however_old(covered) -> None:
    skipped = case("t", SKIPPED, "boundary: web -> users", time=NOW - 99 * DAY)
    found = covered(skipped, case("u", PASSED, time=NOW), max_age_days=1).of(WEB_USERS, Technique.BOUNDARY)
    assert (found.state, found.share) == (State.UNVERIFIED, 0.1)


RULE = ResultRule(name="*calls*", technique="boundary", services=("web", "users"))


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (RULE, True),
        (ResultRule(name="calls users", technique="boundary", services=("web", "users")), True),
        (ResultRule(name="users", technique="boundary", services=("web", "users")), False),
        (ResultRule(name="/users$/", technique="boundary", services=("web", "users")), True),
        (ResultRule(suite="it", name="*calls*", technique="boundary", services=("web", "users")), True),
        (ResultRule(suite="unit", name="*calls*", technique="boundary", services=("web", "users")), False),
        (ResultRule(classname="*.WebTest", technique="boundary", services=("web", "users")), True),
        (ResultRule(file="test/*.java", technique="boundary", services=("web", "users")), True),
        (ResultRule(properties={"topoplan.slice": "*checkout"}, technique="boundary", services=("web", "users")), True),
        (ResultRule(properties={"owner": "*"}, technique="boundary", services=("web", "users")), False),
        (ResultRule(technique="boundary", services=("web", "users")), False),
    ],
)
def test_rules(rule, fits) -> None:
    test = case(
        "calls users", PASSED, "slice: journey checkout", suite="it", classname="a.WebTest", file="test/Web.java"
    )
    assert (claim_by(rule, test) is not None) is fits


def test_groups_of_a_rule_fill_in_what_it_claims() -> None:
    rule = ResultRule(
        classname=r"/(?P<consumer>\w+)To(?P<provider>\w+)Test/",
        name=r"/(?P<verb>GET|POST) /",
        technique="contract",
        services=("{consumer}", "{provider}"),
        operations=("{verb} /orders/{id}",),
    )
    claimed = claim_by(rule, case("GET it", classname="x.WebToOrdersTest"))
    assert claimed == Claimed(Technique.CONTRACT, ("Web", "Orders"), operations=("GET /orders/{id}",))


def test_every_rule_that_fits_counts(covered) -> None:
    fault = ResultRule(name="*calls*", technique="fault", services=("web", "users"))
    found = covered(case("calls users"), rules=[RULE, fault])
    assert found.claimed == {(WEB_USERS, "boundary", "verified"), (WEB_USERS, "fault", "verified")}
