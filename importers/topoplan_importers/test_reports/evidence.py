"""Evidence files: what tests say they cover, with their results, as the pytest plugin writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace

NAME = "evidence"
_FORMAT = re.compile(rb'"format"\s*:\s*"topoplan/evidence"')


class EvidenceImporter:
    """Reads what `pytest --topoplan-evidence=FILE` writes; other runners may write the same."""

    name = NAME
    summary = "Evidence of tests, as the pytest plugin writes it (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and bool(_FORMAT.search(candidate.head))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.test_reports.claimed import read

        return read(candidates, workspace, options)
