from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan_importers.kubernetes import KubernetesImporter


@pytest.fixture
def importer() -> KubernetesImporter:
    return KubernetesImporter()


@pytest.fixture
def read_as(tmp_path: Path, importer: KubernetesImporter) -> Callable[[Mapping[str, str], ImportOptions], Imported]:
    """Writes the given files and reads them under some options, which are told of all files."""

    def write_and_read(files: Mapping[str, str], options: ImportOptions) -> Imported:
        for name, content in files.items():
            path = tmp_path / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        found = [candidate(name, tmp_path / "root" / name) for name in sorted(files)]
        claimed = [c for c in found if importer.claims(c)]
        every = replace(options, files=tuple(sorted(files)))
        return importer.read(claimed, Workspace({".": tmp_path / "root"}), every)

    return write_and_read
