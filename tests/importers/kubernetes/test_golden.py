"""Whole small systems against their stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from topoplan.model.codec import encode

GOLDEN = Path(__file__).parents[2] / "golden" / "kubernetes"


@pytest.mark.parametrize("case", ["shop", "variants"])
def test_golden(case, run):
    imported = run(GOLDEN / case)
    told = {
        "facts": [{"fact": type(fact).__name__, **encode(fact)} for fact in imported.facts],
        "sources": [source for source in encode(imported.sources) if source["path"] != "facts.json"],
        "notices": encode(imported.notices),
    }
    content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    wanted = GOLDEN / case / "facts.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        wanted.write_bytes(content)
    assert content == wanted.read_bytes(), "run again with TOPOPLAN_UPDATE_GOLDEN=1"


@pytest.mark.parametrize("secret", ["hunter2", "hunter3", "s3cret"])
def test_no_secret_is_stored(secret):
    assert secret in (GOLDEN / "shop" / "shop.yaml").read_text()
    assert secret not in (GOLDEN / "shop" / "facts.json").read_text()
