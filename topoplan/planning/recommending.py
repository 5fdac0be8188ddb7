"""Tells a chosen candidate as a recommendation: what, why, where, and instead of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import joined
from topoplan.model.place import Confidence
from topoplan.model.plan import Alternative, Recommendation, Technique
from topoplan.model.risk import Mode
from topoplan.model.topology import Boundary
from topoplan.planning.candidates import BOUNDARY_TECHNIQUES, Candidate, cases_along, misfit
from topoplan.planning.cases import cases_of
from topoplan.planning.limits import Limits
from topoplan.planning.scope import Contracts, Runs, scope_along, scope_of
from topoplan.planning.selection import Chosen, Selection
from topoplan.planning.slices import Path
from topoplan.planning.system import System
from topoplan.planning.wording import hours
from topoplan.risk.weighing import settle, telling

REASONS = 3
"""Factors named in the reason of a recommendation."""
ORDINARY = 0.5
"""Value from which a factor of the impact is worth naming."""
NOTABLE = 0.1
"""Share of the retired risk from which a mode is named as a purpose of the test."""


class Outcome(Struct, frozen=True):
    """All that the telling of one test looks up in the rest of the plan."""

    system: System
    selection: Selection
    options: Mapping[str, tuple[Candidate, ...]]
    """Boundary → every candidate on it."""
    limits: Limits
    taken: Mapping[str, tuple[Technique, ...]]
    """Boundary → techniques chosen for it, in their order."""
    chosen: frozenset[str]
    """Ids of the candidates chosen."""
    contracts: Contracts
    runs: Runs


def recommendations(
    system: System,
    selection: Selection,
    options: Mapping[str, tuple[Candidate, ...]],
    limits: Limits,
    contracts: Contracts,
) -> tuple[Recommendation, ...]:
    """One for each test chosen, in the order of the selection."""
    taken: dict[str, list[Technique]] = {}
    for chosen in selection.chosen:
        for name in chosen.candidate.boundaries:
            taken.setdefault(name, []).append(chosen.candidate.technique)
    techniques = {name: tuple(dict.fromkeys(found)) for name, found in taken.items()}
    ids = frozenset(chosen.candidate.id for chosen in selection.chosen)
    outcome = Outcome(system, selection, options, limits, techniques, ids, contracts, runs={})
    return tuple(_recommendation(outcome, chosen) for chosen in selection.chosen)


def _recommendation(outcome: Outcome, chosen: Chosen) -> Recommendation:
    system, candidate = outcome.system, chosen.candidate
    total = sum(chosen.retired.values())
    modes = tuple(mode for mode, gain in chosen.retired.items() if gain >= NOTABLE * total)
    boundaries = tuple(system.by_id[name] for name in candidate.boundaries)
    path = candidate.path
    return Recommendation(
        id=candidate.id,
        technique=candidate.technique,
        boundaries=candidate.boundaries,
        title=_path_title(path) if path else _title(system, boundaries[0], candidate.technique),
        reason=_reason(system, boundaries, modes),
        modes=modes,
        risk_retired=settle(total),
        hours=settle(candidate.figures.hours),
        seconds=settle(candidate.figures.seconds),
        cases=cases_along(system, path) if path else cases_of(system, boundaries[0], candidate.technique),
        scope=scope_along(system, boundaries, whole=candidate.technique is Technique.E2E, contracts=outcome.contracts)
        if path
        else scope_of(system, boundaries[0], candidate.technique, outcome.contracts, outcome.runs),
        alternatives=_instead_of_path(outcome, candidate) if path else _instead(outcome, boundaries[0]),
        journey=path.journey.name if path else "",
        pinned=outcome.limits.pinned(candidate),
    )


def _path_title(path: Path) -> str:
    if path.technique is Technique.E2E:
        return f"{path.journey.name} end to end"
    return f"Slice of {path.journey.name} through {joined(path.services)}"


def _title(system: System, boundary: Boundary, technique: Technique) -> str:
    consumer, provider = boundary.consumer, boundary.provider
    alike = [b for b in system.between(consumer, provider) if b.style is boundary.style]
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


def _reason(system: System, boundaries: Sequence[Boundary], modes: Sequence[Mode]) -> str:
    """What it is for, and the strongest factors behind that in their own words."""
    if not modes:
        return "Pinned: the model sees nothing left here that it would retire"
    scored = [(mode.mode, mode) for b in boundaries for mode in system.profiles[b.id].modes]
    factors = telling(
        f for mode in modes for own, risk in scored if own is mode for f in risk.factors if f.name != "change"
    )
    facts = list(dict.fromkeys(factor.reason for factor in factors))[:REASONS]
    impacts = (factor for b in boundaries for factor in system.profiles[b.id].impact_factors)
    grave = [f for f in impacts if f.value is not None and f.value > ORDINARY]
    if grave:
        facts.append(max(grave, key=lambda f: (f.contribution, f.name, f.reason)).reason)
    why = "; ".join(facts) or "what the files say points to no single cause"
    return f"Against {joined(mode.value for mode in modes)} failures: {why}{_doubt(system, boundaries)}"


def _doubt(system: System, boundaries: Sequence[Boundary]) -> str:
    """What a person should settle before writing any test for the boundary."""
    one = len(boundaries) == 1
    weak = [b.id for b in boundaries if b.confidence is Confidence.LOW]
    if weak:
        what = "its evidence is weak" if one else f"the evidence of {weak[0]} is weak"
        return f"; {what}: see first that it is really used"
    unseen = [b.id for b in boundaries if b.id in system.unseen]
    if unseen:
        what = "declared, but no trace shows it" if one else f"{unseen[0]} is declared, but no trace shows it"
        return f"; {what}: see first that it is still used"
    return ""


def _instead(outcome: Outcome, boundary: Boundary) -> tuple[Alternative, ...]:
    """Every other technique for the boundary: why it does not fit, or how little it would still retire."""
    taken = outcome.taken[boundary.id]
    by_technique = {c.technique: c for c in outcome.options[boundary.id] if not c.path}
    found = []
    for technique in BOUNDARY_TECHNIQUES:
        if technique not in taken:
            why = misfit(outcome.system, boundary, technique) or _too_little(outcome, [by_technique[technique]], taken)
            found.append(Alternative(technique, why))
    return tuple(found)


def _instead_of_path(outcome: Outcome, candidate: Candidate) -> tuple[Alternative, ...]:
    """The other tests on its boundaries that were not chosen: the best of each technique."""
    others: dict[Technique, dict[str, Candidate]] = {}
    for boundary in candidate.boundaries:
        for other in outcome.options[boundary]:
            if other.id not in outcome.chosen:
                others.setdefault(other.technique, {})[other.id] = other
    techniques = tuple(dict.fromkeys(t for boundary in candidate.boundaries for t in outcome.taken[boundary]))
    return tuple(
        Alternative(technique, _too_little(outcome, others[technique].values(), techniques))
        for technique in Technique
        if technique in others
    )


def _too_little(outcome: Outcome, options: Iterable[Candidate], taken: Sequence[Technique]) -> str:
    """Why the best of these was not chosen."""
    listed = list(options)
    allowed = [c for c in listed if outcome.limits.barred(c) is None]
    if not allowed:
        return str(outcome.limits.barred(listed[0]))
    worth, best = max(((outcome.selection.worth(c), c) for c in allowed), key=lambda pair: (pair[0], pair[1].id))
    after = joined(technique.value for technique in taken)
    which = (
        "it" if len(listed) == 1 and not best.path else f"the best of them, {best.id} ({hours(best.figures.hours)}),"
    )
    return f"after {after} {which} would retire {worth:.2g} per hour, {outcome.limits.shortfall(worth)}"
