"""Spans taken column by column are those taken one by one, whatever their ids look like."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import duckdb
import pytest

from topoplan_importers.traces.batch import Batch, Places, RawId
from topoplan_importers.traces.conventions import Signatures
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.parts import PartWriter, table_of
from topoplan_importers.traces.table import row_of

PLAIN_TRACES: list[RawId] = [
    "0af7651916cd43dd8448eb211c80319c",
    "00000000000000000000000000000abc",
    "ABC",
    "abc",
    "f" * 32,
]
PLAIN_SPANS: list[RawId] = ["b7ad6b7169203331", "0000000000000001", "1", "B7AD6B7169203331", "f" * 16]
ODD: list[RawId] = [
    None, "", "0", "0" * 16, "0" * 32, 0, 7, 1 << 63, 1 << 64, "x", "CvdlGRbNQ92ESOshHIAxnA==", "ab cd", "1_0",
    "-1", "+1", "f" * 17, "f" * 33, " abc", "abc\n", "ä", "00000000000000000000000000000000abc",
]  # fmt: skip

EVENED: list[tuple[RawId, RawId]] = [
    ("a" * 15, "b" * 17), ("a" * 14, "b" * 18), ("a" * 15, " " + "b" * 16), ("a" * 14, "  " + "b" * 16),
    ("a" * 14, "b " + "b" * 16), ("aa " + "a" * 13, "b" * 16), ("a" * 16, "b" * 15), ("a" * 16 + " ", "b" * 15),
]  # fmt: skip
"""Ids one of which has the digits or spaces that the other lacks."""


def batch_of(ids: list[tuple[RawId, RawId, RawId]], seed: int = 0) -> Batch:
    draw, batch, signatures = Random(seed), Batch(), Signatures()
    for trace, own, parent in ids:
        told = signatures.tell(
            f"s{draw.randrange(3)}", "", "client", "GET /", {"server.address": "db"}, draw.random() < 0.5
        )  # fmt: skip
        start = draw.choice([None, 0, -1, 1_700_000_000_000_000, "1700000000000001", 1e16, "x"])
        lasted = draw.choice([None, 0, -5, 12, "13", 1e300])
        if draw.random() < 0.2:
            batch.links[len(batch)] = ((5, 6),)
        batch.add(trace, own, parent, start, lasted, told, draw.choice([1.0, 2.5]))
    return batch


def samples() -> list[list[tuple[RawId, RawId, RawId]]]:
    plain = list(product(PLAIN_TRACES, PLAIN_SPANS, [None, "", *PLAIN_SPANS]))
    odd: list[list[tuple[RawId, RawId, RawId]]] = [
        [(trace, "1", "2"), ("1", own, "2")] for trace, own in zip(ODD, ODD, strict=True)
    ]
    evened: list[list[tuple[RawId, RawId, RawId]]] = [
        [("1" * 32, one, None), ("2" * 32, other, None)] for one, other in EVENED
    ]
    return [[], plain, *odd, *evened, [("1", "2", parent) for parent in ODD], [*plain, ("1", "x", None)]]


@pytest.mark.parametrize("number", range(len(samples())))
def test_parts_hold_the_rows_of_the_spans(number: int, tmp_path: Path) -> None:
    ids, paths = samples()[number], ["a.json", "b.json"]
    expected = [row_of(span, paths) for span in batch_of(ids).spans(1)]
    with PartWriter(tmp_path, 3, paths) as part:
        taken = part.add_all(batch_of(ids), 1)
    with duckdb.connect() as connection:
        rows = connection.execute(table_of(tmp_path, [3]).select).fetchall()
    found = [(*row[:20], tuple((link["trace"], link["span"]) for link in row[20]), *row[21:]) for row in rows]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert taken == len(expected)


@pytest.mark.parametrize("alone", [True, False])
def test_what_spans_have_in_common_is_written_once_for_parts_read_together(tmp_path: Path, alone: bool) -> None:
    known: dict[int, Places] = {}
    told = Signatures().tell("shop", "", "server", "GET /", {}, False)
    for number in (3, 7):
        batch = Batch()
        batch.add("1", str(number), None, 0, 0, told, 1.0)
        with PartWriter(tmp_path, number, ["a.json"], None if alone else known) as part:
            part.add_all(batch, 0)
    lines = [(tmp_path / f"{number}.places.json").read_text("utf-8").count("\n") for number in (3, 7)]
    select = table_of(tmp_path, [3, 7]).select
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT id, service FROM ({select}) ORDER BY id").fetchall()
    assert lines == [1, 1 if alone else 0]
    assert rows == [("3", "shop"), ("7", "shop")]


@pytest.mark.parametrize("number", range(len(samples())))
def test_a_ledger_holds_the_spans(number: int) -> None:
    ids, paths = samples()[number], ["a.json", "b.json"]
    expected = list(batch_of(ids).spans(1))
    ledger = Ledger()
    taken = ledger.add_all(batch_of(ids), 1)
    held = ledger.take({span.trace for span in expected})
    rows = [row_of(span, paths) for spans in held.values() for span in spans]
    assert sorted(map(repr, rows)) == sorted(repr(row_of(span, paths)) for span in expected)
    assert taken == len(expected)
