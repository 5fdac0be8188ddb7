"""The page a person reads: a stream with a width, a few paints and drawing characters with ASCII stand-ins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from msgspec import Struct

from topoplan.model.facts import Style as Flow
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.model.topology import Boundary
from topoplan.reporting import Style
from topoplan.reporting.figures import Band, band_of, filled
from topoplan.reporting.tables import GAP, Cell, Column, cut, display_width, pad, table, wrap

Paint = Callable[[str], str]


class Signs(Struct, frozen=True):
    to: str
    from_: str
    ellipsis: str
    full: str
    empty: str
    rule: str
    dot: str
    bullet: str
    times: str


UNICODE = Signs(to="→", from_="←", ellipsis="…", full="█", empty="░", rule="─", dot="·", bullet="•", times="×")
ASCII = Signs(to="->", from_="<-", ellipsis="...", full="#", empty=".", rule="-", dot="-", bullet="*", times="x")

# Okabe–Ito vermillion, orange and sky blue in the 256-colour cube: told apart with every kind of colour vision.
_BAND_COLORS = {Band.HIGH: "38;5;166", Band.MEDIUM: "38;5;214", Band.LOW: "38;5;74"}
_NARROWEST, _WIDEST = 40, 200


class Paper:
    """Lines of at most `width` columns. Every text from the model passes `show` before it is measured or written."""

    def __init__(self, out: TextIO, style: Style) -> None:
        self._out = out
        self._empty = True
        self._style = style
        self.width = min(max(style.width, _NARROWEST), _WIDEST)
        self.signs = UNICODE if style.unicode else ASCII
        self.joints = (f" {self.signs.to} ", f" {self.signs.from_} ")

    def show(self, text: str) -> str:
        """`text` on one line, without control characters, in characters the stream takes."""
        text = clean(text, TEXT_LIMIT)
        return text if self._style.unicode else _to_ascii(text)

    def pair(self, boundary: Boundary) -> str:
        """`consumer → provider`, shown; `consumer ← provider` where messages flow to the consumer."""
        joint = self.joints[boundary.style is Flow.MESSAGE]
        return f"{self.show(boundary.consumer)}{joint}{self.show(boundary.provider)}"

    def joined(self, parts: Sequence[str]) -> str:
        """The parts that are not empty, with a dot between."""
        return f" {self.signs.dot} ".join(part for part in parts if part)

    def bold(self, text: str) -> str:
        return self._sgr("1", text)

    def dim(self, text: str) -> str:
        return self._sgr("2", text)

    def band_paint(self, score: int) -> Paint:
        """The paint of a score's band."""
        return self.paint_of(band_of(score))

    def paint_of(self, band: Band) -> Paint:
        """The paint of a band."""
        color = _BAND_COLORS[band]
        return lambda text: self._sgr(color, text)

    def bar(self, share: float, cells: int) -> str:
        """A bar of `cells` columns, `share` of it full."""
        full = filled(share, cells)
        return self.signs.full * full + self.signs.empty * (cells - full)

    def line(self, text: str = "", paint: Paint | None = None) -> None:
        """One line of shown text, cut to the width."""
        self._empty = False
        text = cut(text, self.width, self.signs.ellipsis).rstrip()
        self._out.write((paint(text) if paint and text else text) + "\n")

    def heading(self, title: str, note: str = "") -> None:
        """A section's title over a rule; `note` at the right edge where there is room."""
        if not self._empty:
            self.line()
        room = self.width - display_width(title) - display_width(note) - GAP
        head = f"{title}{' ' * (room + GAP)}{note}" if note and room >= 0 else title
        self.line(head, self.bold)
        self.line(self.signs.rule * self.width, self.dim)

    def paragraph(self, text: str, *, lead: str = "", indent: int = 0, paint: Paint | None = None) -> None:
        """Wrapped text, indented; `lead` stands before its first line and the others hang under it."""
        hang = indent + display_width(lead)
        for i, part in enumerate(wrap(text, max(self.width - hang, 20)) or [""] * bool(lead)):
            self.line((" " * indent + lead if i == 0 else " " * hang) + part, paint)

    def ends(self, text: str, note: str, *, lead: str = "", indent: int = 0, paint: Paint | None = None) -> None:
        """Wrapped text as in `paragraph`, with `note` at the right edge of its first line."""
        hang = indent + display_width(lead)
        room = self.width - hang - display_width(note) - GAP
        first, *rest = wrap(text, max(room, _NARROWEST // 2)) or [""]
        self.line(f"{' ' * indent}{lead}{pad(first, max(room, 0) + GAP)}{note}", paint)
        for part in rest:
            self.line(" " * hang + part, paint)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Labelled lines, the labels in one column."""
        room = max(len(label) for label, _ in rows) + GAP
        for label, text in rows:
            self.paragraph(text, lead=label.ljust(room), indent=GAP)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], indent: int = GAP) -> None:
        """A head row and `rows` in aligned columns."""
        laid = table(columns, rows, self.width - indent, self.signs.ellipsis)
        for i, cells in enumerate(laid):
            painted = [cell.paint(cell.text) if cell.paint else cell.text for cell in cells]
            text = (" " * indent + (" " * GAP).join(painted)).rstrip()
            self._out.write((self.dim(text) if i == 0 else text) + "\n")

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._style.color else text


def _to_ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")
