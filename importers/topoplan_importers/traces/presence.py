"""Counts the traces that each service has a span in, which tells how much its silence on a call means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topoplan.model.stats import Presence
from topoplan_importers.traces.forest import Placed


class _Seen:
    __slots__ = ("first", "last", "trace", "traces")

    def __init__(self) -> None:
        self.traces = 0
        self.first = 0
        """Earliest start in microseconds, 0 unknown."""
        self.last = 0
        self.trace = 0
        """Number of the trace counted last."""


class Presences:
    """Takes trace by trace."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._traces = 0

    def see(self, spans: Sequence[Placed]) -> None:
        """All spans of one trace, as read."""
        self._traces += 1
        for span in spans:
            service = span.signature.service
            seen = self._seen.get(service)
            if seen is None:
                seen = self._seen[service] = _Seen()
            if seen.trace != self._traces:
                seen.trace = self._traces
                seen.traces += 1
            start = span.start
            if start > seen.last:
                seen.last = start
            if start and (start < seen.first or not seen.first):
                seen.first = start

    def all(self) -> Iterator[tuple[str, Presence]]:
        """Every named service."""
        for service, seen in self._seen.items():
            if service:
                yield service, Presence(seen.traces, seen.first // 1_000_000, seen.last // 1_000_000)
