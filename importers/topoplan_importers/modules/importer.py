"""The modules importer: claimed files in; programs, sources and notices out."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.modules.recognise import tells_of_program


class ModulesImporter:
    """Build files, Dockerfiles and configured application names."""

    name = "modules"
    summary = "Programs and their folders (build files, Dockerfiles, application names)"

    def claims(self, candidate: Candidate) -> bool:
        return tells_of_program(candidate.name)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.modules.reading import read

        return read(candidates, workspace, options)
