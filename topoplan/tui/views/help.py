"""The help page of whatever has the focus: what it is for, its keys with their names, and the signs."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from rich.text import Text

from topoplan.tui.views.signs import legend

_KEY_COLUMNS = 16
_TELLING_COLUMNS = 26


class Key(Struct, frozen=True):
    """One thing that a key does."""

    keys: str
    telling: str
    name: str
    """What it is called in keys.json; empty: it cannot be given another key."""


def help_page(about: Iterable[str], keys: Iterable[Key]) -> Text:
    """The whole page."""
    page = Text()
    for told in about:
        if told:
            page.append(f"{told}\n\n")
    for key in keys:
        page.append(f"{key.keys:<{_KEY_COLUMNS}}", "bold").append(f" {key.telling:<{_TELLING_COLUMNS}}")
        page.append(f" {key.name}".rstrip() + "\n", "dim")
    page.append("\nTests  ", "bold")
    for place, (sign, meaning) in enumerate(legend()):
        page.append("   " if place else "").append_text(sign).append(f" {meaning}")
    return page.append("\n\nNames in the last column go to keys.json, with the key they are to have.", "dim")
