"""The JSON reports that Pact's verifiers write: pact_verifier (Rust), pact-provider-verifier (Ruby), pact-jvm."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from topoplan.model.checks import InteractionResult, Verdict, VerificationFact
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.pacts.links import pact_link
from topoplan_importers.pacts.replays import Place, items, mapping, replay, results_of, seconds, text, verdict_of

_BOLD = re.compile(r"Verifying a pact between \x1b\[1m(.{1,400}?)\x1b\[0m and \x1b\[1m(.{1,400}?)\x1b\[0m")
_PLAIN = re.compile(r"Verifying a pact between (.{1,400}) and (.{1,400})")
_RAN = re.compile(r"  \S.* \(\S+(?: \S+)? loading, \S+(?: \S+)? verification\)")
_UNDER_TEST = re.compile(r"The pact at (\S{1,4000}) is being verified")
_STATUS = {"passed": Verdict.PASSED, "failed": Verdict.FAILED, "pending": Verdict.UNKNOWN}


class _Replayed(Struct):
    """One pact in the report of pact_verifier, as its output has it."""

    consumer: str
    provider: str
    ran: int = 0
    """Interactions it replayed of this pact."""
    results: tuple[InteractionResult, ...] = field(default=())


def is_verifier(document: Mapping[str, object]) -> bool:
    """Whether it is a report of pact_verifier."""
    return "interactionResults" in document or {"errors", "pendingErrors", "result"} <= set(document)


def verifier(document: Mapping[str, object], place: Place) -> Iterator[VerificationFact]:
    """The report names contracts in its text output only, and in that order the results follow each other."""
    lines = [line for line in items(document.get("output")) if isinstance(line, str)]
    pacts = _replayed(lines)
    told = [mapping(one) for one in items(document.get("interactionResults"))]
    if sum(pact.ran for pact in pacts) == len(told) or len(pacts) == 1:
        begin = 0
        for pact in pacts:
            end = len(told) if len(pacts) == 1 else begin + pact.ran
            pact.results = results_of((one.get("description"), _ok(one)) for one in told[begin:end])
            begin = end
    wrong = [clean(text_of, TEXT_LIMIT) for e in items(document.get("errors")) if (text_of := _interaction(e))]
    contents = _under_test(items(document.get("notices")))
    for pact in pacts:
        headline = clean(f"Verifying a pact between {pact.consumer} and {pact.provider}", TEXT_LIMIT)
        own = any(error.startswith((f"{headline} Given ", f"{headline} - ")) for error in wrong)
        general = any(not error.startswith("Verifying a pact between ") for error in wrong)
        if own or (general and len(pacts) == 1):
            verdict = Verdict.FAILED
        else:
            verdict = Verdict.PASSED if pact.ran or pact.results else Verdict.UNKNOWN
        content = contents[pact.consumer, pact.provider]
        yield replay(place, pact.consumer, pact.provider, verdict, content, results=pact.results)


def is_rspec(document: Mapping[str, object]) -> bool:
    """Whether it is RSpec's report, as pact-provider-verifier and pact-ruby write it."""
    return any("pact_url" in mapping(example) for example in items(document.get("examples"))[:1])


def rspec(document: Mapping[str, object], place: Place) -> Iterator[VerificationFact]:
    """One fact a pact; its examples name interactions in prose only, so that they are counted, not told apart."""
    states: dict[str, set[Verdict]] = defaultdict(set)
    for example in items(document.get("examples")):
        one = mapping(example)
        states[text(one.get("pact_url"))].add(_STATUS.get(str(one.get("status")), Verdict.UNKNOWN))
    names = {
        text(pact.get("url")): (text(pact.get("consumer_name")), text(pact.get("provider_name")))
        for pact in map(mapping, items(mapping(document, "summary").get("pacts")))
    }
    for url in sorted(states):
        link = pact_link(url)
        consumer, provider = names.get(url) or ((link.consumer, link.provider) if link else ("", ""))
        if consumer and provider:
            yield replay(place, consumer, provider, _overall(states[url]), link.versions if link else ())


def is_jvm(document: Mapping[str, object]) -> bool:
    """Whether it is a report of pact-jvm."""
    return "execution" in document and "provider" in document


def jvm(document: Mapping[str, object], place: Place) -> Iterator[VerificationFact]:
    """One fact a pact. Runs are appended to the report, so that the last execution of a pact counts; the date is the
    last run's."""
    provider = text(mapping(document, "provider").get("name"))
    last: dict[tuple[str, str], tuple[int, Mapping[str, object]]] = {}
    for index, execution in enumerate(map(mapping, items(document.get("execution")))):
        source = mapping(execution, "consumer", "source")
        names = text(mapping(execution, "consumer").get("name")), text(source.get("url") or source.get("file"))
        last[names] = index, execution
    for (consumer, source_name), (index, execution) in last.items():
        if not (consumer and provider):
            continue
        pairs = [
            (mapping(one, "interaction").get("description"), _ok(mapping(one, "verification")))
            for one in items(execution.get("interactions"))
        ]
        link = pact_link(source_name)
        yield replay(
            replace(place, pointer=f"/execution/{index}"),
            consumer,
            provider,
            _overall({verdict for _, verdict in pairs}, failed=_could_not(execution)),
            link.versions if link else (),
            time=seconds(mapping(document, "metaData").get("date")),
            results=results_of(pairs),
        )


def _could_not(execution: Mapping[str, object]) -> bool:
    """Whether pact-jvm could not even load the pact."""
    return "result" in execution and mapping(execution, "result").get("state") != "OK"


def _overall(verdicts: set[Verdict], *, failed: bool = False) -> Verdict:
    if failed or Verdict.FAILED in verdicts:
        return Verdict.FAILED
    return Verdict.PASSED if Verdict.PASSED in verdicts else Verdict.UNKNOWN


def _replayed(lines: list[str]) -> list[_Replayed]:
    pacts: list[_Replayed] = []
    for line in lines:
        match = _BOLD.match(line.lstrip("\n")) or _PLAIN.match(line.lstrip("\n"))
        if match:
            pacts.append(_Replayed(clean(match[1]), clean(match[2])))
        elif pacts and _RAN.match(line[: 2 * TEXT_LIMIT]):
            pacts[-1].ran += 1
    return [pact for pact in pacts if pact.consumer and pact.provider]


def _ok(result: Mapping[str, object]) -> Verdict:
    return verdict_of({"OK": True, "Error": False, "failed": False}.get(str(result.get("result"))))


def _interaction(error: object) -> str:
    said = mapping(error).get("interaction")
    return said if isinstance(said, str) else ""


def _under_test(notices: list[object]) -> dict[tuple[str, str], frozenset[str]]:
    """Names of the contents that a broker's notices say are being verified, by consumer and provider."""
    found: dict[tuple[str, str], frozenset[str]] = defaultdict(frozenset)
    for notice in notices:
        match = _UNDER_TEST.match(str(mapping(notice).get("text")))
        link = pact_link(match[1]) if match else None
        if link:
            found[link.consumer, link.provider] |= link.versions
    return found
