"""A whole small system against its stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

from pathlib import Path

from golden_facts import assert_golden

GOLDEN = Path(__file__).parents[2] / "golden" / "modules"


def test_golden(run):
    assert_golden(run(GOLDEN / "shop"), GOLDEN / "shop.json")
