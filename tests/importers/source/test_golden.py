"""A whole small system against its stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

from topoplan.model.codec import encode

GOLDEN = Path(__file__).parents[2] / "golden" / "source" / "shop"


def test_golden(run):
    imported = run(GOLDEN)
    told = {
        "facts": [{"fact": type(fact).__name__, **encode(fact)} for fact in imported.facts],
        "sources": encode(imported.sources),
        "notices": encode(imported.notices),
    }
    content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    wanted = GOLDEN / "facts.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        wanted.write_bytes(content)
    assert content == wanted.read_bytes(), "run again with TOPOPLAN_UPDATE_GOLDEN=1"


def test_no_secret_is_stored():
    assert "hunter2" in (GOLDEN / "orders" / "Orders.java").read_text()
    assert "hunter2" not in (GOLDEN / "facts.json").read_text()
