"""Joins the spans of a run in memory, keeping sketches of the traces that show each thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from topoplan.model.facts import ChannelRole
from topoplan_importers.traces.accounts import channel_key
from topoplan_importers.traces.forest import Placed
from topoplan_importers.traces.ledger import Ledger, Page
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.presence import Presences
from topoplan_importers.traces.sketch import Sketch, Sketching, hash_of
from topoplan_importers.traces.span import SpanId
from topoplan_importers.traces.tally import BoundaryKey, ChannelKey

K = TypeVar("K")


class SketchingLedger(Ledger):
    """A ledger whose boundaries, channel roles and services have sketches, and count their traces by them."""

    def __init__(self) -> None:
        super().__init__()
        self._hashed: tuple[SpanId, int] = (0, hash_of(0))
        self._of_uses: dict[BoundaryKey | ChannelKey, Sketching] = {}
        self._of_services: dict[str, Sketching] = {}
        self._present = _SketchingPresences(self._of_services, self._hash)

    def observed(self, paths: Sequence[str]) -> Observed:
        return super().observed(paths).sketched(_sketches(self._of_uses), _sketches(self._of_services))

    def _hash(self, trace: SpanId) -> int:
        """Calls of one trace mostly come one after the other."""
        if trace != self._hashed[0]:
            self._hashed = trace, hash_of(trace)
        return self._hashed[1]

    def _count(self, page: Page, timed: Placed, span: Placed, failed: bool, weight: float) -> None:
        super()._count(page, timed, span, failed, weight)
        self._of_uses.setdefault(page.account.key, Sketching()).add(self._hash(timed.trace))

    def _book_role(self, span: Placed, role: ChannelRole) -> None:
        super()._book_role(span, role)
        key = channel_key(span.signature, role)
        if key is not None:
            self._of_uses.setdefault(key, Sketching()).add(self._hash(span.trace))


def _sketches(growing: Mapping[K, Sketching]) -> dict[K, Sketch]:
    return {key: own.sketch() for key, own in growing.items()}


class _SketchingPresences(Presences):
    def __init__(self, services: dict[str, Sketching], hashed: Callable[[SpanId], int]) -> None:
        super().__init__()
        self._services, self._hash = services, hashed

    def see(self, spans: Sequence[Placed]) -> None:
        super().see(spans)
        for service in {span.signature.service for span in spans}:
            self._services.setdefault(service, Sketching()).add(self._hash(spans[0].trace))
