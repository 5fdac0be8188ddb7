"""What reading specifications costs: the importer against bare YAML parsing, and the validator on and off the path.

    python tests/benchmarks/bench_openapi.py [megabytes]

Three small specifications stand for a usual system, one of about 10 MB for the largest public ones. `first` fills the
cache of verdicts, `second` finds them there; CPU times are this process's own and, apart, the validator's.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.documents import load_yaml_all
from topoplan.importing.workspace import Workspace
from topoplan_importers.openapi import OpenApiImporter


class Cost(NamedTuple):
    """Seconds: elapsed, CPU of this process, CPU of processes it started."""

    wall: float
    own: float
    children: float


def specification(schemas: int, fields: int = 12) -> str:
    """A specification with two operations a schema; every third schema refers to others."""
    lines = ["openapi: 3.0.3", "info: {title: Things, version: '1'}", "paths:"]
    for i in range(schemas):
        body = f"content: {{application/json: {{schema: {{$ref: '#/components/schemas/S{i}'}}}}}}"
        lines += [
            f"  /things-{i}/{{id}}:",
            "    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]",
            f"    get: {{responses: {{'200': {{description: Found, {body}}}, '404': {{description: Not found}}}}}}",
            f"    put: {{requestBody: {{{body}}}, responses: {{'204': {{description: Stored}}}}}}",
        ]
    lines += ["components:", "  schemas:"]
    for i in range(schemas):
        lines += [f"    S{i}:", "      type: object", "      required: [f0, f1]", "      properties:"]
        for j in range(fields):
            lines += [
                f"        f{j}:",
                "          type: string",
                f"          description: The value number {j} of thing {i}, as somebody once described it at length",
            ]
        if i % 3 == 0:
            lines += [f"        other: {{$ref: '#/components/schemas/S{(i + 1) % schemas}'}}"]
            lines += [f"        more: {{type: array, items: {{$ref: '#/components/schemas/S{(i + 2) % schemas}'}}}}"]
    return "\n".join(lines) + "\n"


def cost(folder: Path, options: ImportOptions) -> Cost:
    """Of importing every file of a folder."""
    candidates = [
        Candidate(path.name, path.name, path.stat().st_size, path.read_bytes()[:4096])
        for path in sorted(folder.glob("*.yaml"))
    ]
    workspace, children = Workspace({".": folder}), resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, own = time.perf_counter(), time.process_time()
    imported = OpenApiImporter().read(candidates, workspace, options)
    taken = time.perf_counter() - wall, time.process_time() - own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if any(source.state != "analysed" for source in imported.sources):
        raise SystemExit(f"not analysed: {imported.sources}")
    spent = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    return Cost(*taken, spent)


def measure(title: str, folder: Path, cache: Path) -> None:
    parse = time.process_time()
    for path in sorted(folder.glob("*.yaml")):
        load_yaml_all(path.read_bytes(), path.name)
    parse = time.process_time() - parse
    without = cost(folder, ImportOptions(validate_specs=False))
    first = cost(folder, ImportOptions(cache_dir=str(cache)))
    second = cost(folder, ImportOptions(cache_dir=str(cache)))
    print(title)
    print(f"  YAML parsing alone          {parse:7.3f} s CPU")
    print(f"  import without validation   {without.own:7.3f} s CPU   {without.own / parse:5.2f} x parsing")
    print(f"  first run                   {first.wall:7.3f} s wall  {first.own:.3f} s own CPU, {first.children:.3f} s")
    print(f"  second run, from the cache  {second.wall:7.3f} s wall  {second.wall / first.wall:5.2f} x first")
    print(f"    own CPU                   {second.own / without.own:5.2f} x without validation")


def main() -> None:
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as name:
        small, large, cache = (Path(name) / part for part in ("small", "large", "cache"))
        small.mkdir()
        large.mkdir()
        for service in ("orders", "payments", "users"):
            (small / f"{service}.yaml").write_text(specification(6) + f"x-service: {service}\n")
        per_schema = len(specification(101)) - len(specification(100))
        (large / "large.yaml").write_text(specification(int(megabytes * 1e6 / per_schema)))
        measure("three small specifications", small, cache)
        measure(f"one of {megabytes:g} MB", large, cache)


if __name__ == "__main__":
    main()
