"""Writes the definition in relations as one text of SQL, for warehouses where nobody can look between two queries.

Whoever drives the definition goes round until nobody is left. A text cannot look: it goes round a fixed number of
times, and counts the spans that were still on their way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

import ibis
from ibis import _
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr.types import Table

from topoplan_importers.traces.engines import warehouse_edges
from topoplan_importers.traces.engines.relational import STEPS, Relations, Row, S, T, observe, take_apart
from topoplan_importers.traces.engines.relational_spans import Tables
from topoplan_importers.traces.engines.relational_stages import stages
from topoplan_importers.traces.table import COLUMNS

ROUNDS = 7
"""Rounds where nothing else is said: chains of spans up to 128 deep."""
MOST_ROUNDS = 20
DIALECTS = ("bigquery", "clickhouse", "databricks", "duckdb", "postgres", "snowflake", "trino")
_LASTING = frozenset({"databricks", "trino"})
"""Those without temporary tables: the text drops what it made."""
_SETTINGS = {"clickhouse": ("SET join_use_nulls = 1",)}
"""What makes a dialect mean what all others mean."""
_QUOTES = {"bigquery": "`", "databricks": "`"}
_PREFIX = "topoplan_"
_SOME = 1 << 62
"""What is said of the rows of a table, since nobody can count them: enough to go on."""
_OWN: dict[str, Callable[[Tables], Table]] = {
    "files": warehouse_edges.files, "signatures": warehouse_edges.signatures,
}  # fmt: skip
"""Tables that are given elsewhere, and made here."""


def script(dialect: str, source: str, rounds: int = ROUNDS) -> str:
    """SQL that lists the edges in a span table, `source`, up to `catalog.schema.table`: statements, the last SELECT of
    which has the columns of the CSV list and `unfinished`, the spans of chains too deep for so many rounds; where there
    are no edges, a row of nothing else. `dialect` is one of `DIALECTS`."""
    return _Script(dialect, source, rounds).text()


class _Script:
    """`Relations` that are written down."""

    def __init__(self, dialect: str, source: str, rounds: int) -> None:
        self._dialect, self._rounds = dialect, rounds
        *place, name = source.split(".")
        columns = {column.name: DuckDBType.from_string(column.sql) for column in COLUMNS}
        catalog, database = [None, None, *place][-2:]
        self._tables: dict[str, Table] = {"raw": ibis.table(columns, name=name, catalog=catalog, database=database)}
        self._stages = stages()
        self._statements = list(_SETTINGS.get(dialect, ()))
        self._stored: dict[str, str] = {}
        self._made: dict[str, int] = {}
        """How often each table was made anew of itself."""
        self._kept: dict[str, int] = {}
        """How often it was made at all."""
        self._left: list[str] = []
        self._done = False

    def text(self) -> str:
        take_apart(self)
        observe(self)
        heading = (
            f"-- Edges of a span table. Chains are followed up to {2**self._rounds:,} spans; the column unfinished",
            "-- counts the spans of longer ones: where it is not 0, figures are not whole, and more rounds are needed.",
        )
        return "\n".join([*heading, *(f"{statement};" for statement in self._statements)]) + "\n"

    def put(self, table: str, rows: Iterable[Row]) -> None:
        if table in _OWN:
            self._keep(table, _OWN[table](self._tables))

    def make(self, stage: str, into: str) -> int:
        if stage == "booked":
            self._finish()
        if self._done:
            return 0
        self._keep(into, self._stages[stage](self._tables))
        if STEPS.get(into) == stage:
            self._made[into] = self._made.get(into, 0) + 1
        return _SOME if self._made.get(into, 0) < self._rounds else 0

    def define(self, stage: str) -> None:
        self._tables[stage] = self._stages[stage](self._tables)

    def append(self, table: str, into: str) -> None:
        assert self._done, "what grows is of journeys, which are not asked for"

    def rows(self, stage: str) -> Sequence[Row]:
        table = stage.removesuffix("_going")
        goes_on = table != stage and not self._done and self._made.get(table, 0) < self._rounds
        return [(int(goes_on),)] if table != stage else []

    def drop(self, *tables: str) -> None:
        for table in () if self._done else tables:
            if table in self._made and table != "spoken":
                self._measure(table)
            self._forget(table)

    def together(self, one: Callable[[Relations], S], other: Callable[[Relations], T]) -> tuple[S, T]:
        return one(self), other(self)

    def _measure(self, table: str) -> None:
        """How many are still on their way."""
        found = self._tables[table]
        if table == "turning":  # those on cycles remain; fewer than the steps taken cannot be a chain
            counted = found.agg(left=ibis.ifelse(_.count() >= 2**self._rounds, _.count(), 0))
        elif f"{table}_going" in self._stages:
            counted = self._stages[f"{table}_going"](self._tables)
        else:
            counted = found.agg(left=_.count())
        self._keep(f"{table}_left", counted.select(left=_["left"].cast("int64")))
        self._left.append(f"{table}_left")

    def _finish(self) -> None:
        left = reduce(Table.union, (self._tables[name] for name in self._left)).agg(unfinished=_["left"].sum())
        edges = warehouse_edges.edges(self._tables).mutate(one=1)
        listed = left.mutate(one=1).left_join(edges, "one").select(*warehouse_edges.LISTED, "unfinished")
        self._say(self._sql(listed.order_by(list(warehouse_edges.EDGE))))
        if self._dialect in _LASTING:
            for table in list(self._stored):
                self._forget(table)
        self._done = True

    def _keep(self, table: str, expression: Table) -> None:
        before = self._stored.get(table)
        name = f"{_PREFIX}{table}" if before is None else f"{_PREFIX}{table}_{self._kept[table]}"
        self._kept[table] = self._kept.get(table, 0) + 1
        kind = "TABLE" if self._dialect in _LASTING else "TEMPORARY TABLE"
        self._say(f"CREATE {kind} {self._quoted(name)} AS\n{self._sql(expression)}")
        self._tables[table] = ibis.table(expression.schema(), name=name)
        self._stored[table] = name
        if before is not None:
            self._say(f"DROP TABLE {self._quoted(before)}")

    def _forget(self, table: str) -> None:
        self._say(f"DROP TABLE {self._quoted(self._stored.pop(table))}")
        del self._tables[table]

    def _say(self, statement: str) -> None:
        self._statements.append(statement)

    def _sql(self, expression: Table) -> str:
        return str(ibis.to_sql(expression, dialect=self._dialect))

    def _quoted(self, name: str) -> str:
        quote = _QUOTES.get(self._dialect, '"')
        return f"{quote}{name}{quote}"
