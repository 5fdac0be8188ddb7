"""Letters, signs and colours of techniques, states and urgencies: one table, so that all screens mean the same."""

from __future__ import annotations

from topoplan.model.coverage import State
from topoplan.model.gaps import Urgency
from topoplan.model.plan import Technique
from topoplan.reporting.drawing import BAND_COLORS, NO_RISK_COLOR
from topoplan.reporting.figures import Band

TECHNIQUE_LETTERS: dict[Technique, str] = {
    Technique.CONTRACT: "C",
    Technique.BOUNDARY: "B",
    Technique.SCHEMA: "S",
    Technique.FAULT: "F",
    Technique.IN_PROCESS: "I",
    Technique.SLICE: "L",
    Technique.E2E: "E",
}
"""In the order in which columns show them."""

STATE_SIGNS: dict[State, str] = {
    State.COVERED: "+",
    State.PARTIAL: "~",
    State.STALE: "o",
    State.UNVERIFIED: "?",
    State.FAILING: "!",
    State.UNCOVERED: "-",
    State.UNKNOWN: ".",
}

COVERED_COLOR = "#009E73"
"""Okabe–Ito bluish green."""

STATE_COLORS: dict[State, str] = {
    State.COVERED: COVERED_COLOR,
    State.PARTIAL: BAND_COLORS[Band.LOW],
    State.STALE: BAND_COLORS[Band.MEDIUM],
    State.UNVERIFIED: BAND_COLORS[Band.MEDIUM],
    State.FAILING: BAND_COLORS[Band.HIGH],
    State.UNCOVERED: BAND_COLORS[Band.HIGH],
    State.UNKNOWN: NO_RISK_COLOR,
}

URGENCY_COLORS: dict[Urgency, str] = {
    Urgency.HIGH: BAND_COLORS[Band.HIGH],
    Urgency.MEDIUM: BAND_COLORS[Band.MEDIUM],
    Urgency.LOW: BAND_COLORS[Band.LOW],
}
