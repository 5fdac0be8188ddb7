"""Every compose file of the collected public data, where there is any: `TOPOPLAN_DATA` names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from topoplan.model.facts import SourceState

DATA = os.environ.get("TOPOPLAN_DATA", "")


@pytest.mark.skipif(not DATA, reason="TOPOPLAN_DATA does not name a folder of real data")
@pytest.mark.parametrize("folder", ["corpus/compose", "systems"])
def test_real_files_are_read(folder: str, run) -> None:
    imported = run(Path(DATA) / folder)
    states = [s.state for s in imported.sources]
    assert states.count(SourceState.FAILED) == 0
    assert states.count(SourceState.ANALYSED) >= 0.95 * len(states)
    assert len(imported.facts) > 4 * states.count(SourceState.ANALYSED) // 3
