"""Which techniques make sense for a boundary at all, before their worth is weighed, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from topoplan.model.facts import NodeKind, Style
from topoplan.model.journey import Journey
from topoplan.model.plan import STYLE_TECHNIQUES, Case, Technique
from topoplan.model.topology import Boundary
from topoplan.planning.cases import case_count, journey_cases_of
from topoplan.planning.costs import sized
from topoplan.planning.residual import Risks
from topoplan.planning.slices import Path, paths
from topoplan.planning.system import System
from topoplan.planning.techniques import Figures

BOUNDARY_TECHNIQUES = (
    Technique.SCHEMA,
    Technique.IN_PROCESS,
    Technique.CONTRACT,
    Technique.BOUNDARY,
    Technique.FAULT,
)
"""Techniques aimed at one boundary; a slice or an end-to-end test covers several."""

_MISFITS: Mapping[tuple[Style, Technique], str] = {
    (Style.SYNC, Technique.SCHEMA): "checks schemas of messages; these are calls, whose schema the contract holds",
    (Style.SYNC, Technique.IN_PROCESS): "mocks the other service, so it says nothing of this boundary",
    (Style.MESSAGE, Technique.IN_PROCESS): "mocks the other service, so it says nothing of this boundary",
    (Style.RESOURCE, Technique.SCHEMA): "no other service's message to hold a schema against",
    (Style.RESOURCE, Technique.CONTRACT): "a datastore, cache or broker verifies no contract",
    (Style.RESOURCE, Technique.BOUNDARY): "one service and its store need no second service: in_process does it",
    (Style.RESOURCE, Technique.FAULT): "the failing store is a case of the in_process test",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One test that could be written. Selection knows only this: what it covers, catches and costs."""

    technique: Technique
    boundaries: tuple[str, ...]
    figures: Figures
    path: Path | None = None
    """What a test of several services follows."""
    id: str = field(init=False, compare=False)
    """`contract:gateway->orders/http`, `slice:gateway+orders+payment`, `e2e:checkout`: stable over runs. Kept, since a
    selection among many asks for it again and again."""

    def __post_init__(self) -> None:
        name = self.path.name if self.path else "+".join(self.boundaries)
        object.__setattr__(self, "id", f"{self.technique.value}:{name}")

    @property
    def wide(self) -> bool:
        """It is a test of several services along a journey."""
        return self.path is not None

    @property
    def shares(self) -> tuple[float, ...]:
        """How far it proves its technique on each of its boundaries, 0–1."""
        return self.path.shares if self.path else (1.0,) * len(self.boundaries)


def candidates(
    system: System,
    journeys: Sequence[Journey],
    risks: Mapping[str, Risks],
    table: Mapping[Technique, Figures],
) -> tuple[Candidate, ...]:
    """Every test that makes sense for the boundaries with known risk: of single boundaries by boundary, cheapest
    technique first, then those of several services by id. Each costs as its cases make it."""
    single = (
        Candidate(technique, (boundary.id,), sized(table[technique], case_count(system, boundary, technique)))
        for boundary in system.boundaries
        if boundary.id in risks
        for technique in STYLE_TECHNIQUES[boundary.style]
        if misfit(system, boundary, technique) is None
    )
    several = (
        Candidate(path.technique, path.boundaries, sized(table[path.technique], len(cases_along(system, path))), path)
        for path in paths(system, journeys, risks, table)
    )
    return (*single, *several)


def cases_along(system: System, path: Path) -> tuple[Case, ...]:
    """The cases of a test of several services, most important first."""
    return journey_cases_of(system, path.journey, [system.by_id[name] for name in path.boundaries], path.technique)


def misfit(system: System, boundary: Boundary, technique: Technique) -> str | None:
    """Why a technique makes no sense for a boundary; None when it does."""
    beside = system.beside_name(boundary)
    if beside:
        return f"{beside} runs beside the system, not in it"
    if boundary.consumer == boundary.provider:
        return f"{boundary.consumer} calls itself: a matter of its own tests"
    outside = [end for end in (boundary.consumer, boundary.provider) if system.kind(end) is NodeKind.EXTERNAL]
    if len(outside) == 2:
        return "both ends are outside the system"
    if technique is Technique.BOUNDARY:
        if system.small:
            return "under three services, two real ones are the whole system"
        if outside:
            return f"{outside[0]} is external and never real in a test: contract and stub only"
    if technique in (Technique.FAULT, Technique.IN_PROCESS) and boundary.consumer in outside:
        return f"{boundary.consumer} is external: how it behaves is not ours to test"
    if technique in STYLE_TECHNIQUES[boundary.style]:
        return None
    return _MISFITS[boundary.style, technique]


def by_boundary(found: Iterable[Candidate]) -> dict[str, tuple[Candidate, ...]]:
    """Boundary id → its candidates, in their order."""
    listed: dict[str, list[Candidate]] = {}
    for candidate in found:
        for boundary in candidate.boundaries:
            listed.setdefault(boundary, []).append(candidate)
    return {boundary: tuple(items) for boundary, items in listed.items()}
