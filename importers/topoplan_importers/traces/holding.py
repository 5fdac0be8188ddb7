"""Holds the spans of a run in few bytes each, by trace, until all files are read.

Any span may still get a child, in this file or the next, so all of them are held; what most of them say is shared.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from topoplan_importers.traces.batch import Batch, Places
from topoplan_importers.traces.forest import Placed
from topoplan_importers.traces.span import Signature, Span, SpanId

_LARGEST = (1 << 64) - 1
_RECORD = struct.Struct("<QQqqdI")
"""Id, parent (0: none), start, duration, weight, place."""


class Held:
    """Spans by trace, in no particular order."""

    def __init__(self) -> None:
        self._packed: dict[SpanId, bytearray] = {}
        """Every trace, with the spans that fit into a record."""
        self._odd: dict[SpanId, list[Span]] = {}
        """Spans with links, or with ids other than numbers of 64 bits."""
        self._places: dict[tuple[Signature, int, bool], int] = {}
        """What many spans have in common → its number: signature, file and whether they failed."""
        self._told: dict[int, Places] = {}
        """The same numbers, by file."""
        self._seen: set[int] = set()
        """Numbers of the places that `drain` met."""

    def add_all(self, batch: Batch, file: int) -> int:
        """Take spans without links. Raises ValueError or TypeError, having taken none, where an id is no plain number:
        then they have to come one by one."""
        traces = [int(trace, 16) for trace in batch.traces]  # type: ignore[arg-type]
        ids = [int(own, 16) for own in batch.ids]  # type: ignore[arg-type]
        parents = [int(parent, 16) if parent else 0 for parent in batch.parents]  # type: ignore[arg-type]
        numbers = (*ids, *parents)
        if 0 in traces or 0 in ids or min(numbers, default=0) < 0 or max(numbers, default=0) > _LARGEST:
            raise ValueError("an id that does not fit")
        places = self._told.get(file)
        if places is None:
            places = self._told[file] = Places(lambda told: self._place(told.signature, file, told.failed))
        batch.check_times()
        packed, pack = self._packed, _RECORD.pack
        for trace, own, parent, start, duration, weight, told in zip(
            traces, ids, parents, batch.starts, batch.durations, batch.all_weights(), batch.told, strict=True
        ):
            records = packed.get(trace)
            if records is None:
                records = packed[trace] = bytearray()
            records += pack(own, parent, start, duration, weight, places[told])
        return len(ids)

    def _place(self, signature: Signature, file: int, failed: bool) -> int:
        return self._places.setdefault((signature, file, failed), len(self._places))

    def add(self, span: Span) -> None:
        number = self._place(span.signature, span.file, span.failed)
        records = self._packed.get(span.trace)
        if records is None:
            records = self._packed[span.trace] = bytearray()
        if not span.links:
            try:
                records += _RECORD.pack(span.id, span.parent or 0, span.start, span.duration, span.weight, number)
            except struct.error:
                self._odd.setdefault(span.trace, []).append(span)
        else:
            self._odd.setdefault(span.trace, []).append(span)

    def take(self, traces: Iterable[SpanId]) -> dict[SpanId, list[Span]]:
        """Hand out the spans of some traces."""
        places, known = list(self._places), [trace for trace in traces if trace in self._packed]
        return {trace: list[Span](self._spans(trace, self._packed.pop(trace), places)[0]) for trace in known}

    def drain(self) -> Iterator[tuple[SpanId, list[Placed]]]:
        """Hand out all spans trace by trace, noting what was seen."""
        places = list(self._places)
        while self._packed:
            trace, records = self._packed.popitem()
            spans, numbers = self._spans(trace, records, places)
            self._seen.update(numbers)
            yield trace, spans

    def seen(self) -> Iterable[tuple[Signature, int]]:
        """Signatures and files of the spans that `drain` gave."""
        return [(signature, file) for number, (signature, file, _) in enumerate(self._places) if number in self._seen]

    def causes(self) -> Iterator[tuple[SpanId, SpanId]]:
        """For every link of a span: the trace it leads to, and the trace it stands in."""
        for trace, spans in self._odd.items():
            for span in spans:
                for cause, _ in span.links:
                    yield cause, trace

    def _spans(
        self, trace: SpanId, records: bytearray, places: list[tuple[Signature, int, bool]]
    ) -> tuple[list[Placed], set[int]]:  # fmt: skip
        """The spans of one trace, and the numbers of their places."""
        spans: list[Placed] = []
        numbers: set[int] = set()
        for own, parent, start, duration, weight, number in _RECORD.iter_unpack(records):
            numbers.add(number)
            signature, file, failed = places[number]
            spans.append(Placed(trace, own, parent or None, start, duration, failed, file, signature, (), weight))
        for odd in self._odd.pop(trace, ()):
            numbers.add(self._places[odd.signature, odd.file, odd.failed])
            spans.append(
                Placed(
                    trace, odd.id, odd.parent, odd.start, odd.duration, odd.failed, odd.file, odd.signature, odd.links,
                    odd.weight,
                )
            )  # fmt: skip
        return spans, numbers
