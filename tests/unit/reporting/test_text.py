"""The report at a terminal: what it says, that it fits, that no name acts on the terminal."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_changes import CHANGED
from sample_report import GATEWAY_ORDER, NOTIFICATION_ORDER, ORDER_PAYMENT, PLAN, REPORT
from writing import explained, written

from topoplan.model.changes import Changes
from topoplan.model.coverage import Coverage
from topoplan.model.facts import Source, SourceState
from topoplan.model.gaps import Gaps
from topoplan.model.plan import Plan, Skip
from topoplan.model.report import Report
from topoplan.model.risk import Factor, RiskProfile
from topoplan.model.text import UNSAFE
from topoplan.model.topology import Topology
from topoplan.reporting import REPORT_FORMATS, Style
from topoplan.reporting.tables import display_width
from topoplan.reporting.text import LISTED_TESTS, TOP_BOUNDARIES, TOP_CASES

TEXT = REPORT_FORMATS["text"]
EMPTY = Report("", Topology())
SGR = re.compile("\x1b\\[[0-9;]*m")
PAIR = (GATEWAY_ORDER, NOTIFICATION_ORDER)


def section(text: str, title: str) -> list[str]:
    """The lines of one section, without its title and rule."""
    after = text.split(f"\n{title}", 1)[1]
    return re.split(r"\n\n(?=\S)", after)[0].splitlines()[2:]


def test_the_head_tells_the_figures() -> None:
    head = written(TEXT, REPORT).partition("\n\n")[0]
    assert "4 services · 1 gateway · 1 datastore · 1 broker · 1 external system" in head
    assert "2 declared and observed · 4 declared only · 1 observed only" in head
    assert "4 analysed · 1 skipped · 1 failed" in head
    assert "highest 71 of 100 (high): gateway → order, http" in head
    assert "8 tests would retire 75 % of the risk: 24 h to write, 2 min 44 s a run" in head


def test_boundaries_are_ranked_with_bars_and_reasons() -> None:
    rows = section(written(TEXT, REPORT, Style(width=160)), "Riskiest boundaries")[1:7]
    assert [row.split()[0] for row in rows] == ["71", "48", "27", "18", "1", "n/a"]
    assert re.search(r"█{9}░{4}  gateway → order +http +both +schema: 3 breaking changes in 365 days$", rows[0])
    assert "notification ← order" in rows[2]
    assert "█" in rows[4]
    assert "█" not in rows[5]


def test_tests_are_grouped_with_cost_and_first_cases() -> None:
    lines = section(written(TEXT, REPORT), "Recommended tests")
    assert next(line for line in lines if line.startswith("  Fault")).split()[-5:] == ["h", "1", "min", "30", "s"]
    cases = [line for line in lines if "of GET" in line or "of POST" in line]
    assert len(cases) == TOP_CASES
    assert "      + 1 more case" in lines


def test_changes_are_told_where_a_base_was_given() -> None:
    lines = section(written(TEXT, CHANGED, Style(width=200)), "Changes since main~3")
    assert lines == [
        "  New services",
        "    • audit-log: external",
        "  Services gone",
        "    • mailer: service",
        "  New boundaries",
        "    • order → payment: http",
        "  Boundaries gone",
        "    • mailer ← order: kafka order.created",
        "    • order → mailer: http",
        "  Operations",
        "    • gateway → order: new: DELETE /orders/{id}; gone: PATCH /orders/{id}, PUT /orders/{id}",
        "  Risk",
        "    • gateway → order: 41, now 63; schema: 3 breaking changes in 365 days",
        "    • notification ← order: 50, now 44; semantic: no longer money in orders.total",
        "    • 1 other boundary: a point up or down",
        "  Gaps opened",
        "    • order and payment agree on the HTTP contract: low; was not there, now stale; POST /payments",
        "  Gaps closed",
        "    • mailer reads every order.created: high; was failing, now not there; publish order.created",
        "  Gaps changed",
        (
            "    • gateway and order agree: was high, now medium; was uncovered, now partial; "
            "opens DELETE /orders/{id}; closes GET /orders/{id}, POST /orders"
        ),
        "  Coverage",
        "    • recommended tests: 0 of 7 (0 %), now 1 of 8 (12 %)",
        "    • risk that can be retired: 25 %, now 34 %",
        "  Not compared",
        "    • risk: the base has no scores",
    ]


def test_no_changes_are_told_where_there_are_none_and_nothing_where_nobody_asked() -> None:
    told = section(written(TEXT, replace(REPORT, changes=Changes("main"))), "Changes since main")
    assert told == ["  Nothing that was compared is different"]
    assert "Changes since" not in written(TEXT, REPORT)


def test_long_lists_are_cut_with_a_note() -> None:
    boundaries = tuple(replace(GATEWAY_ORDER, id=f"b{i}") for i in range(TOP_BOUNDARIES + 2))
    plan = replace(PLAN, tests=PLAN.tests[:1] * (LISTED_TESTS + 3))
    text = written(TEXT, replace(REPORT, topology=Topology(boundaries=boundaries), plan=plan))
    assert "10 of 12" in text
    assert "  + 2 more boundaries\n" in text
    assert "      + 3 more tests\n" in text


def test_drift_skips_notices_and_failures_are_told() -> None:
    text = written(TEXT, REPORT)
    assert "    • notification ← order: declared, but notification is in no trace" in text
    assert "    • gateway → order DELETE /orders/{id}: called 40 times" in text
    assert "    • payment → audit-log (boundary): external system" in text
    assert "[spec-invalid]" in text
    assert "failed   legacy/compose.yaml: line 7" in text
    assert "skipped  1: vendored folder" in text
    assert "analysed 67 % (4 of 6)" in text


def test_an_empty_report_claims_nothing() -> None:
    text = written(TEXT, EMPTY)
    assert "none found" in text
    assert "not scored" in text
    assert "no test recommended" in text
    assert "0 %" not in text


def test_failed_sources_are_told_even_where_nothing_was_found() -> None:
    failed = Source("a.yaml", SourceState.FAILED, "compose", "not YAML")
    assert "failed   a.yaml: not YAML" in written(TEXT, Report("", Topology(sources=(failed,))))


def test_a_plan_without_risk_retires_a_share_of_nothing() -> None:
    free = replace(PLAN, total_risk=0.0, residual_risk=0.0, tests=(replace(PLAN.tests[0], risk_retired=0.0),))
    assert "retire n/a of the risk" in written(TEXT, replace(REPORT, plan=free))
    assert "Recommended tests" not in written(TEXT, replace(REPORT, plan=Plan()))


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 110, 160, 200])
@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_every_line_fits(width: int, nasty: str) -> None:
    report = nasty_report(nasty, CHANGED) if nasty else CHANGED
    boundaries = [report.topology.boundaries[0]]
    for text in (written(TEXT, report, Style(width)), explained(report, boundaries, Style(width))):
        too_long = [line for line in text.splitlines() if display_width(line) > width]
        assert too_long == []


@pytest.mark.parametrize("nasty", NASTY)
def test_names_never_act_on_the_terminal(nasty: str) -> None:
    report = nasty_report(nasty, CHANGED)
    for text in (written(TEXT, report), explained(report, report.topology.boundaries)):
        assert not UNSAFE.search(text.replace("\n", ""))
    colored = written(TEXT, report, Style(color=True))
    assert not UNSAFE.search(SGR.sub("", colored).replace("\n", ""))


def test_colour_changes_nothing_but_colour() -> None:
    colored = written(TEXT, REPORT, Style(color=True))
    assert SGR.search(colored)
    lines = [line.rstrip() for line in SGR.sub("", colored).splitlines()]
    assert lines == written(TEXT, REPORT).splitlines()


@pytest.mark.parametrize("nasty", NASTY)
def test_ascii_where_the_stream_takes_no_more(nasty: str) -> None:
    report = nasty_report(nasty, CHANGED)
    style = Style(unicode=False)
    assert (written(TEXT, report, style) + explained(report, report.topology.boundaries, style)).isascii()


def test_explanation_tells_everything_about_a_boundary() -> None:
    text = explained(REPORT, [GATEWAY_ORDER], Style(width=120))
    for fact in (
        "risk 71 of 100 (high)",
        "declared and observed, high confidence",
        "940 calls · errors 4 % (40 of 940) · p50 11 ms",
        "compose.yaml:6: declared, high · compose environment-url · ORDER_URL names order",
        "Impact 0.92",
        "schema: risk 0.53 = likelihood 0.58 × impact",
        "████████░░  +0.30 breaking changes: 3 breaking changes in 365 days (0.40 of weight)",
        "order/openapi.yaml:12",
        "Recommended test 1: gateway and order agree on the HTTP contract",
        "409 of POST /orders: Already paid",
        "real: order, order-db (postgres:16) · stubbed: payment (spec payment/swagger.json)",
        "not chosen: e2e, costs 24 h for the same modes",
        "DELETE /orders/{id} · called 40 times",
        "order (also order-service, orders)",
        "order-service: OTEL_SERVICE_NAME in compose.yaml:22\n",
        "orders: same name without a plural s (traces/checkout.jsonl:1)",
    ):
        assert fact in text
    assert re.search(r"DELETE /orders/\{id\} +no +observed +40 +90 % +15 ms\n", text)
    assert "payment → audit-log" not in text


def test_explanation_shows_missing_input_as_missing() -> None:
    audit = next(b for b in REPORT.topology.boundaries if b.provider == "audit-log")
    text = explained(REPORT, [audit])
    assert "n/a   change of the provider: no version control history of audit-log" in text
    assert "not known: no specification" in text
    assert "boundary: external system: stub it" in text


def test_a_factor_that_adds_next_to_nothing_keeps_its_distance() -> None:
    tiny = RiskProfile(GATEWAY_ORDER.id, 0.5, 0.5, (Factor("tail", 0.5, 0.1, 0.0001, "a reason"),))
    text = explained(replace(REPORT, profiles=(tiny,)), [GATEWAY_ORDER])
    assert "  <0.01 tail: a reason" in text


def test_unscored_boundaries_can_be_explained() -> None:
    events = next(b for b in REPORT.topology.boundaries if b.provider == "events")
    text = explained(REPORT, [events])
    assert "not scored" in text.splitlines()[0]
    assert "none observed" in text


def test_one_reason_for_many_subjects_is_told_once() -> None:
    skips = tuple(Skip(f"s{n}->tracer/http", "tracer runs beside the system, not in it") for n in range(9))
    text = written(TEXT, replace(REPORT, plan=replace(PLAN, skips=(*skips, Skip("system", "small")))))
    assert section(text, "Not worth testing") == [
        "    • s0->tracer/http and 8 more: tracer runs beside the system, not in it",
        "    • system: small",
    ]


def test_each_recommended_test_says_how_far_it_is_met() -> None:
    text = written(TEXT, REPORT)
    assert "Coverage    12 % (1 of 8) recommended tests" in text
    assert "  Contract tests (4, 0 covered) " in text
    assert re.search(r"1\. gateway and order agree on the HTTP contract \(partial\) ", text)
    assert re.search(r"2\. order.created stays readable for notification \(covered\) ", text)


def test_without_test_evidence_nothing_is_said_of_single_tests() -> None:
    text = written(TEXT, replace(REPORT, coverage=Coverage(), gaps=Gaps()))
    assert "Coverage    unknown: no contract, test report or trace of a test run was read\n" in text
    assert "  Contract tests (4) " in text
    assert "(unknown)" not in text


def test_the_explanation_tells_every_check_with_grade_reason_remedy_and_place() -> None:
    lines = [" ".join(line.split()) for line in explained(REPORT, [GATEWAY_ORDER]).splitlines()]
    at = lines.index("Contract tests: partial, 50 % proven")
    assert lines[at + 1 : at + 11] == [
        "uncovered DELETE /orders/{id}",
        "covered GET /orders/{id}",
        "unverified POST /orders",
        "• pact gateway / order: verified · order verified this content on 2025-11-04",
        "for GET /orders/{id}",
        "at pacts/gateway-order.json#/interactions/0",
        "• pact gateway / order: place an order: unverified · order never verified this contract",
        "for POST /orders",
        "→ verify the pact of gateway in order's build",
        "at pacts/gateway-order.json#/interactions/1",
    ]
    assert "• nothing was read that could tell of such tests" in lines


def test_the_explanation_tells_findings_with_both_places() -> None:
    text = " ".join(explained(REPORT, [ORDER_PAYMENT]).split())
    assert "but POST /payments documents only 201, 402 and 409 (pacts/order payment.json#/interactions/0/" in text
    assert "and payment/swagger.json:8) [incompatible]" in text
    assert "pact order / payment: verified, stale ·" in text
