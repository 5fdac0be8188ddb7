"""Formats of a plan: what they say, that they fit, that no name acts in any of them."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_plan import BUDGETED, PLANNED
from sample_report import REPORT
from writing import written

from topoplan.model.coverage import Coverage
from topoplan.model.plan import BudgetStep, Choice, Level, Plan
from topoplan.model.report import Report
from topoplan.model.text import UNSAFE
from topoplan.model.topology import Topology
from topoplan.reporting import PLAN_FORMATS, Style
from topoplan.reporting.plan_csv import COLUMNS
from topoplan.reporting.plan_digest import added, asked_for, budgets, curve, proof, retired_by, verdict
from topoplan.reporting.plan_svg import _DOTS, _POINTS
from topoplan.reporting.plan_text import LISTED_TESTS, TOP_TESTS
from topoplan.reporting.tables import display_width

TEXT, MARKDOWN, CSV, SVG = (PLAN_FORMATS[name] for name in ("text", "markdown", "csv", "svg"))
EMPTY = Report("", Topology())
SGR = re.compile("\x1b\\[[0-9;]*m")
NAMESPACE = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "title", "desc", "rect", "polygon", "polyline", "circle", "text"}


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(CSV, report))))


def test_the_curve_adds_up_to_what_does_not_stay() -> None:
    points = curve(BUDGETED)
    assert [point.test for point in points] == list(BUDGETED.tests)
    assert [point.hours for point in points] == [1, 3, 4, 20]
    assert points[-1].risk == pytest.approx(BUDGETED.total_risk - BUDGETED.residual_risk)
    assert retired_by(BUDGETED) + BUDGETED.existing_risk == pytest.approx(points[-1].risk)
    assert curve(Plan()) == []


def test_each_budget_is_told_with_what_it_adds_to_the_one_before() -> None:
    assert [round(extra, 3) for _, extra in added(BUDGETED)] == [0.904, 0.31, 0.206]


def test_budgets_are_told_in_a_line() -> None:
    line = ["5 h of writing retire 57 % of the risk", "24 h 73 %", "48 h 83 %"]
    assert budgets(BUDGETED) == [*line, "one hour more 2 %"]
    assert budgets(replace(BUDGETED, next_hour=0.0)) == line
    assert budgets(Plan()) == []


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (Choice(), ["every test that is worth its hours"]),
        (Choice(hours=40.0, seconds=90.0), ["at most 40 h to write", "at most 1 min 30 s a run"]),
        (Choice(min_value=0.05), ["at least 0.05 of risk an hour"]),
        (Choice(pins=("a", "b", "c", "d"), excluded=("e",)), ["first a, b, c and 1 more", "without e"]),
    ],
)
def test_what_was_asked_for_is_told(choice: Choice, told: list[str]) -> None:
    assert asked_for(choice) == told


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        (None, ""),
        (retired_by(BUDGETED), "proven: no plan within these limits retires more"),
        (2 * retired_by(BUDGETED), "proven: at least 50 % of what any plan within these limits can retire"),
    ],
)
def test_a_proof_says_no_more_than_it_proves(bound: float | None, told: str) -> None:
    assert proof(replace(BUDGETED, bound=bound)) == told


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (Level("boundary", 2, 3, (0, 0)), ""),
        (Level("boundary", 2, 3, (5, 10)), "fits"),
        (Level("boundary", 2, 2, (5, 10)), "too few"),
        (Level("boundary", 8, 3, (5, 10)), "ample"),
    ],
)
def test_a_level_is_judged_by_existing_and_planned_cases_together(level: Level, told: str) -> None:
    assert verdict(PLANNED, level) == told


def test_text_tells_the_order_the_balance_and_the_proof() -> None:
    text = written(TEXT, PLANNED, Style(160))
    assert "4 tests, 7 cases: 20 h to write, 4 min 8 s a run" in text
    assert "62 % retired by this plan · 11 % by tests that exist · 27 % stays (0.54 of 1.96)" in text
    assert "2 % more of the risk (0.04)" in text
    order = re.findall(r"^ +(\d+)\. (\S.*?)  +(\d+ h) .* (\d+ %) +(\d+ %)  (█+░+)$", text, re.MULTILINE)
    assert [(place, adds, total) for place, _, _, adds, total, _ in order] == [
        ("1", "11 %", "21 %"),
        ("2", "28 %", "49 %"),
        ("3", "7 %", "57 %"),
        ("4", "16 %", "73 %"),
    ]
    bars = [bar.count("█") for *_, bar in order]
    assert bars == sorted(bars)
    assert "checkout through gateway, order and payment  " in text
    assert "order.created stays readable for notification (pinned, covered)" in text
    assert "real: payment, order, gateway, order-db (postgres:16) · stubbed: audit-log" in text
    assert "legacy/compose.yaml: line 7" in text


def test_a_journey_is_named_where_the_title_does_not() -> None:
    plan = replace(BUDGETED, tests=(replace(BUDGETED.tests[3], title="all three together"),))
    assert "all three together (journey checkout)" in written(TEXT, replace(PLANNED, plan=plan))
    assert "(`slice`, journey `checkout`): 16 h to write" in written(MARKDOWN, replace(PLANNED, plan=plan))


def test_an_empty_plan_claims_nothing() -> None:
    text = written(TEXT, EMPTY)
    assert "Plan       no test" in text
    assert "Risk       n/a retired by this plan · existing tests unknown · n/a stays" in text
    assert "unknown: no contract, test report or trace of a test run was read" in text
    assert "Write in this order" not in text
    assert rows(EMPTY) == []
    assert "Write in this order" not in written(MARKDOWN, EMPTY)
    assert "no case planned, none known" in written(SVG, EMPTY)


def test_without_evidence_existing_tests_are_unknown_and_not_none() -> None:
    report = replace(PLANNED, coverage=Coverage(), plan=replace(BUDGETED, existing_risk=0.0))
    assert "unknown: no contract" in written(TEXT, report)
    assert "Unknown: no contract" in written(MARKDOWN, report)
    for made in (TEXT, MARKDOWN, SVG):
        assert "existing tests unknown" in written(made, report)
        assert "0 % by tests that exist" not in written(made, report)
    assert "existing unknown, 12 planned" in written(SVG, report)


def test_too_few_cases_are_told_only_where_all_that_exist_may_be_known() -> None:
    unknown = replace(PLANNED, coverage=Coverage())
    assert verdict(unknown, Level("boundary", 0, 2, (5, 10))) == ""
    assert verdict(unknown, Level("boundary", 0, 12, (5, 10))) == "ample"


def test_long_plans_are_cut_with_a_note() -> None:
    report = replace(PLANNED, plan=replace(BUDGETED, tests=BUDGETED.tests[1:2] * (LISTED_TESTS + 3)))
    text = written(TEXT, report)
    assert text.count("      + 3 more tests\n") == 1
    assert f"      + {LISTED_TESTS + 3 - TOP_TESTS} more tests\n" in text
    assert "… and 3 more tests." in written(MARKDOWN, report)
    assert len(rows(report)) == LISTED_TESTS + 3


@pytest.mark.parametrize("width", [40, 60, 79, 80, 99, 100, 160, 200])
@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_every_line_fits_and_no_name_acts_on_the_terminal(width: int, nasty: str) -> None:
    report = nasty_report(nasty, PLANNED) if nasty else PLANNED
    text = written(TEXT, report, Style(width))
    assert [line for line in text.splitlines() if display_width(line) > width] == []
    assert not UNSAFE.search(text.replace("\n", ""))


def test_colour_changes_nothing_but_colour() -> None:
    colored = written(TEXT, PLANNED, Style(color=True))
    assert SGR.search(colored)
    assert [line.rstrip() for line in SGR.sub("", colored).splitlines()] == written(TEXT, PLANNED).splitlines()


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_ascii_where_the_stream_takes_no_more(nasty: str) -> None:
    assert written(TEXT, nasty_report(nasty, PLANNED) if nasty else PLANNED, Style(unicode=False)).isascii()


def test_csv_has_one_row_per_test_and_adds_up() -> None:
    found = rows(PLANNED)
    assert tuple(found[0]) == COLUMNS
    assert [row["id"] for row in found] == [test.id for test in BUDGETED.tests]
    assert [row["place"] for row in found] == ["1", "2", "3", "4"]
    assert [row["pinned"] for row in found] == ["yes", "no", "no", "no"]
    assert [row["cases"] for row in found] == ["1", "4", "1", "1"]
    assert found[3]["boundaries"] == "gateway->order/http order->payment/http"
    assert found[3]["journey"] == "checkout"
    assert float(found[3]["cumulative"]) == pytest.approx(1.421)


@pytest.mark.parametrize("nasty", NASTY)
def test_csv_holds_no_formula_and_no_row_of_a_name(nasty: str) -> None:
    found = rows(nasty_report(nasty, PLANNED))
    assert [row["place"] for row in found] == ["1", "2", "3", "4"]
    assert not any(row[column].startswith(("=", "+", "-", "@")) for row in found for column in COLUMNS)


def test_markdown_has_a_check_box_for_each_test_in_order() -> None:
    text = written(MARKDOWN, PLANNED)
    assert re.findall(r"^- \[ \] \*\*(\d)\.\*\* .*adds (\d+) %, in all (\d+) %", text, re.MULTILINE) == [
        ("1", "11", "21"),
        ("2", "28", "49"),
        ("3", "7", "57"),
        ("4", "16", "73"),
    ]
    assert "(`slice`): 16 h to write" in text
    assert "| 24 h | 4 | 20 h | 16 % | 73 % |" in text


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_a_picture_is_plain_svg_whatever_the_names(nasty: str) -> None:
    text = written(SVG, nasty_report(nasty, PLANNED) if nasty else PLANNED)
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(NAMESPACE) for element in root.iter()} == DRAWN
    assert not {name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name}
    assert not UNSAFE.search(text.replace("\n", ""))


def test_a_picture_shows_the_curve_the_levels_and_their_words() -> None:
    root = ElementTree.fromstring(written(SVG, PLANNED))
    words = [element.text for element in root.iter(f"{NAMESPACE}text")]
    assert "Test plan for shop" in words
    assert "73 % retired after 20 h" in words
    assert "31 existing, 12 planned; wanted 40 to 100: fits" in words
    assert len(root.findall(f"{NAMESPACE}circle")) == len(BUDGETED.tests)
    assert root.find(f"{NAMESPACE}desc").text.startswith("4 tests, 7 cases")  # type: ignore[union-attr]


def test_a_picture_stays_within_its_frame_and_size_for_any_plan() -> None:
    many = replace(BUDGETED, tests=BUDGETED.tests * 5_000, steps=(BudgetStep(1e6, 9, 1e6, 1.5),))
    for report in (PLANNED, EMPTY, REPORT, replace(PLANNED, plan=many)):
        text = written(SVG, report)
        _, _, width, height = map(float, re.findall(r'viewBox="([^"]+)"', text)[0].split())
        pairs = [pair for points in re.findall(r'points="([^"]+)"', text) for pair in points.split()]
        corners = [tuple(map(float, pair.split(","))) for pair in pairs]
        assert all(0 <= x <= width and 0 <= y <= height for x, y in corners)
        assert len(corners) < 3 * _POINTS + 100
        assert text.count("<circle") <= _DOTS
