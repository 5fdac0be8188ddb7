"""Unchanged files are read once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from trace_files import candidate, otlp, span

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces import OtlpImporter, remembering, small

FILES = Path(__file__).parent / "files"
CALL = otlp(span("a", 1, kind="client"), span("b", 2, 1, "server"))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every time files are read."""
    counted: list[int] = []
    observe_files = small.observe_files

    def counting(*args: Any) -> Any:
        counted.append(1)
        return observe_files(*args)

    monkeypatch.setattr(small, "observe_files", counting)
    return counted


def imported(folder: Path, cache: str, **options: object) -> Imported:
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    chosen = ImportOptions(cache_dir=cache, **options)  # type: ignore[arg-type]
    return OtlpImporter().read([candidate(folder, name) for name in names], Workspace({".": folder}), chosen)


@pytest.mark.parametrize("name", ["otlp.jsonl", "otlp-run.jsonl"])
def test_a_second_run_says_the_same_without_reading(tmp_path: Path, reads: list[int], name: str) -> None:
    folder, cache = tmp_path / "in", str(tmp_path / "cache")
    folder.mkdir()
    (folder / name).write_bytes((FILES / name).read_bytes() + b"\nnonsense\n")
    first = imported(folder, cache)
    assert imported(folder, cache) == first
    assert imported(folder, "") == first
    assert len(reads) == 2


def test_whatever_the_result_depends_on_is_noticed(tmp_path: Path, reads: list[int]) -> None:
    folder, cache = tmp_path / "in", str(tmp_path / "cache")
    folder.mkdir()
    file = folder / "t.json"
    file.write_text(CALL)
    imported(folder, cache)
    assert imported(folder, cache, test_traces=("t.json",)).checks
    before = file.stat()
    file.write_text(CALL.replace('"b"', '"c"'))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = imported(folder, cache)
    assert "c" in str(found.facts)
    (folder / "u.json").write_text(CALL)
    imported(folder, cache)
    assert len(reads) == 4
    imported(folder, cache)
    assert len(reads) == 4


def test_a_copy_with_other_times_is_recognised(tmp_path: Path, reads: list[int]) -> None:
    cache = str(tmp_path / "cache")
    found = []
    for place in ("one", "two"):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "t.json").write_text(CALL)
        os.utime(folder / "t.json", (len(found), len(found)))
        found.append(imported(folder, cache))
    assert found[0] == found[1]
    assert len(reads) == 1


def test_large_files_are_known_by_what_the_system_says(
    tmp_path: Path, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "LARGE_BYTES", len(CALL) - 1)
    folder, cache = tmp_path / "in", str(tmp_path / "cache")
    folder.mkdir()
    (folder / "t.json").write_text(CALL)
    first = imported(folder, cache)
    assert [source.digest for source in first.sources] == [""]
    assert imported(folder, cache) == first
    assert len(reads) == 1
    (folder / "t.json").write_text(CALL.replace('"b"', '"c"'))
    assert "c" in str(imported(folder, cache).facts)
    assert len(reads) == 2


def test_other_code_finds_nothing_remembered(tmp_path: Path, reads: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache = tmp_path / "in", str(tmp_path / "cache")
    folder.mkdir()
    (folder / "t.json").write_text(CALL)
    imported(folder, cache)
    monkeypatch.setattr(remembering, "code_digest", lambda: "other")
    imported(folder, cache)
    assert len(reads) == 2


def test_damaged_memory_is_none(tmp_path: Path, reads: list[int]) -> None:
    folder, cache = tmp_path / "in", tmp_path / "cache"
    folder.mkdir()
    (folder / "t.json").write_text(CALL)
    first = imported(folder, str(cache))
    for file in [path for path in cache.rglob("*") if path.is_file()]:
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert imported(folder, str(cache)) == first
    assert len(reads) == 2
