"""What the looks in one picture mean, in words: only what the picture contains is explained."""

from __future__ import annotations

from collections.abc import Iterator

from topoplan.model.coverage import State
from topoplan.reporting.drawing import Arrow, Drawing, Mark
from topoplan.reporting.figures import BAND_FLOOR
from topoplan.reporting.signs import GREY, LETTERS, STATE_COLORS, STATE_SIGNS

PALE = "#AEB6BF"
"""Of arrows where no test is recommended, or what is missing is accepted."""


def color_of(arrow: Arrow, drawing: Drawing) -> str:
    """The colour of an arrow's state."""
    if arrow.state:
        return STATE_COLORS[arrow.state]
    return PALE if drawing.assessed else GREY


def colors(drawing: Drawing) -> Iterator[tuple[str, str]]:
    """Colours and their meaning: the state of the worst open gap."""
    if not drawing.assessed:
        return
    arrows = [arrow for arrow in drawing.arrows if not arrow.faint and arrow.mark is not Mark.GONE]
    states = {arrow.state for arrow in arrows}
    for state in State:
        if state in states:
            yield STATE_COLORS[state], f"{STATE_SIGNS[state]} {state.value}"
    if None in states:
        yield PALE, "no gap: none recommended, or accepted"


def words(drawing: Drawing) -> Iterator[str]:
    """What letters, widths, dashes, heads and dots say; letters are there only where arrows have captions."""
    used = {test[:1] for arrow in drawing.arrows if not arrow.faint for test in arrow.tests}
    letters = [f"{letter} {t.value.replace('_', '-')}" for t, letter in LETTERS.items() if letter in used]
    if letters and not drawing.dense:
        yield f"tests: {', '.join(letters)}"
    arrows = [arrow for arrow in drawing.arrows if arrow.mark is not Mark.GONE]
    bands = [(band, floor) for band, floor in BAND_FLOOR.items() if any(a.band is band and not a.faint for a in arrows)]
    if bands:
        yield f"width: risk ({', '.join(f'{band.value} from {floor}' for band, floor in bands)})"
    if drawing.dense and any(arrow.count > 1 for arrow in arrows):
        yield "figures: boundaries that an arrow stands for"
    if any(not arrow.message for arrow in arrows):
        yield "filled head: calls or uses"
    if any(arrow.message for arrow in arrows):
        yield "hollow head: messages to the consumer"
    if any(arrow.dashed for arrow in arrows):
        yield "dashed: declared, not observed"
    marked = {node.mark for node in drawing.nodes} | {arrow.mark for arrow in drawing.arrows}
    if Mark.NEW in marked:
        yield "bold and “new”: not in the base"
    if Mark.GONE in marked:
        yield "dotted and “gone”: only in the base"
