"""Hostile texts neither run, nor lead out of the page, nor break its layout; and the watching sees what does."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser import Page
from nasty_report import NASTY, mixed_report, nasty_report
from page_reading import Reader
from page_watching import Harm, harm, set_width, spilling, watching

from topoplan.model.report import Report

VIEWS = ("overview", "graph", "matrix", "boundaries", "plan", "gaps", "drift", "sources", "all")
WIDTHS = (1400, 500)
SAFE = Harm([], [], [], [])
_SHOWN = "!!document.querySelector('main h2')"
MARKUP = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><style>*{display:none}</style>",
    "</title></textarea></noscript><iframe src=javascript:alert(1)>",
    '"><a href="javascript:alert(1)" style="position:fixed;inset:0" onmouseover=alert(1)>',
    "<!-- -->",
    "\0nul\0",
    "lone \udfff surrogate \ud800",
    "https://evil.example/x.js",
    "x" * 300,
)
DATA = os.environ.get("TOPOPLAN_DATA", "")


@pytest_asyncio.fixture(loop_scope="session")
async def watched(reader: Reader) -> AsyncIterator[Reader]:
    async with watching(reader.page):
        yield reader
    await set_width(reader.page, 0)


@pytest.mark.parametrize("salt", ["a", "b", "c"])
async def test_nasty_texts_are_only_shown(watched: Reader, salt: str) -> None:
    assert await _harm_of(watched, mixed_report(salt, (*NASTY, *MARKUP))) == []


@pytest.mark.parametrize("nasty", ["x" * 300, "👩‍👩‍👧\u202eevil\u2066" * 20], ids=["long", "bidi"])
async def test_no_text_breaks_the_layout_even_if_it_is_everywhere(watched: Reader, nasty: str) -> None:
    assert await _harm_of(watched, nasty_report(nasty)) == []


@pytest.mark.skipif(not DATA, reason="TOPOPLAN_DATA names no folder with a corpus of strings")
@pytest.mark.parametrize("salt", ["a", "b"])
async def test_the_big_list_of_naughty_strings_is_only_shown(watched: Reader, salt: str) -> None:
    strings = json.loads((Path(DATA) / "corpus/strings/blns.json").read_text(encoding="utf-8"))
    assert await _harm_of(watched, mixed_report(salt, strings)) == []


@pytest.mark.parametrize("nasty", MARKUP[:5])
async def test_places_in_the_address_are_only_text(watched: Reader, shop: Report, nasty: str) -> None:
    """A link may be made by anybody."""
    page = await watched.open(shop)
    for view in VIEWS:
        place = json.dumps({"view": view, "boundary": nasty, "q": nasty, "focus": nasty, "sort": nasty})
        await page.read(f"location.hash = `#${{new URLSearchParams({place})}}`")
        assert await page.wait(_SHOWN), view
    assert await harm(page) == SAFE


_INJECTED = """(() => {
  const script = document.createElement("script");
  script.textContent = "alert('script')";
  document.body.append(script);
  const image = document.createElement("img");
  image.setAttribute("onerror", "alert('handler')");
  image.setAttribute("src", "https://evil.example/x.png");
  image.setAttribute("style", "position: fixed");
  document.body.append(image);
  const style = document.createElement("style");
  style.textContent = "body { color: red }";
  document.body.append(style);
  const frame = document.createElement("iframe");
  frame.src = "https://evil.example/";
  document.body.append(frame);
  const link = document.createElement("a");
  link.href = "javascript:alert('link')";
  document.body.append(link);
  link.click();
  fetch("https://evil.example/").catch(() => 0);
  navigator.sendBeacon("https://evil.example/");
  new Image().src = "https://evil.example/y.png";
  return new Promise((done) => setTimeout(() => done(getComputedStyle(image).position), 200));
})()"""


async def test_the_policy_stops_whatever_gets_into_the_page(files: Reader, shop: Report) -> None:
    async with watching(files.page):
        page = await files.open(shop)
        assert await page.read(_INJECTED) == "static"
        found = await harm(page)
    page.errors.clear()
    assert found.ran == []
    assert set(found.requests) <= {violation.split()[1] for violation in found.violations}  # asked for, and refused
    stopped = {violation.split()[0] for violation in found.violations}
    assert stopped >= {"script-src-elem", "style-src-attr", "style-src-elem", "img-src", "frame-src", "connect-src"}
    assert {violation for violation in found.violations if violation.startswith("script-src")} >= {
        "script-src-elem inline"
    }


HARMFUL = {
    "runs": "<script>alert(1)</script>",
    "asks": "<img src='https://evil.example/x.png'>",
    "complains": "<script>setTimeout(() => { throw Error('told') })</script>",
}


@pytest.mark.parametrize("kind", HARMFUL)
async def test_the_watching_sees_harm_in_a_page_without_a_policy(
    kind: str, files: Reader, shop: Report, tmp_path: Path
) -> None:
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", files.file(shop).read_text("utf-8"))
    found = await _opened(files, text.replace("</body>", f"{HARMFUL[kind]}</body>"), tmp_path)
    seen = {"runs": found.ran, "asks": found.requests, "complains": found.errors}
    assert seen[kind]
    assert found.violations == []


async def test_the_watching_sees_what_the_policy_stopped(files: Reader, shop: Report, tmp_path: Path) -> None:
    text = files.file(shop).read_text("utf-8").replace("</body>", "<p style='color: red'><img onerror=alert(1)></body>")
    found = await _opened(files, text, tmp_path)
    assert {violation.split()[0] for violation in found.violations} == {"style-src-attr", "script-src-attr"}
    assert found.errors


async def test_the_watching_sees_what_sticks_out(files: Reader, shop: Report) -> None:
    page = await files.open(shop)
    assert await spilling(page) == []
    await page.read("document.querySelector('main').append(Object.assign(document.createElement('p'), {id: 'wide'}))")
    await page.read("document.getElementById('wide').append('x'.repeat(3000))")
    await page.read("document.getElementById('wide').style.setProperty('overflow-wrap', 'normal')")
    assert any(told.startswith("the page is") for told in await spilling(page))


async def _opened(files: Reader, text: str, folder: Path) -> Harm:
    file = folder / "harmful.html"
    file.write_text(text, encoding="utf-8", newline="\n")
    async with watching(files.page):
        await files.page.open(file.as_uri())
        await files.page.wait(_SHOWN)
        await files.page.read("new Promise((done) => setTimeout(done, 200))")
        found = await harm(files.page)
    files.page.errors.clear()
    files.page.requests.clear()
    return found


async def _harm_of(reader: Reader, report: Report) -> list[str]:
    """What goes wrong in any view of a report at any width, in words."""
    page = await reader.open(report)
    told = []
    for width in WIDTHS:
        await set_width(page, width)
        for view in VIEWS:
            await _show(page, f"#view={view}")
            told += [f"{view} at {width}: {one}" for one in await spilling(page)]
        await _show(page, await _a_boundary(page))
        told += [f"a boundary at {width}: {one}" for one in await spilling(page)]
    if (found := await harm(page)) != SAFE:
        told.append(str(found))
        page.errors.clear()
    return told


async def _show(page: Page, place: str) -> None:
    await page.read(f"location.hash = {json.dumps(place)}")
    await page.wait(_SHOWN)
    await page.read("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def _a_boundary(page: Page) -> str:
    """The place of the first boundary of the table."""
    await _show(page, "#view=boundaries")
    place: str = await page.wait("document.querySelector('main td a[href*=boundary]')?.getAttribute('href')")
    return place
