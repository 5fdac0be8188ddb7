"""The span table against its page; `TOPOPLAN_UPDATE_GOLDEN=1` writes the columns on the page anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from topoplan_importers.traces.span import Role, Signature, Span
from topoplan_importers.traces.table import COLUMNS, VERSION, row_of, span_of

PAGE = Path(__file__).parents[3] / "docs/reference/spans.md"
BEGIN, END = "<!-- columns: generated from topoplan_importers/traces/table.py -->\n\n", "\n<!-- end of columns -->\n"
SPAN = Span(0xF067, "c3Bhbg==", None, 5, -1, True, 1, Signature("cart", Role.RECEIVE), ((1, "x-1"),), 4.0)
ROW = row_of(SPAN, ["a", "b"])


def test_the_page_shows_the_columns_and_the_version() -> None:
    rows = [
        f"| `{c.name}` | `{c.sql}` | `{c.arrow}` | {'yes' if c.nullable else ''} | {c.meaning} |" for c in COLUMNS
    ]  # fmt: skip
    shown = "\n".join(["| column | SQL type | Arrow type | null | meaning |", "|---|---|---|---|---|", *rows, ""])
    before, begin, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    page = before + begin + shown + end + after
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        PAGE.write_text(page)
    assert PAGE.read_text() == page
    assert f"**Version {VERSION}.**" in page


def test_a_row_by_column() -> None:
    shown = dict(zip([column.name for column in COLUMNS], ROW, strict=True))
    assert (shown["trace"], shown["id"], shown["parent"]) == ("f067", "c3Bhbg==", None)
    assert (shown["start_us"], shown["duration_us"], shown["failed"], shown["weight"]) == (5, -1, True, 4.0)
    assert (shown["role"], shown["links"], shown["file"]) == (4, (("1", "x-1"),), "b")
    assert {column.name for column in COLUMNS if shown[column.name] is None} == {"parent"}


@pytest.mark.parametrize(("column", "wrong"), [("trace", ""), ("id", "0"), ("role", 9), ("links", (("1", ""),))])
def test_rows_of_no_span_are_refused(column: str, wrong: object) -> None:
    place = [c.name for c in COLUMNS].index(column)
    row = (*ROW[:place], wrong, *ROW[place + 1 :])
    with pytest.raises(ValueError, match=r"without trace or span id|is not a valid Role"):
        span_of(row, {"b": 0}, {})  # type: ignore[arg-type]
