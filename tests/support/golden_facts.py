"""What an importer read of a whole small system, against the facts stored for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from topoplan.importing.contract import Imported
from topoplan.model.codec import encode


def assert_golden(imported: Imported, stored: Path) -> None:
    """Equal to the byte; with `TOPOPLAN_UPDATE_GOLDEN=1` it is written first."""
    told = {
        "facts": [{"fact": type(fact).__name__, **encode(fact)} for fact in imported.facts],
        "sources": encode(imported.sources),
        "notices": encode(imported.notices),
    }
    content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        stored.write_bytes(content)
    assert content == stored.read_bytes(), "run again with TOPOPLAN_UPDATE_GOLDEN=1"
