"""Cost of reading traces over only decoding them, on a generated system whose edges are known.

    python tests/benchmarks/bench_traces.py [SPANS]

Prints, for OTLP lines, Jaeger and Zipkin v2: spans a second, the ratio of the whole import to decoding the same file
into the same structures and nothing else, and the peak memory at one and four times the size. Every boundary and its
number of calls is compared with the generator's table.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from topoplan.importing.contract import Candidate, Importer, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact
from topoplan_importers.traces import JaegerImporter, OtlpImporter, ZipkinImporter, jaeger, otlp, units, zipkin

SERVICES = 20
SPANS_A_TRACE = 25
START_US = 1_760_000_000_000_000
ROUNDS = 3
IMPORTERS: dict[str, Importer] = {"otlp": OtlpImporter(), "jaeger": JaegerImporter(), "zipkin": ZipkinImporter()}


@dataclass(slots=True)
class Made:
    """One generated span, free of any format."""

    trace: str
    id: str
    parent: str
    service: str
    kind: str
    name: str
    start: int
    duration: int
    attributes: dict[str, str | int]
    failed: bool = False


@dataclass(slots=True)
class System:
    """Generates traces of a fixed call graph and counts what it generates."""

    rng: random.Random = field(default_factory=lambda: random.Random(11))
    edges: Counter[tuple[str, str]] = field(default_factory=Counter)

    def traces(self, spans: int) -> Iterator[list[Made]]:
        made = 0
        while made < spans:
            trace = self._trace(min(SPANS_A_TRACE, spans - made))
            made += len(trace)
            yield trace

    def _trace(self, size: int) -> list[Made]:
        trace, begin = f"{self.rng.getrandbits(128):032x}", START_US + self.rng.randrange(10**10)
        spans = [self._span(trace, "", 0, "server", begin, 90_000)]
        open_servers = [(0, spans[0])]
        while len(spans) < size:
            number, server = open_servers[self.rng.randrange(len(open_servers))]
            start = server.start + 100
            if len(spans) + 3 > size or self.rng.random() < 0.3:
                spans.append(self._store(trace, server.id, number, start))
                self.edges[server.service, f"db-{number % 5}"] += 1
                continue
            inner = self._span(trace, server.id, number, "internal", start, 40_000)
            called = (number * 3 + 1 + self.rng.randrange(3)) % SERVICES
            client = self._span(trace, inner.id, number, "client", start + 10, 30_000, called)
            callee = self._span(trace, client.id, called, "server", start + 20, 20_000)
            spans += [inner, client, callee]
            open_servers.append((called, callee))
            if called != number:
                self.edges[server.service, callee.service] += 1
        return spans

    def _span(
        self, trace: str, parent: str, number: int, kind: str, start: int, duration: int, called: int = -1
    ) -> Made:
        status = 500 if self.rng.random() < 0.01 else 200
        attributes: dict[str, str | int] = {"thread.id": number, "thread.name": "worker-7", "code.function": "handle"}
        if kind != "internal":
            item = self.rng.randrange(10_000)
            attributes |= {
                "http.request.method": "GET", "url.full": f"http://service-{called:02}:8080/items/{item}?page=2",
                "http.response.status_code": status, "network.protocol.version": "1.1", "server.port": 8080,
                "user_agent.original": "generated/1.0 (an agent as long as they usually are)", "url.scheme": "http",
            }  # fmt: skip
        if kind == "client":
            attributes["server.address"] = f"service-{called:02}"
        if kind == "server":
            attributes |= {"http.route": "/items/{item}", "client.address": "10.1.2.3", "url.path": f"/items/{number}"}
        attributes |= {f"app.detail.{n}": f"some value of detail number {n}" for n in range(24 - len(attributes))}
        return Made(
            trace, f"{self.rng.getrandbits(64):016x}", parent, f"service-{number:02}", kind, "GET /items/{item}", start,
            duration + self.rng.randrange(10_000), attributes, status == 500 and kind != "internal",
        )  # fmt: skip

    def _store(self, trace: str, parent: str, number: int, start: int) -> Made:
        attributes: dict[str, str | int] = {
            "db.system.name": "postgresql", "db.operation.name": "SELECT", "db.collection.name": "items",
            "db.namespace": "shop", "db.query.text": "SELECT * FROM items WHERE id = ? AND kind = ?",
            "server.address": f"db-{number % 5}", "server.port": 5432,
        }  # fmt: skip
        attributes |= {f"app.detail.{n}": f"some value of detail number {n}" for n in range(17)}
        own = f"{self.rng.getrandbits(64):016x}"
        return Made(trace, own, parent, f"service-{number:02}", "client", "SELECT items", start, 2_000, attributes)


KINDS = {"internal": 1, "server": 2, "client": 3}


def write_otlp(path: Path, system: System, spans: int) -> None:
    """One export request a line, of some twenty traces, grouped by service as a collector groups them."""
    with path.open("w") as out:
        batch: list[Made] = []
        for trace in system.traces(spans):
            batch += trace
            if len(batch) >= 500:
                out.write(otlp_line(batch))
                batch = []
        if batch:
            out.write(otlp_line(batch))


def otlp_line(batch: list[Made]) -> str:
    by_service: dict[str, list[dict[str, object]]] = {}
    for s in batch:
        by_service.setdefault(s.service, []).append(otlp_span(s))
    entries = [
        {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
         "scopeSpans": [{"scope": {"name": "generated"}, "spans": spans}]}
        for name, spans in by_service.items()
    ]  # fmt: skip
    return json.dumps({"resourceSpans": entries}, separators=(",", ":")) + "\n"


def otlp_span(s: Made) -> dict[str, object]:
    values = {k: {"intValue": str(v)} if isinstance(v, int) else {"stringValue": v} for k, v in s.attributes.items()}
    return {
        "traceId": s.trace, "spanId": s.id, "parentSpanId": s.parent, "flags": 257, "name": s.name,
        "kind": KINDS[s.kind], "startTimeUnixNano": str(s.start * 1000),
        "endTimeUnixNano": str((s.start + s.duration) * 1000),
        "attributes": [{"key": key, "value": value} for key, value in values.items()],
        "status": {"code": 2} if s.failed else {},
    }  # fmt: skip


def write_jaeger(path: Path, system: System, spans: int) -> None:
    """One query answer on one line, as the UI saves it."""
    with path.open("w") as out:
        out.write('{"data":[')
        for count, trace in enumerate(system.traces(spans)):
            processes = {name: f"p{n}" for n, name in enumerate(sorted({s.service for s in trace}))}
            entry = {
                "traceID": trace[0].trace,
                "spans": [jaeger_span(s, processes[s.service]) for s in trace],
                "processes": {p: {"serviceName": name, "tags": []} for name, p in processes.items()},
            }
            out.write("," * (count > 0) + json.dumps(entry, separators=(",", ":")))
        out.write('],"total":0,"limit":0,"offset":0,"errors":null}')


def jaeger_span(s: Made, process: str) -> dict[str, object]:
    tags = [
        {"key": k, "type": "int64" if isinstance(v, int) else "string", "value": v} for k, v in s.attributes.items()
    ]
    tags += [{"key": "span.kind", "type": "string", "value": s.kind}]
    tags += [{"key": "error", "type": "bool", "value": True}] * s.failed
    references = [{"refType": "CHILD_OF", "traceID": s.trace, "spanID": s.parent}] if s.parent else []
    return {
        "traceID": s.trace, "spanID": s.id, "operationName": s.name, "references": references, "startTime": s.start,
        "duration": s.duration, "tags": tags, "logs": [], "processID": process, "warnings": None,
    }  # fmt: skip


def write_zipkin(path: Path, system: System, spans: int) -> None:
    """One flat array on one line."""
    with path.open("w") as out:
        separator = "["
        for trace in system.traces(spans):
            for s in trace:
                out.write(separator + json.dumps(zipkin_span(s), separators=(",", ":")))
                separator = ","
        out.write("]")


def zipkin_span(s: Made) -> dict[str, object]:
    span: dict[str, object] = {
        "traceId": s.trace, "id": s.id, "name": s.name.lower(), "timestamp": s.start, "duration": s.duration,
        "localEndpoint": {"serviceName": s.service, "ipv4": "10.0.0.1"},
        "tags": {k: str(v) for k, v in s.attributes.items()} | ({"error": ""} if s.failed else {}),
    }  # fmt: skip
    return (
        span | ({"parentId": s.parent} if s.parent else {}) | ({"kind": s.kind.upper()} if s.kind != "internal" else {})
    )


WRITERS = {"otlp": write_otlp, "jaeger": write_jaeger, "zipkin": write_zipkin}


def decode_only(kind: str, path: Path) -> None:
    """Into the importer's own structures, unit by unit, and nothing else."""
    decoder = {"otlp": otlp._DECODER, "jaeger": jaeger._DECODER, "zipkin": zipkin._DECODER}[kind]
    with path.open("rb") as stream:
        for _, unit in units.lines(stream) if kind == "otlp" else units.elements(stream):
            decoder.decode(unit)


def import_file(kind: str, path: Path) -> Counter[tuple[str, str]]:
    with path.open("rb") as stream:
        candidate = Candidate(path.name, path.name, path.stat().st_size, stream.read(4096))
    importer = IMPORTERS[kind]
    assert importer.claims(candidate)
    found = importer.read([candidate], Workspace({".": path.parent}), ImportOptions())
    calls: Counter[tuple[str, str]] = Counter()
    for fact in found.facts:
        if isinstance(fact, CallFact) and fact.stats is not None:
            calls[fact.consumer.name, fact.provider.name] += fact.stats.calls
    return calls


def timed(work: object, *args: object) -> float:
    assert callable(work)
    durations = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work(*args)
        durations.append(perf_counter() - begun)
    return median(durations)


def peak_mib(kind: str, path: Path) -> float:
    """Peak resident memory of a fresh process that imports the file."""
    command = [sys.executable, __file__, "--peak", kind, str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    if sys.argv[1:2] == ["--peak"]:
        import_file(sys.argv[2], Path(sys.argv[3]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    spans = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    print(f"{spans} spans, {SERVICES} services; medians of {ROUNDS}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in WRITERS.items():
            once, fourfold = Path(folder, f"{kind}.json"), Path(folder, f"{kind}-4.json")
            system = System()
            write(once, system, spans)
            assert import_file(kind, once) == system.edges, f"{kind}: edges differ from the generator's"
            write(fourfold, System(), 4 * spans)
            whole, decoding = timed(import_file, kind, once), timed(decode_only, kind, once)
            small, large = peak_mib(kind, once), peak_mib(kind, fourfold)
            size = once.stat().st_size / 2**20
            per_span = (large - small) * 2**20 / (3 * spans)
            print(
                f"{kind:7} {size:6.0f} MiB  {spans / whole:8.0f} spans/s  {whole / decoding:5.2f}x decoding  "
                f"peak {small:.0f} MiB, of four times the input ({4 * size:.0f} MiB) {large:.0f} MiB: "
                f"{per_span:.0f} bytes a span held"
            )


if __name__ == "__main__":
    main()
