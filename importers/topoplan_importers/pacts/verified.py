"""Answers of brokers and reports of verifiers to results of verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.documents import Document, load_json
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import Check, VerificationFact
from topoplan.model.facts import Notice, SourceState
from topoplan_importers.outcome import State, outcome
from topoplan_importers.pacts import answers, reports
from topoplan_importers.pacts.replays import NAME, Place, items, mapping


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    states: dict[str, State] = {}
    checks: list[Check] = []
    notices: list[Notice] = []
    for path in sorted(candidate.path for candidate in candidates):
        try:
            documents = _documents(path, workspace)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        found: list[VerificationFact] = []
        reasons: list[str] = []
        for line, document in documents:
            notices += document.notices
            facts, reason = _read(document.value, path, line)
            found += facts
            reasons += [reason] if reason else []
        checks += found
        state = SourceState.ANALYSED if found or not reasons else SourceState.SKIPPED
        states[path] = (state, "" if found else next(iter(reasons), "tells of no verification"))
    return outcome(NAME, states, (), notices, workspace, checks)


def _documents(path: str, workspace: Workspace) -> list[tuple[int, Document]]:
    """The documents of a file with their lines: one, or one a line as pact-provider-verifier prints them."""
    data = workspace.read_bytes(path)
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and all(line[:1] == b"{" and line.rstrip()[-1:] == b"}" for _, line in lines):
        return [(number, load_json(line, path)) for number, line in lines]
    return [(0, workspace.json(path))]


def _read(document: object, path: str, line: int) -> tuple[list[VerificationFact], str]:
    """What one document tells, and why it tells nothing."""
    if not isinstance(document, dict):
        return [], "is no result of a verification"
    for is_kind, read, rule in (
        (reports.is_verifier, reports.verifier, "pact-verifier"),
        (reports.is_rspec, reports.rspec, "pact-rspec"),
        (reports.is_jvm, reports.jvm, "pact-jvm"),
    ):
        if is_kind(document):
            return list(read(document, Place(path, rule, line=line))), "names no pact that was verified"
    return _answer(document, path)


def _answer(document: Mapping[str, object], path: str) -> tuple[list[VerificationFact], str]:
    if isinstance(document.get("matrix"), list):
        rows = items(document["matrix"])
        return list(answers.matrix(rows, Place(path, "pact-matrix"))), "none of its pacts was verified"
    results = [(document, "")] if answers.is_result(document) else [
        (mapping(one), f"/_embedded/verificationResults/{index}")
        for index, one in enumerate(items(mapping(document, "_embedded").get("verificationResults")))
    ]  # fmt: skip
    if results:
        told = (answers.result(one, Place(path, "pact-broker-result", pointer)) for one, pointer in results)
        return [fact for fact in told if fact], "does not say whose contract was verified: its links are missing"
    count = answers.listed(document)
    if count is None:
        return [], "is no result of a verification"
    return [], f"only lists pacts ({count}), which tells of no verification"
