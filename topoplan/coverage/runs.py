"""Traces of test runs to claims: what ran for real, together with what, and whether it passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import Applied, Told, claim_of, deciding
from topoplan.coverage.naming import Names
from topoplan.coverage.operations import Operations, unlisted_operation
from topoplan.model.checks import ResultFact, RunCall, RunFact, Verdict
from topoplan.model.coverage import Finding
from topoplan.model.facts import Style
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary


def run_claims(
    runs: Iterable[RunFact], results: Iterable[ResultFact], names: Names, operations: Operations, ages: Ages
) -> Told:
    """What was exercised: two real services are a boundary test, a path of three or more a slice on every boundary of
    it, a fault put in on purpose and seen by the caller a fault test."""
    ended = _verdicts(results, ages)
    by_name: dict[str, list[RunFact]] = defaultdict(list)
    for run in runs:
        by_name[run.name].append(run)
    applied: list[Applied] = []
    findings: list[Finding] = []
    for name, found in sorted(by_name.items()):
        run = deciding(found, ages)
        exercised, unknown = _exercised(run, names, operations)
        findings += unknown
        verdict = ended.get(name, run.verdict)
        sliced = _on_paths([one for one in exercised if one.real is not None])
        for one in exercised:
            for technique, used in one.techniques(sliced):
                claim = claim_of(name, run, ages, one.boundary.provider, used, verdict)
                whole = not operations.known(one.boundary)
                applied.append(Applied(one.boundary.id, technique, claim, whole))
    return Told(tuple(applied), tuple(findings))


class _Exercised(Struct, frozen=True):
    """One boundary within one run. `real` are its operations that the provider itself served, `injected` those that met
    a fault put in on purpose; None when no call of the boundary was of that kind."""

    boundary: Boundary
    real: tuple[str, ...] | None
    injected: tuple[str, ...] | None

    def techniques(self, sliced: frozenset[str]) -> Iterable[tuple[Technique, tuple[str, ...]]]:
        """What the run is a test of, with the operations it is one for."""
        if self.real is not None:
            yield Technique.BOUNDARY, self.real
            if self.boundary.id in sliced:
                yield Technique.SLICE, self.real
        if self.injected is not None:
            yield Technique.FAULT, self.injected


def _verdicts(results: Iterable[ResultFact], ages: Ages) -> dict[str, Verdict]:
    """How tests ended by id, and by name where only one test has it."""
    by_id: dict[str, list[ResultFact]] = defaultdict(list)
    by_name: dict[str, set[str]] = defaultdict(set)
    for result in results:
        by_id[result.id].append(result)
        by_name[result.name].add(result.id)
    found = {test: deciding(same, ages).verdict for test, same in by_id.items()}
    for name, ids in by_name.items():
        if len(ids) == 1:
            found.setdefault(name, found[next(iter(ids))])
    return found


def _exercised(run: RunFact, names: Names, operations: Operations) -> tuple[list[_Exercised], list[Finding]]:
    calls: dict[str, list[RunCall]] = defaultdict(list)
    boundaries: dict[str, Boundary] = {}
    findings: list[Finding] = []
    for call in run.calls:
        consumer, provider = names.party(call.consumer), names.party(call.provider)
        if consumer is None or provider is None or call.style is Style.RESOURCE:
            continue  # the test itself, a mock server: no part of the system; of a store no run tells that it is real
        found = _boundaries(names.between(consumer, provider, call.style), call)
        if not found and call.provider_real and consumer != provider:
            findings.append(names.unknown(call.consumer.name, call.provider.name, run.evidence.where))
        for boundary in found:
            boundaries[boundary.id] = boundary
            calls[boundary.id].append(call)
    exercised = []
    for key, boundary in sorted(boundaries.items()):
        known = frozenset(operations.known(boundary))
        used = [(operations.id_of(boundary, c.method, c.path or c.channel) if c.method else "", c) for c in calls[key]]
        others = sorted({name for name, _ in used if name and known and name not in known})
        findings += (
            unlisted_operation(boundary, other, f"{run.name} uses {other}", run.evidence.where) for other in others
        )
        listed = [(name, call) for name, call in used if name not in others]
        real = _names(name for name, call in listed if call.provider_real)
        injected = _names(name for name, call in listed if call.injected)
        if real is not None or injected is not None:
            exercised.append(_Exercised(boundary, real, injected))
    return exercised, findings


def _names(used: Iterable[str]) -> tuple[str, ...] | None:
    """The operations named by calls, sorted; none where they name none, None where there is no call."""
    found = set(used)
    return tuple(sorted(found - {""})) if found else None


def _boundaries(found: Sequence[Boundary], call: RunCall) -> tuple[Boundary, ...]:
    if call.style is not Style.MESSAGE:
        rpc = tuple(b for b in found if (b.protocol == "grpc") == (call.method == "RPC"))
        return rpc or tuple(found)
    channel = call.channel or call.path
    return tuple(b for b in found if b.channel == channel) or (tuple(found) if len(found) == 1 else ())


def _on_paths(exercised: Sequence[_Exercised]) -> frozenset[str]:
    """Ids of boundaries on a path through three different services or more. A call leads to the provider, a message to
    the consumer."""
    steps = {
        one.boundary.id: (one.boundary.provider, one.boundary.consumer)
        if one.boundary.style is Style.MESSAGE
        else (one.boundary.consumer, one.boundary.provider)
        for one in exercised
    }
    return frozenset(
        boundary
        for boundary, (start, end) in steps.items()
        if start != end
        and any(
            (other_end == start and other_start not in (start, end))
            or (other_start == end and other_end not in (start, end))
            for other_start, other_end in steps.values()
        )
    )
