"""All evidence to the coverage of every boundary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from topoplan.config import Settings
from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import Told
from topoplan.coverage.contract_claims import contract_claims, contracted
from topoplan.coverage.environments import environment_claims
from topoplan.coverage.naming import Names, names_in
from topoplan.coverage.operations import Operations
from topoplan.coverage.pact_reports import provider_verifications
from topoplan.coverage.results import Mapper
from topoplan.coverage.runs import run_claims
from topoplan.coverage.states import boundary_states, failing_beside
from topoplan.model.change import History
from topoplan.model.checks import Check, ContractFact, EnvironmentFact, ResultFact, RunFact, VerificationFact
from topoplan.model.coverage import Coverage, Finding
from topoplan.model.plan import Technique
from topoplan.model.report import Journey
from topoplan.model.topology import Topology

_BY_RUNS = (Technique.BOUNDARY, Technique.SLICE, Technique.FAULT)
_BY_ENVIRONMENTS = (Technique.IN_PROCESS, Technique.BOUNDARY, Technique.SLICE)

C = TypeVar("C")


def cover(
    topology: Topology,
    checks: Sequence[Check],
    settings: Settings,
    history: History = History(),
    journeys: Sequence[Journey] = (),
    changed: Mapping[str, int] | None = None,
) -> Coverage:
    """What `checks` prove of each boundary of `topology`; their order does not matter.

    `changed` gives the time (Unix seconds) of the newest commit of evidence files, by shown path, where known.

    A further passing check lowers no state and no share, and taking a check away raises none, as long as it is not the
    newest thing read: ages are measured from that.
    """
    ages = Ages(checks, history, changed or {}, settings.coverage.max_age_days)
    names = Names(topology, settings.services, names_in(checks))
    operations = Operations(topology)
    contracts, results = _of(ContractFact, checks), _of(ResultFact, checks)
    verified = provider_verifications(results, contracts, ages)
    verifications = [*_of(VerificationFact, checks), *verified.verifications]
    by_contract = contract_claims(contracts, verifications, names, operations, ages)
    by_contracts = contracted(by_contract.applied)
    mapper = Mapper(settings.coverage.tests, names, operations, ages, journeys, by_contracts)
    by_result = mapper.map(results, verified.tests)
    by_run = run_claims(_of(RunFact, checks), results, names, operations, ages)
    by_environment = environment_claims(_of(EnvironmentFact, checks), topology, names, ages)
    told = (by_contract, by_result, by_run, by_environment)
    read = _read(checks, by_result)
    boundaries = boundary_states(
        topology.boundaries,
        [applied for one in told for applied in one.applied],
        operations,
        by_contracts,
        read,
    )
    findings = {finding for one in told for finding in one.findings} | {*failing_beside(boundaries)}
    return Coverage(boundaries, tuple(sorted(findings, key=_place)), read, ages.as_of)


def _of(kind: type[C], checks: Iterable[object]) -> list[C]:
    return [check for check in checks if isinstance(check, kind)]


def _read(checks: Iterable[Check], by_result: Told) -> tuple[Technique, ...]:
    """Techniques some source could tell of. A report whose tests are mapped at all could hold tests of any kind."""
    read: set[Technique] = set(Technique) if by_result.applied else set()
    for check in checks:
        if isinstance(check, ContractFact | VerificationFact):
            read.add(Technique.CONTRACT)
        elif isinstance(check, RunFact):
            read.update(_BY_RUNS)
        elif isinstance(check, EnvironmentFact):
            read.update(_BY_ENVIRONMENTS)
    return tuple(technique for technique in Technique if technique in read)


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.kind, finding.where, str(finding.other or ""), finding.boundary, finding.operation, finding.message
