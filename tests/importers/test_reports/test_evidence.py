import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from topoplan.importing.contract import Candidate, Imported, Importer
from topoplan.model.checks import ResultFact, Verdict
from topoplan.model.facts import SourceState
from topoplan_importers.test_reports import EvidenceImporter

Read = Callable[[Mapping[str, str | bytes]], Imported]


@pytest.fixture
def importer() -> Importer:
    return EvidenceImporter()


def document(*tests: Any, **other: Any) -> str:
    return json.dumps({"format": "topoplan/evidence", "format_version": 1, "tests": tests, **other})


def failure(imported: Imported) -> str:
    (source,) = imported.sources
    assert source.state is SourceState.FAILED
    assert imported.checks == ()
    return source.reason


def test_a_whole_test(read: Read) -> None:
    test = {
        "suite": "s", "classname": "c", "name": "t", "file": "tests/t.py", "outcome": "passed", "flaky": True,
        "claims": {"fault": ["a -> b"], "contract": ["a -> b : GET /x", "a -> c"]},
    }  # fmt: skip
    imported = read({"e.json": document(test, time="2024-03-01T12:00:00Z")})
    (check,) = imported.checks
    assert isinstance(check, ResultFact)
    assert (check.id, check.file, check.verdict, check.time, check.flaky) == (
        "s > c > t", "tests/t.py", Verdict.PASSED, 1709294400, True,
    )  # fmt: skip
    assert check.properties == (
        ("topoplan.contract", "a -> b : GET /x"), ("topoplan.contract", "a -> c"), ("topoplan.fault", "a -> b"),
    )  # fmt: skip
    assert str(check.evidence.where) == "e.json#/tests/0"
    assert [(s.state, s.facts) for s in imported.sources] == [(SourceState.ANALYSED, 1)]


def test_little_is_needed(read: Read) -> None:
    checks = read({"e.json": document({"name": "t", "outcome": "failed", "time": "2024-03-01", "flaky": True})}).checks
    (check,) = checks
    assert isinstance(check, ResultFact)
    assert (check.id, check.verdict, check.time, check.flaky, check.properties) == (
        "t", Verdict.FAILED, 1709251200, False, (),
    )  # fmt: skip


def test_a_run_without_tests_proves_nothing_and_is_told(read: Read) -> None:
    imported = read({"e.json": document()})
    assert [(s.state, s.reason) for s in imported.sources] == [(SourceState.ANALYSED, "holds no test")]
    assert [n.slug for n in imported.notices] == ["empty-run"]


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (1, "is no test (#/tests/0)"),
        ({"outcome": "passed"}, "has no name (#/tests/0)"),
        ({"name": ["t"], "outcome": "passed"}, "has a name that is no text (#/tests/0)"),
        (
            {"name": "t", "outcome": "fine"},
            "has no outcome that is one of passed, failed, skipped, unknown (#/tests/0)",
        ),
        ({"name": "t"}, "has no outcome that is one of passed, failed, skipped, unknown (#/tests/0)"),
        (
            {"name": "t", "outcome": "passed", "claims": ["a -> b"]},
            "has claims that are no object of lists by technique (#/tests/0)",
        ),
        (
            {"name": "t", "outcome": "passed", "claims": {"fault": "a -> b"}},
            "has claims that are no lists of texts (#/tests/0)",
        ),
    ],
)
def test_what_does_not_fit_fails_with_its_place(read: Read, test: object, reason: str) -> None:
    assert failure(read({"e.json": document(test)})) == reason


def test_other_versions_and_shapes_fail(read: Read) -> None:
    assert failure(read({"a.json": document(format_version=2)})).startswith("is not of format version 1")
    assert failure(read({"a.json": document(tests={})})) == "has no list of tests"
    assert failure(read({"a.json": '{"x": {"format": "topoplan/evidence"}}'})) == "is no evidence file"
    assert failure(read({"a.json": document()[:-1]})).startswith("Expecting")


def test_only_evidence_files_are_claimed() -> None:
    def claims(text: str) -> bool:
        return EvidenceImporter().claims(Candidate("a.json", "a.json", len(text), text.encode()))

    assert claims(document())
    assert not claims('{"format": "topoplan/report"}')
    assert not claims('["format", "topoplan/evidence"]')
