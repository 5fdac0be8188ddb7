"""What a person does with a page, and takes out of it."""

from __future__ import annotations

import json
from typing import Any

from browser import Page

_CATCH = """
Object.defineProperty(navigator, 'clipboard', {
  value: {writeText: (text) => ((window.copied = text), Promise.resolve())}, configurable: true,
});
URL.createObjectURL = (blob) => (window.saved = blob.text(), 'data:,');
HTMLAnchorElement.prototype.click = function () { window.named = this.download };
"""


async def catch(page: Page) -> None:
    """From now on nothing is copied or saved, but kept for `copied` and `saved`."""
    await page.read(_CATCH)


async def press_button(page: Page, text: str) -> None:
    """The button with exactly this text."""
    wanted = f"[...document.querySelectorAll('main button')].find((it) => it.textContent === {json.dumps(text)})"
    await page.wait(f"!!{wanted}")
    await page.read(f"{wanted}.click()")


async def copied(page: Page, button: str) -> str:
    """What a button copies."""
    await page.read("void (window.copied = '')")
    await press_button(page, button)
    return str(await page.wait("window.copied"))


async def saved(page: Page, button: str) -> str:
    """The text of the file that a button saves."""
    await press_button(page, button)
    return str(await page.wait("window.saved"))


async def sort_by(page: Page, title: str) -> str:
    """Click on the head of a column; the way it sorts then."""
    head = _found("main button.head", title)
    before = await page.read("location.hash")
    await page.read(f"{head}.click()")
    await page.wait(f"location.hash !== {json.dumps(before)}")
    return str(await page.wait(f"{head}.closest('th').ariaSort"))


async def choose(page: Page, title: str, value: str) -> None:
    """A choice beside the filter."""
    await page.read(
        f"(label => {{const it = label.querySelector('select'); it.value = {json.dumps(value)};"
        " it.dispatchEvent(new Event('change', {bubbles: true}))})"
        f"({_found('main label.choice', title)})"
    )


def _found(selector: str, start: str) -> str:
    return f"[...document.querySelectorAll('{selector}')].find((it) => it.textContent.startsWith({json.dumps(start)}))"


async def column(page: Page, number: int) -> Any:
    """The texts of a column, counted from 0, as shown."""
    return await page.read(
        "[...document.querySelectorAll('main .table-box tbody tr:not(.below)')]"
        f".map((row) => row.cells[{number}].innerText.replace(/\\s+/g, ' ').trim())"
    )
