"""Reads pact files of every version of the specification, also as a broker hands them out."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.roots import top_level

NAME = "pact"
PARTIES = frozenset({"consumer", "provider"})
CONTENTS = frozenset({"interactions", "messages"})


class PactImporter:
    """Reads contracts between a consumer and a provider."""

    name = NAME
    summary = "Pact contracts, versions 1 to 4 (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        if candidate.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{" or b"consumer" not in candidate.head:
            return False
        objects = {key for key, value in top_level(candidate.head) if not value}
        return objects >= PARTIES or bool(objects & PARTIES and objects & CONTENTS)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.pacts.contracts import read

        return read(candidates, workspace, options)
