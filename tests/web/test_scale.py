"""Large systems: the page stays small and quick, and says what it leaves out. bench_page.py measures how quick."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from browser import Page
from large_system import large_report
from msgspec.structs import replace
from page_reading import Reader

from topoplan.model.report import Report
from topoplan.reporting.html import page as page_module
from topoplan.reporting.html.reduction import reduced
from topoplan.reporting.report_json import report_document

VIEWS = ("overview", "graph", "matrix", "boundaries", "plan", "gaps", "drift", "sources")
KEPT = 50
_ELEMENTS = "document.querySelectorAll('*').length"
_WARNING = "[...document.querySelectorAll('p.warning')].map((it) => it.textContent).join()"
_SAVE = """(async () => {
  const name = new Promise((done) => { HTMLAnchorElement.prototype.click = function () { done(this.download); }; });
  let given;
  URL.createObjectURL = (blob) => ((given = blob), "data:,");
  [...document.querySelectorAll("button")].find((it) => it.textContent === "JSON").click();
  return [await name, await given.text()];
})()"""


@pytest.fixture(scope="module")
def dense() -> Report:
    """300 services and a little more than 1,500 boundaries."""
    report = large_report(300, calls=8)
    assert len(report.topology.boundaries) >= 1500
    return report


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that hold next to nothing: a large system in little time."""
    monkeypatch.setattr(page_module, "reduced", partial(reduced, most=KEPT))


@pytest.fixture
def system(small_pages: None) -> Report:
    return large_report(60)


@pytest_asyncio.fixture(loop_scope="session")
async def page(reader: Reader, system: Report) -> AsyncIterator[Page]:
    yield await reader.open(system)


async def test_a_file_of_1500_boundaries_can_be_attached(files: Reader, dense: Report) -> None:
    assert files.file(dense).stat().st_size <= 4_000_000


async def test_no_view_holds_more_elements_than_a_browser_lays_out_at_once(reader: Reader, dense: Report) -> None:
    page = await reader.open(dense)
    for view in VIEWS:
        await page.read(f"location.hash = '#view={view}'")
        assert await page.wait(f"!!document.querySelector('nav a[aria-current][href=\"#view={view}\"]')")
        assert await page.read(_ELEMENTS) < 12_000, view


async def test_a_filter_leaves_the_rows_that_fit(reader: Reader, dense: Report) -> None:
    page = await reader.open(dense, "#view=boundaries&q=billing-000")
    fitting = {b.id for b in dense.topology.boundaries if "billing-000" in b.id}
    rows = await page.read(
        "[...document.querySelectorAll('tbody > tr')].map((it) => it.querySelector('a')?.hash ?? '')"
    )
    found = {dict(parse_qsl(row.lstrip("#")))["boundary"] for row in rows}
    assert found >= fitting
    assert len(found) < 30  # with some whose reasons name it


async def test_a_page_of_a_part_says_so(page: Page, system: Report) -> None:
    told = await page.read(_WARNING)
    assert told.startswith(f"This system is too large for one page: its lists hold the riskiest {KEPT} of ")
    assert told.endswith("Totals, groups and the file that JSON saves are complete.")


async def test_every_view_of_a_part_opens(page: Page) -> None:
    for view in VIEWS:
        await page.read(f"location.hash = '#view={view}'")
        assert await page.wait(f"!!document.querySelector('nav a[aria-current][href=\"#view={view}\"]')")
        assert await page.read("document.querySelector('main h2').textContent"), view


async def test_tabs_count_the_whole_and_lists_hold_the_part(page: Page, system: Report) -> None:
    await page.read("location.hash = '#view=boundaries'")
    assert await page.wait("document.querySelectorAll('tbody > tr').length") == KEPT
    badges = await page.read("[...document.querySelectorAll('nav .badge')].map((it) => Number(it.textContent))")
    counts = (system.topology.boundaries, system.plan.tests, system.gaps.open, system.topology.drift)
    assert badges == [len(every) for every in counts]


async def test_a_boundary_that_was_left_out_is_told_as_such(page: Page, system: Report) -> None:
    kept = {boundary.id for boundary in reduced(system, KEPT).shown.topology.boundaries}
    left_out = next(boundary.id for boundary in system.topology.boundaries if boundary.id not in kept)
    await page.read(f"location.hash = {json.dumps(f'#boundary={left_out}')}")
    assert await page.wait("document.querySelector('main').textContent.includes('too large for one page')")


async def test_a_part_gives_the_whole_document_back(page: Page, system: Report) -> None:
    name, text = await page.read(_SAVE)
    assert name == "generated-report.json"
    assert json.loads(text) == json.loads(json.dumps(report_document(system)))


async def test_a_document_too_large_to_go_along_is_not_pretended(
    reader: Reader, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "MOST_EMBEDDED", 1000)
    system = replace(large_report(60), system="huge")
    page = await reader.open(system)
    assert (await page.read(_WARNING)).endswith("the complete report comes from topoplan analyze -f json.")
    name, text = await page.read(_SAVE)
    assert name == "huge-part-of-report.json"
    assert len(json.loads(text)["topology"]["boundaries"]) == KEPT
    assert json.loads(text)["summary"] == report_document(system)["summary"]
