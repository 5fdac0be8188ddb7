"""Letters, signs and colours of techniques, states, risk and urgency: one table, so that every screen says the same.

A sign always stands beside its colour, so nothing depends on colour alone. Chips are black on an Okabe–Ito colour:
told apart with every kind of colour vision, and readable on light and dark themes alike.
"""

from __future__ import annotations

from collections.abc import Collection

from rich.text import Text

from topoplan.model.coverage import BoundaryCoverage, State
from topoplan.model.facts import Severity, SourceState, Style
from topoplan.model.gaps import Urgency
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary
from topoplan.reporting.figures import Band, band_of, filled

LETTERS: dict[Technique, str] = {
    Technique.CONTRACT: "C",
    Technique.BOUNDARY: "B",
    Technique.SCHEMA: "S",
    Technique.FAULT: "F",
    Technique.IN_PROCESS: "I",
    Technique.SLICE: "L",
    Technique.E2E: "E",
}
"""The letter of each technique, in the order of the columns."""

COLUMN_TECHNIQUES = tuple(LETTERS)[:5]
"""Techniques aimed at one boundary: those that have a place in a row of chips."""

STATE_SIGNS: dict[State, str] = {
    State.COVERED: "+",
    State.PARTIAL: "~",
    State.STALE: "o",
    State.UNVERIFIED: "?",
    State.FAILING: "!",
    State.UNCOVERED: "-",
    State.UNKNOWN: ".",
}

_VERMILLION, _ORANGE, _YELLOW, _GREEN, _SKY, _PURPLE = "#D55E00", "#E69F00", "#F0E442", "#009E73", "#56B4E9", "#CC79A7"

STATE_CHIPS: dict[State, str] = {
    State.COVERED: f"black on {_GREEN}",
    State.PARTIAL: f"black on {_SKY}",
    State.STALE: f"black on {_YELLOW}",
    State.UNVERIFIED: f"black on {_ORANGE}",
    State.FAILING: f"bold black on {_PURPLE}",
    State.UNCOVERED: f"black on {_VERMILLION}",
    State.UNKNOWN: "dim",
}
"""Style of a chip in each state."""

BAND_CHIPS: dict[Band, str] = {
    Band.HIGH: f"black on {_VERMILLION}",
    Band.MEDIUM: f"black on {_ORANGE}",
    Band.LOW: f"black on {_SKY}",
}
BAND_COLOURS: dict[Band, str] = {Band.HIGH: _VERMILLION, Band.MEDIUM: _ORANGE, Band.LOW: _SKY}
URGENCY_CHIPS: dict[Urgency, str] = {
    Urgency.HIGH: BAND_CHIPS[Band.HIGH],
    Urgency.MEDIUM: BAND_CHIPS[Band.MEDIUM],
    Urgency.LOW: BAND_CHIPS[Band.LOW],
}
SEVERITY_CHIPS: dict[Severity, str] = {
    Severity.ERROR: BAND_CHIPS[Band.HIGH],
    Severity.WARNING: BAND_CHIPS[Band.MEDIUM],
    Severity.INFO: BAND_CHIPS[Band.LOW],
}
SOURCE_CHIPS: dict[SourceState, str] = {
    SourceState.FAILED: BAND_CHIPS[Band.HIGH],
    SourceState.SKIPPED: "dim",
    SourceState.ANALYSED: "",
}

BAR_CELLS = 5
_EIGHTHS = " ▏▎▍▌▋▊▉"


def chip(technique: Technique, state: State) -> Text:
    """`C-`: letter and sign, in the state's colour."""
    return Text(LETTERS[technique] + STATE_SIGNS[state], STATE_CHIPS[state])


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
            row.append(chip(technique, state).plain, STATE_CHIPS[State.UNKNOWN])
        else:
            row.append_text(chip(technique, state))
    return row


def risk_bar(score: int | None, cells: int = BAR_CELLS) -> Text:
    """` 87 ████▎`: the score 0–100 and a bar in the colour of its band; a dash where nothing was scored."""
    if score is None:
        return Text(f"{'-':>3}", "dim")
    return Text(f"{score:>3} ").append_text(bar(score / 100, cells, BAND_COLOURS[band_of(score)]))


def bar(share: float, cells: int, colour: str) -> Text:
    """A bar of `cells` columns with `share` ∈ [0, 1] of it full, in eighths of a column; never full but at 1, never
    empty but at 0."""
    whole, part = divmod(filled(share, cells * 8), 8)
    full = "█" * whole + (_EIGHTHS[part] if part else "")
    return Text(full.ljust(cells), colour)


def arrow(boundary: Boundary) -> str:
    """The sign between consumer and provider: `←` where messages flow to the consumer."""
    return "←" if boundary.style is Style.MESSAGE else "→"


def legend() -> list[tuple[Text, str]]:
    """What the chips mean: techniques first, then states."""
    techniques = [(Text(letter, "bold"), technique.value) for technique, letter in LETTERS.items()]
    return techniques + [(Text(sign, STATE_CHIPS[state]), state.value) for state, sign in STATE_SIGNS.items()]
