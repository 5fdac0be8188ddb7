"""Signs of techniques, states, risk and urgency in the terminal: the shared letters and colours, as styled text.

Chips are black on their colour, so they are readable on light and dark themes alike.
"""

from __future__ import annotations

from collections.abc import Collection

from rich.text import Text

from topoplan.model.coverage import BoundaryCoverage, State
from topoplan.model.facts import Severity, SourceState
from topoplan.model.gaps import Urgency
from topoplan.model.plan import Technique
from topoplan.reporting.figures import band_of, filled
from topoplan.reporting.signs import (
    BAND_COLORS,
    COLUMN_TECHNIQUES,
    LETTERS,
    SEVERITY_COLORS,
    SOURCE_COLORS,
    STATE_COLORS,
    STATE_SIGNS,
    URGENCY_COLORS,
    mark_of,
)

_QUIET = "dim"


def _on(colour: str) -> str:
    return f"black on {colour}"


STATE_CHIPS: dict[State, str] = {
    **{state: _on(colour) for state, colour in STATE_COLORS.items()},
    State.FAILING: f"bold {_on(STATE_COLORS[State.FAILING])}",
    State.UNKNOWN: _QUIET,
}
"""Style of a chip in each state."""

URGENCY_CHIPS: dict[Urgency, str] = {urgency: _on(colour) for urgency, colour in URGENCY_COLORS.items()}
SEVERITY_CHIPS: dict[Severity, str] = {severity: _on(colour) for severity, colour in SEVERITY_COLORS.items()}
SOURCE_CHIPS: dict[SourceState, str] = {
    SourceState.FAILED: _on(SOURCE_COLORS[SourceState.FAILED]),
    SourceState.SKIPPED: _QUIET,
    SourceState.ANALYSED: "",
}

BAR_CELLS = 5
_EIGHTHS = " ▏▎▍▌▋▊▉"


def chip(technique: Technique, state: State) -> Text:
    """`C-`: letter and sign, in the state's colour."""
    return Text(mark_of(technique, state), STATE_CHIPS[state])


def state_chip(state: State) -> Text:
    """`- uncovered`: sign and word, in the state's colour."""
    return Text(f"{STATE_SIGNS[state]} {state.value}", STATE_CHIPS[state])


def urgency_chip(urgency: Urgency) -> Text:
    """`high`, in its colour."""
    return Text(urgency.value, URGENCY_CHIPS[urgency])


def chips(found: BoundaryCoverage | None, wanted: Collection[Technique] | None = None) -> Text:
    """A chip for each technique that makes sense on the boundary, every technique always in the same place. With
    `wanted`, what is missing stands out only for these techniques."""
    states = {one.technique: one.state for one in found.techniques} if found else {}
    row = Text()
    for place, technique in enumerate(COLUMN_TECHNIQUES):
        row.append(" " if place else "")
        state = states.get(technique)
        quiet = state is State.UNCOVERED and wanted is not None and technique not in wanted
        if state is None:
            row.append("  ")
        elif quiet:
            row.append(mark_of(technique, state), _QUIET)
        else:
            row.append_text(chip(technique, state))
    return row


def risk_bar(score: int | None, cells: int = BAR_CELLS) -> Text:
    """` 87 ████▎`: the score 0–100 and a bar in the colour of its band; a dash where nothing was scored."""
    if score is None:
        return Text(f"{'-':>3}", "dim")
    return Text(f"{score:>3} ").append_text(bar(score / 100, cells, BAND_COLORS[band_of(score)]))


def bar(share: float, cells: int, colour: str) -> Text:
    """A bar of `cells` columns with `share` ∈ [0, 1] of it full, in eighths of a column; never full but at 1, never
    empty but at 0."""
    whole, part = divmod(filled(share, cells * 8), 8)
    full = "█" * whole + (_EIGHTHS[part] if part else "")
    return Text(full.ljust(cells), colour)


def legend() -> list[tuple[Text, str]]:
    """What the chips mean: techniques first, then states."""
    techniques = [(Text(letter, "bold"), technique.value) for technique, letter in LETTERS.items()]
    return techniques + [(Text(sign, STATE_CHIPS[state]), state.value) for state, sign in STATE_SIGNS.items()]
