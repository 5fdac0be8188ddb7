"""The OpenAPI importer: one specification becomes one interface and the calls to the parties it names."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.operation import Operation
from topoplan_importers.openapi.detect import looks_like_openapi

NAME = "openapi"


class OpenApiImporter:
    """Reads Swagger 2.0 and OpenAPI 3.x."""

    name = NAME
    summary = "OpenAPI 3.0-3.2 and Swagger 2.0 specifications (YAML, JSON)"

    def claims(self, candidate: Candidate) -> bool:
        return looks_like_openapi(candidate.head)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.openapi.reading import read

        return read(candidates, workspace, options)

    def operations(self, path: str, content: bytes) -> tuple[Operation, ...] | None:
        """Operations of one stored version; what lies in other files is left out."""
        from topoplan_importers.openapi.reading import operations

        return operations(path, content)
