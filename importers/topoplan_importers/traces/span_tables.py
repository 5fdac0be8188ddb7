"""Parquet files that hold the flat span table: writing them, telling whether a file is one, and reading them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from topoplan_importers.traces.marks import ToldMarks
from topoplan_importers.traces.parts import quoted
from topoplan_importers.traces.reading import Reading
from topoplan_importers.traces.table import COLUMNS, VERSION

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MARKER = "unfinished"
"""Name of a file that stands in a folder as long as its tables are not all there."""
VERSION_KEY, MARKS_KEY, READING_KEY = "topoplan.spans", "topoplan.marks", "topoplan.reading"
_NAMES = [column.name for column in COLUMNS]


class About(Struct):
    """What a file says of its spans."""

    version: str = ""
    marks: ToldMarks = msgspec.field(default_factory=ToldMarks)
    reading: Reading | None = None
    """Of the slice it was made from."""


@contextmanager
def database(folder: Path) -> Iterator[DuckDBPyConnection]:
    """A database in memory that goes to disk below `folder` where that is too small, and fetches nothing."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(folder / "spilled"), "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }  # fmt: skip
    with duckdb.connect(":memory:", config=settings) as connection:
        yield connection


def write(connection: DuckDBPyConnection, select: str, target: Path, about: About, *, order: bool) -> int:
    """Write the spans that this SQL selects as a file that appears whole; how many there were. The same spans give the
    same bytes: in the order they come, or with `order` in that of their values."""
    told = {VERSION_KEY: str(VERSION), MARKS_KEY: msgspec.json.encode(about.marks).decode()}
    if about.reading is not None:
        told[READING_KEY] = msgspec.json.encode(about.reading).decode()
    keys = ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in told.items())
    unfinished = target.with_name(f"{target.name}.part")
    columns = ", ".join(f'"{column.name}"::{column.sql} AS "{column.name}"' for column in COLUMNS)
    rows = f"SELECT {columns} FROM ({select}) {'ORDER BY ALL' if order else ''}"  # noqa: S608
    form = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{keys}}}"
    done = connection.execute(f"COPY ({rows}) TO {quoted(str(unfinished))} ({form})").fetchone()
    with unfinished.open("rb+") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(target)
    return int(done[0]) if done else 0


def about(connection: DuckDBPyConnection, file: Path) -> About:
    """What a file says. Raises duckdb.Error or ValueError where it is no Parquet file, or damaged."""
    rows = connection.execute(
        f"SELECT decode(key), decode(value) FROM parquet_kv_metadata({quoted(str(file))})"  # noqa: S608
    ).fetchall()
    told = dict(rows)
    reading = told.get(READING_KEY)
    return About(
        told.get(VERSION_KEY, ""),
        msgspec.json.decode(told.get(MARKS_KEY, "{}"), type=ToldMarks),
        msgspec.json.decode(reading, type=Reading) if reading else None,
    )


def parquet(files: Sequence[Path]) -> str:
    """SQL that stands for the rows of these files."""
    return f"read_parquet([{', '.join(quoted(str(file)) for file in files)}])"


def rows_in(connection: DuckDBPyConnection, file: Path) -> int:
    """How many spans a file holds."""
    found = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({quoted(str(file))})").fetchone()  # noqa: S608
    return int(found[0]) if found else 0
