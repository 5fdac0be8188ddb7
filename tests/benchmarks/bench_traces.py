"""What a whole run over traces costs, over the least that reading the same file costs; and whether its edges are right.

    python tests/benchmarks/bench_traces.py [SPANS] [--formats otlp,jaeger,zipkin] [--jobs 1,2] [--rounds 3]
                                            [--markdown] [--folder DIR] [--zipkin-jar CLASSPATH]

For each format a file of the generated system of 200 services is written. Then run in turns, so that a drifting machine
is fair to all, each in a process of its own: the references of `trace_references.py` (simdjson's where pysimdjson is
there); Zipkin's own linker where its jar is given; `topoplan graph FILE` for each number of `--jobs` and with an empty
cache; another command on the same file, for which the traces are remembered but not the answer; and the very same
command again. Times are medians, topoplan's and Zipkin's with start-up, references'
without. Memory is the peak of the process tree, looked at in one more round that no time is taken of.

On a machine that others use, processor seconds are the steadier figure; elapsed ones tell what several jobs gain.

Every figure of every boundary and operation that the importer finds is compared with the generator's table, and so are
those between services in the graph of the timed run. Exits with 1 when one differs; a missed target only shows.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple, Protocol

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import zipkin_linker
from edge_tables import Table, differences, found_in_facts, found_in_graph
from generated_formats import FORMATS
from generated_traces import Written, write
from process_tree import Cost, run

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace

REFERENCES = Path(__file__).with_name("trace_references.py")
JAEGER_SPEED = 30_000
"""Spans per processor second; finding the traces of a document is not in what it is compared with."""
SMALL, LARGE = 50_000, 1_000_000
MOST_ROUNDS_SPANS = 200_000
"""Up to here three rounds by default, above one."""
PROGRAM = [sys.executable, "-P", "-m", "topoplan"]

DECODE, JOIN, PARSE, LINKER = "msgspec decode", "decode + plain join", "simdjson parse", "Zipkin's linker"
READING, OURS = "topoplan, reading alone", "topoplan"
OTHER, AGAIN = "topoplan, traces remembered", "topoplan, second run"


class Way(Protocol):
    """Runs something; `watched`: for its memory."""

    def __call__(self, *, watched: bool = False) -> Cost: ...


class Ratio(NamedTuple):
    elapsed: float
    cpu: float


@dataclass(slots=True)
class Measured:
    """All rounds of one format."""

    kind: str
    spans: int
    bytes: int
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    """Largest memory, of a run of its own."""

    def seconds(self, way: str) -> float:
        return median(cost.seconds for cost in self.costs[way])

    def cpu(self, way: str) -> float:
        return median(cost.cpu for cost in self.costs[way])

    def ratio(self, way: str, to: str) -> Ratio | None:
        if way not in self.costs or to not in self.costs:
            return None
        return Ratio(self.seconds(way) / self.seconds(to), self.cpu(way) / self.cpu(to))


def ways_of(written: Written, kind: str, folder: Path, jobs: list[int], java: str) -> dict[str, Way]:
    """What to run for a file, by name. The last two find the cache that the one before them left."""
    lengths = []
    if written.units:
        lengths = [str(folder / "lengths.json")]
        Path(lengths[0]).write_text(json.dumps(written.units))

    def inside(*arguments: str) -> Way:
        return partial(run_timed_inside, [sys.executable, *arguments])

    def reference(way: str) -> Way:
        return inside(str(REFERENCES), way, kind, str(written.path), *lengths)

    ways: dict[str, Way] = {}
    if importlib.util.find_spec("simdjson"):
        ways[PARSE] = reference("parse")
    ways |= {DECODE: reference("decode"), JOIN: reference("join")}
    if java and kind == "zipkin":
        ways[LINKER] = partial(run, zipkin_linker.command(java, written.path))
    ways[READING] = inside(__file__, "--read", str(written.path))
    for number in jobs:
        ways[ours(number)] = partial(graph, written.path, folder, number, fresh=True)
    ways[OTHER] = partial(graph, written.path, folder, jobs[-1], fresh=False, file="other.json")
    ways[AGAIN] = partial(graph, written.path, folder, jobs[-1], fresh=False)
    return ways


def ours(number: int) -> str:
    return f"{OURS} --jobs {number}" if number else OURS


def graph(
    traces: Path, folder: Path, number: int, fresh: bool, file: str = "graph.json", *, watched: bool = False
) -> Cost:
    """One whole command that writes to `file`; 0 jobs: as it likes."""
    cache = folder / "cache"
    if fresh:
        shutil.rmtree(cache, ignore_errors=True)
    command = [*PROGRAM, "graph", str(traces), "--quiet", "--no-history", "--min-confidence", "low", "--config", "-"]
    command += ["--format", f"json={folder / file}", *(["--jobs", str(number)] if number else [])]
    return run(command, {"TOPOPLAN_CACHE_DIR": str(cache)}, watched=watched)


def run_timed_inside(command: list[str], *, watched: bool = False) -> Cost:
    """Of a command that tells its own seconds, without start-up."""
    cost = run(command, watched=watched)
    told = json.loads(cost.output)
    return cost._replace(seconds=told["seconds"], cpu=told["cpu"])


def has_jobs() -> bool:
    return "--jobs" in run([*PROGRAM, "graph", "--help"]).output


def read(file: Path) -> Imported:
    """The importer alone, in this process."""
    from topoplan_importers.traces import JaegerImporter, OtlpImporter, ZipkinImporter

    with file.open("rb") as stream:
        candidate = Candidate(file.name, file.name, file.stat().st_size, stream.read(4096))
    importer = next(i for i in (OtlpImporter(), JaegerImporter(), ZipkinImporter()) if i.claims(candidate))
    return importer.read([candidate], Workspace({".": file.parent}), ImportOptions())


def wrong(written: Written, folder: Path) -> list[str]:
    """Where facts or graph differ from the generator's table."""
    between = {edge: tally for edge, tally in written.table.items() if edge.provider.startswith("service-")}
    shown = found_in_graph(json.loads((folder / "graph.json").read_bytes()))
    return [
        *differences(written.table, found_in_facts(read(written.path).facts)),
        *differences(between, {edge: seen for edge, seen in shown.items() if edge.provider.startswith("service-")}),
    ]


def agreement(table: Table, output: str) -> str:
    """How many pairs of services and others without a broker between them Zipkin's linker counts as the table does."""
    known: Counter[tuple[str, str]] = Counter()
    for edge, tally in table.items():
        if edge.style == "sync" and not edge.operation:
            known[edge.consumer, edge.provider] += tally.calls
    linked = zipkin_linker.calls(output)
    same = sum(linked.get(pair, (0, 0))[0] == calls for pair, calls in known.items())
    return f"Zipkin's linker counts the calls of {same:,} of {len(known):,} pairs as the generator does"


def measure(kind: str, spans: int, folder: Path, jobs: list[int], rounds: int, java: str) -> tuple[Measured, list[str]]:
    written = write(folder / f"{kind}.json", kind, spans, processes=2)
    os.sync()  # else it goes to disk while the first ways run, and whoever writes waits for it
    measured = Measured(kind, written.spans, written.path.stat().st_size)
    ways = ways_of(written, kind, folder, jobs, java)
    for _ in range(rounds):
        for way, work in ways.items():
            measured.costs.setdefault(way, []).append(work())
    measured.peaks = {way: work(watched=True).peak for way, work in ways.items()}
    faults = wrong(written, folder)
    written.path.unlink()
    boundaries = sum(not edge.operation for edge in written.table)
    print(
        f"\n{kind}: {measured.spans:,} spans, {measured.bytes / 1e6:,.0f} MB; "
        f"{boundaries:,} boundaries and {len(written.table) - boundaries:,} operations, {len(faults)} figures differ"
    )
    print("\n".join(faults[:20]))
    if LINKER in measured.costs:
        print(agreement(written.table, measured.costs[LINKER][0].output))
    return measured, faults


def rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    """The cells under HEADINGS."""
    for way in measured.costs:
        seconds, cpu, peak = measured.seconds(way), measured.cpu(way), measured.peaks[way]
        yield (
            way, f"{seconds:.2f}", f"{seconds / measured.seconds(DECODE):.2f}", f"{cpu:.2f}",
            f"{cpu / measured.cpu(DECODE):.2f}", f"{measured.spans / cpu:,.0f}", f"{peak / 1e6:,.0f}",
            f"{peak / measured.bytes:.2f}",
        )  # fmt: skip


HEADINGS = ("way", "s", "× decode", "CPU s", "× decode", "spans/CPU s", "peak MB", "× input")


def targets(measured: Measured, jobs: list[int]) -> Iterator[str]:
    """What is asked and how it is met; of small files only what does not depend on start-up."""
    one, most = ours(jobs[0]), ours(jobs[-1])
    asked = [(AGAIN, most, 0.1), (most, READING, 1.5)]
    if measured.spans >= LARGE:
        asked += {
            "otlp": [(most, DECODE, 1.25), (most, PARSE, 5.0)],
            "jaeger": [],
            "zipkin": [(most, JOIN, 0.6), (READING, JOIN, 0.6), (most, LINKER, 0.8), (one, LINKER, 0.8)],
        }[measured.kind]
    for way, to, limit in asked:
        ratio = measured.ratio(way, to)
        if ratio is not None:
            missed = ", missed" * (ratio.elapsed > limit)
            yield f"{way} / {to}: {ratio.elapsed:.2f}, CPU {ratio.cpu:.2f} (at most {limit:g}{missed})"
    if measured.spans >= LARGE:
        share = measured.peaks[most] / measured.bytes
        yield f"peak memory of {most} / input: {share:.2f} (at most 0.25{', missed' * (share > 0.25)})"
        if measured.kind == "jaeger":
            speed = measured.spans / measured.cpu(one)
            yield f"{one}: {speed:,.0f} spans/CPU s (at least {JAEGER_SPEED:,}{', missed' * (speed < JAEGER_SPEED)})"


def text_table(lines: list[tuple[str, ...]]) -> str:
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def markdown_table(lines: list[tuple[str, ...]]) -> str:
    head, *body = lines
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *body))


def main() -> int:
    parser = argparse.ArgumentParser(description="Cost of reading traces, over the least it could be.")
    parser.add_argument("spans", nargs="?", type=int, default=SMALL)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--jobs", default="1,2")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--folder", help="where to put files of gigabytes; they are deleted")
    parser.add_argument("--zipkin-jar", default="", help="class path with Zipkin's core")
    parser.add_argument("--read", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        begun, spent = perf_counter(), sum(os.times()[:4])  # of this process, and of those that it has waited for
        read(Path(given.read))
        print(json.dumps({"seconds": perf_counter() - begun, "cpu": sum(os.times()[:4]) - spent}))
        return 0
    jobs = [int(number) for number in given.jobs.split(",")] if has_jobs() else [0]
    rounds = given.rounds or (3 if given.spans <= MOST_ROUNDS_SPANS else 1)
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}; medians of {rounds}")
    if not importlib.util.find_spec("simdjson"):
        print("pysimdjson is not installed: its row is left out")
    wrongs = []
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name).resolve()
        java = zipkin_linker.compiled(given.zipkin_jar, folder) if given.zipkin_jar else ""
        for kind in given.formats.split(","):
            measured, faults = measure(kind, given.spans, folder, jobs, rounds, java)
            wrongs += faults
            print((markdown_table if given.markdown else text_table)([HEADINGS, *rows(measured)]))
            for line in targets(measured, jobs):
                print(f"- {line}" if given.markdown else line)
    return 1 if wrongs else 0


if __name__ == "__main__":
    sys.exit(main())
