"""Gaps for build servers and spreadsheets, each read back by a reader that is not ours where there is one."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_coverage import GAPS
from sample_report import REPORT
from writing import written

from topoplan.model.coverage import Coverage, State
from topoplan.model.gaps import Gaps, Missing, Urgency
from topoplan.model.place import Where
from topoplan.model.report import Report
from topoplan.model.text import UNSAFE
from topoplan.model.topology import Topology
from topoplan.reporting import GAP_FORMATS, Style
from topoplan.reporting.gaps_csv import COLUMNS
from topoplan.reporting.gaps_github import SHOWN
from topoplan.reporting.standing import standings, to_mend
from topoplan.reporting.tables import display_width

EMPTY = Report("", Topology())
REPORTS = [REPORT, EMPTY, *map(nasty_report, NASTY)]
AGAINST = replace(REPORT, gaps=replace(GAPS, open=GAPS.open[:1], against="main"))
SGR = re.compile("\x1b\\[[0-9;]*m")


@pytest.mark.parametrize("name", GAP_FORMATS)
@pytest.mark.parametrize("report", REPORTS)
def test_no_control_character_is_written_and_lines_end(name: str, report: Report) -> None:
    text = written(GAP_FORMATS[name], report)
    assert not UNSAFE.search(text.replace("\n", ""))
    assert text.endswith("\n")


@pytest.mark.parametrize("name", GAP_FORMATS)
def test_the_same_report_gives_the_same_text(name: str) -> None:
    assert written(GAP_FORMATS[name], REPORT) == written(GAP_FORMATS[name], REPORT)


# What is shown of a gap


def test_standings_follow_the_plan() -> None:
    assert [(one.state.value, len(one.gaps), len(one.accepted)) for one in standings(REPORT)] == [
        ("partial", 1, 1),
        ("covered", 0, 0),
        ("uncovered", 1, 0),
        ("failing", 1, 0),
        ("stale", 1, 0),
        ("unknown", 1, 0),
        ("uncovered", 0, 1),
        ("unverified", 1, 0),
    ]
    assert {one.state for one in standings(replace(REPORT, coverage=Coverage()))} == {State.UNKNOWN}


def test_a_test_over_several_boundaries_stands_as_its_worst() -> None:
    both = replace(REPORT.plan.tests[0], boundaries=("notification<-order/kafka:order.created", "gateway->order/http"))
    one, *_ = standings(replace(REPORT, plan=replace(REPORT.plan, tests=(both,))))
    assert one.state is State.UNCOVERED
    other = replace(both, technique=REPORT.plan.tests[1].technique)
    one, *_ = standings(replace(REPORT, plan=replace(REPORT.plan, tests=(other,))))
    assert one.state is State.UNCOVERED


def test_what_two_gaps_share_is_to_mend_once() -> None:
    gap = GAPS.open[0]
    twice = Gaps(open=(gap, replace(gap, test="slice:other")))
    assert [found.test for found, _ in to_mend(twice)] == [gap.test]


# Text


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160, 200])
@pytest.mark.parametrize("report", REPORTS)
def test_every_line_of_the_text_fits(report: Report, width: int) -> None:
    for style in (Style(width), Style(width, unicode=False)):
        text = written(GAP_FORMATS["text"], report, style)
        assert [line for line in text.splitlines() if display_width(line) > width] == []
        assert style.unicode or text.isascii()


def test_colour_adds_nothing_but_colour() -> None:
    colored = written(GAP_FORMATS["text"], REPORT, Style(color=True))
    assert SGR.sub("", colored) == written(GAP_FORMATS["text"], REPORT)
    assert SGR.search(colored)


def test_the_text_says_what_is_open_why_and_what_to_do() -> None:
    lines = [" ".join(line.split()) for line in written(GAP_FORMATS["text"], REPORT).splitlines()]
    at = lines.index("high order → payment: POST /payments fault: failing")
    assert lines[at + 1 : at + 4] == [
        "failed on 2025-11-05",
        "→ make PaymentFaultTest.timeout pass",
        "at compose.yaml:19",
    ]
    assert "Covered 12 % (1 of 8) recommended tests · 0 % (0 of 5) boundaries · 0 % (0 of 6) consumer calls" in lines
    assert "Evidence nothing read could tell of boundary tests: unknown, not uncovered" in lines
    assert "1 operation in the baseline" in lines


@pytest.mark.parametrize(
    ("gaps", "told"),
    [
        (Gaps(), "none: no test is recommended"),
        (replace(GAPS, open=()), "none: of 8 recommended tests, 1 covered, the others accepted"),
        (replace(GAPS, open=(), against="main"), "none that main does not have"),
    ],
)
def test_no_gaps_says_what_that_means(gaps: Gaps, told: str) -> None:
    for name in ("text", "markdown", "github"):
        text = " ".join(written(GAP_FORMATS[name], replace(REPORT, gaps=gaps)).replace("`", "").split())
        assert told in text
        assert "4 services" in text


def test_only_the_evidence_that_was_read_is_claimed() -> None:
    none = written(GAP_FORMATS["text"], replace(REPORT, coverage=replace(REPORT.coverage, read=())))
    assert "none was read, so nothing is known of any test" in none
    every = replace(REPORT.coverage, read=tuple(t.technique for t in GAPS.tallies if t.technique))
    assert "read for every technique recommended" in written(GAP_FORMATS["text"], replace(REPORT, coverage=every))


def test_long_lists_are_cut_with_a_note() -> None:
    report = replace(REPORT, gaps=replace(GAPS, open=GAPS.open * 10, stale_baseline=GAPS.stale_baseline * 10))
    text = written(GAP_FORMATS["text"], report)
    assert "40 of 60" in text
    assert "  + 20 more gaps\n" in text
    assert "  + 2 more closed gaps\n" in text


# JUnit


@pytest.mark.parametrize("report", REPORTS)
def test_junit_reads_back_with_a_case_per_recommended_test_and_failed_file(report: Report) -> None:
    suites = list(JUnitXml.fromstring(written(GAP_FORMATS["junit"], report).encode("utf-8")))
    cases = [case for suite in suites for case in suite]
    failed = [source for source in report.topology.sources if source.state.value == "failed"]
    assert len(cases) == len(report.plan.tests) + len(failed)
    for suite in suites:
        results = [result for case in suite for result in case.result]
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(list(suite)),
            *(sum(isinstance(result, kind) for result in results) for kind in (Failure, Error, Skipped)),
        )


def results_of(report: Report) -> dict[str, tuple[str, str, str]]:
    suites = JUnitXml.fromstring(written(GAP_FORMATS["junit"], report).encode("utf-8"))
    return {
        case.name: next(((type(r).__name__, r.type or "", r.message) for r in case.result), ("passed", "", ""))
        for suite in suites
        for case in suite
    }


def test_junit_says_what_became_of_each_test() -> None:
    results = results_of(REPORT)
    assert results["schema:notification<-order/kafka:order.created"] == ("passed", "", "")
    assert results["fault:order->payment/http"] == ("Failure", "failing", "failed on 2025-11-05")
    assert results["boundary:gateway->order/http"][:2] == ("Failure", "unknown")
    assert results["contract:notification<-order/kafka:order.created"] == (
        "Skipped",
        "",
        "accepted by suppression until 2026-03-31: notification is rewritten this quarter",
    )
    assert results["legacy/compose.yaml"][:2] == ("Error", "not-read")


def test_junit_skips_what_was_open_before() -> None:
    results = results_of(AGAINST)
    assert results["fault:order->payment/http"][0] == "Failure"
    assert results["contract:order->payment/http"] == ("Skipped", "", "stale, as in main")


# GitHub

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*)(?:,[a-z]+=[^,:]*)*)::(.*)")


@pytest.mark.parametrize("report", REPORTS)
def test_annotations_are_commands_that_no_name_breaks(report: Report) -> None:
    commands = [COMMAND.fullmatch(line) for line in written(GAP_FORMATS["github"], report).splitlines()]
    assert all(commands)
    for command in filter(None, commands):
        assert set(re.findall(r"(?:^|,)(\w+)=", command[2])) <= {"file", "line", "title"}
        assert not re.search("%(?!25|0D|0A|3A|2C)", command[2] + command[3])


def test_annotations_are_bounded_and_the_rest_is_counted() -> None:
    gaps = replace(GAPS, open=GAPS.open * 20)
    lines = written(GAP_FORMATS["github"], replace(REPORT, gaps=gaps)).splitlines()
    kinds = [line.split(" ")[0] for line in lines]
    assert [kinds.count(f"::{kind}") for kind in ("error", "warning", "notice")] == [SHOWN, SHOWN, 1]
    assert lines[-1].endswith(f"; {1 + 40 + 80 - 2 * SHOWN} more in the job's summary")


def test_annotations_of_nothing_say_what_was_looked_at() -> None:
    (line,) = written(GAP_FORMATS["github"], EMPTY).splitlines()
    assert line.startswith("::notice title=Gaps in tests between services::Gaps: none: no test is recommended")
    assert line.endswith(
        "looked at 0 services, 0 boundaries, 0 recommended tests, files: 0 analysed, 0 skipped, 0 failed"
    )


def test_annotations_escape_what_is_special() -> None:
    gap = replace(GAPS.open[0], reason="100 % a,b:c", where=Where("a,b:c 100%.yaml"))
    line = written(GAP_FORMATS["github"], replace(REPORT, gaps=Gaps(open=(gap,)))).splitlines()[1]
    assert line.startswith(
        "::error file=a%2Cb%3Ac 100%25.yaml,line=1,title=Fault injection test failing%3A order → payment::"
    )
    assert "100 %25 a,b:c. To do:" in line


# GitLab


def quality(report: Report) -> list[dict[str, Any]]:
    entries = json.loads(written(GAP_FORMATS["gitlab"], report))
    assert isinstance(entries, list)
    return entries


@pytest.mark.parametrize("report", REPORTS)
def test_code_quality_has_what_gitlab_requires_and_unique_fingerprints(report: Report) -> None:
    entries = quality(report)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["lines"]["begin"] >= 1
        assert entry["description"]
        assert entry["location"]["path"]


def test_code_quality_severities_follow_urgency() -> None:
    assert [entry["severity"] for entry in quality(REPORT)] == ["critical", "critical", "major", *["minor"] * 5]


def test_fingerprints_are_those_of_the_gaps() -> None:
    assert [entry["fingerprint"] for entry in quality(REPORT)] == [m.fingerprint for g in GAPS.open for m in g.missing]


# CSV


@pytest.mark.parametrize("report", REPORTS)
def test_csv_reads_back_and_holds_no_formula(report: Report) -> None:
    text = written(GAP_FORMATS["csv"], report)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "\r" not in text
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert len(rows) == sum(len(gap.missing) for gap in report.gaps.open)
    assert not any(cell[:1] in tuple("=+-@＝＋－＠") for row in rows for cell in row.values() if cell)


def test_csv_has_a_row_per_gap_and_operation() -> None:
    rows = list(csv.DictReader(io.StringIO(written(GAP_FORMATS["csv"], REPORT))))
    first, store = rows[0], rows[2]
    assert [first[name] for name in ("urgency", "technique", "consumer", "provider", "operation", "state")] == [
        "high", "fault", "order", "payment", "POST /payments", "failing",
    ]  # fmt: skip
    assert (store["operation"], store["open_risk"], store["place"]) == ("", "0.144", "compose.yaml:20")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "＝", "\t="])
def test_csv_quotes_what_could_run(first: str) -> None:
    gap = replace(GAPS.open[0], urgency=Urgency.LOW, missing=(Missing(f"{first}cmd()", State.STALE, "0" * 32),))
    (row,) = csv.DictReader(io.StringIO(written(GAP_FORMATS["csv"], replace(REPORT, gaps=Gaps(open=(gap,))))))
    assert row["operation"] == f"'{first.strip()}cmd()"
