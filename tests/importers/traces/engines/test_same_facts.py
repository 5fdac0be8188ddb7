"""Whole files, generated and real, give the same facts whichever engine joins their spans."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from generated_traces import write
from msgspec.structs import replace
from trace_files import IMPORTERS, NO_OPTIONS, candidate

from topoplan.importing.contract import Candidate, Imported
from topoplan.importing.workspace import Workspace

DATA = os.environ.get("TOPOPLAN_DATA", "")


def imported(folder: Path, files: list[Candidate], engine: str) -> list[Imported]:
    """What the importers of traces make of these files."""
    options, workspace = replace(NO_OPTIONS, engine=engine, jobs=1), Workspace({".": folder})
    by_importer = [[file for file in files if importer.claims(file)] for importer in IMPORTERS]
    return [i.read(own, workspace, options) for i, own in zip(IMPORTERS, by_importer, strict=True) if own]


@pytest.mark.parametrize("kind", ["otlp", "jaeger", "zipkin"])
def test_generated_traces(kind: str, tmp_path: Path) -> None:
    write(tmp_path / f"traces.{kind}.json", kind, 2_000)
    files = [candidate(tmp_path, f"traces.{kind}.json")]
    held, joined = (imported(tmp_path, files, engine) for engine in ("dicts", "duckdb"))
    assert joined == held
    assert len(held[0].facts) > 400


def real_folders() -> Iterator[tuple[Path, list[Candidate]]]:
    index = (Path(DATA) / "traces" / "INDEX.tsv").read_text().splitlines()[1:]
    names: dict[Path, list[str]] = {}
    for row in index:
        path = Path(DATA) / "traces" / row.split("\t")[0]
        names.setdefault(path.parent, []).append(path.name)
    for folder, own in names.items():
        yield folder, [candidate(folder, name) for name in sorted(own)]


@pytest.mark.skipif(not DATA, reason="TOPOPLAN_DATA names no folder of real traces")
def test_real_traces() -> None:
    facts = 0
    for folder, files in real_folders():
        held, joined = (imported(folder, files, engine) for engine in ("dicts", "duckdb"))
        assert joined == held, folder
        facts += sum(len(found.facts) for found in held)
    assert facts > 1_000
