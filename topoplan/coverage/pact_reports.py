"""Provider verifications in test reports, by the names that Pact's verifiers give their tests.

`Verifying a pact between web and orders Given … a request for an order …` (Ruby and Rust cores), `Pact between web
(1.2.0) and orders - a request for an order [PENDING]`, `web - a request for an order` and `web - Upon a request for an
order` (JVM), `Verification of pact between orders and web` (pact4s), `web -> orders > a request for an order`
(pact-js). Such a name alone could mean anything, so only names of contracts that were read are taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import deciding
from topoplan.model.checks import ContractFact, InteractionResult, ResultFact, Verdict, VerificationFact
from topoplan.model.facts import Party


@dataclass(frozen=True, slots=True)
class Recognised:
    """Verifications, and the ids of the tests they were told by."""

    verifications: tuple[VerificationFact, ...]
    tests: frozenset[str]


def provider_verifications(results: Iterable[ResultFact], contracts: Iterable[ContractFact], ages: Ages) -> Recognised:
    """One verification for each report and pair of services, failed when any of its tests is."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    parties: dict[tuple[str, str], tuple[Party, Party]] = {}
    for contract in contracts:
        key = contract.consumer.name, contract.provider.name
        known[key].update(i.description for i in contract.interactions)
        parties[key] = contract.consumer, contract.provider
    by_test: dict[str, list[ResultFact]] = defaultdict(list)
    for result in results if known else ():
        by_test[result.id].append(result)
    found: dict[tuple[tuple[str, str], str], list[tuple[str, ResultFact]]] = defaultdict(list)
    tests: set[str] = set()
    for test, repeated in sorted(by_test.items()):
        if (recognised := _recognise(test, known)) is not None:
            key, description = recognised
            result = deciding(repeated, ages)
            found[key, result.evidence.where.path].append((description, result))
            tests.add(test)
    made = (_verification(*parties[key], entries) for (key, _), entries in sorted(found.items()))
    return Recognised(tuple(made), frozenset(tests))


def _recognise(test: str, known: Mapping[tuple[str, str], set[str]]) -> tuple[tuple[str, str], str] | None:
    """The pair and the interaction (empty when the name has none) that a test's id tells of."""
    text = " ".join(test.split())
    pairs = [pair for pair in sorted(known) if _tells_pair(text, *pair)]
    if pairs:
        longest = max(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]), pair))
        return longest, _described(text, known[longest])
    fitting = [
        (pair, description)
        for pair, descriptions in sorted(known.items())
        for description in sorted(descriptions)
        if _tells_consumer(text, pair[0], description)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _tells_pair(text: str, consumer: str, provider: str) -> bool:
    for start in ("pact between ", "Pact between "):
        _, found, rest = text.partition(start)
        if found:
            return _begins(rest, consumer, provider) or _begins(rest, provider, consumer)
    return any(
        part.removeprefix(consumer).strip() == f"-> {provider}"
        for part in text.split(" > ")
        if part.startswith(consumer)
    )


def _begins(rest: str, first: str, second: str) -> bool:
    """`web and orders …`, also with a version in brackets behind the first."""
    if not rest.startswith(first):
        return False
    rest = rest[len(first) :].lstrip()
    if rest.startswith("("):
        rest = rest.partition(")")[2].lstrip()
    if not rest.startswith(f"and {second}"):
        return False
    behind = rest[len(second) + 4 :]
    return not behind or not (behind[0].isalnum() or (behind[0] in "-_." and behind[1:2].isalnum()))


def _described(text: str, descriptions: Iterable[str]) -> str:
    found = [description for description in descriptions if description and " ".join(description.split()) in text]
    return max(found, key=lambda description: (len(description), description), default="")


def _tells_consumer(text: str, consumer: str, description: str) -> bool:
    plain = " ".join(description.split())
    last = text.removesuffix(" [PENDING]")
    forms = (f"{consumer} - {plain}", f"{consumer} - Upon {plain}", f"{consumer} - upon receiving {plain}")
    return bool(plain) and any(last == form or last.endswith((f"> {form}", f"] {form}")) for form in forms)


def _verification(consumer: Party, provider: Party, entries: Sequence[tuple[str, ResultFact]]) -> VerificationFact:
    verdicts: dict[str, set[Verdict]] = defaultdict(set)
    for description, result in entries:
        verdicts[description].add(result.verdict)
    every = set().union(*verdicts.values())
    results = [InteractionResult(name, _joined(found)) for name, found in sorted(verdicts.items()) if name]
    times = [result.time for _, result in entries]
    evidence = min(result.evidence for _, result in entries)
    return VerificationFact(
        consumer, provider, _joined(every), evidence, time=max(times) if all(times) else 0, results=tuple(results)
    )


def _joined(verdicts: set[Verdict]) -> Verdict:
    """Of several tests of one interaction (status, headers, body): all have to pass."""
    order = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.SKIPPED, Verdict.PASSED)
    return min(verdicts, key=order.index)
