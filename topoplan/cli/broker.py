"""`--pact-broker`: contracts and verifications from a broker, as inputs of this one run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHOWN = "pact-broker"
"""Shown path under which downloaded files appear in reports."""
SECONDS = 60
"""Longest time the broker may take in all."""


@contextmanager
def evidence_mounts(url: str | None) -> Iterator[tuple[tuple[str, Path], ...]]:
    """Downloaded files as inputs under the shown path `pact-broker`, gone afterwards; nothing without a URL.

    Raises FetchError or UsageError: a broker that was asked for and did not answer leaves no result.
    """
    if url is None:
        yield ()
        return
    import tempfile

    from topoplan.fetching import Client, Query, credentials, download

    token, user = credentials(os.environ)
    files = download("pact-broker", Client(url, token, SECONDS, user), Query(0, 0, 0))
    with tempfile.TemporaryDirectory(prefix="topoplan-") as held:
        for file in files:
            (Path(held) / file.name).write_bytes(file.content)
        yield ((SHOWN, Path(held)),)
