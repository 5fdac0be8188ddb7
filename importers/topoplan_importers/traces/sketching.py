"""Joins the spans of a run in memory, keeping sketches of the traces that show each thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
        self._calls_of: dict[BoundaryKey, Sketching] = {}
        self._roles_of: dict[ChannelKey, Sketching] = {}
        self._services_of: dict[str, Sketching] = {}
        self._present = _SketchingPresences(self._services_of, self._hash)

    def observed(self, paths: Sequence[str]) -> Observed:
        found = super().observed(paths)
        return replace(
            found,
            boundaries={key: own.sketched(_sketch(self._calls_of, key)) for key, own in found.boundaries.items()},
            channels={key: own.sketched(_sketch(self._roles_of, key)) for key, own in found.channels.items()},
            services={name: own.sketched(_sketch(self._services_of, name)) for name, own in found.services.items()},
        )

    def _hash(self, trace: SpanId) -> int:
        """Calls of one trace mostly come one after the other."""
        if trace != self._hashed[0]:
            self._hashed = trace, hash_of(trace)
        return self._hashed[1]

    def _count(self, page: Page, timed: Placed, span: Placed, failed: bool, weight: float) -> None:
        super()._count(page, timed, span, failed, weight)
        self._calls_of.setdefault(page.account.key, Sketching()).add(self._hash(timed.trace))

    def _book_role(self, span: Placed, role: ChannelRole) -> None:
        super()._book_role(span, role)
        key = channel_key(span.signature, role)
        if key is not None:
            self._roles_of.setdefault(key, Sketching()).add(self._hash(span.trace))


def _sketch(growing: Mapping[K, Sketching], key: K) -> Sketch:
    """Empty for what only a ready-made edge names."""
    return growing[key].sketch() if key in growing else Sketch()


class _SketchingPresences(Presences):
    def __init__(self, services: dict[str, Sketching], hashed: Callable[[SpanId], int]) -> None:
        super().__init__()
        self._services, self._hash = services, hashed

    def see(self, spans: Sequence[Placed]) -> None:
        super().see(spans)
        for service in {span.signature.service for span in spans}:
            self._services.setdefault(service, Sketching()).add(self._hash(spans[0].trace))
