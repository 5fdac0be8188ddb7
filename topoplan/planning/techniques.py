"""What each technique catches and costs: the defaults, and a team's own figures over them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from topoplan.config import PlanningSettings, TechniqueSettings
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode


class Figures(Struct, frozen=True):
    """One row of the table: hours to write, seconds a run in CI, and per mode the share of its risk that a passing
    test retires (0–1; an absent mode is 0)."""

    hours: float
    seconds: float
    effects: Mapping[Mode, float]


def _row(hours: float, seconds: float, *effects: float) -> Figures:
    return Figures(hours, seconds, dict(zip(Mode, effects, strict=True)))


# Columns in the order of Mode: schema, semantic, behavioural, temporal, cascade, infrastructure, gateway, consistency.
DEFAULTS: Mapping[Technique, Figures] = {
    Technique.IN_PROCESS: _row(1, 5, 0.1, 0, 0.1, 0, 0, 0.8, 0, 0.1),
    Technique.CONTRACT: _row(2, 2, 0.85, 0.35, 0.15, 0, 0, 0, 0.2, 0),
    Technique.SCHEMA: _row(1, 1, 0.8, 0.1, 0, 0, 0, 0, 0, 0),
    Technique.BOUNDARY: _row(6, 60, 0.5, 0.6, 0.6, 0.2, 0.2, 0.3, 0.8, 0.2),
    Technique.SLICE: _row(16, 240, 0.3, 0.5, 0.5, 0.7, 0.3, 0.3, 0.4, 0.8),
    Technique.FAULT: _row(8, 90, 0, 0, 0.6, 0.3, 0.85, 0.1, 0.3, 0.3),
    Technique.E2E: _row(24, 600, 0.3, 0.5, 0.4, 0.4, 0.2, 0.3, 0.4, 0.6),
}
"""The table of docs/explanation/model.md."""

_UNSAID = TechniqueSettings()


def figures(settings: PlanningSettings) -> dict[Technique, Figures]:
    """The defaults with what topoplan.yaml says instead, by technique."""
    return {
        technique: _overridden(default, settings.techniques.get(technique, _UNSAID))
        for technique, default in DEFAULTS.items()
    }


def _overridden(default: Figures, said: TechniqueSettings) -> Figures:
    return Figures(
        hours=float(default.hours if said.hours is None else said.hours),
        seconds=float(default.seconds if said.seconds is None else said.seconds),
        effects={**default.effects, **said.effects},
    )
