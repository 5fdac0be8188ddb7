"""The page as a whole: its views, its places, and what it gives back."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from page_reading import Reader

from topoplan.model.report import Report
from topoplan.reporting.report_json import report_document

_VIEWS = ("overview", "graph", "matrix", "boundaries", "plan", "gaps", "drift", "sources")
_HEADING = "document.querySelector('main h2')?.textContent"
_CURRENT = "document.querySelector('nav [aria-current]').textContent"


async def test_every_view_opens_by_link_and_by_key(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    for number, view in enumerate(_VIEWS, 1):
        await page.press(str(number), str(number))
        assert await page.wait(f"location.hash === '#view={view}'")
        assert await page.read(_HEADING), view
        shown = await page.read("document.querySelector('main').textContent")
        await reader.open(shop, f"#view={view}")
        assert await page.read("document.querySelector('main').textContent") == shown, view


async def test_back_returns_to_the_view_before(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=drift")
    await page.click("nav a[href='#view=gaps']")
    assert (await page.read(_CURRENT)).startswith("Gaps")
    await page.read("history.back()")
    assert await page.wait(f"{_CURRENT}.startsWith('Drift')")


async def test_a_filter_narrows_and_stands_in_the_address(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=drift")
    rows = "document.querySelectorAll('tbody tr').length"
    assert await page.read(rows) == len(shop.topology.drift)
    await page.press("/")
    await page.call("Input.insertText", text="kafka")
    assert await page.wait(f"{rows} === 1")
    assert await page.read("location.hash") == "#view=drift&q=kafka"
    await reader.open(shop, "#view=drift&q=kafka")
    assert await page.read(rows) == 1


async def test_the_page_gives_the_report_document_back(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    await page.read(
        "URL.createObjectURL = (blob) => (window.given = blob.text(), 'data:,'); "
        "HTMLAnchorElement.prototype.click = function () { window.named = this.download }"
    )
    await page.read("[...document.querySelectorAll('button')].find((it) => it.textContent === 'JSON').click()")
    assert await page.wait("window.named") == "shop-report.json"
    assert json.loads(await page.read("window.given")) == json.loads(json.dumps(report_document(shop)))


async def test_escape_leaves_a_boundary_for_where_one_came_from(reader: Reader, shop: Report) -> None:
    boundary = shop.topology.boundaries[0].id
    page = await reader.open(shop, f"#{urlencode({'boundary': boundary})}")
    await page.press("Escape")
    assert await page.wait("location.hash === '#view=boundaries'")
    await reader.open(shop, "#view=drift")
    await page.read("document.querySelector(\"tbody a[href*='boundary=']\").click()")  # a link may be of two lines
    assert await page.wait("location.hash.includes('boundary=')")
    await page.press("Escape")
    assert await page.wait("location.hash === '#view=drift'")
