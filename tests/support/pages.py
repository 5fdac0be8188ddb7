"""Takes documentation apart: fenced blocks, the commands in them, quoted output, links and headings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = "…"
"""Stands in a quote for anything on its line, and alone on a line for any lines."""

_FENCE = re.compile(r"^(\s*)```(.*)$")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; `line` is that of its opening fence."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """All pages, relative to the project's folder: those beside it and everything under `docs`."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page. Raises ValueError for fences that would be seen differently by different tools."""
    found: list[Block] = []
    opened: tuple[int, str] | None = None
    body: list[str] = []
    for number, line in enumerate((ROOT / page).read_text(encoding="utf-8").splitlines(), 1):
        match = _FENCE.match(line)
        if match is None:
            body.append(line)
        elif match[1] or (opened and match[2]):
            raise ValueError(f"{page}:{number}: indented fence, or one inside another")
        elif opened:
            found.append(Block(page, *opened, "\n".join(body)))
            opened = None
        else:
            opened, body = (number, match[2]), []
    if opened:
        raise ValueError(f"{page}:{opened[0]}: fence is never closed")
    return found


def commands(block: Block) -> Iterator[list[str]]:
    """The words of each command of a shell block, those joined by `&&` apart. Lines are not continued."""
    for line in block.text.splitlines():
        for command in line.split(" && "):
            words = shlex.split(command, comments=True)
            if words:
                yield words


def unquoted(quote: str, output: str) -> str:
    """The first part of a quote that is not in the output where it should be; empty when all is.

    Lines must follow each other as quoted, except across a line `…`. Blank lines and the width of gaps do not count.
    """
    lines = _lines(output)
    at = 0
    for part in _parts(_lines(quote)):
        patterns = [re.compile(".*".join(map(re.escape, re.split(f" ?{SKIPPED} ?", line)))) for line in part]
        places = range(at, len(lines) - len(part) + 1)
        found = next((i for i in places if all(p.fullmatch(lines[i + k]) for k, p in enumerate(patterns))), None)
        if found is None:
            return "\n".join(part)
        at = found + len(part)
    return ""


def links(page: str) -> Iterator[str]:
    """Targets of the links of a page that lead to no other site."""
    for target in _LINK.findall(_prose(page)):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: str) -> set[str]:
    """Names under which the headings of a page can be linked to."""
    plain = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in _HEADING.findall(_prose(page)))
    return {re.sub(r"[-\s]+", "-", heading) for heading in plain}


def _prose(page: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _parts(lines: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for line in lines:
        if line != SKIPPED:
            part.append(line)
        elif part:
            yield part
            part = []
    if part:
        yield part
