"""One pact a version and one result a kind, against what the importers made of them, byte for byte."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from topoplan.importing.contract import Importer, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.codec import encode
from topoplan_importers.pacts import PactImporter, PactVerificationImporter

GOLDEN = Path(__file__).parents[2] / "golden" / "pacts"
FILES = sorted(path.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("*/*.json"))
READERS: dict[str, Importer] = {"contracts": PactImporter(), "verifications": PactVerificationImporter()}


@pytest.mark.parametrize("name", FILES)
def test_facts_byte_for_byte(name: str) -> None:
    folder, file = name.split("/")
    found = candidate(file, GOLDEN / name)
    assert [key for key, importer in READERS.items() if importer.claims(found)] == [folder]
    imported = READERS[folder].read([found], Workspace({".": GOLDEN / folder}), ImportOptions())
    told = {key: encode(getattr(imported, key)) for key in ("checks", "notices", "sources")}
    content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    assert b"hunter2" not in content
    wanted = (GOLDEN / name).with_suffix(".facts")
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        wanted.write_bytes(content)
    assert content == wanted.read_bytes(), "run again with TOPOPLAN_UPDATE_GOLDEN=1"
