"""What traces show, as a list of who calls whom: as text, as CSV, as JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, TextIO

from msgspec import Struct

from topoplan.model.codec import encode
from topoplan.model.facts import CallFact, Fact, ServiceFact
from topoplan.model.facts import Style as Meeting
from topoplan.model.stats import Presence, Stats
from topoplan.reporting import Style
from topoplan.reporting.boundary_csv import cell
from topoplan.reporting.figures import latency, percent
from topoplan.reporting.json_text import dump
from topoplan.reporting.paper import Paper
from topoplan.reporting.tables import Cell, Column, pair_cutter

FORMAT = "topoplan/trace-edges"
FORMAT_VERSION = 1
COLUMNS = (
    "consumer", "provider", "provider_kind", "style", "protocol", "channel", "calls", "estimated_calls", "errors",
    "traces", "first_seen", "last_seen", "p50_ms", "p95_ms", "p99_ms",
)  # fmt: skip


class Edge(Struct, frozen=True):
    """One boundary as traces name its ends; of what several formats of trace show, the sum."""

    consumer: str
    provider: str
    provider_kind: str
    style: Meeting
    protocol: str
    channel: str
    stats: Stats


def edges_of(facts: Iterable[Fact]) -> tuple[Edge, ...]:
    """Sorted by names."""
    sums: dict[tuple[str, str, str, Meeting, str, str], Stats] = {}
    for fact in facts:
        if isinstance(fact, CallFact) and fact.stats is not None:
            kind = fact.provider.kind.value if fact.provider.kind else ""
            key = (fact.consumer.name, fact.provider.name, kind, fact.style, fact.protocol, fact.channel)
            sums[key] = sums.get(key, Stats()) + fact.stats
    return tuple(Edge(*key, stats) for key, stats in sorted(sums.items()))


def presences_of(facts: Iterable[Fact]) -> dict[str, Presence]:
    """The traces with spans of each service, by name; formats may hold the same traces."""
    found: dict[str, Presence] = {}
    for fact in facts:
        if isinstance(fact, ServiceFact) and fact.presence is not None:
            found[fact.party.name] = found.get(fact.party.name, Presence()) | fact.presence
    return dict(sorted(found.items()))


def write_json(facts: Sequence[Fact], out: IO[str]) -> None:
    """Services with the traces they are in, and edges with all figures."""
    services = [{"name": name, "presence": encode(seen)} for name, seen in presences_of(facts).items()]
    edges = [encode(edge) for edge in edges_of(facts)]
    dump({"format": FORMAT, "format_version": FORMAT_VERSION, "services": services, "edges": edges}, out)


def write_csv(facts: Sequence[Fact], out: IO[str]) -> None:
    """One row an edge. Times are Unix seconds, 0 when unknown; quantiles without durations are empty."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for edge in edges_of(facts):
        own = edge.stats
        names = (edge.consumer, edge.provider, edge.provider_kind, edge.style, edge.protocol, edge.channel)
        rows.writerow([
            *map(cell, names), own.calls, own.estimated_calls, own.errors, own.traces, own.first_seen, own.last_seen,
            own.p50_ms, own.p95_ms, own.p99_ms,
        ])  # fmt: skip


def write_text(facts: Sequence[Fact], out: TextIO, style: Style) -> None:
    """A table, edges with most calls first."""
    paper = Paper(out, style)
    columns = [
        Column("Edge", flex=3, least=16, cut=pair_cutter(paper.joints)),
        Column("Protocol", flex=1),
        Column("Calls", right=True),
        Column("Errors", right=True),
        Column("Traces", right=True),
        Column("p50", right=True),
        Column("p99", right=True),
        Column("Last seen"),
    ]
    edges = sorted(edges_of(facts), key=lambda edge: -edge.stats.calls)
    paper.table(columns, [_cells(paper, edge) for edge in edges], indent=0)


def _cells(paper: Paper, edge: Edge) -> list[Cell]:
    own = edge.stats
    joint = paper.joints[1] if edge.style is Meeting.MESSAGE else paper.joints[0]
    calls = f"{own.calls:,}"
    texts = (
        f"{paper.show(edge.consumer)}{joint}{paper.show(edge.provider)}",
        paper.show(f"{edge.protocol}:{edge.channel}" if edge.channel else edge.protocol),
        f"{calls} (of {own.estimated_calls:,})" if own.sampled_out else calls,
        percent(own.errors, own.calls),
        f"{own.traces:,}",
        latency(own.p50_ms),
        latency(own.p99_ms),
        datetime.fromtimestamp(own.last_seen, UTC).strftime("%Y-%m-%d %H:%M") if own.last_seen else "",
    )
    return [Cell(text) for text in texts]
