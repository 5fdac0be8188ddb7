"""The contracts of each pair of services: which content counts today, and which copies are outdated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan.coverage.ages import Ages
from topoplan.coverage.naming import Names, owned
from topoplan.model.checks import ContractFact, Interaction
from topoplan.model.coverage import Finding
from topoplan.model.place import Evidence


class Content(Struct, frozen=True):
    """One content of a contract, wherever copies of it lie. `names` are its digest and its versions."""

    names: frozenset[str]
    interactions: tuple[Interaction, ...]
    evidence: Evidence
    """Of the copy that speaks for it: the consumer's own, else the first by path."""


class Pair(Struct, frozen=True):
    """The contract of two services. `present` is what the consumer expects today: several contents where its
    expectations lie in several files."""

    consumer: str
    provider: str
    present: tuple[Content, ...]
    past: tuple[Content, ...] = ()

    @property
    def check(self) -> str:
        """`pact gateway / orders`: all its versions are one check."""
        return check_of(self.consumer, self.provider)

    @property
    def descriptions(self) -> frozenset[str]:
        return frozenset(i.description for content in self.present for i in content.interactions)


def check_of(consumer: str, provider: str) -> str:
    """What identifies the contract of two services."""
    return f"pact {consumer} / {provider}"


def pairs_of(
    contracts: Iterable[ContractFact], names: Names, ages: Ages
) -> tuple[dict[tuple[str, str], Pair], tuple[Finding, ...]]:
    """The contracts by ids of consumer and provider, and what is wrong with some. Contracts whose services are not
    known are left out and told."""
    found: dict[tuple[str, str], list[ContractFact]] = defaultdict(list)
    findings: list[Finding] = []
    for contract in sorted(contracts, key=lambda c: (c.evidence, c.digest)):
        consumer, provider = names.party(contract.consumer), names.party(contract.provider)
        where = contract.evidence.where
        if not contract.interactions:
            message = f"the contract of {contract.consumer.name} with {contract.provider.name} has no interactions"
            findings.append(Finding("empty-contract", f"{message}: it proves nothing", where))
        elif consumer and provider and names.between(consumer, provider):
            found[consumer, provider].append(contract)
        else:
            findings.append(names.unknown(contract.consumer.name, contract.provider.name, where))
    pairs = {key: _pair(key, copies, names, ages) for key, copies in sorted(found.items())}
    findings += (outdated for pair in pairs.values() for outdated in _outdated(pair))
    return pairs, tuple(findings)


def _pair(key: tuple[str, str], copies: Sequence[ContractFact], names: Names, ages: Ages) -> Pair:
    by_digest: dict[str, list[ContractFact]] = defaultdict(list)
    for copy in sorted(copies, key=lambda c: (not owned(c, key[0], names), c.evidence)):
        by_digest[copy.digest].append(copy)
    present = _present(by_digest, key[0], names, ages)
    contents = {digest: _content(same) for digest, same in sorted(by_digest.items())}
    return Pair(
        *key,
        present=tuple(content for digest, content in contents.items() if digest in present),
        past=tuple(content for digest, content in contents.items() if digest not in present),
    )


def _content(copies: Sequence[ContractFact]) -> Content:
    names = frozenset(name for copy in copies for name in (copy.digest, *copy.versions))
    return Content(names, copies[0].interactions, copies[0].evidence)


def _present(by_digest: Mapping[str, Sequence[ContractFact]], consumer: str, names: Names, ages: Ages) -> set[str]:
    """What lies with the consumer's code; else what its broker has, the newest where that can be told; else all."""
    with_consumer = {digest for digest, copies in by_digest.items() if any(owned(c, consumer, names) for c in copies)}
    if with_consumer:
        return with_consumer
    from_broker = {digest: copies for digest, copies in by_digest.items() if any(c.versions for c in copies)}
    if not from_broker:
        return set(by_digest)
    times = {digest: max(ages.time(copy) for copy in copies) for digest, copies in from_broker.items()}
    versions = {
        digest: max(_numbers(v) for c in copies for v in c.versions or ("",)) for digest, copies in from_broker.items()
    }
    newest = max((times[digest], versions[digest]) for digest in from_broker)
    return {digest for digest in from_broker if (times[digest], versions[digest]) == newest}


def _numbers(version: str) -> tuple[int, ...]:
    """`consumer version 1.10.2` → (1, 10, 2); nothing for a version that is not made of numbers."""
    parts = version.rpartition(" ")[2].removeprefix("v").split(".")
    return tuple(int(part) for part in parts) if all(p.isdecimal() and len(p) < 10 for p in parts) else ()


def _outdated(pair: Pair) -> Iterable[Finding]:
    for content in pair.past:
        message = f"this copy of the contract of {pair.consumer} with {pair.provider} is not what the consumer has now"
        yield Finding("outdated-contract", message, content.evidence.where, pair.present[0].evidence.where)
