"""Runs the definition in relations where the spans already are: on any back end that Ibis knows.

Spans stay there. What comes out are names, counts and what spans say, each once; what goes in are numbers for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ibis
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr.types import Table

from topoplan.model.text import UNSAFE
from topoplan_importers.traces.engines.relational import GIVEN, Relations, Row, S, T, observe, take_apart
from topoplan_importers.traces.engines.relational_stages import stages
from topoplan_importers.traces.engines.warehouse_mapping import LINKS, exported
from topoplan_importers.traces.engines.warehouse_words import DESCRIBED, Describer
from topoplan_importers.traces.mappings import Mapping as SpanMapping
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.span import Role
from topoplan_importers.traces.table import COLUMNS

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

MOST_TEXTS = 1_000_000
"""More different descriptions of spans are refused: they come into memory."""
_ASIDE = {"trace": "VARCHAR"}
_NAMING = frozenset({"said", "paths"})
"""Stages whose rows have names in them."""


class TableRelations:
    """`Relations` on tables of an Ibis back end. Names begin with `prefix`, so that two runs do not meet. Temporary
    tables where the back end has them, else tables of the current schema that `close` drops."""

    def __init__(self, backend: SQLBackend, prefix: str = "") -> None:
        self._backend = backend
        self._prefix = prefix or f"topoplan_{uuid4().hex[:12]}"
        self._stages = stages()
        self._tables: dict[str, Table] = {}
        self._stored: dict[str, str] = {}
        self._made = 0

    def take(self, source: Table, mapping: SpanMapping | None, shown: str, of_tests: Collection[str] = ()) -> None:
        """Let the spans be those of a table: a span table, with the ids of traces that are `of_tests`, or one that the
        mapping knows, which is shown as `shown`. Traces of tests, and those that follow from them by links, are left
        out. Raises ValueError where it does not have what it must have."""
        if mapping is None:
            self._tables["raw"] = _span_table(source)
            if of_tests:
                self._put("aside", _ASIDE, [(trace,) for trace in sorted(of_tests)])
                self._leave_out()
            return
        self._keep("exported", exported(source, mapping, self._backend.name))
        texts = self._tables["exported"].select("said").distinct()
        if self._count(texts) > MOST_TEXTS:
            raise ValueError(f"spans say more than {MOST_TEXTS:,} different things: names or paths hold identifiers")
        describer = Describer()
        described = [describer.describe(text) for (text,) in self._rows(texts)]
        self._put("descriptions", DESCRIBED, described)
        self._keep("raw", _described(self._tables["exported"], self._tables["descriptions"], shown))
        if any(of_test for *_, of_test in described):
            of_test = self._tables["descriptions"].filter(ibis._.of_test)
            self._keep("aside", self._tables["exported"].semi_join(of_test, "said").select("trace").distinct())
            self._leave_out()
        self.drop("exported", "descriptions")

    def _leave_out(self) -> None:
        """Leave out the traces `aside`, and those that follow from them by links."""
        raw = self._tables["raw"]
        linking = raw.filter(raw.links.length() > 0).select("trace", link=raw.links.unnest())
        self._keep("effects", linking.select("trace", cause=linking.link["trace"]).distinct())
        left = True
        while left:
            aside, effects = self._tables["aside"], self._tables["effects"]
            met = effects.semi_join(aside.select(cause=aside.trace), "cause").select("trace").distinct()
            self._keep("following", met.anti_join(aside, "trace"))
            left = self._count(self._tables["following"]) > 0
            if left:
                self._keep("aside", aside.union(self._tables["following"]))
        self.drop("effects", "following")
        self._tables["raw"] = raw.anti_join(self._tables["aside"], "trace")

    def put(self, table: str, rows: Iterable[Row]) -> None:
        self._put(table, GIVEN[table], rows)

    def make(self, stage: str, into: str) -> int:
        self._keep(into, self._stages[stage](self._tables))
        return self._count(self._tables[into])

    def define(self, stage: str) -> None:
        self._tables[stage] = self._stages[stage](self._tables)

    def append(self, table: str, into: str) -> None:
        self._keep(into, self._tables[into].union(self._tables[table].cast(self._tables[into].schema())))

    def rows(self, stage: str) -> Sequence[Row]:
        rows = self._rows(self._stages[stage](self._tables))
        if stage in _NAMING and any(isinstance(v, str) and UNSAFE.search(v) for row in rows for v in row):
            raise ValueError("is no span table: names in it hold control characters")
        return rows

    def drop(self, *tables: str) -> None:
        for table in tables:
            del self._tables[table]
            self._forget(self._stored.pop(table))

    def together(self, one: Callable[[Relations], S], other: Callable[[Relations], T]) -> tuple[S, T]:
        return one(self), other(self)

    def close(self) -> None:
        self.drop(*self._stored)

    def _keep(self, table: str, expression: Table) -> None:
        """A new table each time: what replaces one is often made of it."""
        self._made += 1
        before, name = self._stored.get(table), f"{self._prefix}_{self._made}_{table}"
        # Back ends have types of their own; the definition goes by those of Ibis.
        self._tables[table] = self._store(name, expression).cast(expression.schema())
        self._stored[table] = name
        if before is not None:
            self._forget(before)

    def _put(self, table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
        schema = ibis.schema({name: DuckDBType.from_string(kind) for name, kind in columns.items()})
        self._keep(table, ibis.memtable(_columns(list(columns), rows), schema=schema))

    def _store(self, name: str, expression: Table) -> Table:
        return self._backend.create_table(name, expression, temp=self._backend.supports_temporary_tables)

    def _forget(self, name: str) -> None:
        self._backend.drop_table(name, force=True)

    def _rows(self, expression: Table) -> Sequence[Row]:
        return [tuple(row.values()) for row in self._backend.to_pyarrow(expression).to_pylist()]

    def _count(self, expression: Table) -> int:
        return int(self._rows(expression.agg(rows=expression.count()))[0][0])


def observe_table(
    relations: TableRelations, source: Table, mapping: SpanMapping | None, shown: str, of_tests: Collection[str] = ()
) -> Observed:  # fmt: skip
    """What the spans of a table show, as `TableRelations.take` takes it. Raises ValueError as that does."""
    with _closing(relations):
        relations.take(source, mapping, shown, of_tests)
        take_apart(relations)
        return observe(relations)


@contextmanager
def _closing(relations: TableRelations) -> Iterator[None]:
    try:
        yield
    finally:
        relations.close()


def _span_table(source: Table) -> Table:
    missing = [column.name for column in COLUMNS if column.name not in source.columns]
    if missing:
        raise ValueError(f"is no span table: it has no column {missing[0]!r}; a mapping tells what other tables hold")
    return source.select(
        **{column.name: source[column.name].cast(DuckDBType.from_string(column.sql)) for column in COLUMNS}
    )


def _described(spans: Table, descriptions: Table, shown: str) -> Table:
    """The span table."""
    known = spans.join(descriptions.rename("d_{name}"), [("said", "d_said")])
    values: dict[str, Any] = {name: known[f"d_{name}"] for name in DESCRIBED}
    values |= {name: known[name] for name in ("trace", "id", "parent", "start_us", "duration_us")}
    values["links"] = ibis.ifelse(values["role"] == int(Role.RECEIVE), known.links, ibis.literal([], LINKS))
    values["file"] = ibis.literal(shown)
    return known.select(
        **{column.name: values[column.name].cast(DuckDBType.from_string(column.sql)) for column in COLUMNS}
    )


def _columns(names: Sequence[str], rows: Iterable[Row]) -> dict[str, list[Any]]:
    listed = list(rows)
    return {name: [row[place] for row in listed] for place, name in enumerate(names)}
