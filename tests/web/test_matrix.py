"""The matrix of the page."""

from __future__ import annotations

from urllib.parse import urlencode

from browser import Page
from large_system import large_report
from msgspec.structs import replace
from nasty_report import nasty_report
from page_hands import column
from page_reading import Reader

from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.matrix import Place, matrix
from topoplan.reporting.matrix_digest import explained

_TOLD = "[...document.querySelectorAll('.explained [role=status] p')].map((it) => it.textContent)"
_SIDE = 24


def _link(**parts: str) -> str:
    return f"#{urlencode(parts)}"


async def _cursor(page: Page) -> Place:
    row, at = await page.read(
        "(it => [it.getAttribute('y'), it.getAttribute('x')])(document.querySelector('.matrix .cursor'))"
    )
    return int(row) // _SIDE, int(at) // _SIDE


async def _focus(page: Page) -> None:
    await page.read("document.querySelector('.matrix').focus()")


def _told(report: Report, place: Place) -> list[str]:
    coverage = {found.boundary: found for found in report.coverage.boundaries}
    return [line for line in explained(matrix(report), coverage, place) if line]


async def test_every_cell_stands_in_its_place_with_its_sign(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=matrix")
    found = matrix(shop)
    assert found.cells
    cells = await page.read(
        "[...document.querySelectorAll('.matrix .cell')].map((it) => [it.getAttribute('transform'), it.textContent])"
    )
    assert cells == [
        [f"translate({at * _SIDE} {row * _SIDE})", ("<" if cell.back else "") + cell.sign]
        for (row, at), cell in found.cells.items()
    ]
    for kind in ("rows", "columns"):
        names = await page.read(f"[...document.querySelectorAll('.matrix .{kind} span')].map((it) => it.textContent)")
        assert names == [row.name for row in found.rows]
    assert "1 dependency cycle" in await page.read("document.querySelector('main').innerText")


async def test_the_cursor_starts_at_the_worst_gap_and_goes_by_key(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=matrix")
    found = matrix(shop)
    row, at = found.worst[0]
    assert await _cursor(page) == (row, at)
    await _focus(page)
    for key, place in (
        ("ArrowLeft", (row, at - 1)),
        ("ArrowUp", (row - 1, at - 1)),
        ("ArrowRight", (row - 1, at)),
        ("ArrowDown", (row, at)),
        ("Home", (row, 0)),
        ("ArrowLeft", (row, 0)),
        ("End", (row, len(found.rows) - 1)),
        ("PageUp", (max(0, row - 10), len(found.rows) - 1)),
    ):
        await page.press(key)
        assert await _cursor(page) == place, key
        assert await page.read(_TOLD) == _told(shop, place), key


async def test_enter_opens_the_boundary_and_back_returns_to_its_cell(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=matrix")
    found = matrix(shop)
    place = next(place for place in found.worst[1:] if (cell := found.at(place)) and len(cell.boundaries) == 1)
    cell = found.at(place)
    assert cell
    await reader.open(shop, _link(view="matrix", boundary=cell.boundaries[0].id))
    assert await _cursor(page) == place
    await _focus(page)
    await page.press("Enter")
    assert await page.wait(f"location.hash === '{_link(boundary=cell.boundaries[0].id)}'")
    await page.read("history.back()")
    assert await page.wait("!!document.querySelector('.matrix')")
    assert await _cursor(page) == place


async def test_a_pair_with_several_boundaries_offers_them(reader: Reader) -> None:
    report = large_report(60)
    found = matrix(report)
    assert found.cells
    pair = max(found.cells.values(), key=lambda cell: len(cell.boundaries)).boundaries[0]
    more = Boundary(f"{pair.id}-too", pair.consumer, pair.provider, pair.style, "grpc", evidence=pair.evidence)
    topology = replace(report.topology, boundaries=(*report.topology.boundaries, more))
    page = await reader.open(replace(report, topology=topology), _link(view="matrix", boundary=pair.id))
    await _focus(page)
    await page.press("Enter")
    assert await page.wait(
        "document.activeElement.closest('.opens') && document.querySelectorAll('.opens a').length > 1"
    )
    await page.press("Enter", "\r")
    assert await page.wait("location.hash.startsWith('#boundary=')")


async def test_the_pointer_shows_row_column_and_words(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=matrix")
    place = next(iter(matrix(shop).cells or ()))
    await page.read("document.querySelector('.matrix').scrollIntoView()")
    x, y = await page.read("(r => [r.x, r.y])(document.querySelector('.matrix svg').getBoundingClientRect())")
    x, y = x + (place[1] + 0.5) * _SIDE, y + (place[0] + 0.5) * _SIDE
    await page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert await page.wait(f"JSON.stringify({_TOLD}).includes({_told(shop, place)[0]!r})")
    lit = await page.read("[...document.querySelectorAll('.matrix li.at span')].map((it) => it.textContent)")
    rows = matrix(shop).rows
    assert lit == [rows[place[1]].name, rows[place[0]].name]


async def test_the_list_below_says_the_same(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=matrix")
    cells = matrix(shop).cells or {}
    assert await column(page, 0) == [_told(shop, place)[0] for place in cells]
    assert await column(page, 4) == [" ".join(_told(shop, place)[-1].split()) for place in cells]


async def test_a_place_far_away_is_scrolled_to(reader: Reader) -> None:
    page = await reader.open(large_report(120), "#view=matrix")
    await _focus(page)
    for key in ("End", *["PageDown"] * 12):
        await page.press(key)
    seen = (
        "(() => {const [it, frame, rows] = ['.cursor', '', '.rows'].map((one) =>"
        " document.querySelector(`.matrix ${one}`).getBoundingClientRect());"
        " return it.right <= frame.right && it.bottom <= frame.bottom && it.left >= rows.right})()"
    )
    assert await page.wait(seen)
    await page.press("Home")
    assert await page.wait(seen)


async def test_a_large_matrix_is_also_shown_small_and_leads_to_its_parts(reader: Reader, shop: Report) -> None:
    page = await reader.open(large_report(60), "#view=matrix")
    rows = await page.read("document.querySelectorAll('.matrix .rows li').length")
    await page.click(".minimap")
    row, at = await _cursor(page)
    assert abs(row - rows / 2) <= 1
    assert abs(at - rows / 2) <= 1
    assert not await (await reader.open(shop, "#view=matrix")).read("!!document.querySelector('.minimap')")


async def test_nasty_names_are_only_text(reader: Reader) -> None:
    report = nasty_report("<img src=x onerror=alert(1)>" + "x" * 300)
    page = await reader.open(report, "#view=matrix")
    assert await page.read("document.querySelectorAll('main img').length") == 0
    assert await page.read("document.documentElement.scrollWidth <= innerWidth")
