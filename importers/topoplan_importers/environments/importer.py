"""The importer of test environments: which files set up tests, and what each of them starts."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.environments.recognise import claims


class EnvironmentsImporter:
    """Compose files set up for tests, and Testcontainers in test code, its build files and its settings."""

    name = "test-environments"
    summary = "Test environments (Compose files for tests, Testcontainers)"

    def claims(self, candidate: Candidate) -> bool:
        return claims(candidate)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.environments.reading import read

        return read(candidates, workspace, options)
