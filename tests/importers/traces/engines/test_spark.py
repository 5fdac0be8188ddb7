"""Spark gives the same answer as the reference engine, in a session on this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from generated_traces import write
from hypothesis import HealthCheck, Phase, given, settings
from msgspec.structs import replace
from span_exports import load
from span_forests import PATHS, forests
from trace_files import candidate, otlp, span

from topoplan.errors import UsageError
from topoplan.importing.contract import ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.engines.duck import DuckRelations, _row
from topoplan_importers.traces.engines.warehouse_source import observe_source
from topoplan_importers.traces.finding import find
from topoplan_importers.traces.mappings import named
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.otlp import OtlpReader
from topoplan_importers.traces.span import Span
from topoplan_importers.traces.table import COLUMNS
from topoplan_importers.traces.tools import TraceTools

pytest.importorskip("pyspark", reason="needs topoplan[spark]")
if shutil.which("java") is None:
    pytest.skip("needs Java", allow_module_level=True)

from topoplan_importers.traces.engines.spark import SparkEngine, local_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.filterwarnings(  # of pyspark, which leaves sockets to the collector, and of Ibis
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
SMALL = {
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false", "spark.sql.shuffle.partitions": "1",
}  # fmt: skip
"""For few spans it takes longer to compile a query than to run it."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    started = local_session("1g", 2, tmp_path_factory.mktemp("spark"))
    for name, value in SMALL.items():
        started.conf.set(name, value)
    yield started
    started.stop()


def spans_of(file: Path) -> list[Span]:
    reader, batch = OtlpReader(Marks()), Batch()
    for line in file.read_bytes().splitlines():
        reader.read(line, batch)
    return list(batch.spans(0))


def parquet(spans: list[Span], paths: tuple[str, ...], file: Path) -> Path:
    with duckdb.connect() as connection:
        columns = {column.name: column.sql for column in COLUMNS}
        DuckRelations(connection).fill("raw", columns, (_row(span, paths) for span in spans))
        connection.execute(f"COPY raw TO '{file}' (FORMAT parquet)")
    return file


def test_generated_spans_in_a_folder_as_flatten_wrote_it_give_the_same(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.jsonl", "otlp", 1_000)
    given = [candidate(tmp_path / "in", "a.jsonl")]
    TraceTools().flatten(given, Workspace({".": tmp_path / "in"}), ImportOptions(jobs=1), tmp_path / "tables")
    assert (tmp_path / "tables" / "manifest.json").exists()
    found = observe_source("spark", str(tmp_path / "tables"), "", {})
    assert found == DictEngine().observe(spans_of(tmp_path / "in" / "a.jsonl"), ["a.jsonl"])
    assert len(found.boundaries) > 150
    assert not session.catalog.listTables()


def test_traces_of_tests_are_left_out_as_they_are_of_files(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    tested = [span("web", 1, kind="client", trace=7, test_case_name="t1"), span("cart", 2, 1, "server", trace=7)]
    lone = [span("web", 1, kind="producer", trace=8), span("mail", 2, 1, "consumer", trace=8)]
    follows = [span("mail", 1, kind="consumer", trace=9, links=[(7, 1)]), span("log", 2, 1, "server", trace=9)]
    (tmp_path / "in" / "a.json").write_text(otlp(*tested, *lone, *follows), "utf-8")
    given, workspace = [candidate(tmp_path / "in", "a.json")], Workspace({".": tmp_path / "in"})
    TraceTools().flatten(given, workspace, ImportOptions(jobs=1), tmp_path / "tables")
    found = observe_source("spark", str(tmp_path / "tables"), "", {})
    assert found == find(given, "otlp", workspace, ImportOptions()).observed
    assert set(found.services) == {"web", "mail"}
    assert not session.catalog.listTables()


def test_hostile_forests_give_the_same(session: SparkSession, tmp_path: Path) -> None:
    generating: Any = {"phases": (Phase.generate,), "suppress_health_check": list(HealthCheck)}

    @settings(max_examples=2, deadline=None, database=None, derandomize=True, **generating)
    @given(forests())
    def compare(spans: list[Span]) -> None:
        reference = DictEngine().observe([replace(span) for span in spans], PATHS)
        assert SparkEngine().observe_parts([parquet(spans, PATHS, tmp_path / "a.parquet")]) == reference

    compare()


def test_a_table_of_the_catalog_is_read_through_its_mapping(session: SparkSession, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", "otlp", 300)
    requests = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    with duckdb.connect() as connection:
        table = load(connection, "otel-maps", requests, tmp_path)
        connection.execute(f"COPY {table} TO '{tmp_path / 'spans.parquet'}' (FORMAT parquet)")
    session.read.parquet(str(tmp_path / "spans.parquet")).createOrReplaceTempView("otel_spans")
    found = SparkEngine().observe_table("otel_spans", named("otel-maps"))
    assert found == DictEngine().observe(spans_of(tmp_path / "a.jsonl"), ["otel_spans"])
    session.catalog.dropTempView("otel_spans")


def test_a_folder_that_is_not_finished_or_damaged_is_refused(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "unfinished").touch()
    with pytest.raises(UsageError, match="has not finished"):
        observe_source("spark", str(tmp_path), "", {})
    (tmp_path / "unfinished").unlink()
    (tmp_path / "other.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(UsageError, match="cannot be asked") as caught:
        observe_source("spark", str(tmp_path), "", {})
    assert "An error occurred" not in str(caught.value)


def test_what_is_no_span_table_is_refused(session: SparkSession, tmp_path: Path) -> None:
    duckdb.sql(f"COPY (SELECT 1 AS trace) TO '{tmp_path / 'other.parquet'}'")
    with pytest.raises(ValueError, match="no span table"):
        SparkEngine().observe_parts([tmp_path / "other.parquet"])


def test_a_session_listens_on_loopback_only(session: SparkSession) -> None:
    context = session.sparkContext
    assert context.uiWebUrl is None
    assert (
        context.getConf().get("spark.driver.bindAddress") == context.getConf().get("spark.driver.host") == "127.0.0.1"
    )
