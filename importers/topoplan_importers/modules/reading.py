"""Build files to modules: one stock for all of them."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.modules.stock import Stock
from topoplan_importers.outcome import outcome

_NAME = "modules"


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    paths = sorted({c.path for c in candidates})
    stock = Stock(workspace, _common(paths))
    for path in paths:
        stock.add(path)
    return outcome(_NAME, stock.states, stock.facts(), stock.notices, workspace)


def _common(paths: Sequence[str]) -> str:
    """The folder above all paths, with a slash; empty for the current one."""
    try:
        common = posixpath.commonpath([posixpath.dirname(p) for p in paths]) if paths else ""
    except ValueError:  # absolute beside relative ones
        common = ""
    return common.rstrip("/") + "/" if common else ""
