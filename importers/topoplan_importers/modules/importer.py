"""The modules importer: claimed files in; programs, sources and notices out."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.modules.stock import Stock, tells_of_program
from topoplan_importers.outcome import outcome


class ModulesImporter:
    """Build files, Dockerfiles and configured application names."""

    name = "modules"
    summary = "Programs and their folders (build files, Dockerfiles, application names)"

    def claims(self, candidate: Candidate) -> bool:
        return tells_of_program(candidate.name)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        paths = sorted({c.path for c in candidates})
        stock = Stock(workspace, _common(paths))
        for path in paths:
            stock.add(path)
        return outcome(self.name, stock.states, stock.facts(), stock.notices, workspace)


def _common(paths: Sequence[str]) -> str:
    """The folder above all paths, with a slash; empty for the current one."""
    try:
        common = posixpath.commonpath([posixpath.dirname(p) for p in paths]) if paths else ""
    except ValueError:  # absolute beside relative ones
        common = ""
    return common.rstrip("/") + "/" if common else ""
