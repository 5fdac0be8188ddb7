"""Which recommended tests are gaps, how urgent, what they add up to, and which are accepted or new."""

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from topology_builders import EVIDENCE, call, message, node, op, resource, sent, store, topology

from topoplan.config import Suppression
from topoplan.errors import ConfigError, UsageError
from topoplan.model.coverage import (
    BoundaryCoverage,
    Claim,
    Coverage,
    Grade,
    OperationCoverage,
    State,
    TechniqueCoverage,
)
from topoplan.model.gaps import Gap, Gaps, Ratio, Urgency
from topoplan.model.plan import Plan, Technique
from topoplan.model.report import Journey
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Topology
from topoplan.planning import (
    accept,
    expired,
    find_gaps,
    known_gaps,
    make_plan,
    opened_since,
    read_baseline,
    write_baseline,
)
from topoplan.planning.gaps import fingerprint
from topoplan.planning.saved_base import saved_gaps
from topoplan.risk import profile

ORDERS = "gate->order/http"
PAYMENTS = "order->payment/http"
STORE = "order->order-db/postgresql"
MAIL = "mail->order/kafka/order.placed"

SYSTEM = topology(
    [
        node("gate"),
        node("order", op("POST", "/orders", sent("total", "number")), op("GET", "/orders")),
        node("payment", op("POST", "/payments", sent("amount", "number"))),
        node("mail"),
        store("order-db"),
    ],
    [
        call("gate", "order", "GET /orders", "POST /orders"),
        call("order", "payment", "POST /payments"),
        message("mail", "order", "order.placed"),
        resource("order", "order-db"),
    ],
)


@pytest.fixture(scope="module")
def planned() -> tuple[Topology, tuple[RiskProfile, ...], Plan]:
    profiles = profile(SYSTEM, journeys=(Journey("checkout", ("gate", "order", "payment"), "money"),))
    return SYSTEM, profiles, make_plan(SYSTEM, profiles)


def covered(
    boundary: str, technique: Technique, *operations: tuple[str, State], claim: Claim | None = None
) -> Coverage:
    """Coverage of one boundary by one technique, of the rest uncovered."""
    shares = {State.COVERED: 1.0, State.UNVERIFIED: 0.5, State.STALE: 0.5}
    listed = tuple(OperationCoverage(name, state, shares.get(state, 0.0)) for name, state in operations if name)
    states = [state for _, state in operations]
    state = states[0] if len(set(states)) == 1 else State.PARTIAL
    share = sum(shares.get(one, 0.0) for one in states) / len(states)
    own = TechniqueCoverage(technique, state, share, listed, (claim,) if claim else ())
    return Coverage((BoundaryCoverage(boundary, (own,)),), read=tuple(Technique))


def gap_of(gaps: Gaps, test: str) -> Gap | None:
    return next((gap for gap in gaps.open if gap.test == test), None)


def test_without_evidence_every_recommended_test_is_a_gap_of_unknown_state(planned) -> None:
    gaps = find_gaps(*planned, Coverage())
    assert {gap.test for gap in gaps.open} == {test.id for test in planned[2].tests}
    assert {gap.state for gap in gaps.open} == {State.UNKNOWN}
    assert gaps.residual_risk == gaps.total_risk
    assert gaps.all.tests == Ratio(0, len(planned[2].tests))
    assert list(gaps.open) == sorted(gaps.open, key=lambda gap: (-gap.open_risk, gap.test))


def test_the_open_risks_of_all_gaps_are_what_the_plan_retires(planned) -> None:
    gaps, plan = find_gaps(*planned, Coverage()), planned[2]
    assert sum(gap.open_risk for gap in gaps.open) == pytest.approx(plan.total_risk - plan.residual_risk, abs=1e-5)


def test_a_covered_test_is_no_gap_and_takes_risk_away(planned) -> None:
    both = (("GET /orders", State.COVERED), ("POST /orders", State.COVERED))
    gaps = find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, *both))
    assert gap_of(gaps, f"contract:{ORDERS}") is None
    assert gaps.residual_risk < gaps.total_risk
    contracts = next(tally for tally in gaps.tallies if tally.technique is Technique.CONTRACT)
    assert contracts.tests.covered == 1
    assert contracts.calls.covered == 2


def test_a_partial_test_names_only_the_operations_left(planned) -> None:
    some = (("GET /orders", State.COVERED), ("POST /orders", State.UNCOVERED))
    gap = gap_of(find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, *some)), f"contract:{ORDERS}")
    assert gap is not None
    assert [(missing.operation, missing.state) for missing in gap.missing] == [("POST /orders", State.UNCOVERED)]
    assert gap.state is State.PARTIAL
    assert gap.reason == "1 of 2 operations covered"
    assert gap.where == EVIDENCE.where


def test_the_next_step_is_what_raises_the_best_claim(planned) -> None:
    claim = Claim("pact gate / order", Grade.UNVERIFIED, EVIDENCE, reason="the consumer's half only",
                  remedy="let order verify this contract")  # fmt: skip
    half = (("GET /orders", State.UNVERIFIED), ("POST /orders", State.UNVERIFIED))
    gap = gap_of(find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, *half, claim=claim)), f"contract:{ORDERS}")
    assert gap is not None
    assert (gap.state, gap.reason, gap.next_step) == (
        State.UNVERIFIED, "the consumer's half only", "let order verify this contract",
    )  # fmt: skip


def test_urgency_falls_as_evidence_comes_in(planned) -> None:
    def risk(*operations: tuple[str, State]) -> float:
        gap = gap_of(find_gaps(*planned, covered(PAYMENTS, Technique.CONTRACT, *operations)), f"contract:{PAYMENTS}")
        return gap.open_risk if gap else 0.0

    none, half = risk(("POST /payments", State.UNCOVERED)), risk(("POST /payments", State.UNVERIFIED))
    assert none > half > 0
    assert half == pytest.approx(none / 2, abs=1e-5)


def test_fingerprints_depend_on_technique_boundary_and_operation_alone() -> None:
    same = fingerprint(Technique.CONTRACT, ORDERS, "GET /orders")
    assert same == fingerprint(Technique.CONTRACT, ORDERS, "GET /orders")
    others = [
        fingerprint(Technique.FAULT, ORDERS, "GET /orders"),
        fingerprint(Technique.CONTRACT, PAYMENTS, "GET /orders"),
        fingerprint(Technique.CONTRACT, ORDERS),
    ]
    assert len({same, *others}) == 4
    # Baselines in users' repositories hold these.
    assert fingerprint(Technique.CONTRACT, "a->b/http", "GET /x") == "7db0bf2759c130f0d731ba9e42e6c4eb"


def test_a_suppression_takes_one_operation_until_its_day(planned) -> None:
    gaps = find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, ("GET /orders", State.UNCOVERED),
                                       ("POST /orders", State.UNCOVERED)))  # fmt: skip
    said = (Suppression(f"contract:{ORDERS}", "GET *", "an internal listing", "2026-12-31"),)
    kept = gap_of(accept(gaps, said, (), "2026-12-31"), f"contract:{ORDERS}")
    assert kept is not None
    assert [missing.operation for missing in kept.missing] == ["POST /orders"]
    assert accept(gaps, said, (), "2027-01-01").open == gaps.open
    assert expired(said, "2027-01-01") == said
    assert not expired(said, "2026-12-31")


def test_a_suppression_may_be_a_glob_over_tests(planned) -> None:
    gaps = find_gaps(*planned, Coverage())
    left = accept(gaps, (Suppression("in_process:*", reason="next quarter"),), (), "")
    assert all(gap.technique is not Technique.IN_PROCESS for gap in left.open)
    assert {one.reason for one in left.accepted} == {"next quarter"}


def test_a_baseline_accepts_what_it_was_written_from_and_tells_what_is_closed(planned, tmp_path: Path) -> None:
    gaps = find_gaps(*planned, Coverage())
    out = io.StringIO()
    write_baseline(known_gaps(gaps), out)
    (tmp_path / "known.json").write_text(out.getvalue())
    known = read_baseline("known.json", tmp_path)
    assert accept(gaps, (), known, "").open == ()
    assert known_gaps(accept(gaps, (), known, "")) == known
    closed = find_gaps(*planned, covered(STORE, Technique.IN_PROCESS, ("", State.COVERED)))
    assert accept(closed, (), known, "").stale_baseline == (f"in_process {STORE}",)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        (None, "baseline-missing"),
        ("{", "baseline-invalid"),
        ("[]", "baseline-invalid"),
        ('{"format": "topoplan/baseline", "format_version": 1}', "baseline-invalid"),
        ('{"format": "topoplan/baseline", "format_version": 1, "gaps": 5}', "baseline-invalid"),
        ('{"format": "topoplan/baseline", "format_version": 2, "gaps": []}', "baseline-invalid"),
        ('{"format": "topoplan/baseline", "format_version": 1, "gaps": [{"boundary": "a"}]}', "baseline-invalid"),
        ('{"format": "topoplan/baseline", "format_version": 1, "gaps": [[]]}', "baseline-invalid"),
    ],
)
def test_a_bad_baseline_is_told_with_its_place(tmp_path: Path, text: str | None, slug: str) -> None:
    if text is not None:
        (tmp_path / "known.json").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_baseline("known.json", tmp_path)
    assert caught.value.slug == slug
    assert "known.json" in str(caught.value)


def test_only_what_was_not_there_before_is_new(planned) -> None:
    before = find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, ("GET /orders", State.UNCOVERED)))
    now = find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, ("GET /orders", State.UNCOVERED),
                                      ("POST /orders", State.UNCOVERED)))  # fmt: skip
    new = opened_since(now, before, "main")
    assert [(gap.test, [m.operation for m in gap.missing]) for gap in new.open] == [
        (f"contract:{ORDERS}", ["POST /orders"])
    ]
    assert new.against == "main"
    assert opened_since(now, now, "main").open == ()


def test_evidence_lost_and_risk_raised_are_new(planned) -> None:
    both = (("GET /orders", State.COVERED), ("POST /orders", State.COVERED))
    before = find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, *both))
    now = find_gaps(*planned, covered(ORDERS, Technique.CONTRACT, *((name, State.STALE) for name, _ in both)))
    assert f"contract:{ORDERS}" in {gap.test for gap in opened_since(now, before, "main").open}
    calmer = replace(now, open=tuple(replace(gap, urgency=Urgency.LOW) for gap in now.open if gap.boundary == ORDERS))
    raised = replace(now, open=tuple(replace(gap, urgency=Urgency.HIGH) for gap in now.open if gap.boundary == ORDERS))
    assert opened_since(raised, calmer, "main").open == raised.open
    assert opened_since(calmer, raised, "main").open == ()


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": "topoplan/report"}',
                                  '{"format": "topoplan/report", "format_version": 1, "gaps": {"open": [{}]}}',
                                  '{"format": "topoplan/report", "format_version": 2, "gaps": {}}',
                                  '{"format": "topoplan/report", "format_version": 1, "gaps": {"against": "main"}}',
                                 ])  # fmt: skip
def test_a_file_that_is_no_report_cannot_be_compared_with(tmp_path: Path, text: str) -> None:
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(UsageError) as caught:
        saved_gaps("old.json", tmp_path)
    assert caught.value.slug == "against-unusable"
