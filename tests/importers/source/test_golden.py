"""A whole small system against its stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

from pathlib import Path

from golden_facts import assert_golden

GOLDEN = Path(__file__).parents[2] / "golden" / "source" / "shop"


def test_golden(run):
    assert_golden(run(GOLDEN), GOLDEN / "facts.json")


def test_no_secret_is_stored():
    assert "hunter2" in (GOLDEN / "orders" / "Orders.java").read_text()
    assert "hunter2" not in (GOLDEN / "facts.json").read_text()
