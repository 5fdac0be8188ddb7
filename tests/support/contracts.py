"""A consumer's contract with the provider's verification of it, on disk."""

from __future__ import annotations

import json
from pathlib import Path


def write_pact(folder: Path, consumer: str, provider: str, *operations: str, verified: bool = False) -> None:
    """`operations` as `POST /orders 201`; with `verified`, the provider replayed all of them with success."""
    interactions = []
    for operation in operations:
        method, path, status = operation.split()
        exchange = {"request": {"method": method, "path": path}, "response": {"status": int(status)}}
        interactions.append({"description": operation, **exchange})
    pact = {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    name = f"{consumer}-{provider}.json"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(pact))
    if not verified:
        return
    replayed = [{"interaction": {"description": o}, "verification": {"result": "OK"}} for o in operations]
    execution = {"consumer": {"name": consumer, "source": {"file": name}}, "interactions": replayed}
    report = {
        "metaData": {"date": "2026-01-02T08:30:00Z", "pactJvmVersion": "4.6.11", "reportFormat": "0.1.0"},
        "provider": {"name": provider},
        "execution": [execution],
    }
    (folder / f"verified-{name}").write_text(json.dumps(report))
