"""The compose importer: claimed files in; facts, sources and notices out."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.compose.recognise import claims


class ComposeImporter:
    """Docker Compose files of every generation, with include, extends, overrides and variants."""

    name = "compose"
    summary = "Docker Compose files (versions 1 to 3 and the Compose Specification)"

    def claims(self, candidate: Candidate) -> bool:
        return claims(candidate)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.compose.reading import read

        return read(candidates, workspace, options)
