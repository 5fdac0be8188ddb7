"""Finds what traces show without holding their spans in memory: span tables on disk, joined by the database.

The traces of test runs leave the table and are held, as they are everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from topoplan.model.checks import RunFact
from topoplan.model.facts import Notice
from topoplan_importers.traces.engines.duck import DuckEngine
from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.parts import SpanTable, quoted
from topoplan_importers.traces.run_facts import run_facts
from topoplan_importers.traces.runs import take_runs
from topoplan_importers.traces.span import Signature, Span, id_text
from topoplan_importers.traces.table import COLUMNS, span_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 10_000
_LINKS = next(place for place, column in enumerate(COLUMNS) if column.name == "links")


def observe_table(
    table: SpanTable,
    marks: Marks,
    importer: str,
    paths: Sequence[str],
    folder: Path,
    sketch: bool,
    memory: int = 0,
) -> tuple[Observed, list[RunFact], list[Notice]]:
    """What the spans show; and the test runs among them, with notices. `folder` holds what does not fit into memory,
    of which the database may take `memory` bytes (0: as much as it needs). Raises ValueError where the table cannot be
    read."""
    ledger = Ledger()
    if marks.traces:
        table = _set_aside(table, marks, ledger, paths, folder)
    flaws: Counter[tuple[int, Flaw]] = Counter()
    runs, told = run_facts(take_runs(ledger, marks), marks.faults, importer, paths, flaws)
    observed = DuckEngine(temporary=folder, most=memory).observe_table(table, sketch=sketch)
    return observed.merge(Observed(flaws={(paths[file], flaw): n for (file, flaw), n in flaws.items()})), runs, told


def _set_aside(table: SpanTable, marks: Marks, ledger: Ledger, paths: Sequence[str], folder: Path) -> SpanTable:
    """Move the traces of test runs, and those that follow from them by links, from the table to the ledger."""
    import duckdb

    aside = folder / "aside.parquet"
    with duckdb.connect(":memory:", config={"temp_directory": str(folder / "spilled")}) as connection:
        marked = msgspec.json.encode([id_text(trace) for trace in marks.traces]).decode()
        connection.execute(
            f"""CREATE TABLE aside AS
            WITH RECURSIVE
                linking AS (SELECT trace, unnest(links) AS link FROM ({table.select}) WHERE len(links) > 0),
                effects AS MATERIALIZED (SELECT DISTINCT link.trace AS cause, trace FROM linking),
                reached AS (
                    SELECT unnest(from_json(?, '["VARCHAR"]')) AS trace
                    UNION SELECT effects.trace FROM effects JOIN reached ON effects.cause = reached.trace
                )
            SELECT trace FROM reached""",  # noqa: S608
            [marked],
        )
        found = connection.execute(f"SELECT * FROM ({table.select}) SEMI JOIN aside USING (trace)")  # noqa: S608
        for span in _spans(found, paths):
            ledger.add(span)
        connection.execute(f"COPY aside TO {quoted(str(aside))} (FORMAT parquet)")
    return table.without(aside)


def _spans(found: DuckDBPyConnection, paths: Sequence[str]) -> Iterator[Span]:
    files = {path: index for index, path in enumerate(paths)}
    shared: dict[tuple[object, ...], Signature] = {}
    while rows := found.fetchmany(_BATCH):
        for row in rows:
            links = tuple((link["trace"], link["span"]) for link in row[_LINKS])
            yield span_of((*row[:_LINKS], links, *row[_LINKS + 1 :]), files, shared)
