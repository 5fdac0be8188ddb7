import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from topoplan.errors import DocumentError, UsageError
from topoplan.importing import registry
from topoplan.importing.contract import ENTRY_POINT_GROUP, Candidate, Imported, ImportOptions
from topoplan.importing.registry import ImporterInfo, list_importers, load_importers, run_importer
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Severity, Source, SourceState

FILES = (Candidate("a.x", "a.x", 1, b"a"), Candidate("b.x", "b.x", 1, b"b"))


class Good:
    name = "good"
    summary = "Reads\x1bgood files"

    def claims(self, candidate: Candidate) -> bool:
        return True

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        return Imported(sources=tuple(Source(c.path, SourceState.ANALYSED, self.name) for c in candidates))


class Another(Good):
    name = "another"


class Bare:
    name = "bare"


class Failing(Good):
    def __init__(self) -> None:
        raise RuntimeError("no licence")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("pretend_importers")
    for kind in (Good, Another, Bare, Failing):
        setattr(module, kind.__name__, kind)
    monkeypatch.setitem(sys.modules, "pretend_importers", module)
    targets = {
        "good": "Good", "another": "Another", "bare": "Bare", "failing": "Failing", "absent": "Absent", "alias": "Good",
    }  # fmt: skip
    points = [EntryPoint(name, f"pretend_importers:{target}", ENTRY_POINT_GROUP) for name, target in targets.items()]
    points.append(EntryPoint("nomodule", "pretend_nothing:X", ENTRY_POINT_GROUP))
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == ENTRY_POINT_GROUP else [])


@pytest.mark.usefixtures("installed")
class TestLoading:
    def test_usable_importers_are_sorted_and_the_others_told(self) -> None:
        importers, notices = load_importers()
        assert [importer.name for importer in importers] == ["another", "good"]
        assert [(n.severity, n.slug) for n in notices] == [(Severity.ERROR, "importer-unusable")] * 5
        assert [n.message for n in notices] == [
            "importer absent cannot be used: AttributeError: module 'pretend_importers' has no attribute 'Absent'",
            "importer alias cannot be used: it calls itself good",
            "importer bare cannot be used: it lacks name, summary, claims or read",
            "importer failing cannot be used: RuntimeError: no licence",
            "importer nomodule cannot be used: ModuleNotFoundError: No module named 'pretend_nothing'",
        ]

    def test_only_the_named_ones_are_loaded(self) -> None:
        importers, notices = load_importers(["good"])
        assert ([importer.name for importer in importers], notices) == (["good"], ())

    def test_an_unknown_name_is_a_usage_error_that_lists_the_known(self) -> None:
        with pytest.raises(UsageError) as caught:
            load_importers(["good", "goood"])
        assert caught.value.slug == "unknown-importer"
        assert "goood" in caught.value.message
        assert "another, bare" in caught.value.hint

    def test_all_are_listed(self) -> None:
        listed = {info.name: info for info in list_importers()}
        assert list(listed) == ["absent", "alias", "another", "bare", "failing", "good", "nomodule"]
        assert listed["good"] == ImporterInfo("good", "", "", "Reads good files")
        assert listed["failing"].summary == "cannot be used: RuntimeError: no licence"


class Crashing(Good):
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        raise self.error


class Forgetful(Good):
    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        return Imported(sources=(Source(candidates[0].path, SourceState.ANALYSED, self.name),))


class Confused(Good):
    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        return None  # type: ignore[return-value]


def run(importer: Good) -> Imported:
    return run_importer(importer, FILES, Workspace({".": Path()}), ImportOptions())


class TestRunning:
    def test_what_it_reads_is_passed_on(self) -> None:
        assert run(Good()).sources == (
            Source("a.x", SourceState.ANALYSED, "good"),
            Source("b.x", SourceState.ANALYSED, "good"),
        )

    @pytest.mark.parametrize("error", [ValueError("password=hunter2"), RecursionError(), KeyError("hunter2")])
    def test_a_crash_fails_its_files_without_quoting_them(self, error: Exception) -> None:
        imported = run(Crashing(error))
        assert [(s.path, s.state, s.importer) for s in imported.sources] == [
            ("a.x", SourceState.FAILED, "good"),
            ("b.x", SourceState.FAILED, "good"),
        ]
        (notice,) = imported.notices
        assert (notice.severity, notice.slug) == (Severity.ERROR, "importer-crashed")
        assert type(error).__name__ in notice.message
        assert "test_registry.py:" in notice.message
        assert "hunter2" not in notice.message + imported.sources[0].reason

    def test_an_error_of_ours_keeps_its_message(self) -> None:
        imported = run(Crashing(DocumentError("is odd", slug="odd", where="a.x")))
        assert imported.sources[0].reason == "DocumentError: a.x: is odd [odd]"

    def test_a_wrong_result_is_a_crash(self) -> None:
        assert [notice.slug for notice in run(Confused()).notices] == ["importer-crashed"]

    def test_a_forgotten_file_is_a_failed_source(self) -> None:
        assert [(s.path, s.state) for s in run(Forgetful()).sources] == [
            ("a.x", SourceState.ANALYSED),
            ("b.x", SourceState.FAILED),
        ]

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
    def test_stopping_is_not_a_crash(self, error: BaseException) -> None:
        with pytest.raises(type(error)):
            run(Crashing(error))
