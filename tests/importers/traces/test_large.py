"""Large inputs: parts written by several processes give the same facts, states and remarks as one read in memory."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from trace_files import IMPORTERS, candidate, otlp, span

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan_importers.traces import gathering, slicing, workers
from topoplan_importers.traces.tasks import Setup, Task, unclaimed

FILES = Path(__file__).parent / "files"
SLICE = 700
"""So small that a file of some traces has many."""


def imported(folder: Path, **options: object) -> list[Imported]:
    """What the three importers make of a folder's files."""
    told = []
    for importer in IMPORTERS:
        candidates = [candidate(folder, path.name) for path in sorted(folder.iterdir())]
        own = [found for found in candidates if importer.claims(found)]
        if own:
            told.append(importer.read(own, Workspace({".": folder}), ImportOptions(**options)))  # type: ignore[arg-type]
    return told


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def same_both_ways(folder: Path, monkeypatch: pytest.MonkeyPatch, jobs: int = 1, **options: object) -> list[Imported]:
    """Checks that both ways agree; what they say."""
    monkeypatch.setattr(slicing, "SLICE_BYTES", SLICE)
    held = imported(folder, engine="dicts", **options)
    assert imported(folder, engine="duckdb", jobs=jobs, **options) == held
    return held


def traces(count: int, **attributes: object) -> list[str]:
    return [
        otlp(
            span("web", 1, kind="client", trace=n, at=n, **attributes),
            span("shop", 2, 1, "server", trace=n, at=n + 1),
            span("shop", 3, 2, "producer", trace=n, at=n + 2, messaging_system="kafka", messaging_destination_name="t"),
            span("mail", 9, 0, "consumer", trace=10**6 + n, at=n + 3, links=[(n, 3)], messaging_system="kafka"),
        )
        for n in range(1, count + 1)
    ]


LINES = traces(8)
DOCUMENTS = [json.loads(line) for line in LINES]
DAMAGED: dict[str, str | bytes] = {
    "lines.jsonl": "\n".join(LINES) + "\n",
    "no-newline.jsonl": "\n\n".join(LINES),
    "bad-lines.jsonl": "\n".join(
        [*LINES[:2], "oops", LINES[2], '{"resourceSpans":7}', "", *LINES[3:6], LINES[6][:-9], "[1]"]
    ),
    "list.json": json.dumps(DOCUMENTS),
    "pretty.json": json.dumps(DOCUMENTS, indent=2),
    "envelope.json": json.dumps({"resourceSpans": [one for each in DOCUMENTS for one in each["resourceSpans"]]}),
    "cut.json": json.dumps(DOCUMENTS)[:-50],
    "broken-in-the-middle.json": json.dumps(DOCUMENTS[:5])[:-1] + ', oops, ' + json.dumps(DOCUMENTS[5:])[1:],
    "two.json": json.dumps(DOCUMENTS[:4]) + "\n" + json.dumps({"data": DOCUMENTS[4:]}),
    "bad-element.json": json.dumps([*DOCUMENTS[:2], {"resourceSpans": 7}, *DOCUMENTS[2:]]),
    "lines.jsonl.gz": gzip.compress("\n".join(LINES).encode()),
    "cut.jsonl.gz": gzip.compress("\n".join(LINES).encode())[:-20],
    "bad-first-line.jsonl": '{"resourceSpans": [oops\n' + "\n".join(LINES),
    "surrogates.jsonl": "\n".join(LINES).replace("web", r"w\ud800eb"),
    "nothing.jsonl": '{"resourceLogs":[]}\n' * 100,
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_gives_the_same_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (found,) = same_both_ways(write(tmp_path, {name: DAMAGED[name]}), monkeypatch)
    assert (found.sources[0].state is SourceState.ANALYSED) is not (name in ("nothing.jsonl", "cut.jsonl.gz"))


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_every_format_and_test_runs_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (found,) = same_both_ways(write(tmp_path, {name: (FILES / name).read_bytes()}), monkeypatch)
    assert bool(found.checks) is ("run" in name)


def test_many_files_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DAMAGED)
    for name in ("lines.jsonl", "cut.json"):
        (found,) = same_both_ways(tmp_path, monkeypatch, jobs=3, test_traces=(name,))
        assert found.checks


def test_a_trace_that_follows_from_a_test_leaves_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*traces(6), *traces(1, test_case_name="t1"), *(line.replace("shop", "other") for line in traces(7)[6:])]
    (found,) = same_both_ways(write(tmp_path, {"t.jsonl": "\n".join(lines)}), monkeypatch)
    assert len(found.checks) == 1


def test_documents_are_cut_where_elements_begin(tmp_path: Path) -> None:
    write(tmp_path, {"t.json": json.dumps(DOCUMENTS), "deep.json": json.dumps([[{"a": 1, "b": 2}] * 500])})
    workspace = Workspace({".": tmp_path})
    for name, cut in (("t.json", True), ("deep.json", False)):
        size = (tmp_path / name).stat().st_size
        assert (len(slicing.slices_of(Candidate(name, name, size, b""), workspace, SLICE)) > 2) is cut


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_slices_are_shared_out_so_that_nobody_waits_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(slicing, "SLICE_BYTES", 4 * SLICE)
    write(
        tmp_path,
        {"large.jsonl": "\n".join(LINES * 40), "small.jsonl": "\n".join(LINES), "one.gz": DAMAGED["lines.jsonl.gz"]},
    )
    files = [candidate(tmp_path, name) for name in ("large.jsonl", "one.gz", "small.jsonl")]
    large, one, small = gathering.share_out(files, Workspace({".": tmp_path}), jobs)
    assert [task.piece for task in one] == [None]
    for tasks in (large, small):
        pieces = [task.piece for task in tasks if task.piece is not None]
        assert (pieces[0].start, pieces[-1].stop) == (0, None)
        assert [piece.stop for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    lengths = [piece.stop - piece.start for task in large if (piece := task.piece) and piece.stop]
    assert lengths == sorted(lengths, reverse=True)
    assert files[0].size / 5 / jobs < lengths[0] < files[0].size / jobs
    assert len(large) > 2 * jobs
    numbers = [task.number for tasks in (large, one, small) for task in tasks]
    assert numbers == list(range(len(numbers)))


def test_a_cut_inside_an_element_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zipkin's spans in lists of traces look the same at both depths where a tag is an object."""
    spans = [{"traceId": str(n), "id": str(n), "kind": "CLIENT", "localEndpoint": {"serviceName": "a"},
              "remoteEndpoint": {"serviceName": "b"}, "tags": {"x": {"traceId": "0", "id": "0"}, "y": "z" * 300}}
             for n in range(1, 30)]  # fmt: skip
    (found,) = same_both_ways(write(tmp_path, {"t.json": json.dumps(spans)}), monkeypatch)
    assert found.sources[0].state is SourceState.ANALYSED


def test_without_processes_it_is_read_in_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"t.jsonl": "\n".join(LINES)})
    monkeypatch.setattr(slicing, "SLICE_BYTES", SLICE)
    held = imported(tmp_path, engine="dicts")
    for command in ((str(tmp_path / "none"),), (sys.executable, "-c", "")):
        monkeypatch.setattr(workers, "_COMMAND", command)
        assert imported(tmp_path, engine="duckdb", jobs=2) == held


def wait_for_claim(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process do nothing before another one has claimed that task."""

    def later(setup: Setup, tasks: Sequence[Task]) -> Iterator[Task]:
        _until((Path(setup.folder) / f"{number}.claimed").exists)
        return unclaimed(setup, tasks)

    monkeypatch.setattr(workers, "unclaimed", later)


def test_a_process_that_is_killed_costs_its_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys, os\nfrom topoplan_importers.traces import worker\n"
    program += (
        "do = worker.SliceReader.do\ndef die(self, task):\n if task.number == 2: os.abort()\n return do(self, task)\n"
    )
    program += "worker.SliceReader.do = die\nworker.main()"
    write(tmp_path, {"t.jsonl": "\n".join(LINES)})
    monkeypatch.setattr(slicing, "SLICE_BYTES", SLICE)
    monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-c", program))
    wait_for_claim(2, monkeypatch)
    (found,) = imported(tmp_path, engine="duckdb", jobs=2)
    (source,) = found.sources
    assert (source.state, source.reason) == (SourceState.ANALYSED, "the process that read it was ended")


def test_processes_that_stop_listening_are_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os, sys\nfrom topoplan_importers.traces.worker import receive, send\n"
    program += "receive(sys.stdin.buffer)\nos.close(0)\nsend(sys.stdout.buffer, None)\nos._exit(0)"
    write(tmp_path, {"t.jsonl": "\n".join(LINES)})
    monkeypatch.setattr(slicing, "SLICE_BYTES", SLICE)
    held = imported(tmp_path, engine="dicts")
    monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-c", program))
    assert imported(tmp_path, engine="duckdb", jobs=2) == held


def test_a_fault_in_a_process_is_one_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "from topoplan_importers.traces import worker\ndef fail(self, task): raise KeyError('x')\n"
    program += "worker.SliceReader.do = fail\nworker.main()"
    write(tmp_path, {"t.jsonl": "\n".join(LINES)})
    monkeypatch.setattr(slicing, "SLICE_BYTES", SLICE)
    monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-c", program))
    wait_for_claim(0, monkeypatch)
    with pytest.raises(RuntimeError, match="KeyError"):
        imported(tmp_path, engine="duckdb", jobs=2)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_it_is_ended(tmp_path: Path, how: signal.Signals) -> None:
    """Folder and processes go, whoever is there to remove them."""
    place = tmp_path / "tmp"
    place.mkdir()
    with (tmp_path / "t.jsonl").open("w") as out:
        for _ in range(400):
            out.write("\n".join(LINES * 4) + "\n")
    program = f"""
from pathlib import Path
from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces import OtlpImporter, slicing
slicing.SLICE_BYTES = 4096
file = Candidate("t.jsonl", "t.jsonl", {(tmp_path / "t.jsonl").stat().st_size}, b"")
OtlpImporter().read([file], Workspace({{".": Path({str(tmp_path)!r})}}), ImportOptions(engine="duckdb", jobs=2))
"""
    process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(place)}, stderr=-3)
    _until(lambda: any(place.glob("*/1.*")))  # most is still to be read
    process.send_signal(how)
    process.wait(20)
    _until(lambda: not any(place.iterdir()))


def _until(done: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not done():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_importing_the_importers_loads_nothing_for_large_inputs() -> None:
    program = "import sys, topoplan_importers.traces; print(sorted({'duckdb', 'multiprocessing', 'subprocess', "
    program += "'topoplan_importers.traces.worker', 'topoplan_importers.traces.engines.duck'} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert told == "[]\n"
