"""Why a gap is one and what closes it, in a sentence each. Neither names operations: a gap lists those it still leaves
open, which may be fewer once some are accepted or were open before."""

from __future__ import annotations

from topoplan.model.coverage import Claim, State, TechniqueCoverage
from topoplan.model.phrases import counted
from topoplan.model.plan import Recommendation, Technique
from topoplan.planning.wording import hours

_SOURCES = {
    Technique.CONTRACT: "no contract or test report was read",
    Technique.SCHEMA: "no test report was read",
    Technique.IN_PROCESS: "no test report was read",
    Technique.BOUNDARY: "no test report or trace of a test run was read",
    Technique.FAULT: "no test report or trace of a test run was read",
    Technique.SLICE: "no test report or trace of a test run was read",
    Technique.E2E: "no test report was read",
}
_NOUNS = {
    Technique.CONTRACT: "contract",
    Technique.SCHEMA: "schema test",
    Technique.IN_PROCESS: "test on the real store",
    Technique.BOUNDARY: "test with both services real",
    Technique.FAULT: "fault test",
    Technique.SLICE: "slice test",
    Technique.E2E: "end-to-end test",
}


def reason_of(technique: Technique, there: TechniqueCoverage | None) -> str:
    """What is there, and why it is not enough."""
    if there is None or there.state is State.UNKNOWN:
        return f"unknown: {_SOURCES[technique]}"
    if there.state is State.UNCOVERED:
        return f"no {_NOUNS[technique]} is known"
    short = [op for op in there.operations if op.state is not State.COVERED]
    claim = telling_claim(there)
    why = claim.reason if claim else ""
    if there.state is not State.PARTIAL or not short:
        return why or there.state.value
    covered = len(there.operations) - len(short)
    text = f"{covered} of {counted(len(there.operations), 'operation')} covered"
    return f"{text}; {why}" if why else text


def next_step_of(test: Recommendation, there: TechniqueCoverage | None) -> str:
    """What a person does next: make proven what exists, or write what does not."""
    claim = telling_claim(there) if there else None
    if claim and claim.remedy:
        return claim.remedy
    article = "the" if test.technique is Technique.IN_PROCESS else "a"
    return f"write {article} {_NOUNS[test.technique]}, about {hours(test.hours)}"


def telling_claim(there: TechniqueCoverage) -> Claim | None:
    """The claim nearest to closing the gap: the best that is not yet worth everything."""
    short = {op.operation for op in there.operations if op.state is not State.COVERED}
    lacking = [
        claim
        for claim in there.claims
        if claim.share < 1 and (not short or not claim.operations or short & set(claim.operations))
    ]
    return max(lacking, key=lambda claim: (claim.share, claim.check), default=None)
