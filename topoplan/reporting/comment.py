"""Markdown that fits one comment of GitHub or GitLab: sections up to a limit, folded parts, lists cut with a note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO, TypeVar

from topoplan.model.phrases import counted
from topoplan.model.topology import Boundary
from topoplan.reporting.prose import code
from topoplan.reporting.signs import arrow

LIMIT = 60_000
"""Characters after which sections are left out; a GitHub comment takes 65,536."""

T = TypeVar("T")


def write_sections(out: TextIO, sections: Mapping[str, Iterable[str]], version: str) -> None:
    """The lines of each section in turn, and who wrote them. A section that does not fit is left out and named."""
    used, left_out = 0, []
    for title, lines in sections.items():
        text = re.sub("\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n")
        if not text:
            continue
        if used + len(text) + 2 > LIMIT:
            left_out.append(title)
            continue
        out.write(f"{text}\n\n")
        used += len(text) + 2
    by = f" {code(version)}" if version else ""
    note = f" Left out to fit a comment: {', '.join(left_out)}." if left_out else ""
    out.write(f"<sub>Written by topoplan{by}; the JSON format has everything in full.{note}</sub>\n")


def pair(boundary: Boundary) -> str:
    """Consumer and provider, with an arrow the way calls or messages go."""
    return f"{code(boundary.consumer)} {arrow(boundary)} {code(boundary.provider)}"


def folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A section that opens on a click; `title` is ours, never untrusted."""
    yield f"<details><summary>{title}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
    yield ""


def rest(items: Sequence[T], shown: int, noun: str, plural: str = "") -> Iterator[str]:
    """How many items were not shown; nothing when all were."""
    if len(items) > shown:
        yield ""
        yield f"… and {counted(len(items) - shown, f'more {noun}', plural and f'more {plural}')}."
