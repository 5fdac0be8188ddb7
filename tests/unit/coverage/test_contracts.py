"""Contracts and verifications: which content counts, who verified it, and what that makes of each operation."""

import pytest
from check_builders import FAILED, PASSED, SKIPPED, asks, case, pact, receives, verified
from msgspec.structs import replace
from topology_builders import DAY, NOW, call, changed, history, message, node, topology

from topoplan.config import ServiceSettings
from topoplan.model.change import ChangeRate, ServiceHistory
from topoplan.model.coverage import Grade, State
from topoplan.model.operation import Operation
from topoplan.model.plan import Technique
from topoplan.model.topology import BoundaryOperation

MAIL_ORDERS = "mail->orders/kafka/order.placed"
WEB_USERS = "web->users/http"
BOTH = (asks("GET", "/orders/7", "an order"), asks("POST", "/orders", "a new order"))


def test_nothing_read_is_unknown(covered) -> None:
    assert covered().states() == {"": "unknown", "GET /orders/{id}": "unknown", "POST /orders": "unknown"}


def test_evidence_for_another_pair_makes_it_uncovered(covered) -> None:
    found = covered(pact(asks("GET", "/u"), provider="users"))
    assert found.states() == {"": "uncovered", "GET /orders/{id}": "uncovered", "POST /orders": "uncovered"}


def test_contract_nobody_verified(covered) -> None:
    found = covered(pact(*BOTH))
    assert found.states() == {"": "unverified", "GET /orders/{id}": "unverified", "POST /orders": "unverified"}
    (claim,) = found.of().claims
    assert (claim.check, claim.share) == ("pact web / orders", 0.5)
    assert claim.reason == "orders never verified this contract"
    assert claim.remedy == "orders has to verify the contract of web"


@pytest.mark.parametrize("content", [("d1",), ("version 3",), ("other", "d1")])
def test_verified_content(covered, content) -> None:
    found = covered(pact(*BOTH, versions=("version 3",)), verified(PASSED, *content, time=NOW))
    assert found.states() == {"": "covered", "GET /orders/{id}": "covered", "POST /orders": "covered"}
    assert found.of().share == 1.0
    assert found.of().claims[0].reason == "orders verified this content on 2023-11-14"
    assert found.coverage.as_of == NOW


def test_some_operations_only(covered) -> None:
    found = covered(pact(BOTH[0]), verified(PASSED, "d1"))
    assert found.states() == {"": "partial", "GET /orders/{id}": "covered", "POST /orders": "uncovered"}
    assert found.of().share == 0.5


def test_results_by_interaction(covered) -> None:
    found = covered(pact(*BOTH), verified(FAILED, "d1", an_order=PASSED, a_new_order=FAILED))
    assert found.states() == {"": "partial", "GET /orders/{id}": "covered", "POST /orders": "failing"}


def test_interaction_that_a_failed_verification_does_not_tell(covered) -> None:
    found = covered(pact(*BOTH), verified(FAILED, "d1", a_new_order=FAILED))
    assert found.states() == {"": "unverified", "GET /orders/{id}": "unverified", "POST /orders": "failing"}


def test_failed_without_results_fails_everything(covered) -> None:
    assert covered(pact(*BOTH), verified(FAILED, "d1")).of().state is State.FAILING


def test_skipped_verification_verifies_nothing(covered) -> None:
    assert covered(pact(*BOTH), verified(SKIPPED, "d1")).of().state is State.UNVERIFIED


def test_worst_interaction_of_an_operation_counts(covered) -> None:
    both = (asks("POST", "/orders", "fine"), asks("POST", "/orders", "refused"))
    found = covered(pact(*both), verified(FAILED, "d1", fine=PASSED, refused=FAILED))
    assert found.states()["POST /orders"] == "failing"


def test_pending_interaction_does_not_fail(covered) -> None:
    pending = asks("POST", "/orders", "soon", pending=True)
    found = covered(pact(pending), verified(FAILED, "d1", soon=FAILED))
    assert found.states()["POST /orders"] == "unverified"
    found = covered(pact(pending, asks("POST", "/orders", "now")), verified(PASSED, "d1", soon=FAILED, now=PASSED))
    assert found.states()["POST /orders"] == "covered"


def test_newest_verification_wins(covered) -> None:
    old, new = verified(FAILED, "d1", time=NOW - DAY), verified(PASSED, "d1", time=NOW)
    assert covered(pact(*BOTH), old, new).of().state is State.COVERED
    old, new = verified(PASSED, "d1", time=NOW - DAY), verified(FAILED, "d1", time=NOW)
    assert covered(pact(*BOTH), old, new).of().state is State.FAILING


def test_of_several_without_time_a_failed_one_wins(covered) -> None:
    assert covered(pact(*BOTH), verified(PASSED, "d1"), verified(FAILED, "d1")).of().state is State.FAILING


def test_another_content_that_no_longer_verifies_is_not_stale(covered) -> None:
    old, new = verified(PASSED, "older", time=NOW - DAY), verified(FAILED, "older", time=NOW)
    found = covered(pact(*BOTH), old, new)
    assert found.of().state is State.UNVERIFIED
    reason = "orders failed to verify an earlier content on 2023-11-14, and never verified this one"
    assert found.of().claims[0].reason == reason


def test_verified_another_content_is_stale(covered) -> None:
    found = covered(pact(*BOTH), verified(PASSED, "older", time=NOW))
    assert found.of().state is State.STALE
    assert found.of().claims[0].reason == "orders verified an earlier content on 2023-11-14, not this one"
    assert [f.message for f in found.told("unmatched-verification")] == [
        "orders verified a content of the contract with web that was not read"
    ]


def test_interaction_that_the_verified_content_did_not_have(covered) -> None:
    now, before = pact(*BOTH, path="web/pact.json"), pact(BOTH[0], digest="d0", path="orders/pact.json")
    found = covered(now, before, verified(PASSED, "d0"))
    assert found.states() == {"": "stale", "GET /orders/{id}": "stale", "POST /orders": "unverified"}


def test_older_than_the_interface_is_stale(covered) -> None:
    interface = ServiceHistory("orders", None, ChangeRate(last_changed=NOW))
    found = covered(pact(*BOTH), verified(PASSED, "d1", time=NOW - DAY), history=history(interface))
    assert found.of().state is State.STALE
    (claim,) = found.of().claims
    assert claim.reason.endswith("before the interface of orders changed on 2023-11-14")
    fresh = covered(pact(*BOTH), verified(PASSED, "d1", time=NOW), history=history(interface))
    assert fresh.of().state is State.COVERED


def test_evidence_without_time_has_that_of_its_commit(covered) -> None:
    interface = history(changed("orders", interface=0.1))
    checks = pact(*BOTH), verified(PASSED, "d1", path="committed.json")
    assert covered(*checks, history=interface).of().state is State.COVERED
    committed = covered(*checks, history=interface, changed={"committed.json": NOW - DAY})
    assert committed.of().state is State.STALE


def test_verification_without_content_or_results(covered) -> None:
    found = covered(pact(*BOTH), verified(PASSED))
    assert found.of().state is State.UNVERIFIED
    assert "nothing tells that it was this content" in found.of().claims[0].reason
    assert covered(pact(*BOTH), verified(FAILED)).of().state is State.FAILING


def test_verification_that_lists_every_interaction_is_of_this_content(covered) -> None:
    assert covered(pact(*BOTH), verified(PASSED, an_order=PASSED, a_new_order=PASSED)).of().state is State.COVERED
    assert covered(pact(*BOTH), verified(PASSED, an_order=PASSED)).of().state is State.UNVERIFIED


def test_verification_without_a_contract(covered) -> None:
    found = covered(verified(PASSED, "d9"))
    assert found.states() == {"": "unverified", "GET /orders/{id}": "uncovered", "POST /orders": "uncovered"}
    assert found.of().share == 0.25
    assert len(found.told("unmatched-verification")) == 1


def test_copy_with_the_consumer_is_what_counts(covered) -> None:
    here, there = (
        pact(BOTH[0], digest="new", path="web/pact.json"),
        pact(BOTH[1], digest="old", path="orders/pact.json"),
    )
    found = covered(there, here, verified(PASSED, "old"), verified(PASSED, "new"))
    assert found.states() == {"": "partial", "GET /orders/{id}": "covered", "POST /orders": "uncovered"}
    (outdated,) = found.told("outdated-contract")
    assert (str(outdated.where), str(outdated.other)) == ("orders/pact.json", "web/pact.json")


def test_equal_copies_are_one_contract(covered) -> None:
    found = covered(pact(*BOTH, path="web/p.json"), pact(*BOTH, path="orders/p.json"), verified(PASSED, "d1"))
    assert found.of().state is State.COVERED
    assert not found.coverage.findings


def test_newest_version_of_a_broker_counts(covered) -> None:
    old = pact(BOTH[1], digest="d1", path="a.json", versions=("consumer version 1.9.0",))
    new = pact(BOTH[0], digest="d2", path="b.json", versions=("consumer version 1.10.0",))
    found = covered(old, new)
    assert found.states() == {"": "unverified", "GET /orders/{id}": "unverified", "POST /orders": "uncovered"}
    assert [str(f.where) for f in found.told("outdated-contract")] == ["a.json"]


def test_contracts_of_nobody_in_particular_are_taken_together(covered) -> None:
    found = covered(pact(BOTH[0], digest="d1", path="a.json"), pact(BOTH[1], digest="d2", path="b.json"))
    assert found.states() == {"": "unverified", "GET /orders/{id}": "unverified", "POST /orders": "unverified"}
    assert not found.coverage.findings


def test_empty_contract_proves_nothing(covered) -> None:
    found = covered(pact(), verified(PASSED, "d9", provider="users"))
    assert found.of().claims == ()
    (empty,) = found.told("empty-contract")
    assert str(empty.where) == "pact.json"


def test_pair_that_no_source_knows(covered) -> None:
    (finding,) = covered(pact(*BOTH, provider="billing")).told("unknown-pair")
    assert "billing is no service that was found" in finding.message
    assert "add it to services.<name>.aliases in topoplan.yaml" in finding.message
    assert str(finding.where) == "pact.json"


def test_known_services_without_a_boundary(covered) -> None:
    (finding,) = covered(pact(*BOTH, consumer="mail", provider="users")).told("unknown-pair")
    assert "no boundary leads from mail to users" in finding.message


def test_alias_of_the_settings_joins_a_pair(covered) -> None:
    found = covered(pact(*BOTH, provider="billing"), services={"orders": ServiceSettings(aliases=("billing",))})
    assert found.of().state is State.UNVERIFIED


def test_calls_of_a_pair_that_only_has_messages(covered) -> None:
    (finding,) = covered(pact(asks("GET", "/x", "a page"), consumer="mail")).told("unknown-pair")
    assert "no boundary is known on which mail calls orders as “a page” says" in finding.message


def test_operation_the_boundary_does_not_list(covered) -> None:
    found = covered(pact(asks("DELETE", "/orders/7")), verified(PASSED, "d1"))
    assert found.of().claims == ()
    (finding,) = found.told("unlisted-operation")
    assert (finding.boundary, finding.operation) == ("web->orders/http", "DELETE /orders/7")
    assert str(finding.other) == "compose.yaml:7"


def test_boundary_without_operations_takes_those_of_its_contract(covered) -> None:
    found = covered(
        pact(asks("GET", "/a"), asks("GET", "/b"), provider="users"),
        verified(FAILED, "d1", provider="users", **{"GET_/a": PASSED, "GET_/b": FAILED}),
    )
    assert found.states(WEB_USERS) == {"": "partial", "GET /a": "covered", "GET /b": "failing"}
    assert found.states(WEB_USERS, Technique.BOUNDARY) == {"": "unknown"}


@pytest.mark.parametrize("channel", ["", "order.placed", "orders-topic"])
def test_message_of_the_only_channel(covered, channel) -> None:
    found = covered(pact(receives(channel), consumer="mail"), verified(PASSED, "d1", consumer="mail"))
    assert found.states(MAIL_ORDERS) == {"": "covered", "publish order.placed": "covered"}
    assert found.states(MAIL_ORDERS, Technique.SCHEMA) == {"": "unknown", "publish order.placed": "unknown"}


def two_channels():
    boundaries = [
        replace(message("mail", "orders", name), operations=(BoundaryOperation(f"publish {name}"),))
        for name in ("order.placed", "order.paid")
    ]
    paid = Operation("PUBLISH", "order.paid", summary="paid order")
    return topology([node("mail"), node("orders", paid, Operation("PUBLISH", "order.placed"))], boundaries)


@pytest.mark.parametrize(
    "sent", [receives("order.paid"), receives("", "an order.paid event"), receives("", "a Paid Order for the mail")]
)
def test_message_of_one_of_two_channels(covered, sent) -> None:
    found = covered(pact(sent, consumer="mail"), verified(PASSED, "d1", consumer="mail"), system=two_channels())
    assert found.of("mail->orders/kafka/order.paid").state is State.COVERED
    assert found.of("mail->orders/kafka/order.placed").state is State.UNCOVERED


def test_message_that_names_no_channel_of_two(covered) -> None:
    found = covered(pact(receives(), consumer="mail"), system=two_channels())
    assert len(found.told("unknown-pair")) == 1


def test_interactions_go_to_the_boundary_of_their_protocol(covered) -> None:
    grpc = replace(call("web", "orders", "shop.Orders/Get"), id="web->orders/grpc", protocol="grpc")
    system = topology([node("web"), node("orders")], [call("web", "orders", "GET /orders"), grpc])
    found = covered(pact(asks("RPC", "Orders/Get"), asks("GET", "/orders")), system=system)
    assert found.states("web->orders/grpc") == {"": "unverified", "shop.Orders/Get": "unverified"}
    assert found.states("web->orders/http") == {"": "unverified", "GET /orders": "unverified"}


REPORTS = [
    "Verifying a pact between web and orders Given some an order with GET /orders/7 returns a response",
    "Pact between web (1.0.2) and orders - an order",
    "web - an order",
    "web - Upon an order",
    "web - upon receiving an order [PENDING]",
    "Verification of pact between orders and web an order",
    "web -> orders > an order",
]


@pytest.mark.parametrize("name", REPORTS)
def test_provider_verification_in_a_test_report(covered, name) -> None:
    found = covered(pact(BOTH[0]), case(name))
    assert found.states()["GET /orders/{id}"] == "covered"
    assert not found.coverage.findings
    assert covered(pact(BOTH[0]), case(name, FAILED)).states()["GET /orders/{id}"] == "failing"


@pytest.mark.parametrize(
    "name",
    [
        "web - another order",
        "Verifying a pact between web and orders-archive an order",
        "an order",
        "website - an order",
    ],
)
def test_names_that_tell_of_no_known_contract(covered, name) -> None:
    found = covered(pact(BOTH[0]), case(name))
    assert found.of().state is State.UNVERIFIED
    assert len(found.told("unmapped-tests")) == 1


def test_an_interaction_of_several_contracts_is_meant_for_the_provider_of_its_test_class(covered) -> None:
    ping = asks("GET", "/orders/7", "a ping")
    contracts = (
        pact(ping, BOTH[1]),
        pact(asks("GET", "/ping", "a ping"), provider="users", digest="d2", path="two.json"),
    )
    tests = case("web - a ping", classname="A"), case(f"web - {BOTH[1].description}", classname="A")
    assert covered(*contracts, *tests).states() == {
        "": "covered",
        "GET /orders/{id}": "covered",
        "POST /orders": "covered",
    }
    assert covered(*contracts, *tests).states("web->users/http") == {"": "unverified", "GET /ping": "unverified"}
    alone = case("web - a ping", classname="B"), tests[1]
    assert covered(*contracts, *alone).of().state is not State.COVERED


def test_tests_of_one_interaction_have_to_pass_all(covered) -> None:
    start = "Verifying a pact between web and orders an order returns a response which"
    found = covered(pact(BOTH[0]), case(f"{start} has status code 200"), case(f"{start} has a matching body", FAILED))
    assert found.of().claims[0].grade is Grade.FAILING
