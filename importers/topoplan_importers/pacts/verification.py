"""Reads what tells of verified contracts: a broker's saved answers, and the reports of Pact's verifiers."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.roots import top_level

_KEYS = ("providerApplicationVersion", "verificationDate", "interactionResults", "pendingErrors")
_TELLING = (
    ("summary", b'"deployable"'),
    ("matrix", b'"consumer"'),
    ("_embedded", b'"verificationResults"'),
    ("_embedded", b'"verificationProperties"'),
    ("_links", b'"pb:pacts"'),
    ("pacts", b'"_embedded"'),
    ("errors", b'"mismatch"'),
    ("examples", b'"pact_url"'),
    ("execution", b'"consumer"'),
    ("metaData", b'"pactJvmVersion"'),
)
"""Top-level keys that are telling together with a word anywhere in the first bytes."""


class PactVerificationImporter:
    """Reads results of contract verification. `PactImporter` reads the contracts themselves."""

    name = "pact-verification"
    summary = "Results of verified Pact contracts: broker answers, verifier reports (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        head = candidate.head
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
            return False
        keys = dict(top_level(head))
        if {"consumer", "interactions"} <= set(keys):
            return False
        return any(key in keys for key in _KEYS) or any(key in keys and word in head for key, word in _TELLING)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.pacts.verified import read

        return read(candidates, workspace, options)
