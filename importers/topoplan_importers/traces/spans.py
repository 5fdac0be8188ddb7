"""Reads span tables in Parquet, whoever wrote them: names in them are trusted as little as those in traces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan.model.text import NAME_LIMIT, clean
from topoplan_importers.traces.conventions import CRITICALITIES
from topoplan_importers.traces.finding import Found, is_below
from topoplan_importers.traces.importer import SpansImporter
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.parts import SpanTable, quoted
from topoplan_importers.traces.span import span_id
from topoplan_importers.traces.span_tables import MARKER, about, database, parquet
from topoplan_importers.traces.table import COLUMNS, VERSION

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NAME = SpansImporter.name
_KNOWN_BY = 8
"""So many of its columns make a Parquet file a span table, though perhaps not a whole one."""
_ODD_NAMES = 100_000
"""Most distinct texts that have to be cleaned."""
_FAMILIES = {
    "VARCHAR": ("VARCHAR", "ENUM"), "BOOLEAN": ("BOOLEAN",), "DOUBLE": ("DOUBLE", "FLOAT", "DECIMAL", "INT", "BIGINT"),
    "TINYINT": ("INT", "UTINYINT", "TINYINT", "SMALLINT", "USMALLINT"),
    "BIGINT": ("INT", "BIGINT", "TINYINT", "SMALLINT", "UINTEGER", "USMALLINT", "UTINYINT"),
}  # fmt: skip
"""What a column of each type may be instead: the beginnings of such types' names."""
_TEXTS = [c.name for c in COLUMNS if c.sql == "VARCHAR" and c.name not in ("trace", "id", "parent", "file")]
_LEVELS = ", ".join(map(quoted, sorted(CRITICALITIES)))
_RANGES = {"role": 4, "rank": 3, "resource": 2}
"""Codes: the highest there is."""


class _Table(Struct, frozen=True):
    """A file that can be read."""

    shown: str
    real: Path
    spans: int
    marks: Marks


def find_tables(
    files: Sequence[Candidate], workspace: Workspace, options: ImportOptions, *, sketch: bool = False
) -> Found:  # fmt: skip
    """What the spans of these tables, sorted by path, show. With `sketch`, what is observed has sketches."""
    from topoplan_importers.traces.large import observe_table

    outcomes: list[tuple[SourceState, str]] = []
    tables: list[_Table] = []
    with TemporaryDirectory(prefix="topoplan-") as temporary:
        folder = Path(temporary)
        with database(folder) as connection:
            for file in files:
                claimed = is_below(file.path, options.test_traces)
                told = _examined(connection, file.path, workspace, claimed)
                if isinstance(told, _Table):
                    tables.append(told)
                    told = (SourceState.ANALYSED, "") if told.spans else (SourceState.SKIPPED, "no spans")
                outcomes.append(told)
            tables = [table for table in tables if table.spans]
            select = _select(connection, tables, folder) if tables else None
        broken = [state is SourceState.FAILED for state, _ in outcomes]
        if select is None:
            return Found(outcomes, Observed(), [], [], broken)
        marks = Marks()
        for table in tables:
            marks.join(table.marks.told())
        paths = [table.shown for table in tables]
        observed, checks, notices = observe_table(select, marks, NAME, paths, folder, sketch)
        return Found(outcomes, observed, checks, notices, broken)


def _examined(
    connection: DuckDBPyConnection, shown: str, workspace: Workspace, claimed: bool
) -> _Table | tuple[SourceState, str]:  # fmt: skip
    """The file as a table, or what to tell of it."""
    import duckdb

    try:
        real = workspace.real(shown)
        if (real.parent / MARKER).exists():
            return SourceState.FAILED, "`topoplan traces flatten` has not finished in its folder; run it again"
        return _table(connection, shown, real, claimed)
    except DocumentError as error:
        return SourceState.FAILED, error.reason
    except (duckdb.Error, msgspec.DecodeError, UnicodeDecodeError):
        return SourceState.FAILED, "is no whole Parquet file"
    except ValueError as error:
        return SourceState.FAILED, clean(str(error))


def _table(
    connection: DuckDBPyConnection, shown: str, real: Path, claimed: bool
) -> _Table | tuple[SourceState, str]:  # fmt: skip
    rows = parquet([real])
    types = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {rows}").fetchall()}
    said = about(connection, real)
    known = [column for column in COLUMNS if column.name in types]
    if not said.version and len(known) < _KNOWN_BY:
        return SourceState.SKIPPED, "is Parquet, but holds no table of spans"
    if said.version not in ("", str(VERSION)):
        raise ValueError(f"is a table of spans of version {said.version}; this topoplan reads version {VERSION}")
    missing = [column.name for column in COLUMNS if column.name not in types]
    if missing:
        raise ValueError(f"lacks columns of a table of spans: {', '.join(missing)}")
    wrong = [f"{c.name} is {types[c.name]}, not {c.sql}" for c in known if not _fits(types[c.name], c.sql)]
    if wrong:
        raise ValueError("; ".join(wrong))
    marks = Marks()
    marks.join(said.marks)
    spans, bad = _counted(connection, rows)
    if bad:
        raise ValueError(f"{bad:,} of {spans:,} spans hold what no span can: nothing where a value belongs, no id, or a"
                         " code beyond its range")  # fmt: skip
    if claimed:
        for (trace,) in connection.execute(f"SELECT DISTINCT trace FROM {rows}").fetchall():  # noqa: S608
            own = span_id(trace)
            if own is not None:
                marks.claim(own)
    return _Table(shown, real, spans, marks)


def _fits(kind: str, wanted: str) -> bool:
    return kind.replace('"', "") == wanted or kind.startswith(_FAMILIES.get(wanted, ()))


def _counted(connection: DuckDBPyConnection, rows: str) -> tuple[int, int]:
    """Number of spans, and of those that cannot be."""
    empty = [f'"{column.name}" IS NULL' for column in COLUMNS if not column.nullable]
    codes = [f'"{name}" NOT BETWEEN 0 AND {most}' for name, most in _RANGES.items()]
    ids = ["ltrim(trace, '0') = ''", "ltrim(id, '0') = ''", "NOT isfinite(weight::DOUBLE)"]
    bad = " OR ".join([*empty, *codes, *ids])
    found = connection.execute(f"SELECT count(*), count(*) FILTER ({bad}) FROM {rows}").fetchone()  # noqa: S608
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _select(connection: DuckDBPyConnection, tables: Sequence[_Table], folder: Path) -> SpanTable:
    """The spans of all files, told of the file they were found in now, their names fit for facts."""
    parts = []
    for table in tables:
        own = {
            "file": quoted(table.shown),
            "criticality": f"CASE WHEN criticality IN ({_LEVELS}) THEN criticality ELSE '' END",
        }
        columns = ", ".join(f'{own.get(c.name, c.name)}::{c.sql} AS "{c.name}"' for c in COLUMNS)
        parts.append(f"SELECT {columns} FROM {parquet([table.real])}")  # noqa: S608
    rows = " UNION ALL ".join(parts)
    files = tuple(table.real for table in tables)
    unfit = " OR ".join(f"regexp_matches({name}, '[^ -~]|^ | $|.{{{NAME_LIMIT + 1}}}')" for name in _TEXTS)
    odd = connection.execute(
        f"SELECT DISTINCT unnest([{', '.join(_TEXTS)}]) AS text FROM ({rows}) WHERE {unfit} LIMIT {_ODD_NAMES}"  # noqa: S608
    ).fetchall()
    tidy = {text: clean(text) for (text,) in odd}
    changed = {text: kept for text, kept in tidy.items() if text != kept}
    if not changed:
        return SpanTable(rows, files)
    names = folder / "names.json"
    names.write_bytes(b"".join(msgspec.json.encode({"raw": raw, "fit": fit}) + b"\n" for raw, fit in changed.items()))
    fitted = ", ".join(f"coalesce({name}_.fit, {name}) AS {name}" for name in _TEXTS)
    known = (
        f"read_json({quoted(str(names))}, format = 'newline_delimited', columns = {{raw: 'VARCHAR', fit: 'VARCHAR'}})"
    )
    joins = " ".join(f"LEFT JOIN {known} AS {name}_ ON {name}_.raw = {name}" for name in _TEXTS)
    select = f"SELECT spans.* REPLACE ({fitted}) FROM ({rows}) AS spans {joins}"  # noqa: S608
    return SpanTable(select, (*files, names))
