"""Whole small projects against their stored facts; `TOPOPLAN_UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from topoplan.importing.contract import Imported
from topoplan.model.codec import encode
from topoplan.model.facts import CallFact, Party, ServiceFact

PROJECTS = Path(__file__).parent / "projects"
GOLDEN = Path(__file__).parents[2] / "golden" / "compose"


def _party(party: Party) -> str:
    words = [w for w in (party.kind, party.technology, f"in {party.scope}" if party.scope else "") if w]
    return f"{party.name} ({', '.join(words)})" if words else party.name


def _readable(imported: Imported) -> dict[str, list[object]]:
    """Facts as one line each, so that a changed golden file can be reviewed."""
    services, calls = [], []
    for fact in imported.facts:
        evidence = f"{fact.evidence.confidence} {fact.evidence.rule} {fact.evidence.where}"
        if isinstance(fact, ServiceFact):
            rest = {k: v for k, v in encode(fact).items() if v and k not in ("party", "evidence")}
            services.append({"party": _party(fact.party), "evidence": evidence, **rest})
        elif isinstance(fact, CallFact):
            line = f"{_party(fact.consumer)} -> {_party(fact.provider)}: {fact.style} {fact.protocol}"
            calls.append(f"{line}; {evidence}: {fact.evidence.detail}")
    sources = [f"{s.state} {s.path} {s.facts} {s.reason}".strip() for s in imported.sources]
    notices = [f"{n.severity} {n.slug} {n.where}: {n.message}" for n in imported.notices]
    return {"services": services, "calls": calls, "sources": sources, "notices": notices}


@pytest.mark.parametrize("name", sorted(p.name for p in PROJECTS.iterdir()))
def test_project(name: str, run) -> None:
    got = json.dumps(_readable(run(PROJECTS / name)), indent=1, ensure_ascii=False).encode() + b"\n"
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN"):
        golden.write_bytes(got)
    assert got == golden.read_bytes()


def test_no_secret_of_any_project_reaches_a_fact(run) -> None:
    for project in sorted(PROJECTS.iterdir()):
        text = repr(run(project))
        for secret in ("hunter2", "pa%2Fss", "w0rd", "S3cr3t", "tok3n", "s3same", "guest:guest", "clerk"):
            assert secret not in text
