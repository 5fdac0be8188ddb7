"""Sources, copies and determinism of whole runs."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from spec_reading import candidate, interfaces, read_specs, write

from topoplan.importing.contract import ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan_importers.openapi import OpenApiImporter

SPEC = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {200: {description: d}}}}}\n"


def test_copies_are_sources_of_their_own_and_told(tmp_path: Path) -> None:
    write(tmp_path, {"mysql/users/openapi.yaml": SPEC, "oracle/users/openapi.yaml": SPEC, "x/openapi.yaml": SPEC + "#"})
    imported = read_specs(tmp_path)
    assert [(source.path, source.reason, source.facts) for source in imported.sources] == [
        ("mysql/users/openapi.yaml", "", 1),
        ("oracle/users/openapi.yaml", "same content as mysql/users/openapi.yaml", 1),
        ("x/openapi.yaml", "", 1),
    ]
    assert [i.folder for i in interfaces(imported)] == ["mysql/users", "oracle/users", "x"]


def test_what_turns_out_to_be_no_specification_is_skipped_with_the_reason(tmp_path: Path) -> None:
    text = "definitions:\n" + "".join(f"  S{i}: {{type: object}}\n" for i in range(400))
    write(tmp_path, {"schemas.yaml": text})
    (source,) = read_specs(tmp_path).sources
    assert source.state is SourceState.SKIPPED
    assert "version" in source.reason


def test_a_file_that_vanished_is_a_failed_source(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": SPEC, "b.yaml": SPEC})
    found = [candidate(tmp_path, path) for path in ("a.yaml", "b.yaml")]
    (tmp_path / "a.yaml").unlink()
    imported = OpenApiImporter().read(found, Workspace({".": tmp_path}), ImportOptions(validate_specs=False))
    assert [source.state for source in imported.sources] == [SourceState.FAILED, SourceState.ANALYSED]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_candidates_does_not_matter(tmp_path: Path, seed: int) -> None:
    paths = [f"{name}/openapi.yaml" for name in "abcdef"]
    write(tmp_path, dict.fromkeys(paths, SPEC))
    found = [candidate(tmp_path, path) for path in paths]
    options = ImportOptions(validate_specs=False)
    wanted = OpenApiImporter().read(found, Workspace({".": tmp_path}), options)
    random.Random(seed).shuffle(found)
    assert OpenApiImporter().read(found, Workspace({".": tmp_path}), options) == wanted


def test_the_hash_seed_does_not_matter() -> None:
    golden = Path(__file__).parents[2] / "golden" / "openapi"
    support = Path(__file__).parents[2] / "support"
    code = (
        "import sys; from pathlib import Path; from spec_reading import read_specs\n"
        "print([read_specs(folder) for folder in sorted(Path(sys.argv[1]).iterdir()) if folder.is_dir()])"
    )
    outputs = set()
    for seed in ("0", "1", "5"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(support)}
        done = subprocess.run(
            [sys.executable, "-c", code, str(golden)], env=environment, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert "InterfaceFact" in outputs.pop()
