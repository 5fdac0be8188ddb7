"""One text of SQL with a fixed number of rounds lists the edges that the engines find, and tells where that is too few.

It runs in DuckDB here. For other databases it is shown only that it can be written, and is SQL to who knows theirs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache

import duckdb
import ibis
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from span_forests import PATHS, forests
from sqlglot import expressions as sge

from topoplan.reporting.edges import COLUMNS as LISTED
from topoplan.reporting.edges import write_csv
from topoplan_importers.hosts import is_public
from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.engines.duck import DuckRelations, _row
from topoplan_importers.traces.engines.warehouse_edges import _is_public
from topoplan_importers.traces.engines.warehouse_script import DIALECTS, ROUNDS, script
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.span import Role, Signature, Span
from topoplan_importers.traces.table import COLUMNS

SOURCE = "otel.spans"
NUMBERS = {"p50_ms", "p95_ms", "p99_ms"}


@cache
def text(rounds: int) -> str:
    return script("duckdb", SOURCE, rounds)


def listed(spans: Iterable[Span], rounds: int = ROUNDS) -> tuple[list[dict[str, object]], int]:
    """What the text lists, and how many it did not finish."""
    with duckdb.connect() as connection:
        columns = {column.name: column.sql for column in COLUMNS}
        connection.execute("CREATE SCHEMA otel")
        DuckRelations(connection).fill("raw", columns, (_row(span, PATHS) for span in spans))
        connection.execute(f"CREATE TABLE {SOURCE} AS FROM raw")
        connection.execute("DROP TABLE raw")
        found = connection.execute(text(rounds))
        names = [column[0] for column in found.description or ()]
        assert names == [*LISTED, "unfinished"]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    (unfinished,) = {row.pop("unfinished") for row in rows}
    return [row for row in rows if row["consumer"] is not None], int(str(unfinished))


def expected(spans: Iterable[Span]) -> list[dict[str, object]]:
    out = io.StringIO()
    facts, _ = facts_of(DictEngine().observe([replace(span) for span in spans], PATHS), "otlp")
    write_csv(facts, out)
    out.seek(0)
    return [
        {name: value if name in LISTED[:6] else _number(name, value) for name, value in row.items()}
        for row in csv.DictReader(out)
    ]


def _number(name: str, value: str) -> float | None:
    return None if value == "" else float(value) if name in NUMBERS else int(value)


def by_name(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(rows, key=lambda row: [str(row[name]) for name in LISTED[:6]])


@settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(forests())
def test_hostile_forests_give_the_edges_of_the_reference_engine(spans: list[Span]) -> None:
    found, unfinished = listed(spans)
    assert unfinished == 0
    assert by_name(found) == by_name(expected(spans))


def nested(depth: int, role: Role = Role.NONE, ends: int = 0) -> list[Span]:
    """A client of web deep inside spans of its own, and the server it calls. With `ends`, the first is below it."""
    own = Signature("web", role)
    chain = [Span(1, n, n - 1 or ends or None, 10 + n, 5, False, 0, own) for n in range(1, depth + 1)]
    called = Span(1, depth + 2, depth + 1, 2000, 5, False, 0, Signature("cart", Role.SERVE))
    return [*chain, Span(1, depth + 1, depth, 1000, 5, False, 0, Signature("web", Role.CALL)), called]


@pytest.mark.parametrize("role", [Role.NONE, Role.CALL])
@pytest.mark.parametrize("depth", [3, 15, 40])
def test_what_is_too_deep_for_the_rounds_is_told(depth: int, role: Role) -> None:
    spans = nested(depth, role)
    found, unfinished = listed(spans, 4)
    assert (unfinished > 0) == (depth > 16)
    whole, none = listed(spans, 6)
    assert (whole, none) == (expected(spans), 0)
    if not unfinished:
        assert found == whole


def test_a_cycle_is_not_taken_for_a_deep_chain_nor_a_deep_chain_for_a_cycle() -> None:
    assert listed(nested(10, ends=10), 4)[1] == 0
    assert listed(nested(40, ends=40), 4)[1] > 0
    assert listed(nested(40, ends=40), 6) == (expected(nested(40, ends=40)), 0)


def test_where_there_are_no_edges_it_is_told_nevertheless_what_is_unfinished() -> None:
    assert listed(nested(3)[:2]) == ([], 0)
    assert listed(nested(60)[:50], 2)[0] == []


def test_names_are_public_to_both() -> None:
    hosts = [
        "api.example.com", "orders.shop", "a.b.shop", "cart", "pay.svc", "x.svc.cluster.local", "stripe.io", "a.de",
        "A.de", "a-.de", "a..de", "10.0.0.1", "schema.json", "a.b.json", "x.cluster.eu", "svc.de", "", ".", "a.b.c9",
    ]  # fmt: skip
    expression = ibis.table({"host": "string"}, name="hosts").select("host", public=_is_public(ibis._.host))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE hosts (host VARCHAR)")
        connection.executemany("INSERT INTO hosts VALUES (?)", [[host] for host in hosts])
        found = dict(connection.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall())
    assert found == {host: is_public(host) for host in hosts}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_can_be_written_in(dialect: str) -> None:
    statements = sqlglot.parse(script(dialect, "lake.otel.spans"), dialect=dialect)
    whole = [statement for statement in statements if statement is not None]
    assert not [one for one in whole if isinstance(one, sge.Command)]
    assert sum(isinstance(one, (sge.Select, sge.Query)) for one in whole) == 1
    made = [one.find(sge.Table) for one in whole if isinstance(one, sge.Create)]
    gone = [one.find(sge.Table) for one in whole if isinstance(one, sge.Drop)]
    assert len(made) > 50
    assert {table.name for table in gone if table} <= {table.name for table in made if table}
    if dialect in ("databricks", "trino"):
        assert len(gone) == len(made), "they have no temporary tables"
