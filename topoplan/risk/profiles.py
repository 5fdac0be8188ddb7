"""Puts likelihood and impact together: one profile per boundary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from topoplan.config import RiskSettings
from topoplan.model.change import History
from topoplan.model.facts import Style
from topoplan.model.report import Journey
from topoplan.model.risk import ModeRisk, RiskProfile
from topoplan.model.topology import Boundary, Topology
from topoplan.risk.change_factors import change
from topoplan.risk.context import Context, index
from topoplan.risk.impact import impact
from topoplan.risk.journeys import known
from topoplan.risk.likelihood import likelihood
from topoplan.risk.modes import modes_of
from topoplan.risk.weighing import Reading, settle


def profile(
    topology: Topology,
    history: History = History(),
    journeys: Sequence[Journey] = (),
    settings: RiskSettings = RiskSettings(),
) -> tuple[RiskProfile, ...]:
    """The risk of every boundary, sorted by falling risk, then id.

    A pure function: the order of services, boundaries, operations and journeys does not matter. The formulas are in
    docs/explanation/model.md.
    """
    context = index(topology, history, journeys, settings)
    found = [_profile(context, boundary, bool(known(journeys))) for boundary in context.boundaries]
    return tuple(sorted(found, key=lambda p: (-p.risk, p.boundary)))


def combined(risks: Iterable[float]) -> float:
    """The risk that at least one mode strikes, taken as independent: 1 − Π(1 − risk), 0–1."""
    return settle(1 - math.prod(1 - risk for risk in risks))


def _profile(context: Context, boundary: Boundary, journeys: bool) -> RiskProfile:
    how_bad, why_bad = impact(context, boundary)
    changed = change(context, boundary)
    modes = []
    for mode in modes_of(context, boundary):
        how_likely, why_likely = likelihood(context, boundary, mode, changed)
        modes.append(ModeRisk(mode, how_likely, settle(how_likely * how_bad), why_likely))
    modes.sort(key=lambda m: (-m.risk, m.mode.value))
    return RiskProfile(
        boundary.id,
        combined(m.risk for m in modes),
        how_bad,
        why_bad,
        tuple(modes),
        tuple(_missing(context, boundary, changed, journeys)),
    )


def _missing(context: Context, boundary: Boundary, changed: Reading, journeys: bool) -> Iterable[str]:
    """Inputs a team could add to make this profile rest on more."""
    if changed.value is None:
        yield changed.reason
    if boundary.stats is None:
        yield "not seen in traces" if boundary.style in context.traffic else "no traces"
    surface = context.surfaces[boundary.id]
    if boundary.style is not Style.RESOURCE and not surface.specified:
        yield f"no specification of {boundary.channel or boundary.provider}"
    if surface.assumed or not surface.ids:
        yield "which operations are used"
    if not journeys:
        yield "no journeys"
