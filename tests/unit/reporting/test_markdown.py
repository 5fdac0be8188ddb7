"""Markdown for reviews: nothing in a name becomes markup, and it fits one comment."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_changes import CHANGED
from sample_plan import PLANNED
from sample_report import PLAN, REPORT
from writing import written

from topoplan.model.report import Report
from topoplan.model.text import UNSAFE
from topoplan.model.topology import Topology
from topoplan.reporting import PLAN_FORMATS, REPORT_FORMATS, Format
from topoplan.reporting.prose import code, prose, row

MARKDOWN = REPORT_FORMATS["markdown"]
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
"""A code span as CommonMark reads it: closed by the first run of as many backticks."""
OURS = re.compile(
    r"<details><summary>[\w ,()]+</summary>|</details>|^<sub>|</sub>$"
    r"|^#+ |^- \[ \] (?:\*\*\d+\.\*\*)?|^- |^\*\*\d+\.\*\*|\*\*[A-Z][a-z ]+:\*\*",
    re.MULTILINE,
)
DOCUMENTS = [(MARKDOWN, CHANGED), (MARKDOWN, PLANNED), (PLAN_FORMATS["markdown"], PLANNED)]
GITHUB_COMMENT = 65_536


def outside_code(text: str) -> str:
    """What a renderer may read as markup, without the markup that is meant."""
    lines = CODE.sub("C", text).splitlines()
    rows = [re.sub(r"(?<!\\)\||---", "", line) if line.startswith("|") else line for line in lines]
    return OURS.sub("", "\n".join(rows))


@pytest.mark.parametrize("nasty", ["", *NASTY])
@pytest.mark.parametrize(("made", "report"), DOCUMENTS, ids=["needs", "report", "plan"])
def test_no_name_becomes_markup(made: Format, report: Report, nasty: str) -> None:
    text = written(made, nasty_report(nasty, report) if nasty else report)
    rest = outside_code(text)
    assert not re.search(r"[<>\[\]*_`~|&\\@#!{}$]|://|www\.|\bGH-\d|^\s*(?:[-+*]|\d+[.)])\s", rest, re.MULTILINE)
    assert not UNSAFE.search(text.replace("\n", ""))


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_tables_keep_their_columns(nasty: str) -> None:
    text = written(MARKDOWN, nasty_report(nasty) if nasty else REPORT)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in rows] == [6] * 9 + [8] * 10


@pytest.mark.parametrize("nasty", ["", *NASTY])
def test_tables_of_a_plan_keep_their_columns(nasty: str) -> None:
    text = written(PLAN_FORMATS["markdown"], nasty_report(nasty, PLANNED) if nasty else PLANNED)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in rows] == [6] * 10


@pytest.mark.parametrize("nasty", ["", *NASTY])
@pytest.mark.parametrize(("made", "report"), DOCUMENTS, ids=["needs", "report", "plan"])
def test_a_commonmark_parser_sees_no_markup_of_names(made: Format, report: Report, nasty: str) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
    parser = markdown_it.MarkdownIt("commonmark").enable("table")
    text = written(made, nasty_report(nasty, report) if nasty else report)
    tokens = [token for block in parser.parse(text) for token in (block, *(block.children or ()))]
    html = {token.content.strip() for token in tokens if token.type in ("html_block", "html_inline")}
    assert {token.type for token in tokens}.isdisjoint({"link_open", "image", "em_open", "fence", "code_block", "hr"})
    assert all(re.fullmatch(r"</?details>|</?sub>|<details><summary>[\w ,()]+</summary>", part) for part in html)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3 breaking changes in 365 days", "3 breaking changes in 365 days"),
        ("p99/p50 = 14", "`p99/p50` = 14"),
        ("ask @octocat about #12", "ask `@octocat` about `#12`"),
        ("see https://x.example now", "see `https://x.example` now"),
        ("1. item", "`1`. item"),
        ("- a *b* c", "`-` a `*b*` c"),
        ("fixed in 0123abc, GH-7", "fixed in `0123abc`, `GH-7`"),
        ("it's (10 %), a re-run: done.", "it's (10 %), a re-run: done."),
        (
            "agree on order.created, a.b (see /x/{id}) and f(x).",
            "agree on `order.created`, `a.b` (see `/x/{id}`) and `f(x)`.",
        ),
        ("a `b` c", "a `` `b` `` c"),
        ("", ""),
    ],
)
def test_prose_keeps_words_and_shields_the_rest(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_code_spans_survive_backticks_and_table_pipes() -> None:
    assert code("`") == "`` ` ``"
    assert code("a``b") == "```a``b```"
    assert row([code("a|b"), "c"]) == "| `a\\|b` | c |"


def test_it_says_what_matters() -> None:
    text = written(MARKDOWN, REPORT)
    assert "- **Plan:** 8 tests would retire 75 % of the risk; 24 h to write, 2 min 44 s a run" in text
    assert "| 71 high | `gateway` → `order` | `http` | both | schema: 3 breaking changes in 365 days |" in text
    assert "| 27 medium | `notification` ← `order` | `kafka order.created` |" in text
    assert "- **Coverage:** 12 % (1 of 8) recommended tests, " in text
    assert "| 2 | `order.created` stays readable for notification | `schema` | covered | 11 % |" in text
    assert "- [ ] 404 of GET `/orders/{id}`: No such order" in text
    assert "- failed: `legacy/compose.yaml`: line 7: found a tab" in text
    assert "Analysed 67 % (4 of 6)." in text


def test_an_empty_report_is_a_summary() -> None:
    text = written(MARKDOWN, Report("", Topology()))
    assert text.startswith("# Test topology of the system\n")
    assert "##" not in text


@pytest.mark.parametrize("nasty", ["", "`a|b` @x " * 30])
def test_it_fits_a_comment(nasty: str) -> None:
    report = nasty_report(nasty) if nasty else REPORT
    many = [replace(boundary, id=f"{boundary.id}{i}") for boundary in report.topology.boundaries for i in range(99)]
    topology = replace(
        report.topology, boundaries=tuple(many), drift=report.topology.drift * 99,
        sources=report.topology.sources * 99, notices=report.topology.notices * 99,
    )  # fmt: skip
    case = report.plan.tests[0].cases * 99
    tests = tuple(replace(test, cases=case) for test in report.plan.tests) * 99
    plan = replace(PLAN, tests=tests, skips=report.plan.skips * 99)
    text = written(MARKDOWN, replace(report, topology=topology, plan=plan))
    assert len(text) < GITHUB_COMMENT
    assert "more boundaries." in text


def test_sections_that_do_not_fit_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.reporting.comment.LIMIT", 2_950)
    text = written(MARKDOWN, REPORT)
    assert len(text) < 3_150
    assert "Left out to fit a comment: Cases, Drift, Not worth testing." in text
    assert "## Sources not analysed" in text
