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
    "DOUBLE": "float64",
}  # fmt: skip
_KEYS = {"trace": "uint64", "id": "uint64", "parent": "uint64", "links": "array<struct<trace: uint64, span: uint64>>"}
"""Columns of `raw` that hold ids. In the queries they are declared as numbers, so that text is made of them where it is
needed; what text that is, and whether they are numbers, is for the database to know."""

_STAGES = (
    "places keyed paths said common traces rows lean_rows linking links shared repeats halves plain spans presences",
    "service_hashes tree lower lowered turning turning_on cut felled bases bases_on bases_going inside forest_flaws",
    "joins joined nested chain nested_on nested_going clients spoken spoken_on chain_on call_flaws targets linked",
    "receipts receptions exchanges contested plural ids messages uses shapes booked figures totals use_hashes buckets",
    "roots ways ways_on ways_going openings firsts homes steps causes frontier reached frontier_on begun journeys",
    "journey_steps",
)


def stages() -> dict[str, Callable[[Tables], Table]]:
    """Every stage by name, those first that others need."""
    return {
        name: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
        for name in " ".join(_STAGES).split()
    }


def compiled(dialect: str) -> dict[str, str]:
    """Every stage as a query, by name."""
    raw = {column.name: _KEYS.get(column.name) or _TYPES[column.sql] for column in COLUMNS}
    tables = {"raw": ibis.table(raw, name="raw")}
    for name, columns in GIVEN.items():
        tables[name] = ibis.table({column: _TYPES[kind] for column, kind in columns.items()}, name=name)
    queries = {}
    for name, stage in stages().items():
        expression = stage(tables)
        queries[name] = str(ibis.to_sql(expression, dialect=dialect))
        tables[name] = ibis.table(expression.schema(), name=name)
    return queries
