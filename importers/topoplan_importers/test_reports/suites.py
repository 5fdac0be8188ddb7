"""One result per test case of JUnit's XML, which every test runner writes in a dialect of its own."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.documents import walk_xml
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import ResultFact
from topoplan.model.facts import Notice, SourceState
from topoplan_importers.outcome import State, outcome
from topoplan_importers.test_reports.dialects import Report
from topoplan_importers.test_reports.junit import NAME
from topoplan_importers.test_reports.runs import empty_run


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    states: dict[str, State] = {}
    checks: list[ResultFact] = []
    notices: list[Notice] = []
    for path in sorted(candidate.path for candidate in candidates):
        report = Report(path)
        try:
            with workspace.open_stream(path) as stream:
                walk_xml(stream, path, report)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        found = report.results()
        checks += found
        notices += () if found else (empty_run(path),)
        states[path] = (SourceState.ANALYSED, "" if found else "holds no test")
    return outcome(NAME, states, (), notices, workspace, checks)
