"""Which failure modes a boundary has, and where their default weights come from."""

import pytest
from msgspec.structs import replace
from topology_builders import call, message, node, op, resource, store, topology

from topoplan.config import RiskSettings
from topoplan.model.facts import NodeKind
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode
from topoplan.planning.techniques import DEFAULTS
from topoplan.risk import profile
from topoplan.risk.modes import INCIDENT_SHARES, MODE_WEIGHTS

CHECKOUT = Journey("checkout", ("gate", "order", "payment"), "money")


def _modes(journeys: tuple[Journey, ...] = ()) -> dict[str, set[Mode]]:
    system = topology(
        [
            node("gate", kind=NodeKind.GATEWAY),
            node("order", op("POST", "/orders"), op("GET", "/orders/{id}")),
            node("payment", op("POST", "/payments")),
            node("mail"),
            store("order-db"),
        ],
        [
            call("gate", "order", "POST /orders"),
            call("order", "payment"),
            call("payment", "order", "GET /orders/{id}"),
            message("mail", "order", "order.placed"),
            resource("order", "order-db"),
        ],
    )
    return {p.boundary: {m.mode for m in p.modes} for p in profile(system, journeys=journeys)}


def test_modes_follow_the_style_and_the_gateway() -> None:
    found = _modes()
    calls = {Mode.SCHEMA, Mode.SEMANTIC, Mode.BEHAVIOURAL, Mode.TEMPORAL, Mode.CASCADE}
    assert found["order->payment/http"] == calls
    assert found["gate->order/http"] == calls | {Mode.GATEWAY}
    assert found["mail->order/kafka/order.placed"] == calls - {Mode.CASCADE}
    assert found["order->order-db/postgresql"] == {Mode.INFRASTRUCTURE}


def test_partial_state_threatens_only_writes_on_a_journey_that_writes_in_two_services() -> None:
    found = _modes((CHECKOUT,))
    assert Mode.CONSISTENCY in found["gate->order/http"]
    assert Mode.CONSISTENCY in found["order->order-db/postgresql"], "the journey's own store"
    assert Mode.CONSISTENCY not in found["payment->order/http"], "reads only"
    assert Mode.CONSISTENCY not in found["mail->order/kafka/order.placed"], "not on the journey"
    one_writer = _modes((Journey("browse", ("gate", "order"), "high"),))
    assert all(Mode.CONSISTENCY not in modes for modes in one_writer.values())


def test_a_journey_lies_on_the_boundaries_it_lists_alone() -> None:
    listed = replace(CHECKOUT, boundaries=("gate->order/http", "order->payment/http"))
    found = _modes((listed,))
    assert {name for name, modes in found.items() if Mode.CONSISTENCY in modes} == set(listed.boundaries)


def test_a_journey_seen_in_traces_counts_unless_it_begins_with_a_read() -> None:
    seen = Journey("s", ("gate",), source=JourneySource.TRACES, boundaries=("gate->order/http", "order->payment/http"))
    for entry, counts in (("POST /orders", True), ("", True), ("GET /orders", False)):
        found = _modes((replace(seen, entry=entry),))
        assert (Mode.CONSISTENCY in found["gate->order/http"]) is counts
    proposed = replace(seen, source=JourneySource.PROPOSED)
    assert Mode.CONSISTENCY not in _modes((proposed,))["gate->order/http"]


def test_default_weights_are_the_shares_of_incidents_given_to_what_each_layer_is_written_against() -> None:
    """Contract tests in proportion to what a contract catches; what no layer catches goes half to each of the modes no
    single-boundary technique catches well; unit tests say nothing of boundaries."""
    caught = DEFAULTS[Technique.CONTRACT].effects
    shares = {mode: INCIDENT_SHARES["contract tests"] * caught[mode] / sum(caught.values()) for mode in Mode}
    shares[Mode.INFRASTRUCTURE] += INCIDENT_SHARES["tests on real infrastructure"]
    shares[Mode.CASCADE] += INCIDENT_SHARES["fault injection"]
    shares[Mode.TEMPORAL] += INCIDENT_SHARES["no layer"] / 2
    shares[Mode.CONSISTENCY] += INCIDENT_SHARES["no layer"] / 2
    assert sum(shares.values()) == pytest.approx(0.88)
    assert {mode: round(share / max(shares.values()), 2) for mode, share in shares.items()} == MODE_WEIGHTS


def test_a_team_can_weigh_modes_itself() -> None:
    system = topology([node("a"), node("b")], [call("a", "b")])
    (plain,), (raised,) = (
        profile(system, settings=settings)
        for settings in (RiskSettings(), RiskSettings(mode_weights={Mode.CASCADE: 1.0, Mode.SCHEMA: 0.0}))
    )
    before, after = ({m.mode: m.likelihood for m in p.modes} for p in (plain, raised))
    assert after[Mode.CASCADE] > before[Mode.CASCADE]
    assert after[Mode.SCHEMA] == 0
    assert after[Mode.SEMANTIC] == before[Mode.SEMANTIC]
