"""Gives the relations of DuckDB their spans: with numbers for ids where all are numbers, else with texts.

An id is shown as text where order or a digest asks for it; how, the macros `id_text` and `link_texts` tell. What rows
are numbered with `row_count` makes narrow: a join of a million spans takes half as long with 32 bits for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from topoplan_importers.traces.keys import LINKS, SPAN, TRACE, as_number, is_number, text_of
from topoplan_importers.traces.parts import KeyedSpans

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NARROW, _MOST_NARROW = "UINTEGER", 2**32
_MOST_DURATION = 2**31
"""Microseconds from which on a duration does not fit into 32 bits."""
_IDS = {"trace": TRACE, "id": SPAN, "parent": SPAN}


def take_texts(connection: DuckDBPyConnection, select: str) -> None:
    """Make `raw` a span table."""
    connection.execute(f"CREATE VIEW raw AS {select}")
    _name(connection, "id", "links", _count(connection, "raw"))


def take_numbers(connection: DuckDBPyConnection, spans: KeyedSpans) -> bool:
    """Make `raw`, `keyed` and `linking` of spans whose ids are numbers; whether all of them are."""
    connection.execute(f"CREATE TABLE odd AS {spans.odd}")
    if connection.execute(f"SELECT 1 FROM odd WHERE NOT ({_all_numbers()}) LIMIT 1").fetchone():  # noqa: S608
        connection.execute("DROP TABLE odd")
        return False
    ids = ", ".join(f"{as_number(name, kind)} AS {name}" for name, kind in _IDS.items())
    link = f"{{'trace': {as_number('link.trace', TRACE)}, 'span': {as_number('link.span', SPAN)}}}"
    rows, parts, *figures = connection.execute(spans.ends).fetchone() or (1, 1, None, None, None)
    asked = "SELECT count(*), max(duration_us), min(weight), max(weight) FROM odd"
    count, *odd_figures = connection.execute(asked).fetchone() or (0, None, None, None)
    own = f"start_us, {_narrow(figures, odd_figures)}, place"
    others = rows * parts
    connection.execute(f"""
        CREATE TABLE given_odd AS
        SELECT {ids}, start_us, duration_us, weight, place, list_transform(links, lambda link: {link}) AS links,
            {others} + row_number() OVER () - 1 AS n
        FROM odd
    """)  # noqa: S608
    connection.execute("DROP TABLE odd")
    link = f"{{'trace': {text_of('link.trace')}, 'span': {text_of('link.span')}}}"
    _name(connection, text_of("id"), f"list_transform(links, lambda link: {link})", others + count)
    connection.execute(f"""
        CREATE VIEW raw AS
        SELECT trace, id, parent, {own}, CAST([] AS {LINKS}) AS links, row_count(part * {rows} + row) AS n
        FROM ({spans.numbers})
        UNION ALL SELECT trace, id, parent, {own}, links, row_count(n) FROM given_odd
    """)  # noqa: S608
    connection.execute("CREATE VIEW keyed AS FROM raw")
    connection.execute("CREATE TABLE linking AS SELECT row_count(n) AS n, links FROM given_odd WHERE len(links) > 0")
    return True


def _narrow(*figures: Sequence[float | None]) -> str:
    """Durations and weights in columns as narrow as these allow: they go along with every span to the end. Of figures
    there is the longest duration, the least and the most weight, where there are any."""
    longest, least, most = zip(*figures, strict=True)
    duration = "INTEGER" if all(number is None or number < _MOST_DURATION for number in longest) else "BIGINT"
    weight = "UTINYINT" if {*least, *most} <= {None, 1.0} else "DOUBLE"
    return f"CAST(duration_us AS {duration}) AS duration_us, CAST(weight AS {weight}) AS weight"


def _count(connection: DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _name(connection: DuckDBPyConnection, id_text: str, link_texts: str, rows: int) -> None:
    kind = _NARROW if rows <= _MOST_NARROW else "BIGINT"
    connection.execute(f"CREATE MACRO row_count(n) AS CAST(n AS {kind})")
    connection.execute(f"CREATE MACRO id_text(id) AS {id_text}")
    connection.execute(f"CREATE MACRO link_texts(links) AS {link_texts}")


def _all_numbers() -> str:
    parent = f"(parent IS NULL OR {is_number('parent', SPAN)})"
    strange = f"NOT ({is_number('link.trace', TRACE)} AND {is_number('link.span', SPAN)})"
    links = f"len(list_filter(links, lambda link: {strange})) = 0"
    return f"{is_number('trace', TRACE)} AND {is_number('id', SPAN)} AND {parent} AND {links}"
