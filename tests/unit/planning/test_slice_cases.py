"""Cases of several real services: one path that works, and every way in which part of it does not."""

import itertools

from topology_builders import call, message, node, op, resource, store, topology

from topoplan.model.facts import Style
from topoplan.model.journey import Journey
from topoplan.model.operation import Operation
from topoplan.model.plan import Case, Technique
from topoplan.model.topology import Boundary, Service
from topoplan.planning.cases import MAX_CASES, journey_cases_of
from topoplan.planning.slice_cases import Step, path_of
from topoplan.planning.system import System, system_of

ORDERS = op("POST", "/orders", outcomes="201 409")
CANCEL = op("POST", "/orders/{id}/cancel")
PAY = op("POST", "/payments")
REFUND = op("POST", "/payments/{id}/refund")
READ = op("GET", "/stock")
CHECKOUT = Journey("checkout", ("web", "order", "payment"), "money", "")


def saga(*extra: Operation) -> tuple[System, list[Boundary]]:
    """web calls order, which calls payment and then tells stock by a message; each has a store of its own."""
    services: list[Service] = [node("web"), node("order", ORDERS, *extra), node("payment", PAY, REFUND), node("stock")]
    services += [store("order-db"), store("payment-db"), store("stock-db")]
    flow = [
        call("web", "order", "POST /orders", *(o.id for o in extra)),
        call("order", "payment", "POST /payments", "POST /payments/{id}/refund"),
        message("stock", "order", "order.placed", broker="kafka"),
    ]
    owned = [resource(name, f"{name}-db") for name in ("order", "payment", "stock")]
    return system_of(topology(services, [*flow, *owned]), (), [CHECKOUT]), flow


def told(found: tuple[Case, ...], scenario: str) -> list[str]:
    return [case.title for case in found if case.scenario == scenario]


def test_the_happy_path_comes_first_and_says_where_the_result_must_be() -> None:
    system, flow = saga()
    assert journey_cases_of(system, CHECKOUT, flow)[0] == Case(
        "checkout: a request to web runs through web, order, payment and stock",
        "",
        "happy-path",
        "web answers with success; order, payment and stock hold the result once and agree on it",
    )


def test_each_writing_step_fails_in_both_ways_and_is_given_up_and_tried_again() -> None:
    system, flow = saga()
    titles = told(journey_cases_of(system, CHECKOUT, flow), "rollback")
    for way in (
        "order refuses POST /orders",
        "order never answers POST /orders",
        "payment refuses POST /payments",
        "payment never answers POST /payments",
        "stock cannot handle a message of order.placed",
        "stock is down when order.placed comes",
    ):
        assert any(way in title for title in titles), way
    for service in ("order", "payment", "stock"):
        for after in ("the client gives up", "the client tries again"):
            assert any(title.startswith(f"checkout: {service}") and title.endswith(after) for title in titles)
    assert len(titles) < 3 * 2 * 2, "pairwise: not every combination"


def test_what_was_written_before_the_failing_step_is_taken_back() -> None:
    system, flow = saga(CANCEL)
    found = journey_cases_of(system, CHECKOUT, flow)
    expected = {c.expect for c in found if c.title.startswith("checkout: payment") and c.title.endswith("gives up")}
    assert expected == {
        "what order wrote is taken back by POST /orders/{id}/cancel or completed later; all agree again"
    }
    last = {c.expect for c in found if c.title.startswith("checkout: stock") and c.title.endswith("gives up")}
    undone = "POST /orders/{id}/cancel, POST /payments/{id}/refund"
    assert last == {f"what order and payment wrote is taken back by {undone} or completed later; all agree again"}
    first = {c.expect for c in found if c.title.startswith("checkout: order") and c.title.endswith("gives up")}
    assert first == {"nothing is written, and web answers with a documented error"}


def test_the_entry_is_sent_twice() -> None:
    system, flow = saga()
    journey = Journey("checkout", ("order", "payment"), "money", "POST /orders")
    (twice,) = told(journey_cases_of(system, journey, flow[1:]), "duplicate-request")
    assert twice == "checkout: POST /orders is sent twice"


def test_an_entry_inside_the_journey_is_what_the_service_before_it_calls() -> None:
    system, flow = saga()
    assert path_of(system, CHECKOUT, flow[1:]).entry == "POST /orders"


def test_a_reader_may_be_faster_than_a_message() -> None:
    system, flow = saga()
    (race,) = told(journey_cases_of(system, CHECKOUT, flow), "reader-before-writer")
    assert race == "checkout: stock is read before it has handled order.placed"


def test_a_reader_of_a_shared_store_may_be_faster_than_its_writer() -> None:
    services = [node("a"), node("b", PAY), node("c", READ), store("db")]
    flow = [call("a", "b", "POST /payments"), call("a", "c", "GET /stock")]
    system = system_of(topology(services, [*flow, resource("b", "db"), resource("c", "db")]), (), ())
    (race,) = told(journey_cases_of(system, Journey("pay", ("a", "b", "c")), flow), "reader-before-writer")
    assert race == "pay: c reads from db before b has written there"


def test_a_service_that_is_only_read_is_no_writing_step() -> None:
    services = [node("a"), node("b", PAY), node("c", READ), store("c-db")]
    flow = [call("a", "b", "POST /payments"), call("b", "c", "GET /stock")]
    system = system_of(topology(services, [*flow, resource("c", "c-db")]), (), ())
    assert path_of(system, Journey("pay", ("a", "b", "c")), flow).writers == ("b",)


def test_the_service_a_path_begins_in_writes_to_its_own_store() -> None:
    """It may do so after all it calls: then what those wrote has to be taken back."""
    system, flow = saga()
    path = path_of(system, CHECKOUT, flow[1:])
    assert path.steps[0].by == "order-db"
    found = journey_cases_of(system, CHECKOUT, flow[1:])
    assert {c.expect for c in found if "cannot write to order-db" in c.title or "before it has written" in c.title} >= {
        "what payment and stock wrote is taken back by POST /payments/{id}/refund or completed later; all agree again"
    }


def test_the_step_itself_is_no_operation_that_takes_it_back() -> None:
    undo = op("DELETE", "/bookings/{id}/cancel")
    services = [node("a"), node("b", undo, op("POST", "/bookings"))]
    flow = [call("a", "b", "DELETE /bookings/{id}/cancel", "POST /bookings")]
    (step,) = path_of(system_of(topology(services, flow), (), ()), Journey("book", ("a", "b")), flow).steps
    assert step.operation == "POST /bookings"


def test_a_path_that_only_reads_has_no_rollback_but_goes_on_without_a_part() -> None:
    services = [node("a"), node("b", READ), node("c", READ)]
    flow = [call("a", "b", "GET /stock"), call("b", "c", "GET /stock")]
    found = journey_cases_of(system_of(topology(services, flow), (), ()), Journey("look", ("a", "b", "c")), flow)
    assert [case.scenario for case in found] == ["happy-path", "unreachable", "unreachable"]


def test_end_to_end_is_seen_from_outside() -> None:
    system, flow = saga()
    journey = Journey("checkout", ("order", "payment", "stock"), "money", "POST /orders")
    found = journey_cases_of(system, journey, flow[1:], Technique.E2E)
    assert [(case.scenario, case.operation) for case in found] == [
        ("happy-path", "POST /orders"),
        ("duplicate-request", "POST /orders"),
        ("documented-outcome", "POST /orders"),
    ]
    assert found[-1].title == "checkout: POST /orders answers 409 to a state that conflicts with the request"


def test_cases_are_bounded_distinct_and_say_what_to_expect() -> None:
    names = [f"s{i}" for i in range(9)]
    flow = [call(a, b, "POST /payments") for a, b in itertools.pairwise(names)]
    system = system_of(topology([node(n, PAY) for n in names], flow), (), ())
    found = journey_cases_of(system, Journey("long", tuple(names)), flow)
    assert len(set(found)) == len(found) <= MAX_CASES
    assert all(case.title and case.expect and case.scenario for case in found)


def test_a_store_fails_in_two_ways() -> None:
    assert Step("a", Style.RESOURCE, "db").failures == ("a cannot write to db", "a stops before it has written to db")
