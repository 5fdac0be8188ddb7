"""Which journeys there are, and which boundaries they run through."""

from __future__ import annotations

import random

import pytest
from topology_builders import call, message, node, op, resource, store, topology, traffic

from topoplan.config import JourneySettings, Settings
from topoplan.graph import find_journeys
from topoplan.model.facts import JourneyFact, JourneyStep, NodeKind, Party, Style
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.topology import Boundary, Topology

SEEN = Evidence("otlp", Where("traces.json"), Basis.OBSERVED, Confidence.HIGH)


def seen(consumer: str, provider: str, *operations: str) -> Boundary:
    return call(consumer, provider, *operations, stats=traffic(10), evidence=SEEN)


SHOP = topology(
    [
        node("gateway", kind=NodeKind.GATEWAY),
        node("orders", op("POST", "/orders"), op("GET", "/orders/{id}")),
        node("payments"),
        node("mail"),
        node("stock"),
        store("orders-db"),
        node("kafka", kind=NodeKind.BROKER, technology="kafka"),
    ],
    [
        seen("gateway", "orders", "POST /orders", "GET /orders/{id}"),
        seen("gateway", "stock", "GET /stock"),
        seen("orders", "payments"),
        seen("orders", "stock"),
        message("mail", "orders", "placed"),
        resource("orders", "orders-db"),
    ],
)


def steps(*texts: str) -> tuple[JourneyStep, ...]:
    """`a->b` for a call, `a<-b` for a message, `a=>b` for a resource called by its product."""
    made = []
    for text in texts:
        for arrow, style in (("->", Style.SYNC), ("<-", Style.MESSAGE), ("=>", Style.RESOURCE)):
            if arrow in text:
                consumer, provider = text.split(arrow)
                kind = NodeKind.DATASTORE if style is Style.RESOURCE else None
                technology = provider if style is Style.RESOURCE else ""
                made.append(JourneyStep(Party(consumer), Party(provider, "", kind, technology), style))
    return tuple(made)


def requests(entry: str, method: str, path: str, traces: int, *texts: str) -> JourneyFact:
    return JourneyFact(Party(entry), method, path, steps(*texts), traces, SEEN)


ORDERING = requests(
    "gateway", "POST", "/orders", 6, "gateway->orders", "orders=>postgresql", "orders->payments", "mail<-orders"
)
READING = requests("gateway", "GET", "/orders/{orderId}", 2, "gateway->orders", "orders=>postgresql")
HEALTH = requests("gateway", "GET", "/health", 2)


def found(
    *facts: JourneyFact, on: Topology = SHOP, **journeys: JourneySettings
) -> tuple[dict[str, Journey], list[str]]:
    """Journeys by name, and what was told."""
    made, notices = find_journeys(facts, on, Settings(journeys=journeys))
    assert list(made) == sorted(made)
    return {journey.name: journey for journey in made}, [notice.slug for notice in notices]


def test_a_root_operation_is_a_journey_with_its_share_of_all_requests() -> None:
    made, _ = found(READING, HEALTH, ORDERING)
    assert list(made) == ["gateway GET /orders/{orderId}", "gateway POST /orders"]
    journey = made["gateway POST /orders"]
    assert (journey.source, journey.entry, journey.share) == (JourneySource.TRACES, "POST /orders", 0.6)
    assert journey.services == ("gateway", "orders", "payments", "mail")
    assert journey.boundaries == (
        "gateway->orders/http", "orders->orders-db/postgresql", "orders->payments/http", "mail->orders/kafka/placed",
    )  # fmt: skip


def test_the_same_requests_read_from_two_formats_are_one_journey() -> None:
    more = requests("gateway", "POST", "/orders", 2, "orders->stock")
    made, _ = found(ORDERING, more)
    assert made["gateway POST /orders"].share == 1
    assert made["gateway POST /orders"].boundaries[-1] == "orders->stock/http"


def test_the_order_of_facts_changes_nothing() -> None:
    facts = [ORDERING, READING, HEALTH, requests("orders", "POST", "/orders", 1, "orders->payments")]
    wanted = found(*facts)
    for seed in range(5):
        random.Random(seed).shuffle(facts)
        assert found(*facts) == wanted


def test_a_step_to_what_is_no_boundary_is_left_out() -> None:
    made, _ = found(requests("gateway", "GET", "/x", 1, "gateway->orders", "gateway->nowhere", "orders->gateway"))
    assert made["gateway GET /x"].boundaries == ("gateway->orders/http",)


def test_requests_that_begin_beside_the_system_or_lead_nowhere_are_no_journey() -> None:
    prober = node("prober", infrastructure=True)
    on = topology([*SHOP.services, prober], [*SHOP.boundaries, seen("prober", "orders")])
    made, _ = found(requests("prober", "GET", "/", 1, "prober->orders"), HEALTH, on=on)
    assert {journey.source for journey in made.values()} == {JourneySource.PROPOSED}


def test_a_configured_journey_takes_what_traces_show_of_its_entry() -> None:
    said = JourneySettings(entry="POST /orders", criticality="money")
    made, told = found(ORDERING, READING, HEALTH, checkout=said)
    assert sorted(made) == ["checkout", "gateway GET /orders/{orderId}"]
    journey = made["checkout"]
    assert (journey.source, journey.criticality, journey.share) == (JourneySource.CONFIG, "money", 0.6)
    assert journey.services == ("gateway", "orders", "payments", "mail")
    assert told == []


@pytest.mark.parametrize("entry", ["GET /orders/{key}", "gateway GET /orders/{id}", "/orders/{id}"])
def test_an_entry_means_its_operation_however_it_is_written(entry: str) -> None:
    made, _ = found(ORDERING, READING, look=JourneySettings(entry=entry))
    assert (made["look"].entry, made["look"].share) == ("GET /orders/{orderId}", 0.25)


def test_services_alone_find_the_smallest_journey_through_all_of_them() -> None:
    said = JourneySettings(services=("gateway", "orders"))
    larger = requests("gateway", "PUT", "/all", 90, "gateway->orders", "orders->payments", "gateway->stock")
    made, _ = found(ORDERING, READING, larger, look=said)
    assert made["look"].entry == "GET /orders/{orderId}"
    assert sorted(made) == ["gateway POST /orders", "gateway PUT /all", "look"]


def test_of_two_configured_journeys_only_one_is_what_traces_show() -> None:
    short = JourneySettings(services=("gateway", "orders"))
    long = JourneySettings(services=("gateway", "orders", "payments"))
    made, _ = found(ORDERING, a=short, b=long)
    assert (made["b"].share, made["a"].share) == (1, None)


def test_a_service_that_is_not_named_is_not_on_a_configured_path() -> None:
    said = JourneySettings(services=("gateway", "orders", "payments"))
    made, _ = found(ORDERING, checkout=said)
    assert made["checkout"].services == ("gateway", "orders", "payments")
    assert "mail->orders/kafka/placed" not in made["checkout"].boundaries


def test_what_traces_could_have_shown_of_a_path_and_did_not_is_not_on_it() -> None:
    said = JourneySettings(services=("gateway", "orders", "stock"))
    through = requests("gateway", "POST", "/orders", 1, "gateway->orders", "orders->stock")
    made, _ = found(through, reserve=said)
    # gateway->stock is observed, but elsewhere; no trace shows any store.
    assert made["reserve"].boundaries == (
        "gateway->orders/http", "orders->stock/http", "orders->orders-db/postgresql",
    )  # fmt: skip


def test_without_traces_a_path_has_all_boundaries_between_its_services_and_their_stores() -> None:
    said = JourneySettings(services=("gateway", "orders", "stock"), criticality="high")
    made, _ = found(look=said)
    assert made["look"].boundaries == (
        "gateway->orders/http", "orders->orders-db/postgresql", "gateway->stock/http", "orders->stock/http",
    )  # fmt: skip
    assert made["look"].share is None


def test_without_traces_an_entry_leads_downstream_from_the_gateway() -> None:
    made, told = found(checkout=JourneySettings(entry="post /orders", criticality="money"))
    journey = made["checkout"]
    assert journey.services == ("gateway", "orders", "payments", "stock", "mail")
    # Not what the gateway sends elsewhere.
    assert "gateway->stock/http" not in journey.boundaries
    assert (journey.entry, told) == ("POST /orders", [])


def test_an_entry_and_a_service_that_nobody_knows_are_told() -> None:
    made, told = found(a=JourneySettings(entry="POST /nowhere"), b=JourneySettings(services=("gateway", "gone")))
    assert told == ["unknown-journey-entry", "unknown-journey-service"]
    assert (made["a"].boundaries, made["b"].services) == ((), ("gateway",))


def test_gateways_propose_journeys_where_none_is_told_or_seen() -> None:
    made, _ = found()
    assert {name: journey.services for name, journey in made.items()} == {
        "gateway to orders": ("gateway", "orders", "payments", "stock", "mail")
    }
    assert made["gateway to orders"].source is JourneySource.PROPOSED
    assert made["gateway to orders"].boundaries[0] == "gateway->orders/http"


def test_without_a_gateway_services_nobody_calls_propose() -> None:
    on = topology([node(n) for n in "abcde"], [call("a", "b"), call("b", "c"), call("c", "d"), call("d", "e")])
    made, _ = found(on=on)
    assert {name: journey.services for name, journey in made.items()} == {"a to b": ("a", "b", "c", "d")}


def test_circles_end() -> None:
    on = topology([node(n) for n in ("web", "a", "b")], [call("web", "a"), call("a", "b"), call("b", "a")])
    made, _ = found(on=on)
    assert made["web to a"].boundaries == ("web->a/http", "a->b/http", "b->a/http")
