from __future__ import annotations

import pytest
from large_system import large_report
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_report import GATEWAY_ORDER, ORDER_PAYMENT, PAYMENT_AUDIT, PROFILES, REPORT

from topoplan.config import PlanningSettings
from topoplan.model.coverage import State
from topoplan.model.place import Where
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode
from topoplan.model.text import UNSAFE, clean
from topoplan.model.topology import Boundary, BoundaryOperation
from topoplan.planning.techniques import Figures, figures
from topoplan.reporting.tables import display_width
from topoplan.tui.views.boundary_parts import MOST_LINES, boundary_page
from topoplan.tui.views.index import index
from topoplan.tui.views.page import Section, entries, lay_out, page_markdown, section_markdown
from topoplan.tui.views.residuals import residuals

FOUND = index(REPORT)


def section(boundary: Boundary, title: str) -> Section:
    return next(one for one in boundary_page(FOUND, boundary).sections if one.title.startswith(title))


def said(boundary: Boundary, title: str) -> str:
    return section_markdown(section(boundary, title)).replace("`", "")


def test_the_score_is_told_with_its_reasons_and_their_places() -> None:
    profile = next(profile for profile in PROFILES if profile.boundary == GATEWAY_ORDER.id)
    text = said(GATEWAY_ORDER, f"Why {profile.score}")

    assert "+0.30 breaking changes: 3 breaking changes in 365 days (0.40 of weight)" in text
    assert Where("order/openapi.yaml", 12) in [line.where for line in section(GATEWAY_ORDER, "Why").lines]


def test_a_missing_input_is_told_as_missing_not_as_nothing() -> None:
    text = said(PAYMENT_AUDIT, "Why")

    assert "n/a change of the provider: no version control history of audit-log" in text
    assert "not known: no specification" in text


def test_each_mode_shows_what_is_left_of_it_where_that_is_known() -> None:
    page = boundary_page(FOUND, GATEWAY_ORDER, {Mode.SCHEMA: 0.08, Mode.SEMANTIC: 0.276})
    lines = {line.pieces[0].text: "".join(piece.text for piece in line.pieces) for line in page.sections[0].lines}

    assert lines["schema"] == "schema·0.08 left"
    assert lines["semantic"] == "semantic·all of it left"
    assert lines["cascade"] == "cascade"


def test_an_operation_shows_its_traffic_its_coverage_and_its_place_in_the_specification() -> None:
    lines = {line.pieces[0].text: line for line in section(GATEWAY_ORDER, "Operations").lines}

    posted = lines["POST /orders"]
    assert "".join(piece.text for piece in posted.lead) == "C? B. "
    assert posted.where == Where("order/openapi.yaml", 40)
    assert "900 calls" in lines["GET /orders/{id}"].under[0][0].text
    assert lines["DELETE /orders/{id}"].where is None
    assert "in no specification" in lines["DELETE /orders/{id}"].under[0][0].text


def test_a_check_is_told_with_grade_reason_remedy_and_place() -> None:
    text = said(GATEWAY_ORDER, "Tests that exist")

    assert "pact gateway / order verified: order verified this content on 2025-11-04" in text
    assert "verify the pact of gateway in order's build" in text
    assert Where("pacts/gateway-order.json", pointer="/interactions/0") in [
        line.where for line in section(GATEWAY_ORDER, "Tests that exist").lines
    ]


def test_a_recommended_test_has_its_state_its_next_step_its_cases_and_its_scope() -> None:
    text = said(GATEWAY_ORDER, "Recommended tests")

    assert "gateway and order agree on the HTTP contract ~ partial" in text
    assert "to do: verify the pact of gateway in order's build" in text
    assert "409 of POST /orders: Already paid (documented-outcome)" in text
    assert "real: order, order-db (postgres:16) · stubbed: payment (spec payment/swagger.json)" in text


def test_the_scope_is_drawn_with_stubs_dashed() -> None:
    drawn = [
        "".join(piece.text for piece in row)
        for line in section(GATEWAY_ORDER, "Recommended tests").lines
        for row in lay_out(line, 78)
    ]

    assert any("│ order " in row for row in drawn)
    assert any("▶╎ payment " in row for row in drawn)


def test_what_was_not_chosen_is_told_once_with_its_reason() -> None:
    assert "boundary: retires 0.12 more for 4 h more" in said(GATEWAY_ORDER, "Not chosen")
    assert "boundary: external system: stub it, no shared environment" in said(PAYMENT_AUDIT, "Not chosen")
    lines = section(GATEWAY_ORDER, "Not chosen").lines
    assert len(lines) == len(set(lines))


def test_findings_and_drift_stand_at_the_end() -> None:
    assert "POST /payments documents only 201" in said(ORDER_PAYMENT, "Worth knowing")
    assert "called 40 times" in said(GATEWAY_ORDER, "Worth knowing")


def test_a_boundary_with_very_many_operations_says_how_many_are_not_shown() -> None:
    operations = tuple(BoundaryOperation(f"GET /{n}") for n in range(MOST_LINES + 30))
    boundary = replace(GATEWAY_ORDER, operations=operations)

    lines = next(one for one in boundary_page(FOUND, boundary).sections if one.title == "Operations").lines
    assert len(lines) == MOST_LINES + 1
    assert "30 more" in lines[-1].pieces[0].text


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_names_move_no_cursor_and_fit(nasty: str) -> None:
    found = index(nasty_report(clean(nasty)))
    for boundary in found.boundaries.values():
        page = boundary_page(found, boundary)
        for entry in entries(page):
            for row in lay_out(entry.shown, 78):
                text = "".join(piece.text for piece in row)
                assert not UNSAFE.search(text)
                assert display_width(text) <= 78
        assert "\n- \n" not in page_markdown(page)


def test_what_is_left_adds_up_to_the_residual_risk_of_the_report() -> None:
    report = large_report(60)
    left = residuals(report, figures(PlanningSettings()))

    assert left is not None
    assert sum(sum(risks.values()) for risks in left.values()) == pytest.approx(report.gaps.residual_risk, abs=1e-4)
    tested = {b.boundary for b in report.coverage.boundaries if any(t.state is State.COVERED for t in b.techniques)}
    assert any(
        sum(left[p.boundary].values()) < sum(m.risk for m in p.modes) for p in report.profiles if p.boundary in tested
    )


def test_nothing_is_told_of_what_is_left_where_the_report_was_made_with_other_effects() -> None:
    none = {technique: Figures(1, 1, {}) for technique in Technique}

    assert residuals(large_report(60), none) is None
