"""Real files: a corpus named by TOPOPLAN_DATA imports without a traceback, and each file is accounted for."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from running import topoplan

DATA = os.environ.get("TOPOPLAN_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="TOPOPLAN_DATA names no folder with real systems")


@pytest.mark.parametrize("folder", ["corpus/compose", "corpus/openapi", "traces", "systems"])
def test_a_corpus_is_analysed(folder: str) -> None:
    done = topoplan("graph", Path(DATA) / folder, "-q", timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    sources = json.loads(done.stdout)["sources"]
    states = Counter(s["state"] for s in sources)
    assert states["analysed"] > 10
    assert all(s["reason"] for s in sources if s["state"] != "analysed")
