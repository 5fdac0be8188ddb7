"""DuckDB gives the same answer as the reference engine, of the SQL that the definition compiles to."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from compile_sql import sql
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from span_forests import PATHS, START, forests

from topoplan.model.stats import bucket_of
from topoplan_importers.traces.batch import Batch, Places
from topoplan_importers.traces.engines import duck_keys
from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.engines.duck import SQL, DuckEngine, DuckRelations
from topoplan_importers.traces.engines.relational import Relations
from topoplan_importers.traces.keeping import encode
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.parts import PartWriter, table_of
from topoplan_importers.traces.sketch import K
from topoplan_importers.traces.span import OperationRank, Resource, Role, Signature, Span, SpanId, Told, id_text


def observe(spans: list[Span]) -> tuple[Observed, Observed]:
    """What the reference engine and DuckDB say."""
    engines = DictEngine(), DuckEngine(threads=1)
    reference, found = (engine.observe([replace(span) for span in spans], PATHS, sketch=True) for engine in engines)
    return reference, found


def test_the_kept_sql_is_compiled_of_the_definition() -> None:
    assert SQL.read_text("utf-8") == sql(), "run: python tests/support/compile_sql.py"


@st.composite
def woods(draw: st.DrawFn) -> list[Span]:
    """Spans of several forests, whose traces have nothing to do with each other."""
    spans = []
    for number, forest in enumerate(draw(st.lists(forests(), min_size=1, max_size=4))):
        for span in forest:
            links = tuple((_apart(number, trace), own) for trace, own in span.links)
            spans.append(replace(span, trace=_apart(number, span.trace), links=links))
    return spans


def _apart(number: int, trace: SpanId) -> SpanId:
    return f"{trace}/{number}" if isinstance(trace, str) else trace + (number << 130)


@settings(max_examples=15, deadline=None)
@given(woods())
def test_hostile_forests_give_the_same(spans: list[Span]) -> None:
    reference, found = observe(spans)
    assert found == reference


def observe_parts(spans: list[Span], parts: int = 2, alone: bool = True) -> tuple[Observed, Observed]:
    """What the reference engine says, and DuckDB of spans that were written in several parts."""
    known: dict[int, Places] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(parts):
            with PartWriter(folder, number, PATHS, None if alone else known) as part:
                for file in range(len(PATHS)):
                    part.add_all(batch_of([span for span in spans[number::parts] if span.file == file]), file)
        found = DuckEngine(threads=1).observe_table(table_of(folder, range(parts)), sketch=True)
    return DictEngine().observe([replace(span) for span in spans], PATHS, sketch=True), found


def batch_of(spans: list[Span]) -> Batch:
    batch = Batch()
    for span in spans:
        if span.links:
            batch.links[len(batch)] = span.links
        parent = None if span.parent is None else id_text(span.parent)
        told = told_as(span.signature, span.failed)
        batch.add(id_text(span.trace), id_text(span.id), parent, span.start, span.duration, told, span.weight)
    return batch


@cache
def told_as(signature: Signature, failed: bool) -> Told:
    """One for all spans that say the same, as readers make it."""
    return Told(signature, failed)


def numbered(spans: list[Span]) -> list[Span]:
    """The same with numbers of any length for ids, within what parts hold as numbers."""
    return [
        replace(
            span, trace=_number(span.trace, 16), id=_number(span.id, 8),
            parent=None if span.parent is None else _number(span.parent, 8),
            links=tuple((_number(trace, 16), _number(own, 8)) for trace, own in span.links),
        )
        for span in spans
    ]  # fmt: skip


def _number(own: SpanId, most: int) -> int:
    digest = hashlib.sha256(id_text(own).encode()).digest()
    return int.from_bytes(digest[1 : 3 + digest[0] % (most - 1)]) or 1


@settings(max_examples=15, deadline=None)
@given(woods(), st.booleans(), st.booleans())
def test_parts_with_numbers_for_ids_and_with_odd_ones_give_the_same(
    spans: list[Span], odd: bool, alone: bool
) -> None:  # fmt: skip
    reference, found = observe_parts(spans if odd else numbered(spans), alone=alone)
    assert found == reference


@settings(max_examples=5, deadline=None)
@given(woods())
def test_more_rows_than_narrow_numbers_count_give_the_same(spans: list[Span]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duck_keys, "_MOST_NARROW", 0)
        reference, found = observe_parts(numbered(spans), parts=3)
    assert found == reference


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize(("duration", "weight"), [(2**31 - 1, 1.0), (2**31, 1.0), (10**15, 2.5), (9, 300.0)])
def test_durations_and_weights_of_any_width_are_told_whole(duration: int, weight: float, linked: bool) -> None:
    links: tuple[tuple[SpanId, SpanId], ...] = ((1, 1),) if linked else ()
    spans = [
        Span(1, 1, None, START, duration, False, 0, Signature("web", Role.CALL), weight=weight),
        Span(1, 2, 1, START, 5, False, 1, Signature("cart", Role.SERVE, "http", "GET", "/", OperationRank.EXACT)),
        Span(2, 1, None, START, -1, False, 0, Signature("web", Role.CALL, peer="mail"), links),
    ]
    reference, found = observe_parts(spans)
    assert encode(found) == encode(reference)
    called = next(traffic for key, traffic in found.boundaries.items() if key.provider.name == "cart")
    assert called.total.sampled_out == weight - 1


@pytest.mark.parametrize("most", [127, 128, 2**15 - 1, 2**15, 2**31 - 1])
def test_numbers_of_any_width_are_put_whole(most: int) -> None:
    rows = [(0, most, None, False, 1, 2, -1 - most), (1, 5, 6, True, 0, most, 0)]
    with duckdb.connect() as connection:
        DuckRelations(connection).put("accounts", rows)
        assert connection.execute("FROM accounts").fetchall() == rows


@pytest.mark.parametrize("at_once", [False, True])
def test_two_pieces_of_work_give_both_results(at_once: bool) -> None:
    with duckdb.connect() as connection:
        relations = DuckRelations(connection, at_once=at_once)
        files = relations.together(lambda own: own.put("files", [("a", 0)]), lambda own: own.put("bounds", [(0, 1, 2)]))
        assert files == (None, None)
        assert connection.execute("FROM files, bounds").fetchall() == [("a", 0, 0, 1, 2)]


@pytest.mark.parametrize("failing", [0, 1])
def test_where_one_of_two_pieces_of_work_fails_that_is_told_and_the_other_does_not_go_on(failing: int) -> None:
    endless = "SELECT count(*) FROM range(10_000_000_000) AS a, range(10_000_000_000) AS b"

    def fail(own: Relations) -> None:
        own.drop("what is not there")

    def go_on(own: Relations) -> None:
        own.put("files", [])
        if not failing:
            assert isinstance(own, DuckRelations)
            own._connection.execute(endless)

    with duckdb.connect() as connection:
        relations = DuckRelations(connection, at_once=True)
        with pytest.raises(duckdb.CatalogException):
            relations.together(*((go_on, fail) if failing else (fail, go_on)))


@pytest.mark.parametrize("trace", [7, 2**127 + 3, 2**130, "no-number="])
def test_calls_that_stand_for_others_are_counted_so(trace: SpanId) -> None:
    spans = [
        Span(trace, 1, None, START, 9, False, 0, Signature("web", Role.CALL), weight=4.0),
        Span(trace, 2, 1, START, 5, False, 0, Signature("cart", Role.SERVE), weight=2.5),
        Span(trace, 3, 2, START, 5, False, 0, Signature("cart", Role.PUBLISH, "kafka"), weight=2.5),
        Span(trace, 4, 3, START, 5, False, 0, Signature("mail", Role.RECEIVE), ((trace, 3),), weight=8.0),
    ]
    reference, found = observe_parts(spans)
    assert found == reference
    assert sorted(traffic.total.sampled_out for traffic in found.boundaries.values()) == [3.0, 7.0]


def chain(length: int, said: Signature) -> list[Span]:
    """Spans one below the other."""
    return [Span(1, n, n - 1 or None, START + n, 5, False, 0, said) for n in range(1, length + 1)]


@pytest.mark.parametrize("turned", [False, True])
def test_chains_of_any_length_are_followed_to_their_end(turned: bool) -> None:
    web = Signature("web", Role.SERVE, "http")
    spans = [Span(1, 9_000, None, START, 90, False, 0, web), *chain(700, Signature("web"))]
    spans[1].parent = 700 if turned else 9_000
    spans.append(Span(1, 9_001, 700, START + 800, 5, False, 0, Signature("web", Role.CALL, peer="mail")))
    for n in range(9_001, 9_041):  # clients around each other
        spans.append(Span(1, n + 1, n, START + n, 5, False, 0, Signature("web", Role.CALL)))
    reference, found = observe(spans)
    assert found == reference
    assert len(found.boundaries) == 1


def test_of_more_traces_than_a_sketch_holds_the_same_are_kept() -> None:
    spans = [
        Span(trace, own, own - 1 or None, START, 5, False, 0, Signature(service, role, "http"))
        for trace in range(1, 701)
        for own, service, role in ((1, "web", Role.CALL), (2, "cart", Role.SERVE))
    ]
    reference, found = observe(spans)
    assert found == reference
    (traffic,) = found.boundaries.values()
    assert traffic.sketch is not None
    assert len(traffic.sketch.hashes()) == K
    assert traffic.total.traces == traffic.sketch.count() == found.services["web"].presence.traces


def test_messages_over_many_traces_belong_to_the_journey_that_began() -> None:
    spans = [Span(1, 1, None, START, 9, False, 0, Signature("shop", Role.SERVE, "http", "GET", "/"))]
    for n in range(1, 40):
        said = Signature(f"s{n}", Role.PUBLISH, "kafka", peer="bus", resource=Resource.BROKER, channel="c", step="send")
        taken = Signature(f"s{n + 1}", Role.RECEIVE, "kafka", channel="c", step="process")
        spans.append(Span(n, 100, 1, START + n, 9, False, 0, said))
        spans.append(Span(n + 1, 1, None, START + n, 9, False, 0, taken, ((n, 100),)))
    reference, found = observe(spans)
    assert found == reference
    assert len(found.journeys) == 1


def test_buckets_are_the_same_at_all_their_bounds() -> None:
    last = bucket_of(10**16)
    durations = {0, 1, 2, 10**16 - 1, 2**53 - 1}
    low = 1
    for bucket in range(1, last + 1):
        high = 10**16
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if bucket_of(middle) < bucket else (low, middle)
        durations |= {low - 1, low}
    said = Signature("cart", Role.CALL, peer="items", resource=Resource.DATASTORE)
    spans = [Span(1, n, None, START, duration, False, 0, said) for n, duration in enumerate(sorted(durations), 1)]
    reference, found = observe(spans)
    assert found == reference
    assert len(durations) > 2 * len(next(iter(found.boundaries.values())).total.buckets) - 100


def test_parts_are_read_as_one_table_and_nothing_else_is(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(ValueError, match="broken"):
        DuckEngine().observe_parts([broken])
    other = tmp_path / "other's.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS trace) TO '{str(other).replace(chr(39), chr(39) * 2)}'")
    with pytest.raises(ValueError, match="id"):
        DuckEngine().observe_parts([other])


def test_neither_ibis_nor_pyarrow_is_imported() -> None:
    code = (
        "import sys; from topoplan_importers.traces.engines import engine;"
        "engine('duckdb').observe([], ()); print({'ibis', 'pyarrow', 'numpy'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
