"""Runs the compose importer over a folder, as discovery would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.compose import ComposeImporter

Run = Callable[..., Imported]


def _run(folder: Path, options: ImportOptions = ImportOptions(), shown: str = ".") -> Imported:  # noqa: B008
    importer = ComposeImporter()
    candidates = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        below = path.relative_to(folder).as_posix()
        with path.open("rb") as stream:
            name = below if shown == "." else f"{shown}/{below}"
            candidate = Candidate(name, path.name.lower(), path.stat().st_size, stream.read(4096))
        if importer.claims(candidate):
            candidates.append(candidate)
    return importer.read(candidates, Workspace({shown: folder}), options)


@pytest.fixture
def run() -> Run:
    return _run


@pytest.fixture
def read(tmp_path: Path) -> Run:
    """Writes the given files into an empty folder and reads it."""

    def write_and_read(files: Mapping[str, str | bytes], options: ImportOptions = ImportOptions()) -> Imported:  # noqa: B008
        root = tmp_path / "root"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return _run(root, options)

    return write_and_read
