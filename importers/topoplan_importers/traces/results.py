"""What the importers of traces give for the files they read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Source
from topoplan_importers.traces.finding import Found, find
from topoplan_importers.traces.importer import SpansImporter
from topoplan_importers.traces.remembering import remembered


def read_traces(kind: str, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """What files of traces of one format show."""
    files = sorted(candidates, key=lambda candidate: candidate.path)
    found, digests = remembered(files, kind, workspace, options, lambda: find(files, kind, workspace, options))
    return _imported(kind, files, found, digests)


def read_tables(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """What span tables show."""
    from topoplan_importers.traces.spans import find_tables

    kind, files = SpansImporter.name, sorted(candidates, key=lambda candidate: candidate.path)
    found, digests = remembered(files, kind, workspace, options, lambda: find_tables(files, workspace, options))
    return _imported(kind, files, found, digests)


def _imported(importer: str, files: Sequence[Candidate], found: Found, digests: Sequence[str]) -> Imported:
    """What an importer gives for what was found in these files."""
    from topoplan_importers.traces.facts import facts_of  # takes a while to load, and is needed last

    facts, notices = facts_of(found.observed, importer)
    runs = Counter(check.evidence.where.path for check in found.checks)
    counts = runs + Counter(fact.evidence.where.path for fact in facts)
    sources = [
        Source(file.path, state, importer, _remark(reason, runs[file.path]), counts[file.path], digest)
        for file, (state, reason), digest in zip(files, found.outcomes, digests, strict=True)
    ]
    return Imported(tuple(facts), tuple(sources), (*notices, *found.notices), tuple(found.checks))


def _remark(reason: str, runs: int) -> str:
    told = f"{runs:,} test run{'' if runs == 1 else 's'}" if runs else ""
    return "; ".join(part for part in (told, reason) if part)
