"""The embedded engine for large inputs: DuckDB on Parquet span tables, spilling to disk what memory does not hold.

Nothing is installed or fetched, and no file is read but the given ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from topoplan_importers.traces.engines.duck_keys import take_numbers, take_texts
from topoplan_importers.traces.engines.relational import GIVEN, NAMED, Row, S, T, name, observe, take_apart
from topoplan_importers.traces.engines.relational_names import Names
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.parts import KeyedSpans, SpanTable
from topoplan_importers.traces.span import Span, id_text
from topoplan_importers.traces.table import COLUMNS, row_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SQL = Path(__file__).with_name("sql") / "duckdb.sql"
"""The definition for DuckDB, compiled: a heading and a query for each stage."""
HEADING = "-- "
_CLOSED: Mapping[str, str | bool] = {
    "autoinstall_known_extensions": False, "autoload_known_extensions": False, "allow_community_extensions": False,
    "preserve_insertion_order": False, "enable_external_file_cache": False, "disabled_optimizers": "join_order",
    "checkpoint_threshold": "1TB",
}  # fmt: skip
"""Also: no second copy of the files is kept in memory; tables are joined in the order in which the definition names
them, since to look for others costs more than it gains, and what is found is worse; and what soon goes is not
compressed, which takes one thread as long as a join."""
_JSON_TYPES: Mapping[str, object] = {"STRUCT(trace VARCHAR, span VARCHAR)[]": [{"trace": "VARCHAR", "span": "VARCHAR"}]}
_LINKS = [column.name for column in COLUMNS].index("links")
_BATCH = 10_000
"""Rows handed over at once."""
_THREAD_BYTES, _BYTES_OF_BYTE = 128 * 2**20, 2
"""Memory for each thread, and for each byte of the files: what joining a million spans at once takes, about."""
_WHOLE = {"TINYINT": 7, "SMALLINT": 15}
"""Types of whole numbers, and their bits."""
_PAUSE_SECONDS = 0.01
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


class DuckEngine:
    """`memory` is DuckDB's limit, such as `512MB`; empty: as the size of the files calls for, but not over `most` bytes
    (0: no matter). `threads` 0: one for each
    processor. What does not fit goes below `temporary`, by default where the system keeps such files."""

    name = "duckdb"

    def __init__(self, memory: str = "", threads: int = 0, temporary: Path | None = None, most: int = 0) -> None:
        self._memory, self._threads, self._temporary, self._most = memory, threads, temporary, most

    def observe(self, spans: Iterable[Span], paths: Sequence[str], *, sketch: bool = False) -> Observed:
        columns = {column.name: column.sql for column in COLUMNS}
        with self._connection(()) as connection:
            relations = DuckRelations(connection)
            relations.fill("given", columns, (_row(span, paths) for span in spans))
            take_texts(connection, "FROM given")
            take_apart(relations)
            return observe(relations, sketch=sketch)

    def observe_parts(self, parts: Sequence[Path]) -> Observed:
        """What the spans in these Parquet files show; raises as `observe_table`."""
        columns = ", ".join(f'"{column.name}"::{column.sql} AS "{column.name}"' for column in COLUMNS)
        listed = _listed(str(part.absolute()) for part in parts)
        return self.observe_table(SpanTable(f"SELECT {columns} FROM read_parquet({listed})", tuple(parts)))  # noqa: S608

    def observe_table(self, table: SpanTable, *, sketch: bool = False) -> Observed:
        """What the spans of a table show, read from its files alone. Raises ValueError where one of them cannot be read
        or holds no such table."""
        import duckdb

        with self._connection(table.files) as connection:
            relations = DuckRelations(connection, at_once=not self._memory)
            try:
                names = relations.take(table.keyed) if table.keyed is not None else None
                if names is None:
                    take_texts(connection, table.select)
                    take_apart(relations)
                return observe(relations, sketch=sketch, named=names)
            except duckdb.Error as error:
                raise ValueError(str(error).split("\n")[0]) from error

    @contextmanager
    def _connection(self, files: Sequence[Path]) -> Iterator[DuckDBPyConnection]:
        import duckdb

        with TemporaryDirectory(prefix="topoplan-", dir=self._temporary) as spilled:
            settings: dict[str, str | bool | int | float | list[str]] = {**_CLOSED, "temp_directory": spilled}
            if self._threads:
                settings["threads"] = self._threads
            with duckdb.connect(":memory:", config=settings) as connection:
                if memory := self._memory or _enough(connection, files, self._most):
                    connection.execute(f"SET memory_limit = '{memory}'")
                connection.execute(f"SET allowed_paths = {_listed(str(file.absolute()) for file in files)}")
                connection.execute("SET enable_external_access = false")
                connection.execute("SET lock_configuration = true")
                yield connection


def _enough(connection: DuckDBPyConnection, files: Sequence[Path], most_asked: int) -> str:
    """A limit that grows with the input, so that small inputs do not take what large ones may; none where that is more
    than the machine has. Raises ValueError where a file is not there."""
    asked = connection.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchone()
    threads, (most, unit) = (asked[0], asked[1].split()) if asked else (1, ("0", "KiB"))
    try:
        size = sum(file.stat().st_size for file in files)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    limit = threads * _THREAD_BYTES + _BYTES_OF_BYTE * size
    limit = min(limit, most_asked) if most_asked else limit
    return f"{limit // 2**20}MiB" if limit < float(most) * 1024 ** _UNITS.index(unit) else ""


class DuckRelations:
    """`Relations` on a connection, with `at_once` doing two things at a time: most stages are so small that they leave
    a processor idle."""

    def __init__(self, connection: DuckDBPyConnection, *, at_once: bool = False) -> None:
        self._connection, self._at_once = connection, at_once
        self._queries = queries()

    def take(self, spans: KeyedSpans) -> Names | None:
        """Make of spans whose ids are numbers what `observe` needs with these names; None where not all are."""

        def number(own: DuckRelations) -> bool:
            is_keyed = take_numbers(own._connection, spans)
            if is_keyed:
                own.make("traces", "traces")
            return is_keyed

        def name_places(own: DuckRelations) -> Names:
            own._connection.execute(f"CREATE TABLE places AS {spans.places}")
            return name(own)

        is_keyed, names = self.together(number, name_places)
        if is_keyed:
            return names
        self.drop("places", *NAMED)
        return None

    def put(self, table: str, rows: Iterable[Row]) -> None:
        given = list(rows)
        values = zip(*given, strict=True) if given else iter(())
        columns = GIVEN[table]
        self.fill(table, {name: _narrow(kind, next(values, ())) for name, kind in columns.items()}, given)

    def fill(self, table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
        """Make a table of these columns and rows. They go over as JSON, which needs no other library."""
        types = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self._connection.execute(f'CREATE TABLE "{table}" ({types})')
        shape = _json({name: [_JSON_TYPES.get(kind, kind)] for name, kind in columns.items()})
        taken = ", ".join(f'unnest(given."{name}")' for name in columns)
        insert = f'INSERT INTO "{table}" SELECT {taken} FROM (SELECT from_json(?, ?) AS given)'  # noqa: S608
        left = iter(rows)
        while batch := list(islice(left, _BATCH)):
            given = dict(zip(columns, zip(*batch, strict=True), strict=True))
            self._connection.execute(insert, [_json(given), shape])

    def make(self, stage: str, into: str) -> int:
        made = self._connection.execute(f'CREATE OR REPLACE TABLE "{into}" AS {self._queries[stage]}').fetchone()
        return int(made[0]) if made else 0

    def define(self, stage: str) -> None:
        self._connection.execute(f'CREATE VIEW "{stage}" AS {self._queries[stage]}')

    def append(self, table: str, into: str) -> None:
        self._connection.execute(f'INSERT INTO "{into}" SELECT * FROM "{table}"')  # noqa: S608 - own names

    def rows(self, stage: str) -> Sequence[Row]:
        return self._connection.execute(self._queries[stage]).fetchall()

    def drop(self, *tables: str) -> None:
        for table in tables:
            self._connection.execute(f'DROP TABLE "{table}"')

    def together(self, one: Callable[[DuckRelations], S], other: Callable[[DuckRelations], T]) -> tuple[S, T]:
        if not self._at_once:
            return one(self), other(self)
        with self._connection.cursor() as second, ThreadPoolExecutor(1) as pool:
            later = pool.submit(other, DuckRelations(second))
            try:
                return one(self), later.result()
            except BaseException:
                while not later.done():  # nobody waits for what the other one finds
                    second.interrupt()  # the query it is at; it may be between two
                    wait([later], _PAUSE_SECONDS)
                raise


@cache
def queries() -> dict[str, str]:
    """The queries of `SQL` by stage."""
    sections = f"\n{SQL.read_text('utf-8')}".split(f"\n{HEADING}")[1:]
    return {name: query for name, _, query in (section.partition("\n") for section in sections)}


def _narrow(kind: str, numbers: Sequence[Any]) -> str:
    """The narrowest type for these whole numbers: every span is joined with them."""
    if kind != "INTEGER":
        return kind
    known = [number for number in numbers if number is not None]
    low, high = min(known, default=0), max(known, default=0)
    return next((name for name, bits in _WHOLE.items() if -(1 << bits) <= low and high < 1 << bits), kind)


def _row(span: Span, paths: Sequence[str]) -> Row:
    row = row_of(span, paths)
    links = [{"trace": id_text(trace), "span": id_text(own)} for trace, own in span.links]
    return *row[:_LINKS], links, *row[_LINKS + 1 :]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _listed(texts: Iterable[str]) -> str:
    """A list in SQL."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
