"""Provider verifications in test reports, by the names that Pact's verifiers give their tests.

`Verifying a pact between web and orders Given … a request for an order …` (Ruby and Rust cores), `Pact between web
(1.2.0) and orders - a request for an order [PENDING]`, `web - a request for an order` and `web - Upon a request for an
order` (JVM), `Verification of pact between orders and web` (pact4s), `web -> orders > a request for an order`
(pact-js). Such a name alone could mean anything, so only names of contracts that were read are taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import deciding
from topoplan.model.checks import ContractFact, InteractionResult, ResultFact, Verdict, VerificationFact
from topoplan.model.facts import Party

Pair = tuple[str, str]
"""Names of consumer and provider, as contracts write them."""

_FORMS = ("", "Upon ", "upon receiving ")
"""What JVM verifiers write between the consumer and the description."""


class Recognised(Struct, frozen=True):
    """Verifications, and the ids of the tests they were told by."""

    verifications: tuple[VerificationFact, ...]
    tests: frozenset[str]


def provider_verifications(results: Iterable[ResultFact], contracts: Iterable[ContractFact], ages: Ages) -> Recognised:
    """One verification for each report and pair of services, failed when any of its tests is."""
    known = _Known(contracts)
    by_test: dict[str, list[ResultFact]] = defaultdict(list)
    for result in results:
        by_test[result.id].append(result)
    fitting = {
        test: (deciding(repeated, ages), meant)
        for test, repeated in sorted(by_test.items())
        if (meant := known.recognise(test))
    }
    certain: dict[tuple[str, str], set[Pair]] = defaultdict(set)
    for result, meant in fitting.values():
        if len(meant) == 1:
            certain[_class_of(result)].update(pair for pair, _ in meant)
    found: dict[tuple[Pair, str], list[tuple[str, ResultFact]]] = defaultdict(list)
    tests: set[str] = set()
    for test, (result, meant) in fitting.items():
        # A class of tests verifies one provider: `web - a ping` is meant for the one its other tests tell of.
        for pair, description in sorted(meant):
            if len(meant) == 1 or pair in certain[_class_of(result)]:
                found[pair, result.evidence.where.path].append((description, result))
                tests.add(test)
    made = (_verification(*known.parties[pair], entries) for (pair, _), entries in sorted(found.items()))
    return Recognised(tuple(made), frozenset(tests))


class _Known:
    """The names in contracts, looked up by what a test's name may hold of them."""

    def __init__(self, contracts: Iterable[ContractFact]) -> None:
        self.parties: dict[Pair, tuple[Party, Party]] = {}
        self._descriptions: dict[Pair, dict[str, str]] = defaultdict(dict)
        self._told: dict[Pair, set[Pair]] = defaultdict(set)
        self._partners: dict[str, set[Pair]] = defaultdict(set)
        for contract in contracts:
            pair = contract.consumer.name, contract.provider.name
            self.parties[pair] = contract.consumer, contract.provider
            for name in pair:
                self._partners[name].add(pair)
            for interaction in contract.interactions:
                if plain := " ".join(interaction.description.split()):
                    self._descriptions[pair][plain] = interaction.description
                    self._told[contract.consumer.name, plain].add(pair)

    def recognise(self, test: str) -> set[tuple[Pair, str]]:
        """The pair and the interaction (empty when the name has none) that a test's id tells of; several where it
        names no provider and contracts with several have that interaction."""
        text = " ".join(test.split()).removesuffix(" [PENDING]")
        pairs = sorted({*self._between(text), *self._arrow(text)}, key=lambda pair: (len("".join(pair)), pair))
        if pairs:
            return {(pairs[-1], self._described(text, pairs[-1]))}
        return {
            (pair, self._descriptions[pair][plain])
            for consumer, plain in _spoken(text)
            for pair in self._told.get((consumer, plain), ())
        }

    def _between(self, text: str) -> Iterator[Pair]:
        """`… pact between web (1.2.0) and orders …`, in either order."""
        _, found, rest = text.partition("act between ")
        for first in _leading(rest) if found else ():
            for pair in self._partners.get(first, ()):
                second = pair[1] if first == pair[0] else pair[0]
                if _follows(rest[len(first) :], second):
                    yield pair

    def _arrow(self, text: str) -> Iterator[Pair]:
        """`web -> orders` as the name of a suite."""
        for part in text.split(" > "):
            consumer, _, provider = part.partition(" -> ")
            if (consumer, provider) in self.parties:
                yield consumer, provider

    def _described(self, text: str, pair: Pair) -> str:
        found = [plain for plain in self._descriptions[pair] if plain in text]
        return self._descriptions[pair][max(found, key=lambda plain: (len(plain), plain))] if found else ""


def _class_of(result: ResultFact) -> tuple[str, str]:
    return result.evidence.where.path, result.classname


def _leading(rest: str) -> Iterator[str]:
    """The first word, the first two, …: a name may have spaces."""
    end = rest.find(" ")
    while end != -1:
        yield rest[:end]
        end = rest.find(" ", end + 1)


def _follows(rest: str, second: str) -> bool:
    """Whether ` and orders` comes next, a version in brackets aside."""
    rest = rest.lstrip()
    if rest.startswith("("):
        rest = rest.partition(")")[2].lstrip()
    return f"{rest} ".startswith(f"and {second} ")


def _spoken(text: str) -> Iterator[tuple[str, str]]:
    """Consumer and description of every way to read `[main] web - Upon a request` at one of its hyphens."""
    start = text.find(" - ")
    while start != -1:
        before, description = text[:start], text[start + 3 :]
        consumer = before.rpartition(" > ")[2].rpartition("] ")[2]
        for form in _FORMS:
            if description.startswith(form):
                yield consumer, description.removeprefix(form)
        start = text.find(" - ", start + 1)


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
