"""Finds the engine, the connection and the mapping for spans that are asked for where they are.

The one place where an analysis reaches for another machine, and only because its user named the table. How to get there
comes from the environment, with what it takes to log in; neither is ever told.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from topoplan.errors import UsageError
from topoplan.model.text import clean
from topoplan_importers.traces.mappings import Mapping as SpanMapping
from topoplan_importers.traces.mappings import named, names, parse
from topoplan_importers.traces.observed import Observed

URL = "TOPOPLAN_WAREHOUSE_URL"
"""The variable that holds the place of a warehouse, as Ibis takes it, such as `clickhouse://user:password@host/base`."""
SPARK = "spark"
USUAL = {"bigquery": "bigquery", "clickhouse": "clickhouse", "databricks": "databricks", "snowflake": "snowflake"}
"""Mappings of the tables that are usual at a warehouse. Others hold span tables where nothing else is said."""
ENGINES = (*sorted({*USUAL, "postgres", "trino"}), SPARK)
SPAN_TABLE = "spans"
"""Mapping of a table that is a span table already."""
_SETTINGS: dict[str, dict[str, dict[str, int]]] = {"clickhouse": {"settings": {"join_use_nulls": 1}}}
"""Where joins give no nulls unless asked to, they are asked."""
_VIA = "An error occurred while calling "
"""So begins what Java says through Python; the cause is in the next line."""
_NAME = re.compile(r"[\w$-]+(\.[\w$-]+){0,2}")


def observe_source(engine: str, source: str, mapping: str, environment: Mapping[str, str]) -> Observed:
    """What the spans of `source` show: for Spark a folder or file of Parquet or a table of its catalog, for others a
    table, up to `catalog.schema.table`. `mapping` is one of `names()`, `SPAN_TABLE`, a TOML file, or empty for the
    usual one. Raises UsageError with the reason where that cannot be."""
    known = mapping_of(mapping or USUAL.get(engine, SPAN_TABLE))
    if engine == SPARK:
        return _observe_spark(source, known)
    return _observe_warehouse(engine, source, known, environment.get(URL, ""))


def script_for(dialect: str, source: str, rounds: int) -> str:
    """See `warehouse_script.script`. Raises UsageError."""
    _check_name(source)
    try:
        from topoplan_importers.traces.engines.warehouse_script import script
    except ImportError as error:
        raise _not_installed("SQL", "topoplan[warehouse]") from error
    return script(dialect, source, rounds)


def mapping_of(name: str) -> SpanMapping | None:
    """The mapping of this name, or in this file; None for that of span tables. Raises UsageError."""
    if name == SPAN_TABLE:
        return None
    if name in names():
        return named(name)
    if not name.endswith(".toml"):
        hint = f"Give a file that ends in .toml, or one of {', '.join((*names(), SPAN_TABLE))}."
        raise UsageError(f"there is no mapping {name!r}", slug="unknown-mapping", hint=hint)
    try:
        return parse(Path(name).read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"the mapping cannot be used: {reason}", slug="bad-mapping", where=name) from error


def _observe_spark(source: str, mapping: SpanMapping | None) -> Observed:
    try:
        from topoplan_importers.traces.engines.spark import SparkEngine
    except ImportError as error:
        raise _not_installed(SPARK, "topoplan[spark]") from error
    spark, place = SparkEngine(), Path(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pyspark, about what it is made of
            if place.exists():
                return spark.observe_parts([place], mapping)
            return spark.observe_table(source, mapping)
    except Exception as error:
        raise _refused(source, error, "") from error


def _observe_warehouse(engine: str, source: str, mapping: SpanMapping | None, url: str) -> Observed:
    if not url.startswith(f"{engine}://"):
        hint = f"Set {URL} to {engine}://…, with user and password where it takes them."
        raise UsageError(f"nothing tells where {engine} is", slug="no-warehouse", hint=hint)
    _check_name(source)
    try:
        import ibis

        from topoplan_importers.traces.engines.warehouse import TableRelations, observe_table
    except ImportError as error:
        raise _not_installed(engine, f"topoplan[warehouse]' 'ibis-framework[{engine}]") from error
    *place, table = source.split(".")
    try:
        backend = ibis.connect(url, **_SETTINGS.get(engine, {}))
        found = backend.table(table, database=tuple(place) or None)
        return observe_table(TableRelations(backend), found, mapping, source)
    except ImportError as error:
        raise _not_installed(engine, f"ibis-framework[{engine}]") from error
    except Exception as error:
        raise _refused(source, error, url) from error


def _check_name(source: str) -> None:
    if not _NAME.fullmatch(source):
        raise UsageError(f"{source!r} is no name of a table", slug="no-table", hint="Write schema.table, or table.")


def _not_installed(engine: str, what: str) -> UsageError:
    return UsageError(f"{engine} needs more than is installed", slug="engine-missing", hint=f"pip install '{what}'")


def _refused(source: str, error: Exception, url: str) -> UsageError:
    """The first line that tells what happened, without what the URL holds."""
    said = next((line for line in map(str.strip, str(error).split("\n")) if line and not line.startswith(_VIA)), "")
    said = said.removeprefix(": ")
    for secret in _secrets(url):
        said = said.replace(secret, "…")
    return UsageError(f"cannot be asked: {clean(said) or type(error).__name__}", slug="warehouse-failed", where=source)


def _secrets(url: str) -> list[str]:
    """The URL itself, its user, password and query, longest first."""
    parts = urlsplit(url)
    found = {url, parts.netloc, parts.query, parts.username or "", parts.password or ""}
    found |= {value for pair in parts.query.split("&") for value in pair.split("=")[1:]}
    return sorted({*found, *map(unquote, found)} - {""}, key=len, reverse=True)
