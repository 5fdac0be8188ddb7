"""Cases from the specification: each operation used across a boundary, with each of its documented outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from topoplan.model.facts import Style
from topoplan.model.operation import FieldPlace, Operation, Outcome
from topoplan.model.plan import Case
from topoplan.model.topology import Boundary
from topoplan.planning.system import System
from topoplan.planning.wording import answer, arranged, fields_of, is_success

MAX_OPERATIONS = 8
"""Operations of one boundary that get cases; a test that holds more is several tests."""

_SUCCESS = Outcome("2XX")
_REFUSAL = Outcome("4XX")
_SENT = (FieldPlace.REQUEST, FieldPlace.QUERY, FieldPlace.PATH)


def operations_of(system: System, boundary: Boundary) -> tuple[Operation, ...]:
    """The documented operations worth cases: those that write or move money first, then by observed calls."""
    calls = {op.id: op.stats.calls for op in boundary.operations if op.stats}
    ranked = system.context.surfaces[boundary.id].ranked
    if calls:
        ranked = tuple(sorted(ranked, key=lambda pair: (-pair[0], -calls.get(pair[1].id, 0))))
    return tuple(operation for _, operation in ranked[:MAX_OPERATIONS])


def outcome_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """One case per operation and documented outcome: what a contract holds."""
    return _cases(system, boundary, lambda _: True)


def sampled_outcome_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """Each operation succeeds once, and each error status is met once: what is left to see with two real services,
    where the contract has every pair of the two."""
    told: set[str] = set()

    def wanted(outcome: Outcome) -> bool:
        known = not is_success(outcome) and outcome.status in told
        told.add(outcome.status)
        return not known

    return _cases(system, boundary, wanted)


def _cases(system: System, boundary: Boundary, wanted: Callable[[Outcome], bool]) -> Iterator[Case]:
    surface = system.context.surfaces[boundary.id]
    for operation in operations_of(system, boundary):
        if boundary.style is Style.MESSAGE:
            yield _message(boundary, operation)
            continue
        for outcome in filter(wanted, operation.outcomes or (_SUCCESS, _REFUSAL)):
            yield _outcome(boundary, operation, outcome, surface.assumed)
    yield from undocumented_cases(system, boundary)
    if not surface.ids:
        yield _unknown(boundary)


def _outcome(boundary: Boundary, operation: Operation, outcome: Outcome, assumed: bool) -> Case:
    consumer, provider = boundary.consumer, boundary.provider
    if is_success(outcome):
        sent, got = fields_of(operation, *_SENT), fields_of(operation, FieldPlace.RESPONSE)
        title = (
            f"{operation.id} with {sent} succeeds with {outcome.status}"
            if sent
            else f"{operation.id} succeeds with {outcome.status}"
        )
        expect = f"{provider} answers {answer(outcome)}" + (
            f" with {got}; {consumer} reads each as typed" if got else ""
        )
    else:
        title = f"{operation.id} answers {arranged(outcome)}"
        expect = f"{provider} answers {answer(outcome)}; {consumer} takes it as a failure of this call, not as data"
    if assumed:
        expect += f" (if {consumer} uses it)"
    return Case(title, operation.id, "documented-outcome", expect)


def _message(boundary: Boundary, operation: Operation) -> Case:
    fields = fields_of(operation, FieldPlace.REQUEST, FieldPlace.HEADER)
    channel = boundary.channel or operation.path
    return Case(
        f"{boundary.consumer} handles a message of {channel} as {boundary.provider} sends it",
        operation.id,
        "documented-outcome",
        f"{boundary.provider} sends {fields}; {boundary.consumer} reads each as typed and ignores unknown fields",
    )


def undocumented_cases(system: System, boundary: Boundary) -> Iterator[Case]:
    """One case per operation used although no specification describes it: the text is agreed on first."""
    surface = system.context.surfaces[boundary.id]
    consumer, provider = boundary.consumer, boundary.provider
    for name in surface.undocumented[: max(0, MAX_OPERATIONS - len(surface.documented))]:
        if boundary.style is Style.MESSAGE:
            expect = f"the payload {provider} sends is the one {consumer} reads; write its schema down, there is none"
        else:
            expect = f"{provider} gives the answer {consumer} relies on; write it down, no specification has it"
        yield Case(f"Agree on {name}, used but not documented", name, "undocumented-operation", expect)


def _unknown(boundary: Boundary) -> Case:
    place = next((str(e.where) for e in sorted(boundary.evidence, key=lambda e: (-e.confidence.rank, e))), "")
    source = f" (known from {place})" if place else ""
    return Case(
        f"List what {boundary.consumer} sends {boundary.provider} over {boundary.protocol}{source}",
        scenario="unknown-operations",
        expect=(
            f"for each request in {boundary.consumer}'s client code one case that succeeds and one that "
            f"{boundary.provider} refuses, with the fields {boundary.consumer} reads"
        ),
    )
