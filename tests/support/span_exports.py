"""Spans of OTLP in JSON as tables of other makers hold them, in types of DuckDB, which has maps and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

Json = dict[str, Any]

_LINKS = "STRUCT(trace_id VARCHAR, span_id VARCHAR)[]"
_TEXT = "MAP(VARCHAR, VARCHAR)"
_OTLP = {
    **dict.fromkeys(("service_name", "trace_id", "span_id", "parent_span_id", "name", "trace_state"), "VARCHAR"),
    "kind": "VARCHAR",
    "status": "STRUCT(code VARCHAR, message VARCHAR)", "start_time_unix_nano": "BIGINT",
    "end_time_unix_nano": "BIGINT", "links": _LINKS,
}  # fmt: skip
SCHEMAS: dict[str, dict[str, str]] = {
    "clickhouse": {
        **dict.fromkeys(("TraceId", "SpanId", "ParentSpanId", "TraceState", "SpanName", "SpanKind"), "VARCHAR"),
        "ServiceName": "VARCHAR", "StatusCode": "VARCHAR", "ResourceAttributes": _TEXT, "SpanAttributes": _TEXT,
        "Timestamp": "TIMESTAMP_NS", "Duration": "UBIGINT", "Links.TraceId": "VARCHAR[]", "Links.SpanId": "VARCHAR[]",
    },
    "bigquery": {
        **dict.fromkeys(("trace_id", "span_id", "parent_span_id", "name", "trace_state"), "VARCHAR"), "kind": "BIGINT",
        "resource": "STRUCT(attributes JSON)", "attributes": "JSON", "status": "STRUCT(code BIGINT, message VARCHAR)",
        "start_time": "TIMESTAMP", "duration_nano": "BIGINT", "links": _LINKS,
    },
    "snowflake": {
        **dict.fromkeys(("TRACE", "RECORD", "RECORD_ATTRIBUTES", "RESOURCE_ATTRIBUTES"), "JSON"),
        "RECORD_TYPE": "VARCHAR", "START_TIMESTAMP": "TIMESTAMP_NS", "TIMESTAMP": "TIMESTAMP_NS",
    },
    "databricks": {**_OTLP, "attributes": "JSON", "resource": "STRUCT(attributes JSON)"},
    "otel-maps": {**_OTLP, "attributes": _TEXT, "resource": f"STRUCT(attributes {_TEXT})"},
}  # fmt: skip
"""Columns by mapping."""

_KINDS = ("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer")
_STATUSES = ("Unset", "Ok", "Error")


def load(connection: duckdb.DuckDBPyConnection, mapping: str, exports: Iterable[Json], folder: Path) -> str:
    """Make the table that a mapping is for; its name."""
    lines, columns = folder / f"{mapping}.jsonl", SCHEMAS[mapping]
    rows = [_ROWS[mapping](resource, span) for resource, span in _spans(exports)]
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    given = {name: "BIGINT" if kind.startswith("TIMESTAMP") else kind for name, kind in columns.items()}
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in given.items())
    read = f"read_json('{lines}', format = 'newline_delimited', columns = {{{listed}}}, maximum_object_size = 16777216)"
    selected = ", ".join(
        f'make_timestamp_ns("{name}")::{kind} AS "{name}"' if kind.startswith("TIMESTAMP") else f'"{name}"'
        for name, kind in columns.items()
    )
    table = mapping.replace("-", "_")
    connection.execute(f"CREATE TABLE {table} AS SELECT {selected} FROM {read}")
    return table


def _spans(exports: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    for export in exports:
        for entry in export["resourceSpans"]:
            resource = _values(entry.get("resource", {}).get("attributes", []))
            for scope in entry["scopeSpans"]:
                for span in scope["spans"]:
                    yield resource, span


def _values(attributes: Iterable[Json]) -> Json:
    """Attributes by key. As JSON has them; numbers of 64 bits come as text in OTLP."""
    return {
        attribute["key"]: int(value) if kind == "intValue" else value
        for attribute in attributes
        for kind, value in attribute["value"].items()
        if kind != "arrayValue"
    }  # fmt: skip


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def _status(span: Json) -> int:
    return _number((span.get("status") or {}).get("code", 0), _STATUSES)


def _kind(span: Json) -> int:
    return _number(span.get("kind", 0), _KINDS)


def _number(code: int | str, names: Sequence[str]) -> int:
    """Of a code given as number or name."""
    name = str(code).rpartition("_")[2].capitalize()
    return names.index(name) if name in names else int(code)


def _clickhouse(resource: Json, span: Json) -> Json:
    start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
    return {
        "TraceId": span["traceId"], "SpanId": span["spanId"], "ParentSpanId": span.get("parentSpanId", ""),
        "TraceState": span.get("traceState", ""), "SpanName": span["name"], "SpanKind": _KINDS[_kind(span)],
        "ServiceName": resource.get("service.name", ""), "StatusCode": _STATUSES[_status(span)],
        "ResourceAttributes": _texts(resource), "SpanAttributes": _texts(_values(span.get("attributes", []))),
        "Timestamp": start, "Duration": end - start,
        "Links.TraceId": [link["traceId"] for link in span.get("links", [])],
        "Links.SpanId": [link["spanId"] for link in span.get("links", [])],
    }  # fmt: skip


def _bigquery(resource: Json, span: Json) -> Json:
    start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
    return {
        **_common(span), "kind": _kind(span), "resource": {"attributes": resource},
        "attributes": _values(span.get("attributes", [])), "status": {"code": _status(span)}, "start_time": start,
        "duration_nano": end - start,
    }  # fmt: skip


def _snowflake(resource: Json, span: Json) -> Json:
    status = f"STATUS_CODE_{_STATUSES[_status(span)].upper()}"
    record = {"name": span["name"], "kind": f"SPAN_KIND_{_KINDS[_kind(span)].upper()}"}
    return {
        "TRACE": {"trace_id": span["traceId"], "span_id": span["spanId"]}, "RECORD_TYPE": "SPAN",
        "RECORD": {**record, "parent_span_id": span.get("parentSpanId"), "status": {"code": status}},
        "RECORD_ATTRIBUTES": _values(span.get("attributes", [])), "RESOURCE_ATTRIBUTES": resource,
        "START_TIMESTAMP": int(span["startTimeUnixNano"]), "TIMESTAMP": int(span["endTimeUnixNano"]),
    }  # fmt: skip


def _databricks(resource: Json, span: Json) -> Json:
    return {
        **_common(span), "service_name": resource.get("service.name"),
        "kind": f"SPAN_KIND_{_KINDS[_kind(span)].upper()}", "resource": {"attributes": resource},
        "attributes": _values(span.get("attributes", [])),
        "status": {"code": f"STATUS_CODE_{_STATUSES[_status(span)].upper()}"},
        "start_time_unix_nano": int(span["startTimeUnixNano"]), "end_time_unix_nano": int(span["endTimeUnixNano"]),
    }  # fmt: skip


def _maps(resource: Json, span: Json) -> Json:
    row = _databricks(resource, span)
    return row | {"attributes": _texts(row["attributes"]), "resource": {"attributes": _texts(resource)}}


def _common(span: Json) -> Json:
    links = [{"trace_id": link["traceId"], "span_id": link["spanId"]} for link in span.get("links", [])]
    return {
        "trace_id": span["traceId"], "span_id": span["spanId"], "parent_span_id": span.get("parentSpanId"),
        "name": span["name"], "trace_state": span.get("traceState"), "links": links,
    }  # fmt: skip


_ROWS = {
    "clickhouse": _clickhouse, "bigquery": _bigquery, "snowflake": _snowflake, "databricks": _databricks,
    "otel-maps": _maps,
}  # fmt: skip
