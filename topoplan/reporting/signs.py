"""Letters, signs and colours of techniques, states, risk and urgency: one table, so that every view says the same.

A sign always stands beside its colour, so nothing depends on colour alone. The colours are Okabe and Ito's (*Color
universal design*, 2008): told apart with every kind of colour vision, with black text readable on each that marks a
state or a band.
"""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Severity, SourceState, Style
from topoplan.model.gaps import Urgency
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary
from topoplan.reporting.figures import Band

ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
GREY = "#7A828E"
"""Beside the palette: of what nothing is known."""

LETTERS: Mapping[Technique, str] = {
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
"""Techniques aimed at one boundary: those that have a place in a row of letters."""

STATE_SIGNS: Mapping[State, str] = {
    State.COVERED: "+",
    State.PARTIAL: "~",
    State.STALE: "o",
    State.UNVERIFIED: "?",
    State.FAILING: "!",
    State.UNCOVERED: "-",
    State.UNKNOWN: ".",
}

STATE_COLORS: Mapping[State, str] = {
    State.COVERED: GREEN,
    State.PARTIAL: SKY,
    State.STALE: YELLOW,
    State.UNVERIFIED: ORANGE,
    State.FAILING: PURPLE,
    State.UNCOVERED: VERMILLION,
    State.UNKNOWN: GREY,
}

BAND_COLORS: Mapping[Band, str] = {Band.HIGH: VERMILLION, Band.MEDIUM: ORANGE, Band.LOW: SKY}

URGENCY_COLORS: Mapping[Urgency, str] = {
    Urgency.HIGH: BAND_COLORS[Band.HIGH],
    Urgency.MEDIUM: BAND_COLORS[Band.MEDIUM],
    Urgency.LOW: BAND_COLORS[Band.LOW],
}

SEVERITY_COLORS: Mapping[Severity, str] = {
    Severity.ERROR: BAND_COLORS[Band.HIGH],
    Severity.WARNING: BAND_COLORS[Band.MEDIUM],
    Severity.INFO: BAND_COLORS[Band.LOW],
}

SOURCE_COLORS: Mapping[SourceState, str] = {
    SourceState.FAILED: BAND_COLORS[Band.HIGH],
    SourceState.SKIPPED: GREY,
    SourceState.ANALYSED: "",
}
"""Empty: nothing to point out."""


KIND_SIGNS: Mapping[NodeKind, str] = {
    NodeKind.SERVICE: "□",
    NodeKind.GATEWAY: "◇",
    NodeKind.DATASTORE: "≡",
    NodeKind.BROKER: "»",
    NodeKind.EXTERNAL: "△",
}
"""Beside the word wherever there is room for one."""


def mark_of(technique: Technique, state: State) -> str:
    """`C-`: letter and sign."""
    return LETTERS[technique] + STATE_SIGNS[state]


def arrow(boundary: Boundary) -> str:
    """The sign between consumer and provider: `←` where messages flow to the consumer."""
    return "←" if boundary.style is Style.MESSAGE else "→"
