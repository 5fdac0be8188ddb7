"""Traces of test runs, and environments made for tests."""

from check_builders import FAILED, PASSED, UNKNOWN, case, environment, run, used

from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Party
from topoplan.model.plan import Technique

WEB_ORDERS, WEB_USERS, ORDERS_PAYMENTS = "web->orders/http", "web->users/http", "orders->payments/http"
ORDERS_DB, MAIL_ORDERS = "orders->db/postgresql", "mail->orders/kafka/order.placed"
TO_ORDERS, TO_PAYMENTS = used("web", "orders", "POST /orders"), used("orders", "payments", "POST /charges")


def test_two_real_services_are_a_boundary_test(covered) -> None:
    found = covered(run("t", TO_ORDERS))
    assert found.claimed == {(WEB_ORDERS, "boundary", "verified")}
    assert found.states(WEB_ORDERS, Technique.BOUNDARY)["POST /orders"] == "covered"
    assert found.coverage.read == (Technique.BOUNDARY, Technique.FAULT, Technique.SLICE)


def test_stubbed_provider_proves_nothing(covered) -> None:
    assert covered(run("t", used("web", "orders", "POST /orders", real=False))).claimed == set()


def test_three_on_a_path_are_a_slice(covered) -> None:
    found = covered(run("t", TO_ORDERS, TO_PAYMENTS))
    assert {entry[:2] for entry in found.claimed} == {
        (boundary, technique) for boundary in (WEB_ORDERS, ORDERS_PAYMENTS) for technique in ("boundary", "slice")
    }


def test_messages_continue_a_path_to_their_receiver(covered) -> None:
    found = covered(run("t", TO_ORDERS, used("mail", "orders", channel="order.placed")))
    assert {boundary for boundary, technique, _ in found.claimed if technique == "slice"} == {WEB_ORDERS, MAIL_ORDERS}


def test_two_calls_of_one_service_are_no_path(covered) -> None:
    found = covered(run("t", TO_ORDERS, used("web", "users", "GET /me")))
    assert {technique for _, technique, _ in found.claimed} == {"boundary"}


def test_stub_cuts_a_path(covered) -> None:
    found = covered(run("t", TO_ORDERS, used("orders", "payments", "POST /charges", real=False)))
    assert found.claimed == {(WEB_ORDERS, "boundary", "verified")}


def test_injected_failure_is_a_fault_test(covered) -> None:
    found = covered(run("t", used("web", "orders", "POST /orders", real=False, injected=True)))
    assert found.claimed == {(WEB_ORDERS, "fault", "verified")}


def test_each_operation_is_tested_in_the_way_it_was_run(covered) -> None:
    """One real call makes no stubbed one real, and one fault makes no other operation fault-tested."""
    faulty = used("web", "orders", "GET /orders/7", real=False, injected=True)
    found = covered(run("t", TO_ORDERS, faulty))
    assert {(c.check, c.operations) for c in found.of(WEB_ORDERS, Technique.BOUNDARY).claims} == {
        ("t", ("POST /orders",))
    }
    assert {(c.check, c.operations) for c in found.of(WEB_ORDERS, Technique.FAULT).claims} == {
        ("t", ("GET /orders/{id}",))
    }


def test_exercise_without_an_outcome_is_declared(covered) -> None:
    found = covered(run("t", TO_PAYMENTS, verdict=UNKNOWN)).of(ORDERS_PAYMENTS, Technique.BOUNDARY)
    assert (found.state, found.share) == (State.UNVERIFIED, 0.2)
    assert "test.case.result.status" in found.claims[0].remedy


def test_report_tells_how_a_run_ended(covered) -> None:
    exercised = run("pays", TO_PAYMENTS, verdict=UNKNOWN)
    for verdict, grade in ((PASSED, "verified"), (FAILED, "failing")):
        for test in (case("pays", verdict), case("pays", verdict, classname="ShopTest")):
            assert covered(exercised, test).claimed == {(ORDERS_PAYMENTS, "boundary", grade)}
    ambiguous = case("pays", classname="A"), case("pays", classname="B")
    assert covered(exercised, *ambiguous).claimed == {(ORDERS_PAYMENTS, "boundary", "declared")}


def test_calls_of_the_test_itself_are_no_finding(covered) -> None:
    assert not covered(run("t", used("pytest", "orders", "POST /orders"))).coverage.findings


def test_call_that_the_topology_does_not_have(covered) -> None:
    (finding,) = covered(run("t", used("mail", "users", "GET /me"))).told("unknown-pair")
    assert "no boundary leads from mail to users" in finding.message


def test_operation_the_boundary_does_not_list(covered) -> None:
    found = covered(run("t", used("web", "orders", "DELETE /orders/1")))
    assert found.claimed == set()
    assert len(found.told("unlisted-operation")) == 1


def test_environment_of_a_store(covered) -> None:
    found = covered(environment("db", folder="orders/src/test"))
    assert found.claimed == {(ORDERS_DB, "in_process", "declared")}
    assert found.coverage.read == (Technique.IN_PROCESS, Technique.BOUNDARY, Technique.SLICE)


def test_container_without_a_name_is_the_owners_store_of_that_kind(covered) -> None:
    container = Party("", kind=NodeKind.DATASTORE, technology="postgresql")
    assert covered(environment(container, folder="orders/src/test")).claimed == {(ORDERS_DB, "in_process", "declared")}
    assert covered(environment(container)).claimed == set()


def test_environment_of_several_services(covered) -> None:
    found = covered(environment("web", "orders"))
    assert found.claimed == {(WEB_ORDERS, "boundary", "declared")}
    connected = covered(environment("web", "orders", "payments", "db"))
    assert connected.claimed == {
        (WEB_ORDERS, "boundary", "declared"), (ORDERS_PAYMENTS, "boundary", "declared"),
        (WEB_ORDERS, "slice", "declared"), (ORDERS_PAYMENTS, "slice", "declared"),
        (ORDERS_DB, "in_process", "declared"),
    }  # fmt: skip
    assert connected.of(WEB_ORDERS, Technique.BOUNDARY).state is State.UNVERIFIED


def test_services_apart_from_each_other_prove_nothing(covered) -> None:
    assert covered(environment("users", "payments")).claimed == set()
