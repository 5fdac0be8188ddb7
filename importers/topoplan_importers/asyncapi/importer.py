"""The AsyncAPI importer: one document becomes one interface of messages, and the channels of its application."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.operation import Operation
from topoplan_importers.roots import top_level

NAME = "asyncapi"


class AsyncApiImporter:
    """Reads AsyncAPI 2.x and 3.x."""

    name = NAME
    summary = "AsyncAPI 2.x and 3.x documents (YAML, JSON): channels and messages"

    def claims(self, candidate: Candidate) -> bool:
        return any(key == "asyncapi" for key, _ in top_level(candidate.head))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.asyncapi.documents import read

        return read(candidates, workspace, options)

    def operations(self, path: str, content: bytes) -> tuple[Operation, ...] | None:
        """Messages published by one stored version; what lies in other files is left out."""
        from topoplan_importers.asyncapi.documents import operations

        return operations(path, content)
