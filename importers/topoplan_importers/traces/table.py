"""The flat span table, version 1: the contract between what reads spans and what finds calls in them.

One row is one span as read: nothing is joined, dropped or counted yet. Columns only ever get added within a version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from topoplan_importers.traces.span import (
    OperationRank,
    Resource,
    Role,
    Signature,
    Span,
    SpanId,
    id_text,
    span_id,
)

VERSION = 1


class Column(NamedTuple):
    """One column: its type in SQL (as DuckDB and most dialects spell it) and in Arrow, and what it means."""

    name: str
    sql: str
    arrow: str
    nullable: bool
    meaning: str


COLUMNS = (
    Column(
        "trace", "VARCHAR", "string", False,
        "Trace id: lower-case hexadecimal without leading zeros; as given where it is not hexadecimal.",
    ),
    Column("id", "VARCHAR", "string", False, "Span id within the trace, written as `trace` is."),
    Column("parent", "VARCHAR", "string", True, "Id of the parent in the same trace, written likewise; null: none."),
    Column("service", "VARCHAR", "string", False, "Name of the service; empty when the source does not say."),
    Column(
        "role", "TINYINT", "int8", False,
        "0 internal or unsaid, 1 calls (client), 2 serves (server), 3 publishes (producer), 4 receives (consumer).",
    ),
    Column("protocol", "VARCHAR", "string", False, "Protocol in lower case, such as `http`; empty when unknown."),
    Column("method", "VARCHAR", "string", False, "HTTP method, `RPC`, or verb of a statement; empty when unknown."),
    Column("path", "VARCHAR", "string", False, "Path template, RPC method, table or name; empty when unknown."),
    Column(
        "rank", "TINYINT", "int8", False,
        "How well method and path are known: 0 not, 1 from the span's name, 2 a concrete path grouped, 3 exactly.",
    ),
    Column("peer", "VARCHAR", "string", False, "Name of the other party as a calling span gives it; empty: none fit."),
    Column("peer_key", "VARCHAR", "string", False, "Attribute that `peer` is from; empty when made from the product."),
    Column("resource", "TINYINT", "int8", False, "What the span talks to: 0 no resource, 1 a datastore, 2 a broker."),
    Column("technology", "VARCHAR", "string", False, "Product of the resource in lower case; empty when unknown."),
    Column("channel", "VARCHAR", "string", False, "Topic or queue of a message; empty when unknown."),
    Column("channel_is_template", "BOOLEAN", "bool", False, "Whether `channel` is a template, not one of many names."),
    Column("step", "VARCHAR", "string", False, "Messaging: `create`, `send`, `receive`, `process` or `settle`."),
    Column("criticality", "VARCHAR", "string", False, "`service.criticality` of the service; empty when not given."),
    Column("start_us", "BIGINT", "int64", False, "Start in microseconds since the epoch; 0: unknown."),
    Column("duration_us", "BIGINT", "int64", False, "Duration in microseconds; -1: unknown."),
    Column("failed", "BOOLEAN", "bool", False, "Whether status or attributes say that it went wrong."),
    Column(
        "links", "STRUCT(trace VARCHAR, span VARCHAR)[]", "list<struct<trace: string, span: string>>", False,
        "Spans elsewhere that caused this one, ids written as above. Only receiving spans have any.",
    ),
    Column("file", "VARCHAR", "string", False, "Shown path of the file it was read from."),
    Column("weight", "DOUBLE", "double", False, "Spans it stands for, by the sampling it tells of; 1: itself alone."),
)  # fmt: skip
"""In the order of a row."""

Link: TypeAlias = tuple[str, str]
Row: TypeAlias = tuple[
    str, str, str | None, str, int, str, str, str, int, str, str, int, str, str, bool, str, str, int, int, bool,
    tuple[Link, ...], str, float,
]  # fmt: skip
"""The values of one span, in the order of `COLUMNS`."""


def row_of(span: Span, paths: Sequence[str]) -> Row:
    """The row of a span read from file `span.file` of `paths`."""
    said, parent = span.signature, span.parent
    return (
        id_text(span.trace), id_text(span.id), None if parent is None else id_text(parent),
        said.service, int(said.role), said.protocol, said.method, said.path, int(said.rank), said.peer, said.peer_key,
        int(said.resource), said.technology, said.channel, said.channel_is_template, said.step, said.criticality,
        span.start, span.duration, span.failed, tuple((id_text(trace), id_text(own)) for trace, own in span.links),
        paths[span.file], span.weight,
    )  # fmt: skip


def span_of(row: Row, files: Mapping[str, int], shared: dict[tuple[object, ...], Signature]) -> Span:
    """The span that `row_of` made the row from. `files` gives the index of each path; `shared` is kept between calls,
    so that spans share their signatures. Raises ValueError where an id is empty or a code is none of the column's, and
    KeyError for a file that is not in `files`."""
    (
        trace, own, parent, service, role, protocol, method, path, rank, peer, peer_key, resource, technology, channel,
        templated, step, level, start, duration, failed, links, file, weight,
    ) = row  # fmt: skip
    signature = shared.get(row[3:17])
    if signature is None:
        signature = shared[row[3:17]] = Signature(
            service, Role(role), protocol, method, path, OperationRank(rank), peer, peer_key, Resource(resource),
            technology, channel, templated, step, level,
        )  # fmt: skip
    known_trace, known_own = span_id(trace), span_id(own)
    if known_trace is None or known_own is None:
        raise ValueError("a span without trace or span id")
    return Span(
        known_trace, known_own, span_id(parent), start, duration, failed, files[file], signature,
        tuple(_link(*link) for link in links), weight,
    )  # fmt: skip


def _link(trace: str, span: str) -> tuple[SpanId, SpanId]:
    known_trace, known_span = span_id(trace), span_id(span)
    if known_trace is None or known_span is None:
        raise ValueError("a link without trace or span id")
    return known_trace, known_span
