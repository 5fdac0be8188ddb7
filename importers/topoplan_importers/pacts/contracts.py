"""Pact files to contracts, of every version of the specification, also as a broker hands them out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import Check, ContractFact
from topoplan.model.facts import Notice, Party, Severity, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers.outcome import State, outcome
from topoplan_importers.pacts.importer import CONTENTS, NAME, PARTIES
from topoplan_importers.pacts.interactions import Reader
from topoplan_importers.pacts.links import consumer_version, content_version, hrefs, link_names, pact_link

_MOST_TOLD = 20
_LINKS = ("self", "pb:pact-version", "pb:latest-verification-results", "pb:publish-verification-results", "pb:diff")
_NO_CONTENT = frozenset({"_id", "id", "key", "comments", "interactionMarkup"})
"""What an interaction carries beside what is exchanged."""


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    states: dict[str, State] = {}
    checks: list[Check] = []
    notices: list[Notice] = []
    for path in sorted(candidate.path for candidate in candidates):
        try:
            document = workspace.json(path)
            reader = Reader(path, _is_wrapped(document.value))
            contract = _contract(document.value, reader)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        notices += document.notices
        if contract is None:
            states[path] = (SourceState.SKIPPED, "is no pact: it names no consumer or no provider")
            continue
        notices += _told(reader)
        checks.append(contract)
        states[path] = (SourceState.ANALYSED, "" if contract.interactions else "the pact has no interactions")
    return outcome(NAME, states, (), notices, workspace, checks)


def digest_of(document: Mapping[str, object]) -> str:
    """Hex SHA-256 of what is exchanged, whatever the order and the layout of the file."""
    listed = [document.get(key) for key in sorted(CONTENTS)]
    items = [item for told in listed if isinstance(told, list) for item in told if isinstance(item, dict)]
    canonical = sorted(
        json.dumps({k: v for k, v in item.items() if k not in _NO_CONTENT}, sort_keys=True, separators=(",", ":"))
        for item in items
    )
    return hashlib.sha256("\n".join(canonical).encode()).hexdigest()


def _contract(document: object, reader: Reader) -> ContractFact | None:
    """The contract in a document; None when it is none. Raises DocumentError with the place of what does not fit."""
    if not isinstance(document, dict) or not all(isinstance(document.get(side), dict) for side in PARTIES):
        return None
    consumer, provider = (_party(document[side], side, reader.path) for side in ("consumer", "provider"))
    interactions = tuple(reader.read(document))
    where = Where(reader.path)
    detail = f"{consumer.name} expects {len(interactions)} interactions of {provider.name}"
    evidence = Evidence(NAME, where, Basis.DECLARED, Confidence.HIGH, "pact", clean(detail))
    return ContractFact(consumer, provider, interactions, digest_of(document), evidence, _versions(document))


def _party(said: Mapping[str, object], side: str, path: str) -> Party:
    given = said.get("name")
    name = clean(given) if isinstance(given, str) else ""
    if not name:
        raise DocumentError(f"the {side} has no name", slug="pact-misfit", where=f"{path}#/{side}/name")
    return Party(name)


def _is_wrapped(document: object) -> bool:
    """Whether the file is of version 4 or later, by its own word or, without one, by the types of its interactions."""
    if not isinstance(document, dict):
        return False
    version = re.match("[0-9]{1,3}", _version(document.get("metadata") or document.get("metaData")))
    if version:
        return int(version[0]) >= 4
    items = document.get("interactions")
    return any("type" in item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))


def _version(metadata: object) -> str:
    """The version of the specification, which has been written in several ways."""
    for key in ("pactSpecification", "pact-specification", "pactSpecificationVersion"):
        said = metadata.get(key) if isinstance(metadata, dict) else None
        version = said.get("version") if isinstance(said, dict) else said
        if isinstance(version, str | int | float):
            return str(version)
    return ""


def _versions(document: Mapping[str, object]) -> tuple[str, ...]:
    """Further names of the content, where the file is a broker's answer."""
    links = document.get("_links")
    found = {version for href in hrefs(links, *_LINKS) if (link := pact_link(href)) for version in link.versions}
    found |= {content_version(name) for name in link_names(links, "pb:pact-version")}
    found |= {consumer_version(name) for name in link_names(links, "pb:consumer-version", "pb:consumer-versions")}
    return tuple(sorted(found - {""}))


def _told(reader: Reader) -> list[Notice]:
    where = Where(reader.path)
    notices = [
        Notice(Severity.WARNING, "pact-type", f"interactions of the unknown type {kind} are passed over", where)
        for kind in sorted(reader.unknown)[:_MOST_TOLD]
    ]
    if reader.cut:
        message = "the pact is very large: some of its interactions or fields are left out"
        notices.append(Notice(Severity.WARNING, "pact-bounded", message, where))
    return notices
