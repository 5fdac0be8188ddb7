"""Contracts and their verifications to claims about the boundaries and operations they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import Applied, Told, deciding
from topoplan.coverage.compatibility import conflicts
from topoplan.coverage.contracts import Content, Pair, check_of, pairs_of
from topoplan.coverage.naming import Names
from topoplan.coverage.operations import Operations, unlisted_operation
from topoplan.coverage.verification import Standing, Verified
from topoplan.model.checks import ContractFact, Interaction, Verdict, VerificationFact
from topoplan.model.coverage import Claim, Finding, Grade
from topoplan.model.facts import Style
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary

_RPC_PROTOCOLS = frozenset({"grpc", "grpc-web", "connect", "dubbo", "thrift", "rpc"})


def contract_claims(
    contracts: Iterable[ContractFact],
    verifications: Iterable[VerificationFact],
    names: Names,
    operations: Operations,
    ages: Ages,
) -> Told:
    """What the contracts that exist prove. For an operation with several interactions the worst counts: they are one
    check."""
    pairs, told = pairs_of(contracts, names, ages)
    findings = list(told)
    by_pair: dict[tuple[str, str], list[VerificationFact]] = defaultdict(list)
    for verification in sorted(verifications, key=lambda v: (v.evidence, v.content, v.time, v.verdict)):
        key = names.party(verification.consumer), names.party(verification.provider)
        if key[0] and key[1] and names.between(key[0], key[1], Style.SYNC, Style.MESSAGE):
            by_pair[key[0], key[1]].append(verification)
        else:
            ends = verification.consumer.name, verification.provider.name
            findings.append(names.unknown(*ends, verification.evidence.where))
    applied: list[Applied] = []
    for key, pair in pairs.items():
        made = _Pairing(pair, Verified(pair, by_pair.get(key, ()), ages), names, operations)
        applied += made.claims()
        findings += made.findings
        findings += _unmatched(pair, by_pair.get(key, ()))
    for key in sorted(by_pair.keys() - pairs.keys()):
        alone = _alone(*key, by_pair[key], names, ages)
        applied += alone.applied
        findings += alone.findings
    return Told(tuple(applied), tuple(findings))


class _Pairing:
    """One pair's interactions on its boundaries."""

    def __init__(self, pair: Pair, verified: Verified, names: Names, operations: Operations) -> None:
        self._pair = pair
        self._verified = verified
        self._names = names
        self._operations = operations
        self.findings: list[Finding] = []

    def claims(self) -> list[Applied]:
        standings: dict[tuple[str, str], list[tuple[bool, Standing]]] = defaultdict(list)
        for content in self._pair.present:
            for interaction in content.interactions:
                boundaries = self._boundaries(interaction)
                if not boundaries:
                    self._tell_unknown(interaction)
                for boundary in boundaries:
                    operation = self._operation(boundary, interaction)
                    wrong = self._conflict(interaction, boundary, operation)
                    if self._is_listed(boundary, operation, interaction, told=bool(wrong)):
                        standing = self._standing(content, interaction, wrong)
                        standings[boundary.id, operation].append((interaction.pending, standing))
        groups: dict[tuple[str, Standing], list[str]] = defaultdict(list)
        for (boundary_id, operation), found in sorted(standings.items(), key=lambda item: item[0]):
            binding = [standing for pending, standing in found if not pending]
            worst = min(binding or [standing for _, standing in found], key=lambda s: (s.share, s.evidence, s.reason))
            groups[boundary_id, worst].append(operation)
        return [
            Applied(boundary_id, Technique.CONTRACT, _claim(self._pair.check, standing, ids))
            for (boundary_id, standing), ids in groups.items()
        ]

    def _standing(self, content: Content, interaction: Interaction, wrong: str) -> Standing:
        standing = self._verified.standing(content, interaction)
        if not wrong:
            return standing
        provider = self._pair.provider
        return replace(
            standing,
            grade=Grade.UNVERIFIED if interaction.pending else Grade.FAILING,
            stale=False,
            reason=f"the specification of {provider} does not allow it: {wrong}",
            remedy=f"change what {self._pair.consumer} expects, or the specification of {provider}",
        )

    def _conflict(self, interaction: Interaction, boundary: Boundary, operation: str) -> str:
        """The first thing the provider's specification does not allow; empty when there is none."""
        provider = self._pair.provider
        told = "" if interaction.style is Style.MESSAGE else interaction.path
        path = self._operations.path(boundary, interaction.method, told)
        found = conflicts(interaction, path, provider, self._operations.offered(provider))
        for conflict in found:
            message = f"{self._pair.consumer} expects “{interaction.description}”, but {conflict.message}"
            self.findings.append(
                Finding("incompatible", message, interaction.where, conflict.where, boundary.id, operation)
            )
        return found[0].message if found else ""

    def _boundaries(self, interaction: Interaction) -> tuple[Boundary, ...]:
        """Calls by protocol, messages by channel."""
        consumer, provider = self._pair.consumer, self._pair.provider
        found = self._names.between(consumer, provider, interaction.style)
        if interaction.style is Style.MESSAGE:
            return self._channels(found, interaction)
        fitting = tuple(b for b in found if (b.protocol in _RPC_PROTOCOLS) == (interaction.method == "RPC"))
        return fitting or found

    def _channels(self, found: tuple[Boundary, ...], interaction: Interaction) -> tuple[Boundary, ...]:
        """By the channel the contract names, else the only one, else by the name of channel or message that the
        description holds, the longest if there are several."""
        named = tuple(b for b in found if interaction.path and b.channel == interaction.path)
        if named or len(found) == 1 or interaction.path:
            return named or (found if len(found) == 1 else ())
        description = interaction.description.casefold()
        lengths = {
            b.id: max((len(name) for name in self._message_names(b) if name.casefold() in description), default=0)
            for b in found
        }
        longest = max(lengths.values(), default=0)
        return tuple(b for b in found if longest and lengths[b.id] == longest)

    def _message_names(self, boundary: Boundary) -> Iterable[str]:
        documented = self._operations.offered(boundary.provider).find("PUBLISH", boundary.channel)
        return filter(None, (boundary.channel, documented.summary if documented else ""))

    def _operation(self, boundary: Boundary, interaction: Interaction) -> str:
        known = self._operations.known(boundary)
        if interaction.style is Style.MESSAGE and len(known) == 1:
            return known[0]
        return self._operations.id_of(boundary, interaction.method, interaction.path)

    def _is_listed(self, boundary: Boundary, operation: str, interaction: Interaction, *, told: bool) -> bool:
        """Whether the boundary has it, as far as it knows its operations; `told`: the reader knows why not."""
        known = self._operations.known(boundary)
        if not known or operation in known:
            return True
        if not told:
            who = f"the contract has {operation}"
            self.findings.append(unlisted_operation(boundary, operation, who, interaction.where))
        return False

    def _tell_unknown(self, interaction: Interaction) -> None:
        consumer, provider = self._pair.consumer, self._pair.provider
        what = "receives messages" if interaction.style is Style.MESSAGE else "calls"
        verb = f"{consumer} {what} {'from' if interaction.style is Style.MESSAGE else ''} {provider}".replace("  ", " ")
        message = f"{consumer} and {provider}: no boundary is known on which {verb} as “{interaction.description}” says"
        self.findings.append(Finding("unknown-pair", message, interaction.where))


def _claim(check: str, standing: Standing, operations: Sequence[str]) -> Claim:
    return Claim(
        check,
        standing.grade,
        standing.evidence,
        tuple(operations),
        standing.stale,
        standing.time,
        standing.reason,
        standing.remedy,
    )


def _unmatched(pair: Pair, verifications: Sequence[VerificationFact]) -> Iterable[Finding]:
    """Verifications of contents that no file read has."""
    known = frozenset(name for content in (*pair.present, *pair.past) for name in content.names)
    for verification in verifications:
        if verification.content and known.isdisjoint(verification.content):
            message = f"{pair.provider} verified a content of the contract with {pair.consumer} that was not read"
            place = pair.present[0].evidence.where
            yield Finding("unmatched-verification", message, verification.evidence.where, place)


def _alone(consumer: str, provider: str, found: Sequence[VerificationFact], names: Names, ages: Ages) -> Told:
    """Verifications without any contract: something was verified, nobody can tell which operations."""
    newest = deciding(found, ages)
    failed = newest.verdict is Verdict.FAILED
    message = f"{provider} verified a contract with {consumer}, but no such contract was read"
    claim = Claim(
        check_of(consumer, provider),
        Grade.FAILING if failed else Grade.UNVERIFIED,
        newest.evidence,
        time=ages.time(newest),
        reason=f"{provider} {'failed to verify' if failed else 'verified'} a contract that was not read",
        remedy="read the contract file too, so that its operations are known",
    )
    boundaries = names.between(consumer, provider, Style.SYNC, Style.MESSAGE)
    return Told(
        tuple(Applied(boundary.id, Technique.CONTRACT, claim) for boundary in boundaries),
        (Finding("unmatched-verification", message, newest.evidence.where),),
    )


def contracted(applied: Iterable[Applied]) -> Mapping[str, tuple[str, ...]]:
    """Operations that contracts name, by boundary: all that is known of a boundary that lists none itself."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in applied:
        found[one.boundary].update(one.claim.operations)
    return {boundary: tuple(sorted(ids)) for boundary, ids in sorted(found.items())}
