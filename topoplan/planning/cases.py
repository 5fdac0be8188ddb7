"""What exactly to check in a recommended test: cases another person can write down as code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from topoplan.model.plan import Case, Technique
from topoplan.model.topology import Boundary
from topoplan.planning.operation_cases import outcome_cases, undocumented_cases
from topoplan.planning.scenario_cases import (
    compatibility_cases,
    fault_cases,
    gateway_cases,
    journey_cases,
    meaning_cases,
    repeat_cases,
    store_cases,
)
from topoplan.planning.system import System

MAX_CASES = 24
"""Most cases of one recommendation; the first ones matter most."""

Maker = Callable[[System, Boundary], Iterator[Case]]

_MAKERS: Mapping[Technique, tuple[Maker, ...]] = {
    Technique.CONTRACT: (outcome_cases,),
    Technique.SCHEMA: (undocumented_cases, compatibility_cases),
    Technique.IN_PROCESS: (store_cases,),
    Technique.BOUNDARY: (gateway_cases, repeat_cases, journey_cases, meaning_cases, outcome_cases),
    Technique.FAULT: (fault_cases, repeat_cases),
}


def cases_of(system: System, boundary: Boundary, technique: Technique) -> tuple[Case, ...]:
    """The cases of a test of one boundary, most important first, each once."""
    found = dict.fromkeys(case for make in _MAKERS[technique] for case in make(system, boundary))
    return tuple(found)[:MAX_CASES]
