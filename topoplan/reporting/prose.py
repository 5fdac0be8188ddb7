"""Untrusted text inside Markdown: nothing in a name or reason becomes a link, HTML, a table cell or a mention."""

from __future__ import annotations

import re
from collections.abc import Iterable

from topoplan.model.text import clean

# A word is plain when no CommonMark, GFM or GitHub rule can see anything in it: letters and digits, inner hyphens and
# apostrophes, numbers, a few signs around or alone. Everything else goes into a code span, where none of them look.
_CLOSING = r"[).,;:?%]{0,2}"
_PLAIN = re.compile(rf"[(]?(?:[^\W_]+(?:[-’'][^\W_]+)*|[0-9]+(?:[.,][0-9]+)*){_CLOSING}|[=×·→←–—≥≤…%]{_CLOSING}")
# What a plain word may still not be: a commit id or ticket that a tracker links, a marker of a numbered list.
_LINKED = re.compile(rf"[(]?(?:[0-9a-f]{{7,40}}|[a-z]+-[0-9]+){_CLOSING}|[0-9]{{1,9}}[.)]", re.IGNORECASE)

_MOST_MARKS = 2


def code(text: str, limit: int = 80) -> str:
    """`text`, cut to `limit` characters, as a code span; nothing for an empty text."""
    text = clean(text, limit)
    if not text:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def row(cells: Iterable[str]) -> str:
    """One table row; pipes in the cells are escaped, which table parsers undo even in code spans."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def prose(text: str, limit: int = 240) -> str:
    """`text` as running words; what could mean more to a renderer stands in code spans, sentence marks outside them."""
    parts: list[str] = []
    special: list[str] = []
    for word in clean(text, limit).split():
        if _is_plain(word):
            parts += [code(" ".join(special)), word] if special else [word]
            special = []
            continue
        opening, core, closing = _bare(word)
        if opening and special:
            parts.append(code(" ".join(special)))
            special = []
        special.append(core)
        if opening or closing:
            parts.append(f"{opening}{code(' '.join(special))}{closing}")
            special = []
    return " ".join([*parts, code(" ".join(special))] if special else parts)


def _bare(word: str) -> tuple[str, str, str]:
    """A word without the sentence marks around it, and those marks; the closing bracket of `f(x)` is part of it."""
    core = word.rstrip(",.;:?")
    if core.endswith(")") and core.count(")") > core[1:].count("("):
        core = core[:-1]
    closing = word[len(core) :]
    opening = "(" if core.startswith("(") and core.count("(") > core.count(")") else ""
    core = core[len(opening) :]
    return (opening, core, closing) if core and len(closing) <= _MOST_MARKS else ("", word, "")


def _is_plain(word: str) -> bool:
    return bool(_PLAIN.fullmatch(word)) and not _LINKED.fullmatch(word)
