"""Runs the OpenAPI importer over files written for one test."""

from pathlib import Path

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, InterfaceFact
from topoplan.model.operation import Operation
from topoplan_importers.openapi import OpenApiImporter


def candidate(root: Path, path: str) -> Candidate:
    data = (root / path).read_bytes()
    return Candidate(path, Path(path).name.lower(), len(data), data[:4096])


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)


def read_specs(root: Path, validate: bool = False, cache_dir: str = "") -> Imported:
    """Import every claimed file below `root`, as an analysis of `.` would."""
    found = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    importer = OpenApiImporter()
    claimed = [c for c in (candidate(root, path) for path in found) if importer.claims(c)]
    options = ImportOptions(validate_specs=validate, cache_dir=cache_dir)
    return importer.read(claimed, Workspace({".": root}), options)


def interfaces(imported: Imported) -> list[InterfaceFact]:
    return [fact for fact in imported.facts if isinstance(fact, InterfaceFact)]


def calls(imported: Imported) -> list[CallFact]:
    return [fact for fact in imported.facts if isinstance(fact, CallFact)]


def operations_of(text: str, path: str = "openapi.yaml") -> dict[str, Operation]:
    """Operations of one specification read on its own, by id."""
    operations = OpenApiImporter().operations(path, text.encode())
    assert operations is not None
    return {operation.id: operation for operation in operations}
