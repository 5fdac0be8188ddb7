"""A small trace of each format against its stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from trace_files import read

from topoplan.model.codec import encode

FILES = Path(__file__).parent / "files"
GOLDEN = Path(__file__).parents[2] / "golden" / "traces"


@pytest.mark.parametrize("name", ["otlp.jsonl", "jaeger.json", "zipkin.json"])
def test_facts_byte_for_byte(name: str, tmp_path: Path) -> None:
    found = read(tmp_path, {name: (FILES / name).read_bytes()})
    facts = [{type(fact).__name__: encode(fact)} for fact in found.facts]
    shown = {"facts": facts, "sources": encode(found.sources), "notices": encode(found.notices)}
    _compare(f"{name.partition('.')[0]}.json", shown)


@pytest.mark.parametrize("name", ["otlp-run.jsonl", "jaeger-run.json", "zipkin-run.json"])
def test_checks_of_a_test_run_byte_for_byte(name: str, tmp_path: Path) -> None:
    found = read(tmp_path, {name: (FILES / name).read_bytes()})
    assert found.facts == ()
    shown = {"checks": encode(found.checks), "sources": encode(found.sources), "notices": encode(found.notices)}
    _compare(f"{name.partition('.')[0]}.json", shown)


def _compare(name: str, shown: dict[str, object]) -> None:
    content = (json.dumps(shown, indent=1, ensure_ascii=False) + "\n").encode()
    file = GOLDEN / name
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        file.write_bytes(content)
    assert content == file.read_bytes(), f"{file} differs; TOPOPLAN_UPDATE_GOLDEN=1 pytest {__file__} writes it anew"
