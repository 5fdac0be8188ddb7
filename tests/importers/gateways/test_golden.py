"""A whole small system against its stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_facts import assert_golden

GOLDEN = Path(__file__).parents[2] / "golden" / "gateways"


def test_golden(run):
    assert_golden(run(GOLDEN / "shop"), GOLDEN / "shop.json")


@pytest.mark.parametrize("secret", ["hunter2", "s3cret"])
def test_no_secret_is_stored(secret):
    assert secret in (GOLDEN / "shop" / "edge" / "nginx.conf").read_text()
    assert secret not in (GOLDEN / "shop.json").read_text()
