"""`--pact-broker`: contracts and verifications from a broker, as inputs of this one run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def evidence_mounts(url: str | None) -> Iterator[tuple[tuple[str, Path], ...]]:
    """Downloaded files as inputs under the shown path `pact-broker`, gone afterwards; nothing without a URL."""
    yield ()
