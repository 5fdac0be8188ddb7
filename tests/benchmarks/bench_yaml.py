"""Reading a 10 MB OpenAPI-like YAML file, against PyYAML's CSafeLoader. Target: at most 0.2 of its time.

Run: python tests/benchmarks/bench_yaml.py [MEGABYTES]
"""

import random
import statistics
import sys
import time
from collections.abc import Callable

import yaml

from topoplan.importing.documents import load_yaml_all

TARGET = 0.2
ROUNDS = 3
PROSE = """account order user payment the a list of returns given identifier when not found request must be valid
shipping address status created updated by page size cursor for each item in stock"""
WORDS = PROSE.split()


def specification(size: int) -> bytes:
    """An OpenAPI document of about `size` bytes, always the same."""
    draw = random.Random(7)
    lines = ["openapi: 3.0.3", "info:", "  title: Shop", '  version: "1.1"', "paths:"]
    written = 0
    for number in range(sys.maxsize):
        block = [f'  "/{draw.choice(WORDS)}/{{id}}/v{number}":']
        for method in ("get", "post", "delete"):
            block += _operation(draw, f"{method}-{number}", method)
        lines += block
        written += sum(len(line) + 1 for line in block)
        if written >= size:
            return "\n".join([*lines, ""]).encode()
    raise AssertionError


def _operation(draw: random.Random, name: str, method: str) -> list[str]:
    lines = [f"    {method}:", f"      summary: {_text(draw, 6)}", "      description: |-"]
    lines += [f"        {_text(draw, 12)}" for _ in range(draw.randint(1, 4))]
    lines += [f"      operationId: {name}", "      tags:", f"      - {draw.choice(WORDS)}", "      parameters:"]
    for parameter in ("id", "page", "per_page"):
        lines += [f"      - name: {parameter}", "        in: query", "        required: false", "        schema:"]
        lines += ["          type: integer", f"          default: {draw.randint(1, 100)}"]
        lines += [f"        description: {_text(draw, 9)}"]
    lines.append("      responses:")
    for status in ("'200'", "404"):
        lines += [f"        {status}:", "          description: Response", "          content:"]
        lines += ["            application/json:", "              schema:", "                type: object"]
        lines.append("                properties:")
        for field in draw.sample(WORDS, 5):
            lines += [f"                  {field}:", "                    type: string"]
            lines += [f"                    example: '{draw.randint(2000, 2030)}-01-01T00:00:00Z'"]
        lines += ["                required:", *(f"                - {word}" for word in draw.sample(WORDS, 3))]
        lines.append('              $ref: "#/components/schemas/Thing"')
    return lines


def _text(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> int:
    data = specification(int(float(sys.argv[1] if len(sys.argv) > 1 else "10") * 1_000_000))
    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: load_yaml_all(data, "spec.yaml")))
        peer.append(_seconds(lambda: yaml.load(data, Loader=yaml.CSafeLoader)))
    ratio = statistics.median(ours) / statistics.median(peer)
    print(f"{len(data) / 1e6:.1f} MB: topoplan {statistics.median(ours):.2f} s, ", end="")
    print(f"CSafeLoader {statistics.median(peer):.2f} s, ratio {ratio:.3f} (target {TARGET})")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
