"""Runs an importer over a folder, as discovery would; each folder of tests says which one in its `importer` fixture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from topoplan.importing.contract import Imported, Importer, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace

Run = Callable[[Path], Imported]
Read = Callable[[Mapping[str, str | bytes]], Imported]


@pytest.fixture
def run(importer: Importer) -> Run:
    """Reads what the importer claims of the files of a folder."""

    def run_over(root: Path) -> Imported:
        paths = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
        found = [candidate(shown, paths[shown]) for shown in sorted(paths)]
        return importer.read([c for c in found if importer.claims(c)], Workspace({".": root}), ImportOptions())

    return run_over


@pytest.fixture
def read(tmp_path: Path, run: Run) -> Read:
    """Writes the given files into a folder and reads it."""

    def write_and_read(files: Mapping[str, str | bytes]) -> Imported:
        for name, content in files.items():
            path = tmp_path / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run(tmp_path / "root")

    return write_and_read
