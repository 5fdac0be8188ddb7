"""Everybody can use the page: rules of axe-core, keyboard, less motion."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from browser import Page
from page_reading import Reader
from running import ROOT

from topoplan.model.report import Report

AXE = ROOT / "topoplan/reporting/html/web/node_modules/axe-core/axe.min.js"
VIEWS = ("overview", "graph", "matrix", "boundaries", "plan", "gaps", "drift", "sources", "all")
PLACES = (*(f"#view={view}" for view in VIEWS), "a boundary")

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci in the folder of the page")

_RUN = """axe.run(document, { resultTypes: ["violations"], RULES }).then((found) => found.violations
  .filter((it) => ["serious", "critical"].includes(it.impact))
  .flatMap((it) => it.nodes.slice(0, 3).map((node) => `${it.id}: ${node.html.slice(0, 200)}`)))"""
_MOVING = """[...document.querySelectorAll("*")].filter((it) => {
  const { transitionDuration, animationDuration, animationName } = getComputedStyle(it);
  const lasts = (durations) => durations.split(",").some((it) => parseFloat(it) > 0.01);
  return lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration));
}).map((it) => `${it.tagName}.${it.getAttribute("class")}`).concat(
  getComputedStyle(document.documentElement).scrollBehavior === "smooth" ? ["scrolling"] : [])"""
_FOCUSED = """(() => {
  const it = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(it);
  const box = it.getBoundingClientRect();
  const hex = getComputedStyle(it).getPropertyValue("--focus").trim();
  const color = `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(", ")})`;
  const drawn = [...it.querySelectorAll("svg *, .outline")].some((shape) => getComputedStyle(shape).stroke === color);
  return {
    what: `${it.tagName}.${it.getAttribute("class") ?? ""} ${it.textContent.trim().slice(0, 30)}`,
    marked: drawn || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none",
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    at: [...document.querySelectorAll("*")].indexOf(it),
    within: it.closest("main") ? "main" : it.closest("nav") ? "nav" : it.closest("header") ? "tools" : "page",
  };
})()"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(reader: Reader) -> AsyncIterator[Page]:
    yield reader.page
    await reader.page.call("Emulation.setEmulatedMedia", features=[])


@needs_axe
@pytest.mark.parametrize("place", PLACES)
async def test_no_serious_fault_in_light_and_dark(page: Page, reader: Reader, shop: Report, place: str) -> None:
    await _media(page, "prefers-color-scheme", "light")
    await reader.open(shop, _place(shop, place))
    await page.read(AXE.read_text(encoding="utf-8") + ";0")
    assert await page.read(_RUN.replace("RULES", "")) == []
    await _media(page, "prefers-color-scheme", "dark")
    assert await page.read(_RUN.replace("RULES", 'runOnly: ["color-contrast"]')) == []


@needs_axe
async def test_axe_sees_a_fault(page: Page, reader: Reader, shop: Report) -> None:
    await reader.open(shop)
    await page.read(AXE.read_text(encoding="utf-8") + ";0")
    await page.read("document.querySelector('main').append(document.createElement('button'))")
    [told] = await page.read(_RUN.replace("RULES", ""))
    assert told.startswith("button-name")


@pytest.mark.parametrize("place", PLACES)
async def test_tab_goes_through_the_page_in_order_and_shows_where_it_is(
    page: Page, reader: Reader, shop: Report, place: str
) -> None:
    await reader.open(shop, _place(shop, place))
    visited: list[dict[str, Any]] = []
    for _ in range(40):
        await page.press("Tab")
        here = await page.read(_FOCUSED)
        if here["what"].startswith("BODY") or (visited and here["at"] == visited[0]["at"]):
            break  # once around
        visited.append(here)
    assert visited[0]["what"] == "A.skip Skip to the view"
    assert [one["what"] for one in visited if not (one["marked"] and one["seen"])] == []
    order = [one["at"] for one in visited]
    assert order == sorted(order)
    rooms = [one["within"] for one in visited]
    assert list(dict.fromkeys(rooms))[:4] == ["page", "nav", "tools", "main"]


async def test_the_skip_link_leads_to_the_view(page: Page, reader: Reader, shop: Report) -> None:
    await reader.open(shop)
    await page.press("Tab")
    await page.press("Enter", "\r")
    assert await page.read("document.activeElement.id") == "main"


async def test_a_new_view_takes_the_focus_along(page: Page, reader: Reader, shop: Report) -> None:
    await reader.open(shop)
    await page.press("6", "6")
    assert await page.wait("document.activeElement.id") == "main"


async def test_nothing_moves_for_those_who_asked_for_less_motion(page: Page, reader: Reader, shop: Report) -> None:
    await _media(page, "prefers-reduced-motion", "reduce")
    await reader.open(shop)
    for place in PLACES:
        await page.read(f"location.hash = {json.dumps(_place(shop, place))}")
        assert await page.wait("!!document.querySelector('main h2')")
        assert await page.read(_MOVING) == [], place


async def _media(page: Page, name: str, value: str) -> None:
    await page.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": value}])


def _place(report: Report, place: str) -> str:
    """The address of a view, or of the riskiest boundary."""
    return place if place.startswith("#") else f"#boundary={report.profiles[0].boundary}"
