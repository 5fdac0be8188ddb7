"""The engine for clusters: Spark, from Parquet span tables or a table of its catalog.

A session that is there is used as it is; else one on this machine is started, which talks to nothing but itself.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import ibis
import sqlglot.expressions as sge
from ibis.expr.types import Table

from topoplan_importers.traces.engines.relational import Row
from topoplan_importers.traces.engines.warehouse import TableRelations, observe_table
from topoplan_importers.traces.mappings import Mapping as SpanMapping
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.span_tables import MARKER, about, database

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_LOOPBACK = "127.0.0.1"
_SILENCE = """\
appender.none.type = Null
appender.none.name = none
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
"""
_TYPES = {
    "VARCHAR": "string", "TINYINT": "tinyint", "INTEGER": "int", "BIGINT": "bigint", "BOOLEAN": "boolean",
    "DOUBLE": "double",
}  # fmt: skip


class SparkEngine:
    """`memory` is what a session started here may take, such as `2g`; `threads` 0: one for each processor."""

    name = "spark"

    def __init__(self, memory: str = "2g", threads: int = 0) -> None:
        self._memory, self._threads = memory, threads

    def observe_parts(self, parts: Sequence[Path], mapping: SpanMapping | None = None) -> Observed:
        """What the spans in these Parquet files, or folders of them, show; without a mapping they are span tables, and
        traces that they tell to be of test runs are left out. Raises ValueError where they do not have what they must
        have, or a folder is not finished."""
        if any((part / MARKER).exists() for part in parts):
            raise ValueError("`topoplan traces flatten` has not finished in this folder; run it again")
        of_tests = _of_tests(parts) if mapping is None else ()
        with self._session() as session:
            # Folders hold other files too, such as what tells what their tables are of.
            reader = session.read.option("pathGlobFilter", "*.parquet") if parts[0].is_dir() else session.read
            found = reader.parquet(*(str(part.absolute()) for part in parts))
            return self._observe(session, found, mapping, str(parts[0]), of_tests)

    def observe_table(self, table: str, mapping: SpanMapping | None = None) -> Observed:
        """What the spans of a table of the catalog show; without a mapping it is a span table. Raises ValueError where
        it does not have what it must have."""
        with self._session() as session:
            return self._observe(session, session.table(table), mapping, table)

    def _observe(
        self, session: SparkSession, found: DataFrame, mapping: SpanMapping | None, shown: str,
        of_tests: Collection[str] = (),
    ) -> Observed:  # fmt: skip
        relations = SparkRelations(session)
        return observe_table(relations, relations.view(found), mapping, shown, of_tests)

    @contextmanager
    def _session(self) -> Iterator[SparkSession]:
        from pyspark.sql import SparkSession

        active = SparkSession.getActiveSession()
        if active is not None:
            yield active
            return
        with TemporaryDirectory(prefix="topoplan-") as folder:
            session = local_session(self._memory, self._threads, Path(folder))
            try:
                yield session
            finally:
                session.stop()


def _of_tests(parts: Sequence[Path]) -> set[str]:
    """Ids of traces that these files, or those in folders, tell to be of test runs. Raises ValueError where one is no
    whole Parquet file."""
    import duckdb

    files = [file for part in parts for file in (sorted(part.rglob("*.parquet")) if part.is_dir() else [part])]
    with TemporaryDirectory(prefix="topoplan-") as folder, database(Path(folder)) as connection:
        try:
            return {trace for file in files for trace in about(connection, file).marks.traces}
        except duckdb.Error as error:
            raise ValueError("holds what is no whole Parquet file") from error


def local_session(memory: str, threads: int, folder: Path) -> SparkSession:
    """A session in one process on this machine, that says nothing, serves nothing and listens on loopback only. What
    does not fit into `memory` goes below `folder`. Raises RuntimeError where Java is missing."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    log = folder / "log4j2.properties"
    log.write_text(_SILENCE, "utf-8")
    processors = threads or os.cpu_count() or 1
    settings = {
        "spark.master": f"local[{processors}]", "spark.app.name": "topoplan", "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false", "spark.driver.memory": memory, "spark.driver.host": _LOOPBACK,
        "spark.driver.bindAddress": _LOOPBACK, "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(2 * processors), "spark.sql.adaptive.enabled": "true",
        "spark.driver.extraJavaOptions":
            f"-Dlog4j2.configurationFile={log.as_uri()} -Dderby.system.home={folder / 'derby'}",
    }  # fmt: skip
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with _saying_nothing():
            return builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise RuntimeError("Spark does not start: is Java installed?") from error


@contextmanager
def _saying_nothing() -> Iterator[None]:
    """Java's process keeps the standard error it begins with, and writes there what no setting of logs reaches."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class SparkRelations(TableRelations):
    """`Relations` as temporary views of a session. What is made stays in memory or on disk of the executors, or where
    the session has a folder for checkpoints, there; nothing is made twice."""

    def __init__(self, session: SparkSession) -> None:
        super().__init__(ibis.pyspark.connect(session))
        self._session = session

    def view(self, frame: DataFrame) -> Table:
        """The frame as a table."""
        return self._view(f"{self._prefix}_source", frame)

    def close(self) -> None:
        super().close()
        self._forget(f"{self._prefix}_source")

    def _put(self, table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
        shape = ", ".join(f"`{name}` {_TYPES[kind]}" for name, kind in columns.items())
        self._made += 1
        name = f"{self._prefix}_{self._made}_{table}"
        self._tables[table] = self._view(name, self._session.createDataFrame([_plain(row) for row in rows], shape))
        self._stored[table] = name

    def _store(self, name: str, expression: Table) -> Table:
        frame = self._frame(expression)
        lasting = self._session.sparkContext.getCheckpointDir() is not None
        return self._view(name, frame.checkpoint() if lasting else frame.localCheckpoint())

    def _view(self, name: str, frame: DataFrame) -> Table:
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)

    def _forget(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def _rows(self, expression: Table) -> Sequence[Row]:
        return [tuple(row) for row in self._frame(expression).collect()]

    def _frame(self, expression: Table) -> DataFrame:
        query = self._backend.compiler.to_sqlglot(expression.unbind())
        return self._session.sql(query.transform(_numbered_apart).sql(self._backend.dialect))


def _plain(row: Row) -> Row:
    """Without enumerations, which Spark does not take for numbers."""
    return tuple(int(value) if isinstance(value, IntEnum) else value for value in row)


def _numbered_apart(node: Any) -> Any:
    """Numbers for all rows that each part gives on its own; `row_number` would bring all rows to one place."""
    if isinstance(node, sge.Window) and isinstance(node.this, sge.RowNumber) and not node.args.get("partition_by"):
        order = node.args.get("order")
        if order is None or all(isinstance(key, sge.Null) for key in order.expressions):
            return sge.Anonymous(this="monotonically_increasing_id")
    return node
