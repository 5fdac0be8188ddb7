"""Screens in tests wait for the app to be idle, hundreds of times."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot looks every 20 ms whether the app worked less than 1 ms of them; here with the same share, sooner
    done. What takes longer, as threads and pauses in typing do, `settled` waits for by name."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.005)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.00025)
