"""A pact broker's saved answers that tell of verifications: one result, several, the matrix, listings of pacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topoplan.model.checks import Verdict, VerificationFact
from topoplan_importers.pacts.links import consumer_version, content_version, hrefs, pact_link
from topoplan_importers.pacts.replays import Place, items, mapping, replay, results_of, seconds, text, verdict_of

_CONTENT = ("pb:pact-version", "self")


def is_result(document: Mapping[str, object]) -> bool:
    """One verification result."""
    return "success" in document and ("providerApplicationVersion" in document or "verificationDate" in document)


def result(document: Mapping[str, object], place: Place) -> VerificationFact | None:
    """Whose contract was verified stands in the links alone; None where they do not tell."""
    links = [link for href in hrefs(document.get("_links"), *_CONTENT) if (link := pact_link(href))]
    if not links:
        return None
    return replay(
        place,
        links[0].consumer,
        text(document.get("providerName")) or links[0].provider,
        verdict_of(document.get("success")),
        {version for link in links for version in link.versions},
        time=seconds(document.get("verificationDate")),
        provider_version=text(document.get("providerApplicationVersion")),
        results=results_of(_tests(document.get("testResults"))),
    )


def matrix(rows: list[object], place: Place) -> Iterator[VerificationFact]:
    """One fact a row that has a result; a pact nobody verified says nothing of the provider."""
    for index, row in enumerate(rows):
        said = mapping(row, "verificationResult")
        consumer, provider = mapping(row, "consumer"), mapping(row, "provider")
        names = text(consumer.get("name")), text(provider.get("name"))
        if not (isinstance(said.get("success"), bool) and all(names)):
            continue
        addresses = [*hrefs(said.get("_links"), "self"), *hrefs(mapping(row, "pact").get("_links"), "self")]
        links = [link for href in addresses if (link := pact_link(href))]
        pact = mapping(row, "pact")
        content = {version for link in links for version in link.versions}
        content |= {consumer_version(mapping(consumer, "version").get("number")), content_version(pact.get("sha"))}
        yield replay(
            Place(place.path, place.rule, f"/matrix/{index}"),
            *names,
            verdict_of(said.get("success")),
            content,
            time=seconds(said.get("verifiedAt")),
            provider_version=text(mapping(provider, "version").get("number")),
        )


def listed(document: Mapping[str, object]) -> int | None:
    """How many pacts a listing names; None when the document is none. A listing tells what is to be verified, not
    that anything was."""
    links = mapping(document, "_links")
    pacts = document.get("pacts") or mapping(document, "_embedded").get("pacts") or links.get("pb:pacts")
    return len(pacts) if isinstance(pacts, list) else None


def _tests(said: object) -> Iterator[tuple[object, Verdict]]:
    """Results by interaction, as verifiers publish them: a list, or an object with one. Results that name an
    interaction by the broker's id only are passed over, since no pact file needs to hold that."""
    for test in items(mapping(said).get("tests") if isinstance(said, dict) else said):
        one = mapping(test)
        status = one.get("status")
        verdict = verdict_of(status == "passed" if isinstance(status, str) else one.get("success"))
        yield one.get("interactionDescription"), verdict
