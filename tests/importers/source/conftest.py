"""Runs the source importer over a folder, as discovery would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan_importers.source import SourceImporter

Read = Callable[..., Imported]


def _run(root: Path, options: ImportOptions = ImportOptions()) -> Imported:  # noqa: B008 -- frozen
    importer = SourceImporter()
    paths = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
    found = [candidate(shown, paths[shown]) for shown in sorted(paths)]
    return importer.read([c for c in found if importer.claims(c)], Workspace({".": root}), options)


@pytest.fixture
def run() -> Callable[[Path], Imported]:
    return _run


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes the given files into a folder and reads it."""

    def write_and_read(files: Mapping[str, str | bytes], options: ImportOptions = ImportOptions()) -> Imported:  # noqa: B008
        for name, content in files.items():
            path = tmp_path / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return _run(tmp_path / "root", options)

    return write_and_read
