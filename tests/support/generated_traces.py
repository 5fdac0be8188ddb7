"""Writes traces of a generated system of 200 services, of any size, with the table of every edge they hold.

    python tests/support/generated_traces.py FORMAT SPANS FILE [SEED]      FORMAT: otlp jaeger zipkin

writes FILE. The table is kept while the spans are made, from the calls that are meant, not from the spans. The same
format, number and seed give the same bytes, whatever the number of processes; the same number and seed give the same
traces in all formats. A process holds 20,000 spans at most.
"""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter

from edge_tables import Edge, Table, Tally, merge
from generated_formats import FORMATS, Format, Link
from generated_system import (
    BROKEN,
    FINE,
    REFUSED,
    Call,
    Endpoint,
    Shape,
    System,
    Topic,
    generated_system,
    service_name,
)

CHUNK = 20_000
"""Spans made at a time. No trace, link or batch reaches over a chunk's end."""
START_US = 1_760_000_000_000_000
CHUNK_US = 60_000_000
"""Time between the beginnings of two chunks."""
DEEPEST = 6
"""Services one below the other in a trace."""
_SPREAD = 64
"""Different durations of one place."""
_BATCH = 3
"""Messages received at once where receivers are linked."""


@dataclass(frozen=True, slots=True)
class Written:
    """A generated file."""

    path: Path
    spans: int
    table: Table
    units: Sequence[int] = ()
    """Length of each trace where the file is one document (Jaeger's)."""


def write(path: Path, kind: str, spans: int, seed: int = 1, processes: int = 1, chunk: int = CHUNK) -> Written:
    """At least `spans` spans: traces are whole. A process holds `chunk` spans; each chunk has traces of its own."""
    sizes = [chunk] * (spans // chunk) + [spans % chunk] * (spans % chunk > 0)
    make = partial(_write_chunk, path, kind, seed)
    if processes == 1:
        return _joined(path, kind, map(make, range(len(sizes)), sizes))
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return _joined(path, kind, pool.map(make, range(len(sizes)), sizes))


def _joined(path: Path, kind: str, parts: Iterable[Written]) -> Written:
    table: Table = {}
    units: list[int] = []
    total = 0
    with path.open("wb") as out:
        out.write(FORMATS[kind].begin.encode())
        for part in parts:
            with part.path.open("rb") as text:
                shutil.copyfileobj(text, out, 1 << 22)
            part.path.unlink()
            merge(table, part.table)
            units += part.units
            total += part.spans
        out.write(FORMATS[kind].end.encode())
    return Written(path, total, table, units)


def _write_chunk(path: Path, kind: str, seed: int, number: int, spans: int) -> Written:
    part = path.with_name(f".{path.name}.{number}")
    with part.open("w", encoding="ascii", newline="\n") as out:
        system = generated_system()
        form = FORMATS[kind](out, number == 0)
        walk = _Walk(system, Random(f"{seed}/{number}"), START_US + number * CHUNK_US, form)
        walk.run(spans)
        form.close()
    return Written(part, walk.spans, walk.table, form.units)


class _Walk:
    """Goes through requests as the system would handle them, writes their spans and counts their calls."""

    def __init__(self, system: System, draw: Random, start: int, form: Format) -> None:
        self.table: Table = {}
        self._tallies: dict[Edge, list[Tally]] = {}
        """Of an operation: its own and the boundary's."""
        self.spans = 0
        self._draw, self._random, self._bits = draw, draw.random, draw.getrandbits
        self._start = start
        self._form = form
        self._entries = system.entries
        self._trace, self._number, self._most = "", 0, 0
        self._waiting: dict[Topic, list[tuple[int, Link]]] = {}
        self._base = {shape: 200 + 97 * (n % 400) for n, shape in enumerate(system.shapes)}
        self._steps = [math.exp(n / 12) for n in range(_SPREAD)]

    def run(self, spans: int) -> None:
        while self.spans < spans:
            entry = self._entries[int(len(self._entries) * self._random() ** 2)]
            start = self._begin(5 + int(40 * self._random()))
            self._serve(entry, self._new_id(), "", start, self._outcome(), 0)
            self._form.end_trace()
            ready = [topic for topic, sent in self._waiting.items() if len(sent) >= _BATCH]
            for topic in ready:
                self._receive_linked(topic)
        for topic in list(self._waiting):
            self._receive_linked(topic)

    def _begin(self, spans: int) -> int:
        """A new trace, of about `spans` spans; its start."""
        self._trace = f"{self._bits(128):032x}"
        self._number += 1
        self._most = self.spans + spans
        return self._start + int(self._random() * CHUNK_US)

    def _serve(self, endpoint: Endpoint, own: str, parent: str, start: int, outcome: int, depth: int,
               links: Sequence[Link] = ()) -> int:  # fmt: skip
        """The span of an endpoint and all below it. Returns the span's duration."""
        lasted = self._duration(endpoint.shape)
        self._emit(endpoint.shape, outcome, own, parent, start, lasted, links)
        for call in endpoint.calls:
            if self.spans >= self._most:
                break
            if self._random() < 0.8 and (depth < DEEPEST or call.callee is None):
                self._call(call, own, start + 100, depth)
        return lasted

    def _call(self, call: Call, parent: str, start: int, depth: int) -> None:
        for shape in call.internals:
            own = self._new_id()
            self._emit(shape, FINE, own, parent, start, self._duration(shape))
            parent = own
        own, outcome, lasted = parent, self._outcome(), 0
        if call.client is not None:
            own, lasted = self._new_id(), self._duration(call.client)
            self._emit(call.client, outcome, own, parent, start, lasted)
        if isinstance(call.callee, Topic):
            assert call.client is not None
            self._count(call.edge, start, lasted, outcome in call.client.failing)
            self._send(call.callee, call.client.service, own, start, depth)
            return
        failed = call.client is not None and outcome in call.client.failing
        if call.callee is not None:
            below = self._new_id()
            shared = call.shared and self._form.shares_ids and call.client is not None
            failed = failed or outcome in call.callee.shape.failing
            at_callee = self._serve(
                call.callee, own if shared else below, parent if shared else own, start + 150, outcome, depth + 1
            )
            if call.client is None:
                start, lasted = start + 150, at_callee
        self._count(call.edge, start, lasted, failed)

    def _send(self, topic: Topic, sender: int, own: str, start: int, depth: int) -> None:
        if topic.linked:
            self._waiting.setdefault(topic, []).append((sender, (self._trace, own)))
            return
        for receiver in topic.receivers:
            self._receive(topic, receiver, [sender], own, start + 900, depth + 1)

    def _receive_linked(self, topic: Topic) -> None:
        sent = self._waiting.pop(topic)
        for receiver in topic.receivers:
            start = self._begin(8)
            links = [link for _, link in sent]
            self._receive(topic, receiver, [sender for sender, _ in sent], "", start, 0, links)
            self._form.end_trace()

    def _receive(self, topic: Topic, receiver: Endpoint, senders: Sequence[int], parent: str, start: int, depth: int,
                 links: Sequence[Link] = ()) -> None:  # fmt: skip
        outcome = self._outcome()
        lasted = self._serve(receiver, self._new_id(), parent, start, outcome, depth, links)
        failed, own = outcome in receiver.shape.failing, service_name(receiver.shape.service)
        broker = Edge(own, topic.broker, "resource", topic.protocol, "", receiver.operation)
        self._count(broker, start, lasted, failed)
        for sender in senders if parent or self._form.has_links else ():
            if sender != receiver.shape.service:
                edge = Edge(own, service_name(sender), "message", topic.protocol, topic.name, f"publish {topic.name}")
                self._count(edge, start, lasted, failed)

    def _emit(self, shape: Shape, outcome: int, own: str, parent: str, start: int, duration: int,
              links: Sequence[Link] = ()) -> None:  # fmt: skip
        self.spans += 1
        item = 10_000 + int(90_000 * self._random())
        self._form.add(shape, outcome, self._trace, own, parent, start, duration, item, links)

    def _count(self, edge: Edge | None, start: int, duration: int, failed: bool) -> None:
        if edge is None:
            return
        tallies = self._tallies.get(edge)
        if tallies is None:
            tallies = self._tallies[edge] = [self.table.setdefault(key, Tally()) for key in (edge, edge.boundary)]
        for tally in tallies:
            tally.add(self._number, start, duration, failed)

    def _new_id(self) -> str:
        return f"{self._bits(64) or 1:016x}"

    def _duration(self, shape: Shape) -> int:
        """Microseconds, some slow. Durations of a place and of what it calls are drawn apart."""
        return int(self._base[shape] * self._steps[int(_SPREAD * self._random() ** 2)])

    def _outcome(self) -> int:
        roll = self._random()
        return FINE if roll > 0.03 else REFUSED if roll > 0.015 else BROKEN


def main() -> None:
    kind, spans, path, *seed = sys.argv[1:]
    begun = perf_counter()
    written = write(Path(path), kind, int(spans), int(seed[0]) if seed else 1, processes=2)
    seconds = perf_counter() - begun
    boundaries = sum(not edge.operation for edge in written.table)
    sys.stdout.write(
        f"{written.spans:,} spans, {Path(path).stat().st_size / 1e6:,.0f} MB in {seconds:.1f} s: "
        f"{written.spans / seconds:,.0f} spans/s; {boundaries:,} boundaries, "
        f"{len(written.table) - boundaries:,} operations\n"
    )


if __name__ == "__main__":
    main()
