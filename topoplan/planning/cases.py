"""What exactly to check in a recommended test: cases another person can write down as code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from topoplan.model.journey import Journey
from topoplan.model.plan import Case, Technique
from topoplan.model.topology import Boundary
from topoplan.planning.operation_cases import outcome_cases, sampled_outcome_cases, undocumented_cases
from topoplan.planning.scenario_cases import (
    compatibility_cases,
    fault_cases,
    gateway_cases,
    journey_cases,
    meaning_cases,
    repeat_cases,
    store_cases,
)
from topoplan.planning.slice_cases import end_to_end_cases, slice_cases
from topoplan.planning.system import System

MAX_CASES = 24
"""Most cases of one recommendation; the first ones matter most."""

Maker = Callable[[System, Boundary], Iterator[Case]]

_MAKERS: Mapping[Technique, tuple[Maker, ...]] = {
    Technique.CONTRACT: (outcome_cases,),
    Technique.SCHEMA: (undocumented_cases, compatibility_cases),
    Technique.IN_PROCESS: (store_cases,),
    Technique.BOUNDARY: (gateway_cases, repeat_cases, journey_cases, meaning_cases, sampled_outcome_cases),
    Technique.FAULT: (fault_cases, repeat_cases),
}


def cases_of(system: System, boundary: Boundary, technique: Technique) -> tuple[Case, ...]:
    """The cases of a test of one boundary, most important first, each once."""
    return _first(case for make in _MAKERS[technique] for case in make(system, boundary))


def case_count(system: System, boundary: Boundary, technique: Technique) -> int:
    """How many cases `cases_of` gives."""
    return len(cases_of(system, boundary, technique))


def journey_cases_of(
    system: System, journey: Journey, boundaries: Sequence[Boundary], technique: Technique = Technique.SLICE
) -> tuple[Case, ...]:
    """The cases of a slice, or of an end-to-end test, over these boundaries of a journey, given in the order of first
    use."""
    make = end_to_end_cases if technique is Technique.E2E else slice_cases
    return _first(make(system, journey, boundaries))


def _first(found: Iterable[Case]) -> tuple[Case, ...]:
    once: dict[Case, None] = {}
    for case in found:
        once[case] = None
        if len(once) == MAX_CASES:
            break
    return tuple(once)
