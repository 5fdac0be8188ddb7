"""What tests say they cover, with their results, as evidence files tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import ResultFact, Verdict
from topoplan.model.claims import PREFIX
from topoplan.model.facts import Notice, SourceState
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.outcome import State, outcome
from topoplan_importers.test_reports.evidence import NAME
from topoplan_importers.test_reports.moments import moment
from topoplan_importers.test_reports.runs import empty_run, told

FORMAT_VERSION = 1


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    states: dict[str, State] = {}
    checks: list[ResultFact] = []
    notices: list[Notice] = []
    for path in sorted(candidate.path for candidate in candidates):
        try:
            document = workspace.json(path)
            found = list(_results(document.value, path))
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        checks += found
        notices += (*document.notices, *(() if found else (empty_run(path),)))
        states[path] = (SourceState.ANALYSED, "" if found else "holds no test")
    return outcome(NAME, states, (), notices, workspace, checks)


def _results(root: Any, path: str) -> Iterator[ResultFact]:
    if not isinstance(root, dict) or root.get("format") != "topoplan/evidence":
        raise _misfit("is no evidence file", path)
    if root.get("format_version") != FORMAT_VERSION:
        message = f"is not of format version {FORMAT_VERSION}, the one this topoplan reads"
        raise DocumentError(message, slug="evidence-version", where=path)
    tests = root.get("tests")
    if not isinstance(tests, list):
        raise _misfit("has no list of tests", path)
    time = moment(_text(root, "time", path))
    for index, test in enumerate(tests):
        place = f"{path}#/tests/{index}"
        if not isinstance(test, dict):
            raise _misfit("is no test", place)
        yield _result(test, Where(path, pointer=f"/tests/{index}"), place, time)


def _result(test: Mapping[str, Any], where: Where, place: str, time: int) -> ResultFact:
    name, said = _text(test, "name", place), _text(test, "outcome", place)
    if not name:
        raise _misfit("has no name", place)
    if said not in set(Verdict):
        raise _misfit(f"has no outcome that is one of {', '.join(Verdict)}", place)
    verdict = Verdict(said)
    return ResultFact(
        clean(_text(test, "suite", place)),
        clean(_text(test, "classname", place)),
        clean(name),
        clean(_text(test, "file", place), TEXT_LIMIT),
        verdict,
        Evidence(NAME, where, Basis.OBSERVED, Confidence.HIGH, "evidence-test"),
        tuple(_properties(test.get("claims", {}), place)),
        moment(_text(test, "time", place)) or time,
        test.get("flaky") is True and verdict is Verdict.PASSED,
    )


def _properties(claims: Any, place: str) -> Iterator[tuple[str, str]]:
    """Claims by technique, as the properties by which other reports say the same."""
    if not isinstance(claims, dict):
        raise _misfit("has claims that are no object of lists by technique", place)
    for technique, values in sorted(claims.items()):
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise _misfit("has claims that are no lists of texts", place)
        for value in values:
            yield told(PREFIX + technique, value)


def _text(said: Mapping[str, Any], key: str, place: str) -> str:
    value = said.get(key, "")
    if not isinstance(value, str):
        raise _misfit(f"has a {key} that is no text", place)
    return value


def _misfit(message: str, place: str) -> DocumentError:
    return DocumentError(message, slug="evidence-misfit", where=place)
