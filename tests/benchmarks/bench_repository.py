"""How long a whole repository takes, and how it grows: `python tests/benchmarks/bench_repository.py [FILES]`.

Writes a system of services with source code, configuration, manifests and specifications, then runs `topoplan graph`
on it at FILES files (default 5,000) and at ten times as many. Prints seconds, peak memory of the process and the ratio
to linear growth. The target is under 10 s for 5,000 files on two cores.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES_A_SERVICE = 100
TARGET_SECONDS = 10

CODE = {
    "java": 'package shop.s{n};\nclass Part{i} {{\n  // talks to nobody\n  String name() {{ return "part-{i}"; }}\n}}\n'
    + "// filler\n" * 60,
    "py": 'import os\n\nLIMIT = {i}\n\n\ndef part(value: str) -> str:\n    """Adds {i}."""\n    return value + "{i}"\n'
    + "# filler\n" * 60,
    "ts": "export const part{i} = (v: string): string => `${{v}}-{i}`;\n" + "// filler\n" * 60,
}


def write(root: Path, files: int) -> int:
    """A system of about `files` files; returns the number of its services. Service n calls n + 1 and n + 2."""
    services = max(files // FILES_A_SERVICE, 3)
    compose = ["services:"]
    for n in range(services):
        folder = root / f"service-{n}"
        (folder / "src").mkdir(parents=True)
        target, other = f"service-{(n + 1) % services}", f"service-{(n + 2) % services}"
        compose += [
            f"  service-{n}:",
            f"    build: ./service-{n}",
            "    environment:",
            f"      NEXT_URL: http://{target}:8080",
        ]
        (folder / "Dockerfile").write_text("FROM scratch\n")
        (folder / "application.yml").write_text(
            f"spring:\n  application:\n    name: service-{n}\nserver:\n  port: 8080\n"
        )
        (folder / "openapi.yaml").write_text(
            f"openapi: 3.0.3\ninfo: {{title: service {n}, version: '1'}}\npaths:\n  /things/{{id}}:\n    get:\n"
            "      responses: {'200': {description: ok}}\n"
        )
        (folder / "src" / "Client.java").write_text(
            f'class Client {{\n  String url = "http://{other}:8080/things/";\n}}\n' + "// filler\n" * 60
        )
        for i in range(FILES_A_SERVICE - 4):
            suffix = ("java", "py", "ts")[i % 3]
            (folder / "src" / f"part{i}.{suffix}").write_text(CODE[suffix].format(n=n, i=i))
    (root / "compose.yaml").write_text("\n".join(compose) + "\n")
    return services


def run(root: Path) -> tuple[float, float, int]:
    """Seconds, peak MiB and boundaries of one analysis in a process of its own."""
    before = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "topoplan", "graph", ".", "-q", "-f", "csv", "--no-cache"],
        cwd=root,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        lines = process.stdout.read().count(b"\n")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"topoplan ended with {process.returncode}")
    return time.perf_counter() - before, usage.ru_maxrss / 1024, lines - 1


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    seconds = []
    for count in (files, 10 * files):
        with tempfile.TemporaryDirectory() as folder:
            services = write(Path(folder), count)
            taken, peak, boundaries = min(run(Path(folder)) for _ in range(2))
        seconds.append(taken)
        print(f"{count:7,} files, {services:4} services: {taken:6.2f} s, peak {peak:5.0f} MiB, {boundaries} boundaries")
    growth = seconds[1] / seconds[0] / 10
    print(
        f"growth over linear {growth:.2f}; seconds at the first size over the target {seconds[0] / TARGET_SECONDS:.2f}"
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
