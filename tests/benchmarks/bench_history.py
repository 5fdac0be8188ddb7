"""Cost of change rates over the bare git command, on a generated repository.

    python tests/benchmarks/bench_history.py [COMMITS]

Prints the ratio of `read_history` to the `git log` it runs, once without specifications (target: at most 1.15) and once
with the versions of specifications read and compared.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from topoplan.config import HistorySettings
from topoplan.history import read_history
from topoplan.history.log import log_arguments
from topoplan.model.facts import NodeKind
from topoplan.model.operation import Operation
from topoplan.model.topology import Service

SERVICES = 12
FILES = 25
DAY = 86_400
START = 1_700_000_000
ROUNDS = 5


def source(rng: random.Random) -> list[str]:
    return [f"statement_{rng.randrange(10**9)}()" for _ in range(rng.randrange(100, 800))]


def spec(version: int) -> bytes:
    paths = {f"/things/{n}": {"get": {"responses": {"200": {}}}} for n in range(40) if n != version % 40}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": str(version)}, "paths": paths}).encode()


def generate(folder: Path, commits: int) -> None:
    """A history of a year: each commit edits up to eight files of one service, every tenth its specification."""
    rng = random.Random(7)
    files = {f"s{s}/src/f{f}.py": source(rng) for s in range(SERVICES) for f in range(FILES)}
    stream = bytearray()

    def commit(number: int, changed: dict[str, bytes]) -> None:
        message = b"fix it" if number % 5 == 0 else b"add more"
        stream.extend(b"commit refs/heads/main\nmark :%d\n" % (number + 1))
        stream.extend(b"committer A%d <a%d@example.org> %d +0000\n" % (number % 9, number % 9, START + when(number)))
        stream.extend(b"data %d\n%s\n" % (len(message), message))
        for path, content in changed.items():
            stream.extend(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))

    def when(number: int) -> int:
        return number * 360 * DAY // commits

    commit(0, {path: "\n".join(lines).encode() + b"\n" for path, lines in files.items()})
    for number in range(1, commits):
        service = rng.randrange(SERVICES)
        changed = {}
        for path in {f"s{service}/src/f{rng.randrange(FILES)}.py" for _ in range(8)}:
            lines = files[path]
            at = rng.randrange(len(lines))
            lines[at : at + rng.randrange(4)] = [f"changed_{number}_{n}()" for n in range(rng.randrange(12))]
            changed[path] = "\n".join(lines).encode() + b"\n"
        if number % 10 == 0:
            changed[f"s{service}/openapi.json"] = spec(number)
        commit(number, changed)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=bytes(stream), check=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard"], check=True)


def read_spec(_path: str, content: bytes) -> tuple[Operation, ...]:
    return tuple(Operation(m.upper(), p) for p, methods in json.loads(content)["paths"].items() for m in methods)


def timed(*actions: Callable[[], object]) -> list[float]:
    """Median seconds of each action, run in turns so that a drifting machine is fair to all."""
    rounds: list[list[float]] = [[] for _ in actions]
    for _ in range(ROUNDS):
        for action, seconds in zip(actions, rounds, strict=True):
            start = perf_counter()
            action()
            seconds.append(perf_counter() - start)
    return [median(seconds) for seconds in rounds]


def main() -> None:
    commits = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        generate(folder, commits)

        def services(specs: bool) -> list[Service]:
            return [
                Service(f"s{n}", f"s{n}", NodeKind.SERVICE, folders=(f"s{n}",), specs=(f"s{n}/openapi.json",) * specs)
                for n in range(SERVICES)
            ]

        def bare() -> None:
            command = ["git", "-C", name, *log_arguments(0, [f"s{n}" for n in range(SERVICES)])]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

        def plain_numstat() -> None:
            command = ["git", "-C", name, "log", "-z", "--numstat", "--no-renames", "--format=%H"]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

        def ours(specs: bool) -> None:
            history, notices = read_history(services(specs), folder.joinpath, HistorySettings(), {}, read_spec)
            assert history.available
            assert not notices

        git, plain, rates, breaking = timed(bare, plain_numstat, lambda: ours(False), lambda: ours(True))
    print(f"{commits} commits, {SERVICES} services of {FILES} files")
    print(f"git log as topoplan runs it        {git:7.3f} s   1.00")
    print(f"git log -z --numstat --no-renames  {plain:7.3f} s   {plain / git:.2f}")
    print(f"read_history, change rates         {rates:7.3f} s   {rates / git:.2f}   (target 1.15)")
    print(f"read_history, breaking changes too {breaking:7.3f} s   {breaking / git:.2f}")


if __name__ == "__main__":
    main()
