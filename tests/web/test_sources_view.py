"""What the page says of its sources and its method."""

from __future__ import annotations

import json

from browser import Page
from msgspec.structs import replace
from page_hands import choose, column
from page_reading import Reader
from sample_report import REPORT

from topoplan.model.facts import SourceState
from topoplan.model.report import Report
from topoplan.reporting.method import method


async def _main(page: Page) -> str:
    return " ".join(str(await page.read("document.querySelector('main').innerText")).split())


def _rows(caption: str) -> str:
    """The rows of a table, as texts on one line each."""
    found = f"[...document.querySelectorAll('[aria-label={json.dumps(caption)}] tbody tr')]"
    return f"{found}.map((row) => row.innerText.replace(/\\s+/g, ' ').trim())"


_FILES = _rows("Files, and what became of each")
_FIGURES = _rows("Every figure of the model, its value in force, and its source")


async def test_every_file_is_listed_with_what_became_of_it(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=sources")
    rows = await page.read(_FILES)
    assert len(rows) == len(shop.topology.sources)
    for source, row in zip(shop.topology.sources, rows, strict=True):
        assert row.startswith(f"{source.path} {source.state}")
        assert str(source.facts) in row
        assert source.reason in row


async def test_the_warning_of_the_page_leads_to_what_could_not_be_read(reader: Reader) -> None:
    page = await reader.open(REPORT)
    await page.click(".warning a")
    failed = [source.path for source in REPORT.topology.sources if source.state is SourceState.FAILED]
    assert failed
    assert await page.wait("location.hash") == "#view=sources&state=failed"
    assert [row.split()[0] for row in await page.read(_FILES)] == failed


async def test_notices_stand_by_severity_with_their_places(reader: Reader) -> None:
    page = await reader.open(REPORT, "#view=sources")
    order = ("error", "warning", "info")
    notices = sorted(REPORT.topology.notices, key=lambda notice: order.index(notice.severity))
    rows = await page.read(_rows("What was noticed while reading and judging"))
    assert [row.split()[0] for row in rows] == [notice.severity for notice in notices]
    for notice, row in zip(notices, rows, strict=True):
        assert " ".join(notice.message.split()) in row
        assert str(notice.where or "") in row


async def test_findings_about_tests_lead_to_their_boundaries(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=sources")
    rows = await page.read(_rows("What is odd about the evidence of tests"))
    assert len(rows) == len(shop.coverage.findings) > 0
    assert all(one.message in row for one, row in zip(shop.coverage.findings, rows, strict=True))


async def test_every_figure_of_the_model_is_shown_with_its_source(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=sources")
    sections = method(shop)
    figures = [row for section in sections for row in section.rows]
    # A table shows a page of its rows, and all of them when asked.
    await page.read(
        "[...document.querySelectorAll('.more button')].forEach((it) => it.textContent === 'Show all' && it.click())"
    )
    rows = await page.wait(f"{_FIGURES}.length === {len(figures)} && {_FIGURES}")
    for figure, row in zip(figures, rows, strict=True):
        assert figure.name in row
        assert " ".join(figure.value.split()) in row
        assert figure.source in row
    shown = await _main(page)
    assert all(" ".join(section.rule.split()) in shown for section in sections)


async def test_figures_of_the_model_are_searched_without_touching_the_files(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=sources&method-q=half-life")
    rows = await page.read(_FIGURES)
    assert rows
    assert all("half-life" in row.lower() or "half_life" in row for row in rows)
    assert len(await page.read(_FILES)) == len(shop.topology.sources)
    await choose(page, "Set by", "the team")
    assert await page.read("location.hash") == "#view=sources&method-q=half-life&set=the+team"


async def test_licences_and_versions_are_told(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=sources")
    shown = await _main(page)
    assert f"format topoplan/report 1 · written by topoplan {shop.tool_version}" in shown
    assert "preact" not in shown
    await page.click(".licences summary")
    assert await page.wait("/preact .*MIT/.test(document.querySelector('.licences').innerText)")


async def test_what_is_not_there_is_said(reader: Reader) -> None:
    page = await reader.open(Report("nothing", replace(REPORT.topology, sources=(), notices=())), "#view=sources")
    shown = await _main(page)
    assert "This report was made of no file." in shown
    assert "No test evidence was read." in shown
    assert await column(page, 0)
