"""Everything the importer says of one specification a version, byte for byte."""

import json
import os
from pathlib import Path

import pytest
from spec_reading import read_specs

from topoplan.model.codec import encode

GOLDEN = Path(__file__).parents[2] / "golden" / "openapi"


@pytest.mark.parametrize("folder", sorted(path.name for path in GOLDEN.iterdir() if path.is_dir()))
def test_golden(folder: str) -> None:
    imported = read_specs(GOLDEN / folder, validate=True)
    facts = [{"fact": type(fact).__name__, **encode(fact)} for fact in imported.facts]
    told = {"facts": facts, "sources": encode(imported.sources), "notices": encode(imported.notices)}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    wanted = GOLDEN / folder / "facts.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN"):
        wanted.write_text(text, encoding="utf-8")
    assert text == wanted.read_text(encoding="utf-8"), "run again with TOPOPLAN_UPDATE_GOLDEN=1"


def test_golden_folders_are_found() -> None:
    assert len([path for path in GOLDEN.iterdir() if path.is_dir()]) == 5
