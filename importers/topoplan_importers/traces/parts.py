"""Spans on their way into a database: files of numbers that cost a writer little, and the SQL that reads them as the
flat span table.

A *part* is what one slice of input gives, three files in one folder. `N.spans.parquet` holds the spans that fit into
eight numbers; its `place` leads to a line of `N.places.json`, what many spans have in common, or of that of a part
before. `N.odd.json` holds the rest, by the same places, a line each: spans with links, and with ids that are no numbers
of that size.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

import msgspec

from topoplan_importers.traces.batch import Batch, Numbers, Places, Times
from topoplan_importers.traces.keys import TRACE, number_of, text_of
from topoplan_importers.traces.plain_parquet import Kind, NumberColumn, NumberWriter
from topoplan_importers.traces.span import (
    EARLIEST_US,
    LATEST_US,
    DependencyLink,
    Signature,
    Span,
    Told,
    id_text,
)
from topoplan_importers.traces.table import COLUMNS, row_of

_U, _S = Kind.UNSIGNED, Kind.SIGNED
_NUMBERS = (
    NumberColumn("high", _U), NumberColumn("low", _U), NumberColumn("id", _U), NumberColumn("parent", _U),
    NumberColumn("start_us", _S), NumberColumn("duration_us", _S), NumberColumn("weight", Kind.DOUBLE),
    NumberColumn("place", _U),
)  # fmt: skip
_PART_SHIFT = 32
"""A place is counted within its part; the number of that stands above these bits."""
_KINDS = ("spans.parquet", "places.json", "odd.json")
_GROUP_ROWS = 65_536
"""Kept in memory before they are written: one row group."""

_TIMES = (
    f"CASE WHEN start_us >= {EARLIEST_US} AND start_us < {LATEST_US} THEN start_us ELSE 0 END AS start_us, "
    f"CASE WHEN duration_us >= 0 AND duration_us < {LATEST_US} THEN duration_us ELSE -1 END AS duration_us"
)
"""Numbers that cannot be times become unknown; a writer need not look."""
_TYPES = {column.name: column.sql for column in COLUMNS}
_SAID = tuple(name for name in Signature.__struct_fields__)
_PLACE_TYPES = {"place": "UBIGINT", "failed": "BOOLEAN", "file": "VARCHAR"} | {name: _TYPES[name] for name in _SAID}
_ODD_TYPES = {name: kind for name, kind in _TYPES.items() if name not in _PLACE_TYPES} | {"place": "UBIGINT"}


class PartWriter:
    """Writes the spans of one slice as part `number`. `paths` are the shown paths that `Span.file` counts. With
    `known`, the places of parts before by file, it leads to those too and adds its own; else it can be read alone."""

    def __init__(
        self, folder: Path, number: int, paths: Sequence[str], known: dict[int, Places] | None = None
    ) -> None:  # fmt: skip
        self.links: list[tuple[DependencyLink, int]] = []
        """Ready-made edges, which are no spans, and their files."""
        self._paths = paths
        self._base = number << _PART_SHIFT
        self._files = ExitStack()
        open_file = _Opener(folder, number, self._files)
        self._numbers = self._files.enter_context(NumberWriter(open_file("spans.parquet"), _NUMBERS))
        self._place_lines, self._odd_lines = open_file("places.json"), open_file("odd.json")
        self._told: dict[int, Places] = known if known is not None else {}
        """By file."""
        for file, places in self._told.items():
            places.make = partial(self._place, file)
        self._written = 0
        """Places of its own."""
        self._group = _Group()
        self._encode = msgspec.json.Encoder().encode

    def add_all(self, batch: Batch, file: int) -> int:
        """Take what was read from a file; how many spans that is."""
        places = self._told.get(file)
        if places is None:
            places = self._told[file] = Places(partial(self._place, file))
        odd = batch.take_linked(file)
        numbers = batch.numbers()
        if numbers is None:
            odd += batch.told_spans(file)
        for span, told in odd:
            self._add_odd(span, places[told])
        if numbers is None:
            return len(odd)
        group = self._group
        for kept, more in zip(group.ids, numbers, strict=True):
            kept.extend(more)
        for kept, more in zip(group.times, batch.times(), strict=True):
            kept.extend(more)
        group.weights.extend(batch.all_weights())
        group.places.fromlist(list(map(places.__getitem__, batch.told)))
        if len(group.places) >= _GROUP_ROWS:
            self._flush()
        return len(odd) + len(batch)

    def add_link(self, link: DependencyLink, file: int) -> None:
        self.links.append((link, file))

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._files.__exit__(kind, value, at)

    def _place(self, file: int, told: Told) -> int:
        number = self._base + self._written
        self._written += 1
        self._place_lines.write(b'{"place":%d,%b\n' % (number, _rest_of_place(told, self._paths[file])))
        return number

    def _add_odd(self, span: Span, place: int) -> None:
        whole = dict(zip(_TYPES, row_of(span, self._paths), strict=True))
        row: dict[str, object] = {name: whole[name] for name in _ODD_TYPES if name in whole}
        row["links"] = [{"trace": id_text(trace), "span": id_text(own)} for trace, own in span.links]
        row["place"] = place
        self._odd_lines.write(self._encode(row) + b"\n")

    def _flush(self) -> None:
        group = self._group
        self._numbers.write((*group.ids, *group.times, group.weights, group.places))
        self._group = _Group()


@lru_cache(maxsize=2**14)  # parts of one process hold mostly the same
def _rest_of_place(told: Told, path: str) -> bytes:
    """What a line of a place says behind its number."""
    said = msgspec.structs.asdict(told.signature)
    return msgspec.json.encode({"failed": told.failed, "file": path, **said})[1:]


class _Group:
    """Rows that are not written yet, in the columns of `_NUMBERS`."""

    def __init__(self) -> None:
        self.ids = Numbers(array("Q"), array("Q"), array("Q"), array("Q"))
        self.times = Times(array("q"), array("q"))
        self.weights = array("d")
        self.places = array("Q")


class _Opener:
    def __init__(self, folder: Path, number: int, files: ExitStack) -> None:
        self._folder, self._number, self._files = folder, number, files

    def __call__(self, kind: str) -> BinaryIO:
        path = _path(self._folder, self._number, kind)
        return self._files.enter_context(path.open("xb", buffering=1 << 18))


class KeyedSpans(NamedTuple):
    """SQL of DuckDB for the same spans in two tables, with numbers for ids: what is joined costs a tenth of texts."""

    places: str
    """What spans have in common, by `place`."""
    numbers: str
    """Spans by `place`; of the columns of the span table those that `places` has not, without links. `row` numbers
    those of one `part` from 0."""
    odd: str
    """The same of those with links, which this has, and of those with other ids, which are all texts here."""
    ends: str
    """One row: a number above all of `row`, and one above all of `part`; the longest duration in `numbers`, in
    microseconds, and the least and the most weight, as far as there are any."""


class SpanTable(NamedTuple):
    """SQL of DuckDB that selects the columns of the span table, and the files that it reads."""

    select: str
    files: tuple[Path, ...]
    keyed: KeyedSpans | None = None
    """The same again, where it can be had so."""

    def without(self, aside: Path) -> SpanTable:
        """Without the traces whose ids are in the column `trace` of this Parquet file."""
        texts = f"(SELECT trace FROM read_parquet({quoted(str(aside))}))"  # noqa: S608
        keys = f"(SELECT {number_of('trace', TRACE)} AS trace FROM {texts})"  # noqa: S608
        keyed = None
        if self.keyed is not None:
            places, numbers, odd, ends = self.keyed
            numbers, odd = _apart(numbers, keys), _apart(odd, texts)
            left = f"(SELECT place FROM ({numbers}) UNION SELECT place FROM ({odd}))"  # noqa: S608
            keyed = KeyedSpans(f"{places} SEMI JOIN {left} USING (place)", numbers, odd, ends)
        return SpanTable(_apart(self.select, texts), (*self.files, aside), keyed)


def table_of(folder: Path, numbers: Sequence[int]) -> SpanTable:
    """The span table of these parts, of which there must be one, and of all that they lead to."""
    files = {kind: [_path(folder, number, kind) for number in numbers] for kind in _KINDS}
    listed = [_listed(paths) for paths in files.values()]
    spans, places, odd = (
        f"(SELECT * REPLACE ({_TIMES}), file_index FROM read_parquet({listed[0]}, file_row_number = true))",  # noqa: S608
        _lines(listed[1], _PLACE_TYPES),
        _lines(listed[2], _ODD_TYPES),
    )
    trace, parent = f"high::{TRACE} << 64 | low", "nullif(parent, 0)"
    own = {
        "trace": text_of(trace), "id": text_of("id"), "parent": text_of(parent),
        "links": f"CAST([] AS {_TYPES['links']})",
    }  # fmt: skip
    chosen = ", ".join(f"{own[name]} AS {name}" if name in own else name for name in _TYPES)
    select = f"""
        SELECT {chosen} FROM {spans} JOIN {places} USING (place)
        UNION ALL SELECT {", ".join(_TYPES)} FROM {odd} JOIN {places} USING (place)
    """  # noqa: S608 -- names of columns and files
    keyed = KeyedSpans(
        f"SELECT * FROM {places}",  # noqa: S608
        f"""
            SELECT {trace} AS trace, id, {parent} AS parent, start_us, duration_us, weight, place,
                file_index AS part, file_row_number AS row
            FROM {spans}
        """,  # noqa: S608
        f"SELECT * FROM {odd}",  # noqa: S608
        f"""
            SELECT (SELECT max(num_rows) FROM parquet_file_metadata({listed[0]})), {len(numbers)},
                max(duration_us), min(weight), max(weight)
            FROM read_parquet({listed[0]})
        """,  # noqa: S608
    )
    return SpanTable(select, tuple(path for paths in files.values() for path in paths), keyed)


def remove_part(folder: Path, number: int) -> None:
    """Delete the files of a part, as far as there are any."""
    for kind in _KINDS:
        _path(folder, number, kind).unlink(missing_ok=True)


def quoted(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _apart(select: str, traces: str) -> str:
    return f"SELECT * FROM ({select}) ANTI JOIN {traces} USING (trace)"  # noqa: S608


def _path(folder: Path, number: int, kind: str) -> Path:
    return folder / f"{number}.{kind}"


def _listed(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(quoted(str(path)) for path in paths) + "]"


def _lines(files: str, types: Mapping[str, str]) -> str:
    columns = ", ".join(f"{name}: {quoted(kind)}" for name, kind in types.items())
    return f"read_json({files}, format = 'newline_delimited', columns = {{{columns}}})"
