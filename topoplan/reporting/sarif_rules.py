"""The rules of the SARIF format: what each kind of gap means, and how to close it."""

from __future__ import annotations

from topoplan.model.plan import Technique
from topoplan.reporting.gap_digest import title_of

INCOMPATIBLE = "incompatible"

_MEANINGS = {
    Technique.SCHEMA: (
        "Messages sent are checked against the schema that their receivers rely on.",
        "Check what the sender serialises, and recorded messages, against the schema in the builds of both sides.",
    ),
    Technique.IN_PROCESS: (
        "The service runs in the test's process, against the real datastore or broker.",
        "Start the store in a container of the version used in production, and test what the service reads and writes.",
    ),
    Technique.CONTRACT: (
        "The consumer states what it expects, and the provider shows in its own build that it keeps it.",
        "Write the consumer's contract, and have the provider verify the same content.",
    ),
    Technique.BOUNDARY: (
        "Consumer and provider run for real, everything else is stubbed.",
        "Start both, send the consumer's requests, and check results on both sides.",
    ),
    Technique.FAULT: (
        "The provider is slow, fails or cannot be reached, and the consumer copes.",
        "Put a proxy that delays, fails and refuses between the two, and check what the consumer answers.",
    ),
    Technique.SLICE: (
        "The services of one path run for real.",
        "Start the services of the path, run it once through, and check what it leaves behind.",
    ),
    Technique.E2E: (
        "The whole system runs, as its users see it.",
        "Keep it to the few paths nothing smaller can show.",
    ),
}


def rule_id(technique: Technique) -> str:
    """`topoplan/contract`."""
    return f"topoplan/{technique.value}"


def _rule(identity: str, name: str, title: str, meaning: str, advice: str) -> dict[str, object]:
    return {
        "id": identity,
        "name": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": meaning},
        "help": {"text": f"{meaning} {advice}", "markdown": f"{meaning}\n\n**To do:** {advice}"},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["testing"]},
    }


def _technique_rule(technique: Technique, meaning: str, advice: str) -> dict[str, object]:
    title = title_of(technique)
    name = "".join(word.capitalize() for word in title.replace("-", " ").split()) + "Missing"
    return _rule(rule_id(technique), name, f"{title} missing or not passing", meaning, advice)


RULES = (
    *(_technique_rule(technique, *words) for technique, words in _MEANINGS.items()),
    _rule(
        f"topoplan/{INCOMPATIBLE}",
        "ContractIncompatible",
        "Contract expects what the provider does not offer",
        "The provider's specification no longer allows what a consumer's contract expects.",
        "Change the contract where the consumer can do without it; otherwise the provider keeps what is relied on.",
    ),
)
