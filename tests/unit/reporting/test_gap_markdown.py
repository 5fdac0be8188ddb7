"""The comment on a pull request: it fits, says what to do, and nothing in a name becomes markup."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_coverage import COVERAGE, GAPS
from sample_report import REPORT
from writing import written

from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import GAP_FORMATS
from topoplan.reporting.gaps_markdown import MARKER, TOP_GAPS

MARKDOWN = GAP_FORMATS["markdown"]
GITHUB_COMMENT = 65_536
OURS = re.compile(r"</?details>|</?sub>|<details><summary>[\w ,()-]+</summary>|<!-- topoplan gaps -->")


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_a_commonmark_parser_sees_no_markup_of_names(nasty: str) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
    parser = markdown_it.MarkdownIt("commonmark").enable("table")
    text = written(MARKDOWN, nasty_report(nasty) if nasty else REPORT)
    tokens = [token for block in parser.parse(text) for token in (block, *(block.children or ()))]
    kinds = {token.type for token in tokens}
    assert kinds.isdisjoint({"link_open", "image", "em_open", "fence", "code_block", "hr", "blockquote_open"})
    html = [token.content.strip() for token in tokens if token.type in ("html_block", "html_inline")]
    assert all(OURS.fullmatch(part) for block in html for part in block.splitlines())
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[1:] == ["Not read", "Open gaps"]


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_names_stand_in_code_spans_where_nothing_is_a_mention_or_a_link(nasty: str) -> None:
    text = written(MARKDOWN, nasty_report(nasty) if nasty else REPORT)
    outside = re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "C", text)
    assert not re.search(r"[@#]\w|://|www\.|\bGH-\d|\]\(", outside)


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_tables_keep_their_columns(nasty: str) -> None:
    text = written(MARKDOWN, nasty_report(nasty) if nasty else REPORT)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in rows] == [7] * (8 + 8)


def test_it_says_what_is_open_and_what_to_do() -> None:
    text = written(MARKDOWN, REPORT)
    assert text.startswith(f"{MARKER}\n# Gaps in the tests of `shop`\n")
    assert "- **Gaps:** 2 high, 1 medium, 3 low\n" in text
    assert (
        "| high | `order` → `payment` | Fault injection test | failing | `POST /payments` | "
        "make `PaymentFaultTest.timeout` pass |\n" in text
    )
    assert "- `legacy/compose.yaml`: line 7: found a tab" in text
    assert "(`incompatible`, at `pacts/order payment.json#/interactions/0/response/status` and" in text
    assert "until `2026-03-31`: notification is rewritten this quarter" in text
    assert "Only what" not in text


def test_a_comparison_is_told() -> None:
    text = written(MARKDOWN, replace(REPORT, gaps=replace(GAPS, against="origin/main", open=GAPS.open[:1])))
    assert "Only what `origin/main` does not have.\n" in text
    assert "- **Gaps:** 1 high\n" in text


def test_an_empty_report_is_a_summary() -> None:
    text = written(MARKDOWN, Report("", Topology()))
    assert "# Gaps in the tests of the system\n" in text
    assert "##" not in text
    assert "|" not in text


@pytest.mark.parametrize("nasty", ["", "`a|b` @x " * 30])
def test_it_fits_a_comment_with_the_gaps_in_it(nasty: str) -> None:
    report = nasty_report(nasty) if nasty else REPORT
    many = tuple(replace(gap, missing=gap.missing * 99) for gap in report.gaps.open) * 99
    gaps = replace(
        report.gaps, open=many, accepted=report.gaps.accepted * 99, stale_baseline=report.gaps.stale_baseline * 99
    )
    coverage = replace(report.coverage, findings=report.coverage.findings * 99)
    topology = replace(report.topology, sources=report.topology.sources * 99)
    text = written(MARKDOWN, replace(report, gaps=gaps, coverage=coverage, topology=topology))
    assert len(text) < GITHUB_COMMENT
    assert "## Open gaps" in text
    assert f"… and {len(many) - TOP_GAPS} more gaps." in text


def test_findings_that_are_not_shown_are_counted() -> None:
    text = written(MARKDOWN, replace(REPORT, coverage=replace(COVERAGE, findings=COVERAGE.findings * 5)))
    assert "About the evidence (15)" in text
    assert "… and 3 more findings." in text
