"""Over real files, when the environment variable TOPOPLAN_DATA names a folder of them."""

import os
from pathlib import Path

import pytest

from topoplan.errors import DocumentError
from topoplan.importing.discovery import discover

DATA = os.environ.get("TOPOPLAN_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="TOPOPLAN_DATA names no folder of real files")


def test_nearly_all_real_files_are_read_and_the_rest_refused_with_a_place() -> None:
    found = discover(["."], (), Path(DATA))
    read, refused = 0, []
    for candidate in found.candidates:
        if not candidate.name.endswith((".yaml", ".yml", ".json")) or "/templates/" in candidate.path:
            continue
        try:
            found.workspace.document(candidate.path)
            read += 1
        except DocumentError as error:
            refused.append((candidate.path, error.where))
    assert read > 0
    assert [path for path, where in refused if not where.startswith(path)] == []
    assert len(refused) < 0.05 * read, refused
