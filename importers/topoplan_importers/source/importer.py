"""The source importer: which files are read, how much of them, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.source.recognise import is_binding_file, is_component_file
from topoplan_importers.source.selection import is_source


class SourceImporter:
    """String literals, annotations and messaging calls in source code. Nothing is executed, comments say nothing."""

    name = "source"
    summary = "Source code in any language (hosts in string literals, clients, topics and queues)"

    def claims(self, candidate: Candidate) -> bool:
        return is_source(candidate.name) or is_binding_file(candidate) or is_component_file(candidate)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.source.reading import read

        return read(candidates, workspace, options)
