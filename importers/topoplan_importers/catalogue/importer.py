"""The catalogue importer: tells the three formats apart and reads each."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace

NAME = "catalogue"


class CatalogueImporter:
    """Reads Backstage descriptors, Structurizr workspaces and CODEOWNERS."""

    name = NAME
    summary = "Backstage catalog-info.yaml, Structurizr workspace JSON, CODEOWNERS"

    def claims(self, candidate: Candidate) -> bool:
        name = candidate.name
        if name.endswith((".yaml", ".yml")):
            return b"backstage.io/v1" in candidate.head
        if name.endswith(".json"):
            return name == "workspace.json" or b'"softwareSystems"' in candidate.head
        return name == "codeowners"

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.catalogue.reading import read

        return read(candidates, workspace, options)
