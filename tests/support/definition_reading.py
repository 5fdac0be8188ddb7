"""Runs one importer over files written for one test."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from topoplan.importing.contract import Candidate, Imported, Importer, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.codec import encode
from topoplan.model.facts import CallFact, ChannelFact, InterfaceFact

GOLDEN = Path(__file__).parents[1] / "golden" / "definitions"


def read_files(importer: Importer, root: Path, files: Mapping[str, str | bytes]) -> Imported:
    """Write `files` below `root` and import what the importer claims of them, as an analysis of `.` would."""
    claimed = []
    for path, content in sorted(files.items()):
        data = content.encode() if isinstance(content, str) else content
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        candidate = Candidate(path, Path(path).name.lower(), len(data), data[:4096])
        if importer.claims(candidate):
            claimed.append(candidate)
    return importer.read(claimed, Workspace({".": root}), ImportOptions())


def interfaces(imported: Imported) -> list[InterfaceFact]:
    return [fact for fact in imported.facts if isinstance(fact, InterfaceFact)]


def channels(imported: Imported) -> list[ChannelFact]:
    return [fact for fact in imported.facts if isinstance(fact, ChannelFact)]


def calls(imported: Imported) -> list[CallFact]:
    return [fact for fact in imported.facts if isinstance(fact, CallFact)]


def sources(imported: Imported) -> dict[str, tuple[str, str]]:
    """State and reason of each file."""
    return {source.path: (source.state.value, source.reason) for source in imported.sources}


def check_golden(name: str, imported: Imported) -> None:
    """Compare everything the importer said with the stored bytes; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""
    facts = [{"fact": type(fact).__name__, **encode(fact)} for fact in imported.facts]
    told = {"facts": facts, "sources": encode(imported.sources), "notices": encode(imported.notices)}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    wanted = GOLDEN / f"{name}.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN"):
        wanted.parent.mkdir(parents=True, exist_ok=True)
        wanted.write_text(text, encoding="utf-8")
    assert text == wanted.read_text(encoding="utf-8"), "run again with TOPOPLAN_UPDATE_GOLDEN=1"
