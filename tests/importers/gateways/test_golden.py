"""A whole small system against its stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from topoplan.model.codec import encode

GOLDEN = Path(__file__).parents[2] / "golden" / "gateways"


def test_golden(run):
    imported = run(GOLDEN / "shop")
    told = {
        "facts": [{"fact": type(fact).__name__, **encode(fact)} for fact in imported.facts],
        "sources": encode(imported.sources),
        "notices": encode(imported.notices),
    }
    content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    wanted = GOLDEN / "shop.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        wanted.write_bytes(content)
    assert content == wanted.read_bytes(), "run again with TOPOPLAN_UPDATE_GOLDEN=1"


@pytest.mark.parametrize("secret", ["hunter2", "s3cret"])
def test_no_secret_is_stored(secret):
    assert secret in (GOLDEN / "shop" / "edge" / "nginx.conf").read_text()
    assert secret not in (GOLDEN / "shop.json").read_text()
