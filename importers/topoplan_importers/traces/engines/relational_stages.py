"""The definition in relations as a whole: its stages by name, and their SQL for a dialect."""

from __future__ import annotations

from collections.abc import Callable

import ibis
from ibis.expr.types import Table

from topoplan_importers.traces.engines import relational_calls, relational_journeys, relational_spans
from topoplan_importers.traces.engines.relational import GIVEN
from topoplan_importers.traces.engines.relational_spans import Tables
from topoplan_importers.traces.table import COLUMNS

_MODULES = (relational_spans, relational_calls, relational_journeys)
_TYPES = {
    "VARCHAR": "string", "TINYINT": "int8", "INTEGER": "int32", "BIGINT": "int64", "BOOLEAN": "boolean",
    "DOUBLE": "float64", "STRUCT(trace VARCHAR, span VARCHAR)[]": "array<struct<trace: string, span: string>>",
}  # fmt: skip


_STAGES = (
    "paths said traces rows links repeats presences service_hashes placed turning turning_on cut bases bases_on",
    "bases_going tree forest_flaws joins joined nested chain nested_on nested_going clients spoken spoken_on",
    "chain_on call_flaws targets linked receipts receptions ids messages uses shapes booked figures totals",
    "use_hashes buckets roots ways ways_on ways_going openings firsts homes steps causes frontier reached",
    "frontier_on begun journeys journey_steps",
)


def stages() -> dict[str, Callable[[Tables], Table]]:
    """Every stage by name, those first that others need."""
    return {
        name: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
        for name in " ".join(_STAGES).split()
    }


def compiled(dialect: str) -> dict[str, str]:
    """Every stage as a query, by name."""
    tables = {"raw": _unbound("raw", {column.name: column.sql for column in COLUMNS})}
    tables |= {name: _unbound(name, columns) for name, columns in GIVEN.items()}
    queries = {}
    for name, stage in stages().items():
        expression = stage(tables)
        queries[name] = str(ibis.to_sql(expression, dialect=dialect))
        tables[name] = ibis.table(expression.schema(), name=name)
    return queries


def _unbound(name: str, columns: dict[str, str]) -> Table:
    return ibis.table({column: _TYPES[kind] for column, kind in columns.items()}, name=name)
