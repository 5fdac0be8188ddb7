"""Cases another person could write as code: they name operations, fields, services and what is expected."""

from topology_builders import (
    answered,
    call,
    message,
    node,
    op,
    resource,
    sent,
    store,
    topology,
    traffic,
)

from topoplan.model.facts import NodeKind
from topoplan.model.operation import Operation, Outcome
from topoplan.model.plan import Case, Technique
from topoplan.model.report import Journey
from topoplan.model.topology import Boundary, Service
from topoplan.planning.cases import MAX_CASES, cases_of
from topoplan.planning.operation_cases import MAX_OPERATIONS
from topoplan.planning.system import system_of
from topoplan.planning.wording import arranged

ORDERS = op("POST", "/orders", sent("total", "number"), answered("id", "string", "uuid"), outcomes="201 409 500")


def cases(
    technique: Technique, services: list[Service], boundaries: list[Boundary], *journeys: Journey
) -> tuple[Case, ...]:
    """Cases for the first boundary."""
    return cases_of(system_of(topology(services, boundaries), (), journeys), boundaries[0], technique)


def by_scenario(found: tuple[Case, ...], scenario: str) -> list[Case]:
    return [case for case in found if case.scenario == scenario]


def test_every_documented_outcome_of_a_used_operation_is_a_case() -> None:
    found = cases(Technique.CONTRACT, [node("web"), node("order", ORDERS)], [call("web", "order", "POST /orders")])
    assert found == (
        Case(
            "POST /orders with total (number) succeeds with 201",
            "POST /orders",
            "documented-outcome",
            "order answers 201 with id (uuid); web reads each as typed",
        ),
        Case(
            "POST /orders answers 409 to a state that conflicts with the request",
            "POST /orders",
            "documented-outcome",
            "order answers 409; web takes it as a failure of this call, not as data",
        ),
        Case(
            "POST /orders answers 500 to an error inside the provider",
            "POST /orders",
            "documented-outcome",
            "order answers 500; web takes it as a failure of this call, not as data",
        ),
    )


def test_documented_words_explain_an_unusual_status() -> None:
    assert arranged(Outcome("402", "Payment declined")) == "402 (Payment declined)"
    assert arranged(Outcome("404", "No such order")) == "404 to an id that does not exist"
    assert arranged(Outcome("4XX")) == "4XX to a request the provider refuses"
    assert arranged(Outcome("default")) == "default to anything not documented by itself"


def test_operations_of_unknown_use_are_marked() -> None:
    found = cases(Technique.CONTRACT, [node("web"), node("order", ORDERS)], [call("web", "order")])
    assert len(found) == 3
    assert all(case.expect.endswith("(if web uses it)") for case in found)


def test_an_operation_without_documented_outcomes_still_has_a_good_and_a_bad_case() -> None:
    found = cases(
        Technique.CONTRACT, [node("web"), node("order", op("GET", "/x", outcomes=""))], [call("web", "order", "GET /x")]
    )
    assert [case.title for case in found] == [
        "GET /x succeeds with 2XX",
        "GET /x answers 4XX to a request the provider refuses",
    ]


def test_used_but_undocumented_operations_are_to_be_agreed_on() -> None:
    found = cases(Technique.CONTRACT, [node("web"), node("order", ORDERS)], [call("web", "order", "GET /hidden")])
    assert found == (
        Case(
            "Agree on GET /hidden, used but not documented",
            "GET /hidden",
            "undocumented-operation",
            "order gives the answer web relies on; write it down, no specification has it",
        ),
    )


def test_with_nothing_known_the_case_says_where_to_look() -> None:
    (case,) = cases(Technique.CONTRACT, [node("web"), node("order")], [call("web", "order")])
    assert case.title == "List what web sends order over http (known from compose.yaml:7)"


def test_writes_and_money_come_first_and_the_number_is_bounded() -> None:
    reads = [op("GET", f"/r{i:02}", outcomes="200 400 401 403 404 500") for i in range(30)]
    offered = [*reads, op("DELETE", "/z"), op("GET", "/m", answered("price")), op("POST", "/y", sent("price"))]
    found = cases(Technique.CONTRACT, [node("web"), node("order", *offered)], [call("web", "order")])
    first = list(dict.fromkeys(case.operation for case in found))
    assert first[:3] == ["POST /y", "DELETE /z", "GET /m"]
    assert len(first) <= MAX_OPERATIONS
    assert len(found) <= MAX_CASES


def test_boundary_cases_repeat_writes_and_hold_meanings() -> None:
    found = cases(Technique.BOUNDARY, [node("web"), node("order", ORDERS)], [call("web", "order", "POST /orders")])
    (repeat,) = by_scenario(found, "duplicate-request")
    assert repeat.title == "POST /orders is sent twice, as after a lost answer"
    (same,) = by_scenario(found, "same-meaning")
    assert same.title == "total of POST /orders means the same on both sides"


def test_an_idempotency_key_makes_the_repeat_harmless() -> None:
    keyed = op("POST", "/orders", key=True)
    found = cases(Technique.BOUNDARY, [node("web"), node("order", keyed)], [call("web", "order", "POST /orders")])
    (repeat,) = by_scenario(found, "duplicate-request")
    assert repeat.title.endswith("with the same idempotency key")
    assert repeat.expect == "order acts once and gives the second request the first one's answer"


def test_a_journey_that_stops_half_way_is_taken_back() -> None:
    pay = op("POST", "/payments")
    found = cases(
        Technique.BOUNDARY,
        [node("web"), node("order", ORDERS, op("POST", "/orders/{id}/cancel")), node("payment", pay)],
        [
            call("order", "payment", "POST /payments"),
            call("web", "order", "POST /orders", "POST /orders/{id}/cancel"),
        ],
        Journey("checkout", ("web", "order", "payment"), "money"),
    )
    (back,) = by_scenario(found, "rollback")
    assert back.title == "checkout stops after payment has written"
    assert back.expect == (
        "what payment wrote is taken back by POST /orders/{id}/cancel or completed later; order and payment agree again"
    )


def test_faults_of_a_call() -> None:
    found = cases(
        Technique.FAULT,
        [node("web"), node("order", ORDERS)],
        [call("web", "order", "POST /orders", stats=traffic(100, slow_ms=50))],
    )
    assert [case.scenario for case in found] == [
        "slow",
        "timeout",
        "upstream-error",
        "unreachable",
        "duplicate-request",
    ]
    assert found[0].title == "order takes 495 ms, ten times its p99, over POST /orders"


def test_who_is_outside_may_limit_the_rate() -> None:
    outside = node("stripe", kind=NodeKind.EXTERNAL)
    (limited,) = by_scenario(cases(Technique.FAULT, [node("pay"), outside], [call("pay", "stripe")]), "rate-limited")
    assert limited.title == "stripe answers 429 with Retry-After"
    inside = cases(Technique.FAULT, [node("pay"), node("order")], [call("pay", "order")])
    assert not by_scenario(inside, "rate-limited")


def test_faults_of_messages() -> None:
    found = cases(
        Technique.FAULT, [node("mail"), node("order")], [message("mail", "order", "order.placed", broker="kafka")]
    )
    assert {case.scenario for case in found} == {"out-of-order", "redelivery", "unreadable-message", "unreachable"}
    assert all("order.placed" in case.title or "kafka" in case.title for case in found)


def test_schema_cases_name_the_fields_the_consumer_reads() -> None:
    placed = op("PUBLISH", "order.placed", sent("orderId"), sent("total", "number"))
    found = cases(Technique.SCHEMA, [node("mail"), node("order", placed)], [message("mail", "order", "order.placed")])
    assert found[0].title == "The schema of order.placed still has every field mail reads (orderId, total)"
    assert [case.scenario for case in found] == ["backward-compatible", "forward-compatible"]


def test_a_schema_nobody_wrote_is_written_first() -> None:
    found = cases(Technique.SCHEMA, [node("mail"), node("order")], [message("mail", "order", "order.placed")])
    assert found[0].title == "Agree on publish order.placed, used but not documented"
    assert found[0].expect.endswith("write its schema down, there is none")


def scenarios(technology: str, *operations: str) -> list[str]:
    found = cases(Technique.IN_PROCESS, [node("a"), store("db", technology)], [resource("a", "db", *operations)])
    return [case.scenario for case in found]


def test_stores_get_the_cases_of_their_kind() -> None:
    assert scenarios("postgresql", "INSERT x") == [
        "real-store",
        "write-then-read",
        "rollback",
        "concurrent-write",
        "unreachable",
    ]
    assert scenarios("redis") == ["write-then-read", "expired-cache", "unreachable"]
    assert scenarios("mongodb") == ["write-then-read", "unreachable"]


def test_a_shared_store_is_read_as_the_others_write_it() -> None:
    found = cases(Technique.IN_PROCESS, [node("a"), node("b"), store("db")], [resource("a", "db"), resource("b", "db")])
    (shared,) = by_scenario(found, "shared-store")
    assert shared.title == "a reads data written to db by b"


def test_a_real_broker_redelivers() -> None:
    broker = node("kafka", kind=NodeKind.BROKER, technology="kafka")
    found = cases(Technique.IN_PROCESS, [node("a"), broker], [resource("a", "kafka", protocol="kafka")])
    assert [case.scenario for case in found] == ["real-broker", "redelivery", "unreachable"]


def test_every_case_says_what_to_expect() -> None:
    operations: list[Operation] = [ORDERS, op("GET", "/x")]
    for technique in (Technique.CONTRACT, Technique.BOUNDARY, Technique.FAULT):
        found = cases(technique, [node("web"), node("order", *operations)], [call("web", "order")])
        assert found
        assert all(case.title and case.expect and case.scenario for case in found)


def test_two_real_services_meet_each_error_once_where_the_contract_has_it_for_every_operation() -> None:
    offered = [op("GET", f"/r{i}", outcomes="200 400 404") for i in range(4)]
    contract = cases(Technique.CONTRACT, [node("web"), node("order", *offered)], [call("web", "order")])
    together = cases(Technique.BOUNDARY, [node("web"), node("order", *offered)], [call("web", "order")])
    assert len(contract) == 12
    assert [case.title for case in together if "succeeds" in case.title] == [
        f"GET /r{i} succeeds with 200" for i in range(4)
    ]
    assert len([case for case in together if "answers" in case.title]) == 2
