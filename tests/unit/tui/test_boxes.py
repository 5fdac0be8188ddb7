from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.reporting.tables import display_width
from topoplan.tui.views.boxes import MOST_BOXES, Box, Drawing, draw, layered


def test_a_chain_is_drawn_from_left_to_right() -> None:
    drawing = layered([Box("b", "orders", "real"), Box("a", "gateway"), Box("c", "users", "stub", dashed=True)],
                      [("a", "b"), ("b", "c")])  # fmt: skip

    assert draw(drawing, 80) == (
        "┌──────────┐    ┌──────────┐    ┌╌╌╌╌╌╌╌╌╌╌┐",
        "│ gateway  │───▶│ orders   │───▶╎ users    ╎",
        "└──────────┘    │ real     │    ╎ stub     ╎",
        "                └──────────┘    └╌╌╌╌╌╌╌╌╌╌┘",
    )


def test_a_cycle_is_drawn_and_its_way_back_told_in_words() -> None:
    drawing = layered([Box("a", "a"), Box("b", "b")], [("a", "b"), ("b", "a")])

    assert [len(layer) for layer in drawing.layers] == [1, 1]
    assert (draw(drawing, 60) or ())[-1] == "also b → a"


def test_what_is_too_wide_or_too_much_is_not_drawn() -> None:
    chain = layered([Box(name, name) for name in "abcdef"], [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")])
    many = Drawing((tuple(Box(str(n), str(n)) for n in range(MOST_BOXES + 1)),))

    assert draw(chain, 40) is None
    assert draw(many, 200) is None
    assert draw(Drawing(()), 80) is None


@given(
    st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12),
    st.integers(10, 120),
)
def test_every_box_is_there_and_no_row_is_too_wide(names: list[str], pairs: list[tuple[int, int]], width: int) -> None:
    boxes = [Box(str(n), name) for n, name in enumerate(names)]
    drawing = layered(boxes, [(str(a), str(b)) for a, b in pairs])

    assert sorted(box.id for layer in drawing.layers for box in layer) == sorted(box.id for box in boxes)
    drawn = draw(drawing, width)
    if drawn is not None:
        assert all(display_width(row) <= width for row in drawn)
        assert sum(row.count("┌─") for row in drawn) >= len(boxes)


@pytest.mark.parametrize("name", ["日本語サービス", "x" * 300, "\x1b[31mred"])
def test_long_wide_and_unclean_names_keep_the_sides_straight(name: str) -> None:
    drawn = draw(layered([Box("a", name, "real"), Box("b", "b")], [("a", "b")]), 80)

    assert drawn is not None
    assert "\x1b" not in "".join(drawn)
    tops = next(row for row in drawn if "┌" in row)
    assert all(display_width(row) <= display_width(tops) + 40 for row in drawn)
