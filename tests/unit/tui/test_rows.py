"""What the tables of gaps, drift and sources hold, and by what they can be filtered."""

from __future__ import annotations

import pytest
from sample_report import REPORT

from topoplan.model.coverage import State
from topoplan.model.gaps import Urgency
from topoplan.model.plan import Technique
from topoplan.reporting.signs import LETTERS, STATE_SIGNS
from topoplan.tui.views import drift_rows, gap_rows, source_rows
from topoplan.tui.views.filtering import parse
from topoplan.tui.views.index import index
from topoplan.tui.views.signs import STATE_CHIPS, chips, risk_bar

FOUND = index(REPORT)
ORDER_PAYMENT, GATEWAY_ORDER = "order->payment/http", "gateway->order/http"


def selected(text: str) -> set[str]:
    query = parse(text, gap_rows.FIELDS)
    assert query.errors == ()
    return {row.key for row in query.select(gap_rows.gap_rows(FOUND))}


def test_signs_tell_states_and_techniques_apart_without_colour() -> None:
    assert len(set(STATE_SIGNS.values())) == len(State) == len(STATE_CHIPS)
    assert len(set(LETTERS.values())) == len(Technique)


def test_a_row_tells_risk_states_and_the_next_test() -> None:
    row = next(row for row in gap_rows.gap_rows(FOUND) if row.key == ORDER_PAYMENT)
    cells = {column.title: column.cell(row).plain for column in gap_rows.COLUMNS}
    assert cells["Boundary"] == "order → payment http"
    assert cells["Risk"].startswith(f"{FOUND.profiles[ORDER_PAYMENT].score:>3} ")
    assert cells["Tests"] == "Co       F!   "
    assert cells["Next test"] == "F high: make PaymentFaultTest.timeout pass (+1)"
    assert row.urgency is Urgency.HIGH


def test_what_is_missing_stands_out_only_where_a_test_is_recommended() -> None:
    coverage = FOUND.coverage["notification<-order/kafka:order.created"]
    loud, quiet = chips(coverage, {Technique.CONTRACT}), chips(coverage, ())
    assert loud.plain == quiet.plain
    assert STATE_CHIPS[State.UNCOVERED] in {span.style for span in loud.spans}
    assert STATE_CHIPS[State.UNCOVERED] not in {span.style for span in quiet.spans}


@pytest.mark.parametrize("score", range(101))
def test_a_bar_is_full_only_at_100_and_empty_only_at_0(score: int) -> None:
    cells = risk_bar(score).plain[4:]
    assert len(cells) == 5
    assert (cells.strip() == "") == (score == 0)
    assert (cells == "█" * 5) == (score == 100)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("consumer:order provider:payment", {ORDER_PAYMENT}),
        ("technique:fault", {ORDER_PAYMENT}),
        ("state:failing", {ORDER_PAYMENT}),
        ("contract:stale", {ORDER_PAYMENT}),
        ("urgency:high", {ORDER_PAYMENT, GATEWAY_ORDER}),
        ('op:"POST /payments"', {ORDER_PAYMENT}),
        ("style:message", {"notification<-order/kafka:order.created"}),
        ("channel:order.created", {"notification<-order/kafka:order.created"}),
        ("gaps:>1", {ORDER_PAYMENT, GATEWAY_ORDER}),
        ("PaymentFaultTest", {ORDER_PAYMENT}),
        ("gaps:0 style:sync", {"order->zipkin/http"}),
    ],
)
def test_gaps_are_filtered(text: str, found: set[str]) -> None:
    assert selected(text) == found


@pytest.mark.parametrize(
    ("text", "key"),
    [("owner:", "owner"), ("risk:>50", "risk"), ("commits:>0", "commits"), ("breaking:>0", "breaking")],
)
def test_numbers_and_owners_leave_some_rows(text: str, key: str) -> None:
    assert key in gap_rows.FIELDS.keys
    assert 0 < len(selected(text)) <= len(REPORT.topology.boundaries)


@pytest.mark.parametrize("place", range(len(gap_rows.COLUMNS)))
def test_every_column_orders_all_rows(place: int) -> None:
    rows = gap_rows.gap_rows(FOUND)
    assert len(sorted(rows, key=gap_rows.COLUMNS[place].order)) == len(REPORT.topology.boundaries)


def test_every_difference_is_a_row() -> None:
    rows = drift_rows.drift_rows(FOUND)
    assert {row.drift for row in rows} == set(REPORT.topology.drift)
    kind = REPORT.topology.drift[0].kind
    assert {row.drift.kind for row in parse(f"kind:{kind}", drift_rows.FIELDS).select(rows)} == {kind}


def test_files_and_notices_are_rows_with_what_failed_first() -> None:
    rows = source_rows.source_rows(FOUND)
    assert len(rows) == len(REPORT.topology.sources) + len(REPORT.topology.notices)
    assert len({row.key for row in rows}) == len(rows)
    states = [row.state.value for row in rows]
    assert states.index("failed") < states.index("warning") < states.index("analysed") < states.index("skipped")
    failed = parse("state:failed", source_rows.FIELDS).select(rows)
    assert failed
    assert all(row.reason for row in failed)
