"""The page on paper."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess

import pytest
from browser import Page
from large_system import large_report
from page_reading import Reader

from topoplan.model.report import Report
from topoplan.reporting.gap_digest import pair_of

_SECTIONS = ("Overview", "Graph", "Boundaries", "Plan", "Gaps", "Drift", "Sources")
_SEEN = "document.querySelector('main').innerText"


async def _paper(page: Page) -> bytes:
    found = await page.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    return base64.b64decode(found["data"])


def _pages(document: bytes) -> list[str]:
    """The text of each page, words parted by single spaces."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext (poppler-utils) on this machine")
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=document, capture_output=True, check=True).stdout
    return [" ".join(page.split()) for page in text.decode().split("\f")[:-1]]


async def test_the_whole_report_shows_every_view_in_full(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=all")
    headings = await page.read("[...document.querySelectorAll('main h2')].map((it) => it.textContent)")
    assert [title for title in headings if title in _SECTIONS] == list(_SECTIONS)
    shown = " ".join((await page.read(_SEEN)).split())
    assert all(pair_of(boundary) in shown for boundary in shop.topology.boundaries)
    assert all(test.title in shown for test in shop.plan.tests)
    assert all(gap.next_step in shown for gap in shop.gaps.open)
    assert all(drift.message in shown for drift in shop.topology.drift)
    assert all(source.path in shown for source in shop.topology.sources)
    assert all(case.title in shown for test in shop.plan.tests[:20] for case in test.cases)
    assert await page.read("document.querySelectorAll('nav [aria-current]').length") == 0


async def test_the_whole_report_on_paper_has_each_view_and_repeats_heads(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=all")
    pages = _pages(await _paper(page))
    text = " ".join(pages)
    assert all(heading in text for heading in _SECTIONS)
    assert all(word in text for drift in shop.topology.drift for word in drift.message.split())
    assert "Copy as Markdown" not in text
    assert sum("Place Test Kind State Boundaries" in one for one in pages) > 1
    assert f"{len(pages)} / {len(pages)}" in pages[-1]


@pytest.mark.parametrize("view", ["overview", "boundaries", "plan", "gaps", "drift", "sources", "matrix", "graph"])
async def test_every_view_goes_to_paper(reader: Reader, shop: Report, view: str) -> None:
    page = await reader.open(shop, f"#view={view}")
    heading = await page.read("document.querySelector('main h2').textContent")
    pages = _pages(await _paper(page))
    assert shop.system in pages[0]
    assert " ".join(heading.split()) in pages[0]


async def test_a_long_table_goes_to_paper_in_full(reader: Reader) -> None:
    report = large_report(60)
    page = await reader.open(report, "#view=plan")
    rows = "document.querySelectorAll('[aria-label^=\"Recommended tests\"] tbody tr').length"
    assert len(report.plan.tests) > 100 == await page.read(rows)
    text = " ".join(_pages(await _paper(page)))
    assert all(re.search(rf"\b{place} \D", text) for place in range(1, len(report.plan.tests) + 1))
    assert await page.wait(f"{rows} === 100")


async def test_paper_is_light_whatever_the_screen_is(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    await page.read("document.documentElement.dataset.theme = 'dark'")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await page.read(ground) != "rgb(255, 255, 255)"
    await page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert await page.read(ground) == "rgb(255, 255, 255)"
        assert await page.read("getComputedStyle(document.querySelector('nav')).display") == "none"
    finally:
        await page.call("Emulation.setEmulatedMedia", media="")


async def test_the_menu_prints_the_view_or_everything(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=gaps")
    await page.read("window.print = () => (window.printed = location.hash)")
    for button, place in (("This view", "#view=gaps"), ("The whole report", "#view=all")):
        await page.read("document.querySelector('.menu summary').click()")
        await page.read(
            f"[...document.querySelectorAll('.menu button')].find((it) => it.textContent === '{button}').click()"
        )
        assert await page.wait(f"window.printed === '{place}'")
        assert not await page.read("document.querySelector('.menu').open")
