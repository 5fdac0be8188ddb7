"""OTLP in protobuf gives what the same spans give in JSON, whole and in slices; damage costs what it hits."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from time import process_time

import pytest
from backports import zstd
from msgspec.structs import replace
from otlp_protobuf import chunk, framed, request, varint
from trace_files import candidate, otlp, read, span

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.importing.sniffing import candidate as sniffed
from topoplan.importing.sniffing import is_plausible, why_no_input
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState
from topoplan_importers.traces import OtlpImporter, frames, slicing

FILES = Path(__file__).parent / "files"
EXPORTS = [
    json.loads(line)
    for name in ("otlp.jsonl", "otlp-run.jsonl")
    for line in (FILES / name).read_text().splitlines()
    if line.startswith("{")
]
MESSAGES = [request(export) for export in EXPORTS]
SHAPES = {
    "framed.bin": framed(*MESSAGES),
    "bare.pb": b"".join(MESSAGES),
    "framed.binpb.gz": gzip.compress(framed(*MESSAGES)),
    "packed.bin": framed(*map(zstd.compress, MESSAGES)),
    "packed-json.json": framed(*(zstd.compress(json.dumps(export).encode()) for export in EXPORTS)),
    "framed-json.otlp": framed(*(json.dumps(export, separators=(",", ":")).encode() for export in EXPORTS)),
}


def told(found: Imported) -> object:
    """All but the file's name."""
    return [
        [replace(fact, evidence=replace(fact.evidence, where=None)) for fact in (*found.facts, *found.checks)],  # type: ignore[arg-type, type-var]
        [(notice.slug, notice.message) for notice in found.notices],
        [(source.state, source.reason, source.facts) for source in found.sources],
    ]


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_says_what_json_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lines = read(tmp_path / "json", {"t.jsonl": "\n".join(map(json.dumps, EXPORTS))})
    found = read(tmp_path, {name: SHAPES[name]})
    assert told(found) == told(lines)
    monkeypatch.setattr(slicing, "SLICE_BYTES", 500)
    files = [candidate(tmp_path, name)]
    assert OtlpImporter().read(files, Workspace({".": tmp_path}), ImportOptions(engine="duckdb", jobs=1)) == found


@pytest.mark.parametrize("name", ["framed.bin", "bare.pb"])
def test_large_files_are_cut_between_messages(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SHAPES[name])
    cut = slicing.slices_of(candidate(tmp_path, name), Workspace({".": tmp_path}), 500)
    assert len(cut) > 3


@pytest.mark.parametrize("name", [name for name in SHAPES if not name.endswith("json")])
def test_such_files_are_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SHAPES[name])
    assert is_plausible(name)
    assert why_no_input(sniffed(name, tmp_path / name)) == ""


@pytest.mark.parametrize(
    "head",
    [
        chunk(1, chunk(1, "shop.proto") + chunk(2, "shop.v1")),
        chunk(1, chunk(1, "google/protobuf/any.proto") + chunk(2, "google.protobuf")),
        b"\n\n\n\n",
        b"\x00\x00\x00\x05\nhello",
        b'{"resourceSpans": []}',
        b"PAR1" + bytes(100),
        bytes(4096),
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"",
    ],
)
def test_other_binaries_are_not_claimed(head: bytes) -> None:
    assert frames.shape_of(head) == b""


def test_a_message_without_resource_is_known_by_its_span() -> None:
    first = json.loads(otlp(span("", 1)))
    del first["resourceSpans"][0]["resource"]
    assert frames.shape_of(request(first)) == frames.BARE


def test_a_damaged_message_costs_only_itself(tmp_path: Path) -> None:
    good = [request(json.loads(otlp(span("a", 1, kind="client"), span("b", 2, 1, "server"))))] * 2
    damaged = [good[0], good[0][:-1] + b"\xff", b"", chunk(1, chunk(1, chunk(1, b"\x0f"))), good[1]]
    (source,) = read(tmp_path, {"t.bin": framed(*damaged)}).sources
    assert source.state is SourceState.ANALYSED
    assert source.reason.startswith("2 of 5 messages could not be read (message 2: ")


@pytest.mark.parametrize("name", ["framed.bin", "bare.pb"])
def test_a_file_that_breaks_off_keeps_its_beginning(tmp_path: Path, name: str) -> None:
    (source,) = read(tmp_path, {name: SHAPES[name][:-10]}).sources
    assert source.state is SourceState.ANALYSED
    assert "ends in the middle of a message at byte " in source.reason


def test_hostile_files_end_soon_and_without_a_trace_of_an_error(tmp_path: Path) -> None:
    draw, begun = Random(1), process_time()
    whole = SHAPES["framed.bin"]
    bombs = {
        "bomb.bin": framed(MESSAGES[0], zstd.compress(bytes(1 << 30))),
        "long.bin": framed(MESSAGES[0]) + b"\xff\xff\xff\xff" + b"x" * 100,
        "deep.pb": MESSAGES[0] + chunk(1, b"".join(varint(3) for _ in range(10_000))),
        "bare-long.pb": MESSAGES[0] + b"\x0a" + b"\xff" * 20,
    }
    for number in range(60):
        hit = bytearray(whole)
        for _ in range(3):
            hit[draw.randrange(400, len(hit))] = draw.randrange(256)
        bombs[f"{number}.bin"] = bytes(hit)
    found = read(tmp_path, bombs)
    assert len(found.sources) == len(bombs)
    assert process_time() - begun < 20
