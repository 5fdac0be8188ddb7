"""Span tables: what is written is read as the traces were; runs that are ended go on; foreign tables are judged."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace
from trace_files import candidate, otlp, span

from topoplan.errors import OutputError, UsageError
from topoplan.importing.contract import Flattened, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan_importers.traces import JaegerImporter, OtlpImporter, SpansImporter, ZipkinImporter, slicing
from topoplan_importers.traces.table import COLUMNS
from topoplan_importers.traces.tools import TraceTools

FILES = Path(__file__).parent / "files"
READERS = {"jaeger": JaegerImporter(), "otlp": OtlpImporter(), "zipkin": ZipkinImporter()}
CALL = otlp(span("a", 1, kind="client"), span("b", 2, 1, "server"))
ROW = {column.name: {"VARCHAR": "'x'", "BOOLEAN": "false"}.get(column.sql, "1") for column in COLUMNS} | {
    "trace": "'1'", "id": "'2'", "parent": "NULL::VARCHAR", "links": "[]::STRUCT(trace VARCHAR, span VARCHAR)[]",
}  # fmt: skip


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "SLICE_BYTES", 900)


def flatten(source: Path, target: Path, jobs: int = 1) -> Flattened:
    names = sorted(path.name for path in source.iterdir() if path.is_file())
    files = [candidate(source, name) for name in names]
    return TraceTools().flatten(files, Workspace({".": source}), ImportOptions(jobs=jobs), target)


def tables(folder: Path, **options: object) -> Imported:
    names = sorted(path.name for path in folder.iterdir() if path.suffix == ".parquet")
    return SpansImporter().read(
        [candidate(folder, name) for name in names], Workspace({".": folder}), ImportOptions(**options)
    )  # type: ignore[arg-type]


def said(found: Imported) -> list[object]:
    """All but files and what was wrong with them."""
    facts = (*found.facts, *found.checks)
    return [replace(fact, evidence=replace(fact.evidence, where=None, importer="")) for fact in facts]  # type: ignore[arg-type, type-var]


def content(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_a_table_says_what_the_traces_said(tmp_path: Path, name: str) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / name).write_bytes((FILES / name).read_bytes())
    read = READERS[name.partition(".")[0].partition("-")[0]].read
    traces = read([candidate(source, name)], Workspace({".": source}), ImportOptions())
    for target in (tmp_path / "folder", tmp_path / "file" / "spans.parquet"):
        target.parent.mkdir(exist_ok=True)
        done = flatten(source, target)
        assert done.sources[0].state is SourceState.ANALYSED
        found = tables(target if target.is_dir() else target.parent)
        assert said(found) == said(traces)
    assert [path.name for path in (tmp_path / "file").iterdir()] == ["spans.parquet"]


def test_the_same_spans_give_the_same_bytes(tmp_path: Path) -> None:
    for number, jobs in enumerate((1, 3)):
        flatten(FILES, tmp_path / str(number), jobs)
        flatten(FILES, tmp_path / f"{number}.parquet", jobs)
    assert content(tmp_path / "0") == content(tmp_path / "1")
    assert (tmp_path / "0.parquet").read_bytes() == (tmp_path / "1.parquet").read_bytes()


def test_finished_tables_stay_and_others_come_and_go(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.json").write_text(CALL)
    flatten(source, target)
    (first,) = target.glob("*.parquet")
    kept = first.stat()
    (source / "b.json").write_text(CALL.replace('"b"', '"c"'))
    assert flatten(source, target).tables == 2
    assert (first.stat().st_ino, first.stat().st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)
    (source / "a.json").unlink()
    assert flatten(source, target).tables == 1
    assert not first.exists()
    manifest = json.loads((target / "manifest.json").read_text())
    assert [file["path"] for file in manifest["files"]] == ["b.json"]
    assert manifest["tables"] == [{"name": next(target.glob("*.parquet")).name, "spans": 2}]


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["out", "out.parquet"])
def test_a_run_that_was_killed_goes_on(tmp_path: Path, name: str) -> None:
    source, target = tmp_path / "in", tmp_path / name
    source.mkdir()
    with (source / "t.jsonl").open("w") as out:
        for number in range(60):
            out.write(otlp(*(span("a", own, trace=number, kind="server") for own in range(1, 4))) + "\n")
    work = target if name == "out" else tmp_path / "out.parquet.unfinished"
    for _ in range(3):
        process = subprocess.Popen(_program(source, target), env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=-3)
        before = len(list(work.glob("*.parquet")))
        limit = time.monotonic() + 30
        while process.poll() is None and len(list(work.glob("*.parquet"))) < before + 5:
            assert time.monotonic() < limit
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if list(work.glob("*.parquet")) and not (work / "manifest.json").exists():
            assert {s.state for s in tables(work).sources} == {SourceState.FAILED}
            assert "has not finished" in tables(work).sources[0].reason
    subprocess.run(_program(source, target), check=True)
    flatten(source, tmp_path / f"again-{name}")
    if name == "out":
        assert content(target) == content(tmp_path / f"again-{name}")
    else:
        assert target.read_bytes() == (tmp_path / f"again-{name}").read_bytes()
        assert not work.exists()


def _program(source: Path, target: Path) -> list[str]:
    size = (source / "t.jsonl").stat().st_size
    return [sys.executable, "-c", f"""
from pathlib import Path
from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces import slicing
from topoplan_importers.traces.tools import TraceTools
slicing.SLICE_BYTES = 900
file = Candidate("t.jsonl", "t.jsonl", {size}, b'{{"resourceSpans":[')
TraceTools().flatten([file], Workspace({{".": Path({str(source)!r})}}), ImportOptions(jobs=1), Path({str(target)!r}))
"""]  # fmt: skip


def write_table(file: Path, row: Mapping[str, str], more: str = "") -> Path:
    columns = ", ".join(f"{value} AS {name}" for name, value in row.items())
    duckdb.connect().execute(f"COPY (SELECT {columns}) TO '{file}' (FORMAT parquet{more})")
    return file


@pytest.mark.parametrize(
    ("row", "state", "reason"),
    [
        ({"a": "1", "b": "'x'"}, SourceState.SKIPPED, "is Parquet, but holds no table of spans"),
        ({k: v for k, v in ROW.items() if k not in ("peer", "weight")}, SourceState.FAILED,
         "lacks columns of a table of spans: peer, weight"),
        (ROW | {"start_us": "'soon'"}, SourceState.FAILED, "start_us is VARCHAR, not BIGINT"),
        (ROW | {"role": "9"}, SourceState.FAILED, "1 of 1 spans hold what no span can"),
        (ROW | {"service": "NULL::VARCHAR"}, SourceState.FAILED, "1 of 1 spans hold what no span can"),
        (ROW | {"id": "'000'"}, SourceState.FAILED, "1 of 1 spans hold what no span can"),
        (ROW | {"weight": "'nan'::DOUBLE"}, SourceState.FAILED, "1 of 1 spans hold what no span can"),
        (ROW, SourceState.ANALYSED, ""),
    ],
)  # fmt: skip
def test_foreign_tables_are_judged(tmp_path: Path, row: dict[str, str], state: SourceState, reason: str) -> None:
    write_table(tmp_path / "t.parquet", row)
    (source,) = tables(tmp_path).sources
    assert (source.state, source.reason.partition(":")[0]) == (state, reason.partition(":")[0])
    assert source.reason.startswith(reason)


def test_a_newer_version_is_told(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", ROW, ", KV_METADATA {'topoplan.spans': '2'}")
    (source,) = tables(tmp_path).sources
    assert source.reason == "is a table of spans of version 2; this topoplan reads version 1"


@pytest.mark.parametrize("raw", [b"PAR1", b"PAR1" + bytes(300), b"PAR1" + b"\xff" * 300 + b"PAR1"])
def test_damaged_files_fail(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(raw)
    (source,) = tables(tmp_path).sources
    assert (source.state, source.reason) == (SourceState.FAILED, "is no whole Parquet file")


def test_names_are_cleaned_as_those_of_traces_are(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", ROW | {"role": "2", "service": "'a' || chr(27) || '[31m' || chr(8238) || 'b'"})
    found = tables(tmp_path)
    assert {fact.party.name for fact in found.facts if hasattr(fact, "party")} == {"a [31m b"}


def test_what_cannot_be_flattened_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text("{}")
    with pytest.raises(UsageError) as usage:
        flatten(tmp_path, tmp_path / "out")
    assert usage.value.slug == "no-traces"
    (tmp_path / "t.json").write_text(CALL)
    with pytest.raises(OutputError) as output:
        flatten(tmp_path, tmp_path / "t.json" / "below")
    assert output.value.slug == "output-failed"


def test_test_runs_of_a_table_may_be_told_from_outside(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "t.json").write_text(CALL)
    (tmp_path / "out").mkdir()
    flatten(source, tmp_path / "out" / "t.parquet")
    found = tables(tmp_path / "out", test_traces=("t.parquet",))
    assert (len(found.checks), found.facts) == (1, ())
