"""Puts candidates, selection, cases and scope together into the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from topoplan.config import PlanningSettings
from topoplan.model.coverage import Coverage
from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import joined
from topoplan.model.place import Confidence
from topoplan.model.plan import Alternative, Choice, Plan, Recommendation, Technique
from topoplan.model.report import Journey
from topoplan.model.risk import Mode, RiskProfile
from topoplan.model.topology import Boundary, Topology
from topoplan.planning.candidates import BOUNDARY_TECHNIQUES, Candidate, by_boundary, candidates, misfit
from topoplan.planning.cases import cases_of
from topoplan.planning.residual import risks_of
from topoplan.planning.scope import scope_of
from topoplan.planning.selection import Chosen, Selection, select
from topoplan.planning.skips import skips_of
from topoplan.planning.system import System, system_of
from topoplan.planning.techniques import figures
from topoplan.risk.weighing import settle, telling

REASONS = 3
"""Factors named in the reason of a recommendation."""
ORDINARY = 0.5
"""Value from which a factor of the impact is worth naming."""
NOTABLE = 0.1
"""Share of the retired risk from which a mode is named as a purpose of the test."""


def make_plan(
    topology: Topology,
    profiles: Sequence[RiskProfile],
    journeys: Sequence[Journey] = (),
    settings: PlanningSettings = PlanningSettings(),
    choice: Choice = Choice(),
    coverage: Coverage | None = None,
) -> Plan:
    """The tests worth writing, best value first, until the next retires less than `settings.min_value` per hour.

    With `coverage`, tests that exist count first, each as far as it is proven; without it the plan is what the system
    needs, whatever is there.

    A pure function: the order of its inputs does not matter. A boundary without a profile is skipped and said so.
    """
    system = system_of(topology, profiles, journeys)
    found = candidates(system, figures(settings))
    risks = {profile.boundary: risks_of(profile) for profile in sorted(profiles, key=lambda p: p.boundary)}
    selection = select((c for c in found if c.boundaries[0] in risks), risks, settings.min_value)
    options = by_boundary(found)
    tests = _recommendations(system, selection, options, settings.min_value)
    return Plan(
        tests=tests,
        skips=skips_of(system, options, selection, settings.min_value),
        total_risk=_total(risks.values()),
        residual_risk=_total(selection.left.values()),
        hours=settle(sum(test.hours for test in tests)),
        seconds=settle(sum(test.seconds for test in tests)),
    )


def _recommendations(
    system: System, selection: Selection, options: Mapping[str, tuple[Candidate, ...]], min_value: float
) -> tuple[Recommendation, ...]:
    boundaries = {boundary.id: boundary for boundary in system.boundaries}
    taken: dict[str, list[Technique]] = {}
    for chosen in selection.chosen:
        taken.setdefault(chosen.candidate.boundaries[0], []).append(chosen.candidate.technique)
    others = {
        name: _alternatives(system, boundaries[name], selection, options[name], techniques, min_value)
        for name, techniques in taken.items()
    }
    return tuple(
        _recommendation(system, boundaries[name], chosen, others[name])
        for chosen in selection.chosen
        for name in chosen.candidate.boundaries
    )


def _recommendation(
    system: System, boundary: Boundary, chosen: Chosen, alternatives: tuple[Alternative, ...]
) -> Recommendation:
    technique, figure = chosen.candidate.technique, chosen.candidate.figures
    total = sum(chosen.retired.values())
    modes = tuple(mode for mode, gain in chosen.retired.items() if gain >= NOTABLE * total)
    return Recommendation(
        id=chosen.candidate.id,
        technique=technique,
        boundaries=chosen.candidate.boundaries,
        title=_title(system, boundary, technique),
        reason=_reason(system, boundary, modes),
        modes=modes,
        risk_retired=settle(total),
        hours=figure.hours,
        seconds=figure.seconds,
        cases=cases_of(system, boundary, technique),
        scope=scope_of(system, boundary, technique),
        alternatives=alternatives,
    )


def _title(system: System, boundary: Boundary, technique: Technique) -> str:
    consumer, provider = boundary.consumer, boundary.provider
    alike = [b for b in system.outgoing.get(consumer, ()) if b.provider == provider and b.style is boundary.style]
    way = boundary.channel or (boundary.protocol if len(alike) > 1 else "")
    over = f" over {way}" if way else ""
    if technique is Technique.CONTRACT:
        return f"Contract between {consumer} and {provider}{over}"
    if technique is Technique.SCHEMA:
        return f"Schema compatibility of {boundary.channel or 'the messages'} from {provider} to {consumer}"
    if technique is Technique.IN_PROCESS:
        return f"{consumer} on a real {provider}"
    if technique is Technique.FAULT:
        return f"Faults of {provider}{over} as {consumer} meets them"
    if system.kind(consumer) is NodeKind.GATEWAY and boundary.style is Style.SYNC:
        return f"Gateway test of {consumer} in front of {provider}{over}"
    return f"{consumer} and {provider} together{over}"


def _reason(system: System, boundary: Boundary, modes: Sequence[Mode]) -> str:
    """What it is for, and the strongest factors behind that in their own words."""
    profile = system.profiles[boundary.id]
    scored = {mode.mode: mode for mode in profile.modes}
    factors = telling(f for mode in modes for f in scored[mode].factors if f.name != "change")
    facts = list(dict.fromkeys(factor.reason for factor in factors))[:REASONS]
    grave = [f for f in profile.impact_factors if f.value is not None and f.value > ORDINARY]
    if grave:
        facts.append(max(grave, key=lambda f: (f.contribution, f.name)).reason)
    why = "; ".join(facts) or "what the files say points to no single cause"
    return f"Against {joined(mode.value for mode in modes)} failures: {why}{_doubt(system, boundary)}"


def _doubt(system: System, boundary: Boundary) -> str:
    """What a person should settle before writing any test for the boundary."""
    if boundary.confidence is Confidence.LOW:
        return "; its evidence is weak: see first that it is really used"
    return "; declared, but no trace shows it: see first that it is still used" if boundary.id in system.unseen else ""


def _alternatives(
    system: System,
    boundary: Boundary,
    selection: Selection,
    options: Iterable[Candidate],
    taken: Sequence[Technique],
    min_value: float,
) -> tuple[Alternative, ...]:
    """Every other technique for the boundary: why it does not fit, or how little it would still retire."""
    worths = {c.technique: selection.worth(c) for c in options}
    after = joined(technique.value for technique in taken)
    found = []
    for technique in BOUNDARY_TECHNIQUES:
        if technique in taken:
            continue
        why = misfit(system, boundary, technique)
        if why is None:
            why = f"after {after} it would retire {worths[technique]:.2g} per hour, below {min_value:g}"
        found.append(Alternative(technique, why))
    return tuple(found)


def _total(risks: Iterable[Mapping[Mode, float]]) -> float:
    return settle(sum(sum(by_mode.values()) for by_mode in risks))
