"""How factors become scores: parts add up, missing is left out and said, formulas hold."""

import math

import pytest
from topology_builders import (
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

from topoplan.model.facts import NodeKind
from topoplan.model.report import Journey
from topoplan.model.risk import Factor, Mode, RiskProfile
from topoplan.model.topology import Topology
from topoplan.risk import profile
from topoplan.risk.weighing import Reading, Weighted, factors, mean, saturate

PAY = op("POST", "/payments", sent("amount", "number"), answered("id"), outcomes="201 402")


def _shop() -> Topology:
    return topology(
        [
            node("gate", kind=NodeKind.GATEWAY),
            node("order", op("POST", "/orders", sent("total", "number"))),
            node("payment", PAY),
            node("mail"),
            store("order-db"),
            store("cache", "redis"),
            node("jaeger", infrastructure=True),
        ],
        [
            call("gate", "order", "POST /orders", stats=traffic(100, 5, slow_ms=400)),
            call("order", "payment", "POST /payments", stats=traffic(40)),
            call("gate", "mail"),
            message("mail", "order", "order.placed"),
            resource("order", "order-db", "INSERT orders"),
            resource("gate", "cache", protocol="redis"),
            call("order", "jaeger"),
        ],
    )


def _history() -> object:
    return history(changed("order", 0.4, 0.2, fixes=2, breaks=(10,)), changed("payment", 0.1), changed("gate"))


def _by_id(profiles: tuple[RiskProfile, ...]) -> dict[str, RiskProfile]:
    return {p.boundary: p for p in profiles}


def _factor(profile_: RiskProfile, mode: Mode, name: str) -> Factor:
    (found,) = (f for m in profile_.modes if m.mode is mode for f in m.factors if f.name == name)
    return found


@pytest.mark.parametrize("past", [history(), history(changed("order", 0.4, 0.2, fixes=2, breaks=(10,)))])
def test_every_number_is_the_sum_of_its_parts(past: object) -> None:
    journeys = (Journey("checkout", ("gate", "order", "payment"), "money"),)
    for found in profile(_shop(), past, journeys):  # type: ignore[arg-type]
        assert sum(f.contribution for f in found.impact_factors) == pytest.approx(found.impact, abs=1e-5)
        for mode in found.modes:
            assert sum(f.contribution for f in mode.factors) == pytest.approx(mode.likelihood, abs=1e-5)
            assert mode.risk == pytest.approx(mode.likelihood * found.impact, abs=1e-5)
        assert found.risk == pytest.approx(1 - math.prod(1 - m.risk for m in found.modes), abs=1e-5)


def test_profiles_come_by_falling_risk() -> None:
    risks = [p.risk for p in profile(_shop())]
    assert risks == sorted(risks, reverse=True)
    assert len(risks) == 7


def test_missing_input_is_said_and_contributes_nothing() -> None:
    found = _by_id(profile(_shop()))["gate->mail/http"]
    churn = _factor(found, Mode.SCHEMA, "interface-churn")
    assert (churn.value, churn.weight, churn.contribution) == (None, 0, 0)
    assert churn.reason == "no version control history"
    assert _factor(found, Mode.CASCADE, "error-rate").value is None
    assert found.missing == (
        "no version control history",
        "not seen in traces",
        "no specification of mail",
        "which operations are used",
        "no journeys",
    )


def test_a_complete_boundary_misses_nothing() -> None:
    past = history(changed("gate"), changed("order", 0.1, 0.1))
    found = _by_id(profile(_shop(), past, (Journey("checkout", ("gate", "order")),)))["gate->order/http"]
    assert found.missing == ()
    assert not [f.name for m in found.modes for f in m.factors if f.value is None and m.mode is Mode.SCHEMA]


def test_a_missing_factor_is_left_out_rather_than_zero() -> None:
    known = Weighted("a", 0.2, Reading(0.8, ""))
    missing, zero = (Weighted("b", 0.6, Reading(value, "")) for value in (None, 0.0))
    assert mean([known, missing]) == pytest.approx(0.8)
    assert mean([known, zero]) == pytest.approx(0.2)
    assert mean([missing]) == 0
    assert [f.contribution for f in factors([missing])] == [0]


def test_change_can_double_a_likelihood_and_its_absence_is_neutral() -> None:
    system = topology([node("a"), node("b", op("GET", "/x"))], [call("a", "b", "GET /x")])
    still, unknown, wild = (
        {m.mode: m.likelihood for m in profile(system, past)[0].modes}[Mode.CASCADE]
        for past in (
            history(changed("a"), changed("b", 0, 0)),
            history(),
            history(changed("a", 1e9, fixes=10**9), changed("b", 1e9, 1e9)),
        )
    )
    assert unknown == pytest.approx(1.5 * still, abs=1e-5)
    assert wild == pytest.approx(2 * still, abs=1e-5)


def test_breaking_changes_fade_with_age() -> None:
    def value(*ages: int) -> float:
        past = history(changed("payment", 0, 0.0, breaks=ages))
        found = _factor(_by_id(profile(_shop(), past))["order->payment/http"], Mode.SCHEMA, "breaking-changes").value
        assert found is not None
        return found

    assert value() == 0
    assert value(90) == pytest.approx(saturate(0.5, 1), abs=1e-5)
    assert value(0) > value(90) > value(180) > 0


def test_facts_name_their_places() -> None:
    found = _factor(_by_id(profile(_shop()))["order->payment/http"], Mode.SEMANTIC, "measured-fields")
    assert found.reason == "1 field of money: amount"
    assert found.facts == ("spec.yaml:3",)


def test_what_runs_beside_the_system_hurts_nobody() -> None:
    found = _by_id(profile(_shop()))["order->jaeger/http"]
    assert found.impact == 0.05
    assert [f.name for f in found.impact_factors] == ["beside-the-system"]
    assert found == min(profile(_shop()), key=lambda p: p.risk)


def test_observed_figures_are_told_in_the_reasons() -> None:
    found = _by_id(profile(_shop()))["gate->order/http"]
    assert _factor(found, Mode.CASCADE, "error-rate").reason == "5 of 100 calls failed (5.0 %)"
    assert _factor(found, Mode.CASCADE, "tail").reason.startswith("p99/p50 = 39.7")
    (traffic_,) = (f for f in found.impact_factors if f.name == "traffic")
    assert traffic_.reason == "100 of 140 calls (71.4 %)"


def test_an_unlisted_service_is_scored_like_a_plain_one() -> None:
    listed = topology([node("a"), node("b")], [call("a", "b")])
    assert profile(topology([], [call("a", "b")])) == profile(listed)
