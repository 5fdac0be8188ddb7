"""The few things that Ibis says in no or the wrong way in some dialects: members of JSON whose names have dots, and
times in microseconds.

Names of dialects are those of Ibis's back ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import ibis
from ibis.expr.types import Column, IntegerValue, StringValue, Value

DIALECTS = ("bigquery", "clickhouse", "databricks", "duckdb", "postgres", "pyspark", "snowflake", "trino")
"""Those known here."""


def _call(_1: Value, _2: Value, _3: Value, _4: Value, _5: Value) -> None:
    """Stands for functions that databases have."""


def _function(name: str, arguments: int, returns: str) -> Callable[..., Column]:
    """A function that the database has, of arguments of any type."""
    return cast("Callable[..., Column]", ibis.udf.scalar.builtin(
        _call, name=name, signature=((None,) * arguments, returns)
    ))  # fmt: skip


_GET = _function("get", 2, "json")
_LAX_STRING = _function("lax_string", 1, "string")
_EXTRACTED = {
    dialect: _function(function, 2, "string")
    for dialect, function in {
        "duckdb": "json_extract_string", "clickhouse": "JSON_VALUE", "trino": "json_extract_scalar",
        "pyspark": "get_json_object",
    }.items()
}  # fmt: skip
_VARIANT_GET = _function("try_variant_get", 3, "string")
_PATH_TEXT = {members: _function("json_extract_path_text", members + 1, "string") for members in range(1, 5)}
_DATE_PART = _function("date_part", 2, "float64")
_MICROS = {
    dialect: _function(function, 1, "int64")
    for dialect, function in {
        "duckdb": "epoch_us", "bigquery": "unix_micros", "databricks": "unix_micros", "pyspark": "unix_micros",
        "clickhouse": "toUnixTimestamp64Micro",
    }.items()
}  # fmt: skip
_TO_UNIXTIME = _function("to_unixtime", 1, "float64")


def json_text(dialect: str, json: Value, members: Sequence[str]) -> StringValue:
    """A member of JSON, or of a member, as text; null where there is none. Numbers are text too."""
    if dialect == "bigquery":
        for member in members:
            json = json[member]
        return _LAX_STRING(json)
    if dialect == "snowflake":
        for member in members:
            json = _GET(json, member)
        return json.cast("string")
    if dialect == "databricks":
        return _VARIANT_GET(json, _json_path(members, '["', '"]'), "STRING")
    if dialect == "postgres":
        return _PATH_TEXT[len(members)](json, *members)
    brackets = ("['", "']") if dialect == "pyspark" else ('["', '"]')
    return _EXTRACTED[dialect](json, _json_path(members, *brackets))


def microseconds(dialect: str, time: Value) -> IntegerValue:
    """Microseconds from 1970 to a timestamp."""
    if dialect == "snowflake":
        return _DATE_PART("epoch_microsecond", time).cast("int64")
    if dialect == "postgres":
        return (_DATE_PART("epoch", time) * 1_000_000).round().cast("int64")
    if dialect == "trino":
        return (_TO_UNIXTIME(time) * 1_000_000).round().cast("int64")
    if dialect == "clickhouse":
        time = time.cast("timestamp(6)")
    elif dialect == "bigquery":
        time = time.cast("timestamp('UTC')")
    return _MICROS[dialect](time)


def _json_path(members: Sequence[str], begin: str, end: str) -> str:
    return "$" + "".join(f"{begin}{member}{end}" for member in members)
