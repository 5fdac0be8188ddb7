"""What a hostile text could do to a page, watched from inside the browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from browser import Page

_WATCH = """
window.ran = [];
window.violations = [];
for (const name of ["alert", "confirm", "prompt"]) window[name] = (...told) => { ran.push(`${name}(${told})`); };
document.addEventListener("securitypolicyviolation", (it) => {
  violations.push(`${it.effectiveDirective} ${it.blockedURI}`);
});
"""

_SPILLING = """(() => {
  const cut = ["auto", "scroll", "hidden", "clip"];
  const scrolls = (it) => it && (cut.includes(getComputedStyle(it).overflowX) || scrolls(it.parentElement));
  const wide = (it) => it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 1 && !scrolls(it);
  const name = (it) => `${it.tagName}.${it.className}: ${it.textContent.slice(0, 60)}`;
  const told = (it) => `${it.scrollWidth} in ${it.clientWidth}: ${name(it)}`;
  const spilling = [...document.body.querySelectorAll("*:not(svg *)")].filter(wide);
  const page = document.documentElement.scrollWidth;
  return [...(page > innerWidth ? [`the page is ${page} wide`] : []), ...spilling.slice(0, 5).map(told)];
})()"""
"""Elements whose content is wider than they are and neither scrolls nor is cut, and the page itself."""


@dataclass(slots=True)
class Harm:
    """Nothing of it is there in a page that is safe."""

    ran: list[str]
    violations: list[str]
    errors: list[str]
    requests: list[str]


@asynccontextmanager
async def watching(page: Page) -> AsyncIterator[None]:
    """Pages opened meanwhile are watched."""
    added: dict[str, Any] = await page.call("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)
    yield
    await page.call("Page.removeScriptToEvaluateOnNewDocument", **added)


async def harm(page: Page) -> Harm:
    """What happened since the page was opened."""
    own = (await page.read("location.href")).partition("#")[0]
    leaving = [url for url in page.requests if not url.startswith(("data:", "blob:", "about:", own))]
    return Harm(await page.read("window.ran"), await page.read("window.violations"), list(page.errors), leaving)


async def spilling(page: Page) -> list[str]:
    """What sticks out of its place, at the present width."""
    found: list[str] = await page.read(_SPILLING)
    return found


async def set_width(page: Page, width: int) -> None:
    """Make the window so many pixels wide; 0: as it was."""
    if width:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        await page.call("Emulation.setDeviceMetricsOverride", **metrics)
    else:
        await page.call("Emulation.clearDeviceMetricsOverride")
