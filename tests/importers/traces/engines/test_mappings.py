"""Tables that others wrote give, through their mappings, the rows that their spans give when read as OTLP.

The tables stand in DuckDB here. For the databases they are of it is shown only that every query can be written.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import pytest
from generated_traces import write
from ibis.backends.duckdb import Backend as DuckDB
from span_exports import SCHEMAS, Json, load
from trace_files import attribute_list, otlp, resource_spans, span

from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.engines.relational import GIVEN
from topoplan_importers.traces.engines.relational_stages import stages
from topoplan_importers.traces.engines.warehouse import TableRelations, observe_table
from topoplan_importers.traces.engines.warehouse_dialects import DIALECTS
from topoplan_importers.traces.engines.warehouse_mapping import CONCRETE, HOSTS, exported
from topoplan_importers.traces.engines.warehouse_words import ATTRIBUTES, KEYS, Describer
from topoplan_importers.traces.mappings import named, names, parse
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.otlp import OtlpReader
from topoplan_importers.traces.span import Span
from topoplan_importers.traces.table import COLUMNS, row_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis 12 on DuckDB 2

KEPT = Path(__file__).parents[1] / "files" / "otlp.jsonl"
SHOWN = "shop.spans"
DIGESTS = frozenset({"service_hashes", "use_hashes"})
"""Stages of sketches, which no warehouse is asked for: Ibis writes their digest in few dialects."""
NATIVE = {
    "clickhouse": "clickhouse", "bigquery": "bigquery", "snowflake": "snowflake", "databricks": "databricks",
    "otel-maps": "trino",
}  # fmt: skip


def odd_spans() -> Json:
    """Both generations of conventions, gRPC, datastores, addresses, secrets, sampling and outcomes."""
    said: list[dict[str, object]] = [
        {"http.request.method": "GET", "url.full": "http://u:p@items.shop:8080/items/81/x?token=s", "error.type": "x"},
        {"http.method": "POST", "http.url": "https://10.1.2.3/a/0f1e2d3c4b5a69788796", "http.status_code": 404},
        {"http.method": "GET", "http.target": "/3f2504e0-4f89-41d3-9a0c-0305e82c3301/me", "net.peer.name": "10.0.0.7"},
        {"http.method": "GET", "server.address": "fd00::1", "http.host": "pay:80", "error": ""},
        {"rpc.system": "grpc", "rpc.service": "shop.Pay", "rpc.method": "Charge", "rpc.grpc.status_code": 14},
        {"rpc.system.name": "grpc", "rpc.method": "shop.Pay/Charge", "server.address": "pay.svc", "error": "false"},
        {"db.system": "postgres", "db.name": "items", "db.operation": "select", "db.sql.table": "items"},
        {"db.system.name": "redis", "db.namespace": "3", "network.peer.address": "10.4.4.4:6379"},
        {"peer.service": "mail ~|=~0", "otel.status_code": "ERROR", "SampleRate": 4, "sampling.rate": True},
        {"messaging.system": "kafka", "messaging.operation": "publish", "messaging.temp_destination": True,
         "messaging.destination": "q", "error": True},
    ]  # fmt: skip
    spans = [span("web", 1, kind="server", name="GET /items/7"), span("", 0xA1, 7, name="/items/7/é|~1", trace=2)]
    for own, attributes in enumerate(said, 2):
        service, made = span("web", own, 1, kind="client", name=f"call /x/{own}/", failed=own == 4)
        made["attributes"] = attribute_list(attributes)
        made["traceState"] = ("", "dd=s:1, ot=rv:9b8233f7e3a151;th:8", "ot=p:3;r:7,x=y", "ot=p:63")[own % 4]
        spans.append((service, made))
    taken = span("mail", 99, kind="consumer", name="take", trace=3, links=[(1, 11), (0, 5)])
    whole: Json = json.loads(otlp(*spans, taken))
    return whole


TESTED, FOLLOWING = (0xE5, 0xE6), (0xE7, 0xE8)
"""Traces of tests, and those that follow from them by links, among `maybe_tested`."""


def maybe_tested() -> list[Json]:
    """Traces that tell of environments and tests, one way or another, and traces that others led to."""
    told: dict[int, Any] = {
        0xE1: {}, 0xE2: {"deployment_environment_name": "staging"}, 0xE3: {"test_case_name": " "},
        0xE4: {"deployment_environment": ""}, 0xE5: {"test_suite_name": "orders"}, 0xE6: {"resource": "CI"},
        0xE7: {"links": [(0xE6, 1)]}, 0xE8: {"links": [(0xE7, 1)]}, 0xE9: {"links": [(0xE4, 1)]},
    }  # fmt: skip
    requests = []
    for trace, said in told.items():
        environment, links = said.pop("resource", ""), said.pop("links", ())
        sent = span("shop", 1, kind="producer", trace=trace, messaging_system="kafka", **said)
        taken = span("mail", 2, kind="consumer", name="take", trace=trace, messaging_system="kafka", links=links)
        about = {"deployment_environment_name": environment} if environment else {}
        requests.append({"resourceSpans": [resource_spans(own, [one], **about) for own, one in (sent, taken)]})
    return requests


def exports(folder: Path, spans: int = 600) -> list[Json]:
    """Requests of all kinds of spans."""
    write(folder / "generated.jsonl", "otlp", spans)
    texts = [KEPT.read_text("utf-8"), (folder / "generated.jsonl").read_text("utf-8")]
    found = [json.loads(line) for text in texts for line in text.splitlines() if '"resourceSpans"' in line]
    return [*found, odd_spans(), *maybe_tested()]


def read(requests: list[Json]) -> list[Span]:
    reader, batch = OtlpReader(Marks()), Batch()
    for request in requests:
        reader.read(json.dumps(request).encode(), batch)
    return list(batch.spans(0))


def connect() -> DuckDB:
    backend = ibis.duckdb.connect()
    backend.con.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")  # of Ibis 12
    return backend


@pytest.mark.parametrize("name", names())
def test_rows_are_those_of_the_same_spans_read_as_otlp(name: str, tmp_path: Path) -> None:
    requests = exports(tmp_path)
    aside = {*TESTED, *FOLLOWING} if name != "snowflake" else {*TESTED}
    expected = [row_of(one, [SHOWN]) for one in read(requests) if one.trace not in aside]
    if name == "snowflake":  # event tables hold no links and no trace state
        expected = [(*row[:20], (), SHOWN, 1.0) for row in expected]
    backend = connect()
    table = load(backend.con, name, requests, tmp_path)
    relations = TableRelations(backend)
    relations.take(backend.table(table), named(name), SHOWN)
    found = [list(row) for row in relations._rows(relations._tables["raw"])]
    for row in found:
        row[20] = tuple((link["trace"], link["span"]) for link in row[20])
        if name == "snowflake":
            row[22] = 1.0
    assert sorted(map(_comparable, found)) == sorted(map(_comparable, expected))
    assert len(found) > 600
    relations.close()


def _comparable(row: Any) -> list[str]:
    return [repr(int(value) if isinstance(value, bool) else value) for value in row]


def test_what_is_observed_is_what_the_reference_engine_observes_and_nothing_stays(tmp_path: Path) -> None:
    requests = exports(tmp_path)
    backend = connect()
    table = load(backend.con, "clickhouse", requests, tmp_path)
    found = observe_table(TableRelations(backend), backend.table(table), named("clickhouse"), SHOWN)
    untested = [one for one in read(requests) if one.trace not in {*TESTED, *FOLLOWING}]
    assert found == DictEngine().observe(untested, [SHOWN])
    left = backend.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert left == [(table,)]


def test_no_text_is_described_otherwise_for_what_the_database_leaves_out() -> None:
    drawn = random.Random(8)
    pieces = [*"/?#;@:|~=.-", "//", "1", "81", "ab", "e4", "me", "{id}", "0f1e2d3c4b5a69788796", "HTTP GET ", "http://",
              "10.1.2.3", "fd00::1", "items", ":8080", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", " ", "SELECT a.b", "%2F",
              "ot=", "th:8", "p:3", ",", "rv:1"]  # fmt: skip
    keys = sorted({*CONCRETE, *HOSTS, "state", "error"})
    texts = [(drawn.choice(keys), "".join(drawn.choices(pieces, k=drawn.randint(0, 7)))) for _ in range(4_000)]
    kinds = [drawn.choice(("client", "server", "")) for _ in texts]
    backend = connect()
    backend.con.execute("CREATE TABLE given (n INTEGER, key VARCHAR, value VARCHAR, kind VARCHAR)")
    rows = [(n, key, value, kinds[n]) for n, (key, value) in enumerate(texts)]
    backend.con.executemany("INSERT INTO given VALUES (?, ?, ?, ?)", rows)
    backend.con.execute(
        """CREATE TABLE spans AS SELECT n::VARCHAR AS trace, '1' AS id, NULL::VARCHAR AS parent, 's' AS service, kind,
        CASE key WHEN 'name' THEN value ELSE 'n' END AS name, CASE key WHEN 'state' THEN value END AS state,
        MAP {key: value} AS attributes, 1 AS start FROM given"""
    )
    mapping = parse(
        b'version = 1\nabout = ""\ntrace = "trace"\nid = "id"\nparent = "parent"\nname = "name"\nkind = "kind"\n'
        b'service = "service"\nstate = "state"\nattributes = "attributes"\nstart = { path = "start", unit = "s" }\n'
    )
    spans = exported(backend.table("spans"), mapping, "duckdb")
    describer, plain = Describer(), Describer()
    said = dict(backend.con.execute(f"SELECT trace, said FROM ({ibis.to_sql(spans, dialect='duckdb')})").fetchall())
    for n, (key, value) in enumerate(texts):
        if n:  # a trace id of zeros is none
            entries = {"name": "n", "service": "s", "kind": kinds[n], key: value}
            assert describer.describe(said[f"{n}"])[1:] == plain.describe(_text(entries))[1:], (key, value)


def _text(entries: Mapping[str, str]) -> str:
    return "".join(
        f"|{KEYS.index(key)}={value.replace('~', '~0').replace('|', '~1')}"
        for key, value in entries.items()
        if value or key == "error"
    )


def test_keys_that_are_shortened_are_keys_that_are_read() -> None:
    assert set(ATTRIBUTES) > {*HOSTS, *CONCRETE} - {"name"}


@pytest.mark.parametrize("dialect", [dialect for dialect in DIALECTS if dialect not in ("duckdb", "pyspark")])
def test_every_stage_can_be_written_in(dialect: str) -> None:
    columns = {column.name: column.sql for column in COLUMNS}
    tables = {name: _unbound(name, kinds) for name, kinds in {"raw": columns, **GIVEN}.items()}
    for name, stage in stages().items():
        expression = stage(tables)
        if name not in DIGESTS:
            assert ibis.to_sql(expression, dialect=dialect)
        tables[name] = ibis.table(expression.schema(), name=name)


@pytest.mark.parametrize("name", names())
def test_a_mapping_can_be_written_in_the_dialect_of_its_tables_within_what_they_take(name: str) -> None:
    query = str(
        ibis.to_sql(exported(_unbound("spans", SCHEMAS[name]), named(name), NATIVE[name]), dialect=NATIVE[name])
    )
    assert len(query) < 256 * 1024, "ClickHouse takes no longer ones"


def _unbound(name: str, columns: Mapping[str, str]) -> ibis.Table:
    return ibis.table({column: duckdb_type(kind) for column, kind in columns.items()}, name=name)


def duckdb_type(kind: str) -> Any:
    from ibis.backends.sql.datatypes import DuckDBType

    return DuckDBType.from_string(kind)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("version = 2", "version"),
        ("colour = 1", "colour"),
        ('end = { path = "e", unit = "h" }', "unit|enum"),
        ('end = { path = "e", unit = "s" }\nduration = { path = "d", unit = "s" }', "both end and duration"),
        ("state = []", "empty path"),
        ("state = { first = [] }", "empty path"),
        ("state = [", "."),
    ],
)
def test_a_mapping_that_is_none_is_refused(change: str, message: str) -> None:
    whole = 'about = ""\ntrace = "t"\nid = "i"\nparent = "p"\nname = "n"\nkind = "k"\nservice = "s"\nattributes = "a"\n'
    version = "" if change.startswith("version") else "version = 1\n"
    with pytest.raises(ValueError, match=message):
        parse(f"{version}{whole}start = {{ path = 's', unit = 's' }}\n{change}\n".encode())


def test_a_table_without_what_a_mapping_names_is_refused() -> None:
    backend = connect()
    backend.con.execute("CREATE TABLE spans (trace VARCHAR)")
    with pytest.raises(ValueError, match="no column 'Timestamp'"):
        TableRelations(backend).take(backend.table("spans"), named("clickhouse"), SHOWN)
    with pytest.raises(ValueError, match="no span table: it has no column 'id'"):
        TableRelations(backend).take(backend.table("spans"), None, SHOWN)


def test_a_span_table_with_names_that_are_not_clean_is_refused() -> None:
    backend = connect()
    kinds = ", ".join(
        f"NULL::{column.sql} AS {column.name}" for column in COLUMNS if column.name not in ("service", "file")
    )
    backend.con.execute(f"CREATE TABLE spans AS SELECT {kinds}, 'f' AS file, 'web' || chr(27) || '[2J' AS service")
    with pytest.raises(ValueError, match="control characters"):
        observe_table(TableRelations(backend), backend.table("spans"), None, SHOWN)


def test_names_of_mappings_are_no_paths() -> None:
    with pytest.raises(KeyError):
        named("../clickhouse")
