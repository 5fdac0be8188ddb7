"""Text a person reads and copies: paragraphs in sections, laid out to a width or written as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized

from msgspec import Struct
from rich.text import Text

from topoplan.model.place import Where
from topoplan.model.text import TEXT_LIMIT
from topoplan.reporting.prose import code, prose
from topoplan.reporting.tables import display_width, wrap
from topoplan.tui.views.boxes import Drawing, draw

DOT = "·"
STEP = 2
"""Columns of one step of depth."""
_NARROWEST = 10
"""Columns of text kept beside any indent."""


DIM, STRONG, PLACE = "dim", "bold", "underline"
"""Styles of words; those of signs are in `signs`."""


class Piece(Struct, frozen=True):
    """Some words in one style, as rich writes styles: `bold #D55E00`. What a style says, the words say too."""

    text: str
    style: str = ""


Run = tuple[Piece, ...]
"""One row of a screen."""


class Line(Struct, frozen=True):
    """What the cursor stands on: a paragraph, perhaps with a lead before it and quieter ones under it."""

    pieces: Run
    lead: Run = ()
    """Stands before the first row; the others hang under the text. Never wrapped."""
    under: tuple[Run, ...] = ()
    depth: int = 0
    where: Where | None = None
    """The place in a file that this line tells of."""
    drawing: Drawing | None = None
    """Drawn under the text where it fits."""
    title: bool = False
    """Names the lines under it."""


class Section(Struct, frozen=True):
    title: str
    note: str
    lines: tuple[Line, ...]


class Page(Struct, frozen=True):
    """`head` is always shown, its first line is the page's title; sections can be folded."""

    head: tuple[Line, ...]
    sections: tuple[Section, ...]


class Entry(Struct, frozen=True):
    """A line of a page as it is shown; `section` −1 is the head, `line` −1 a section's own title."""

    section: int
    line: int
    shown: Line


def entries(page: Page, folded: frozenset[int] = frozenset()) -> tuple[Entry, ...]:
    """Everything that is shown of a page while the sections numbered in `folded` show their titles only."""
    found = [Entry(-1, number, line) for number, line in enumerate(page.head)]
    for number, section in enumerate(page.sections):
        sign = "▸ " if number in folded else "▾ "
        note = (Piece(section.note, DIM),) if section.note else ()
        head = Line((Piece(section.title, STRONG), *note), lead=(Piece(sign, STRONG),), title=True)
        found.append(Entry(number, -1, head))
        if number not in folded:
            found += (Entry(number, place, line) for place, line in enumerate(section.lines))
    return tuple(found)


def line_of(text: str, style: str = "", *, depth: int = 0, where: Where | None = None) -> Line:
    """A line in one style."""
    return Line((Piece(text, style),), depth=depth, where=where)


def piece_of(text: Text) -> Piece:
    """A piece of a sign."""
    return Piece(text.plain, str(text.style))


def dotted(parts: Iterable[str]) -> str:
    """The parts that are not empty, with a dot between."""
    return f" {DOT} ".join(part for part in parts if part)


def more(rest: Sized, depth: int = 0) -> Iterable[Line]:
    """The line that says how much is not shown; none where all is."""
    if rest:
        yield line_of(f"and {len(rest):,} more, not shown here: topoplan explain tells them all", DIM, depth=depth)


def lay_out(line: Line, width: int) -> tuple[Run, ...]:
    """The rows of a line, each at most `width` columns wide (leads and indents may take what is there)."""
    indent = line.depth * STEP
    lead_width = sum(display_width(piece.text) for piece in line.lead)
    room = max(width - indent - lead_width, _NARROWEST)
    rows: list[Run] = []
    for number, run in enumerate(row for paragraph in (line.pieces, *line.under) for row in _wrapped(paragraph, room)):
        before = line.lead if number == 0 else (Piece(" " * lead_width),)
        rows.append((Piece(" " * indent), *before, *run))
    if line.drawing:
        drawn = draw(line.drawing, width - indent)
        rows += [(Piece(" " * indent), Piece(row)) for row in drawn or ("(too large to draw here)",)]
    return tuple(rows) or ((Piece(" " * indent), *line.lead),)


def markdown(lines: Sequence[Line]) -> str:
    """Lines as a Markdown list; nothing in them is taken for markup."""
    written = []
    for line in lines:
        said = (*(piece for piece in line.lead if _is_said(piece)), *line.pieces)
        text = prose(" ".join(piece.text for piece in said), TEXT_LIMIT)
        told = [text, *(prose(" ".join(piece.text for piece in run), TEXT_LIMIT) for run in line.under)]
        written.append(f"{'  ' * line.depth}- {'; '.join(part for part in told if part)}")
    return "\n".join(written) + "\n" if written else ""


def section_markdown(section: Section) -> str:
    """A section under a heading."""
    return f"## {prose(section.title)}\n\n{markdown(section.lines)}"


def page_markdown(page: Page) -> str:
    """The whole page under its title."""
    title = " ".join(piece.text for piece in page.head[0].pieces) if page.head else ""
    parts = [f"# {code(title, TEXT_LIMIT)}\n", markdown(page.head[1:]), *map(section_markdown, page.sections)]
    return "\n".join(part for part in parts if part)


def _is_said(piece: Piece) -> bool:
    """Whether a piece holds words: bars and bullets are for the eye only."""
    return any(char.isalnum() for char in piece.text)


def _wrapped(run: Run, width: int) -> list[Run]:
    """The pieces, a space between each two, broken at spaces; each character keeps its style, and a
    space between two styles has none."""
    styles = [piece.style for piece in run for char in piece.text if not char.isspace()]
    rows: list[Run] = []
    used = 0
    for text in wrap(" ".join(piece.text for piece in run), width):
        row: list[Piece] = []
        for char in text:
            if char.isspace():
                row.append(Piece(char))
                continue
            style = styles[used]
            used += 1
            if len(row) > 1 and row[-1].text.isspace() and row[-2].style == style:
                space = row.pop().text
                row[-1] = Piece(row[-1].text + space, style)
            if row and row[-1].style == style:
                row[-1] = Piece(row[-1].text + char, style)
            else:
                row.append(Piece(char, style))
        rows.append(tuple(row))
    return rows
