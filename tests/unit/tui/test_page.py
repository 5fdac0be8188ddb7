from __future__ import annotations

import pytest
from nasty_report import NASTY

from topoplan.model.place import Where
from topoplan.model.text import clean
from topoplan.reporting.tables import display_width
from topoplan.tui.views.boxes import Box, layered
from topoplan.tui.views.page import (
    DIM,
    STRONG,
    Line,
    Page,
    Piece,
    Section,
    entries,
    lay_out,
    line_of,
    markdown,
    more,
    page_markdown,
)


def texts(line: Line, width: int) -> list[str]:
    return ["".join(piece.text for piece in row) for row in lay_out(line, width)]


def test_rows_hang_under_the_text_behind_the_lead() -> None:
    line = Line((Piece("one two three"),), lead=(Piece("- "),), under=((Piece("four five"),),), depth=1)

    assert texts(line, 14) == ["  - one two", "    three", "    four five"]


def test_every_character_keeps_the_style_of_its_piece() -> None:
    (row,) = lay_out(Line((Piece("risk 60", STRONG), Piece("of 100", DIM))), 40)

    told = [(piece.text, piece.style) for piece in row if piece.text]
    assert told == [("risk 60", STRONG), (" ", ""), ("of 100", DIM)]


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("width", [12, 40, 80])
def test_no_row_is_wider_than_asked(nasty: str, width: int) -> None:
    line = Line((Piece(clean(nasty) * 3), Piece(clean(nasty))))

    assert all(display_width(text) <= width for text in texts(line, width))


def test_an_empty_line_has_a_row_of_its_own() -> None:
    assert len(lay_out(line_of(""), 20)) == 1


def test_a_drawing_that_does_not_fit_says_so() -> None:
    line = Line((Piece("scope"),), drawing=layered([Box("a", "a"), Box("b", "b")], [("a", "b")]))

    assert "(too large to draw here)" in texts(line, 12)
    assert any("▶" in text for text in texts(line, 60))


def test_folded_sections_show_their_titles_only() -> None:
    page = Page((line_of("title"),), (Section("one", "", (line_of("a"),)), Section("two", "2", (line_of("b"),))))

    shown = entries(page, frozenset({0}))

    assert [(entry.section, entry.line) for entry in shown] == [(-1, 0), (0, -1), (1, -1), (1, 0)]
    assert [texts(entry.shown, 40)[0] for entry in shown] == ["title", "▸ one", "▾ two 2", "b"]


def test_markdown_takes_nothing_in_a_name_for_markup() -> None:
    written = markdown([line_of("[x](javascript:alert(1)) **bold**"), line_of("order", where=Where("a.yaml", 3))])

    assert written == "- `[x](javascript:alert(1)) **bold**`\n- order\n"


def test_markdown_leaves_bars_out_and_keeps_figures() -> None:
    line = Line((Piece("schema"),), lead=(Piece("███▎  "), Piece(" 0.40 ")))

    assert markdown([line]) == "- 0.40 schema\n"


def test_a_page_is_written_under_headings() -> None:
    page = Page((line_of("a → b"), line_of("sync")), (Section("Evidence", "1", (line_of("x"),)),))

    assert page_markdown(page) == "# `a → b`\n\n- sync\n\n## Evidence\n\n- x\n"


def test_what_is_not_shown_is_counted() -> None:
    assert not list(more(()))
    assert "1,200 more" in next(iter(more(range(1200)))).pieces[0].text
