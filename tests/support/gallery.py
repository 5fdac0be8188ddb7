"""The pictures of docs/gallery.md: what each shows, and how it is drawn."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from browser import Page
from large_project import write_large_project
from small_png import small

from topoplan.cli import main

COMMANDS = {
    "shop": "topoplan graph specs/shop -f svg=shop.svg",
    "focus": "topoplan graph specs/shop --focus payment-service -f svg=focus.svg",
    "journey": "topoplan graph specs/shop --journey refund -f svg=journey.svg",
    "gaps": "topoplan graph specs/shop --only-gaps -f svg=gaps.svg",
    "saga": "topoplan graph specs/cases/saga -f svg=saga.svg",
    "plan": "topoplan plan specs/shop -f svg=plan.svg",
}
BASE = "topoplan analyze specs/shop -q -f json=before.json"
CHANGED = "topoplan graph specs/shop --highlight-diff before.json -f svg=changes.svg"
LEFT_OVER = "      USER_SERVICE_URL: http://user-service:8080\n"
ADVICE = """
  advice-service:
    environment: { MONGO_URL: "mongodb://advice-db:27017/advice" }

  advice-db:
    image: mongo:7
"""
LARGE = {
    "large": "topoplan graph large -f svg=large.svg",
    "large-domains": "topoplan graph large --by domain -f svg=large-domains.svg",
}
"""Of the generated system, which is not at hand to the reader of the page."""
LARGE_GROUP = "large-group"


class View(NamedTuple):
    place: str
    large: bool = False
    dark: bool = False


VIEWS = {
    "page-overview": View("#view=overview"),
    "page-graph": View("#view=graph&pick=service+payment-service"),
    "page-graph-dark": View("#view=graph&focus=order-service&depth=1", dark=True),
    "page-groups": View("#view=graph&show=groups&open=owner%3A+orders", large=True),
    "page-matrix": View("#view=matrix"),
    "page-boundaries": View("#view=boundaries"),
    "page-boundary": View("#boundary=order-service-%3Epayment-service%2Fhttp"),
    "page-plan": View("#view=plan"),
    "page-gaps": View("#view=gaps"),
    "page-drift": View("#view=drift"),
    "page-sources": View("#view=sources"),
}
WIDTH, HEIGHT = 1200, 800
_TEXT = "[...document.querySelectorAll('nav, main')].map((it) => it.textContent).join(' ').replace(/\\s+/g, ' ')"
_SAID = re.compile(r"<title>(.*?)</title>|<text[^>]*>(.*?)</text>|xlink:title=\"(.*?)\"", re.DOTALL)


def drawings() -> Iterator[tuple[str, str]]:
    """Name and SVG. The current folder has a copy of `specs`, which is changed to show changes."""
    for name, command in COMMANDS.items():
        _run(command)
        yield name, Path(f"{name}.svg").read_text("utf-8")
    _run(BASE)
    compose = Path("specs/shop/compose.yaml")
    before, found, after = compose.read_text("utf-8").rpartition(LEFT_OVER)
    called = "      ADVICE_SERVICE_URL: http://advice-service:8080\n"
    gateway = "      INVENTORY_SERVICE_URL: http://inventory-service:8080\n"
    assert found
    compose.write_text((before + after).replace(gateway, gateway + called, 1).rstrip() + ADVICE, "utf-8")
    _run(CHANGED)
    yield "changes", Path("changes.svg").read_text("utf-8")
    write_large_project(Path("large"))
    for name, command in LARGE.items():
        _run(command)
        yield name, Path(f"{name}.svg").read_text("utf-8")
    yield LARGE_GROUP, Path("large-groups/orders.svg").read_text("utf-8")


def _run(command: str) -> None:
    code = main(shlex.split(command)[1:])
    assert code == 0, command


def said(svg: str) -> Counter[str]:
    """Every text and title of a picture: what it says, wherever this Graphviz puts it."""
    return Counter("".join(match) for match in _SAID.findall(svg))


async def text_of(page: Page) -> str:
    """What stands on a page, with characters beyond Latin-1 as references."""
    return str(await page.read(_TEXT)).encode("latin-1", "xmlcharrefreplace").decode("latin-1")


async def photographed(page: Page) -> bytes:
    return small(await page.picture(), await page.read(_TEXT))
