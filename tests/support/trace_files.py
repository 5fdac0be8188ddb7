"""Small traces in OTLP's JSON, and the trace importers run over files given as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from topoplan.importing.contract import Candidate, Imported, Importer, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, ChannelFact, Style
from topoplan_importers.traces import JaegerImporter, OtlpImporter, ZipkinImporter

IMPORTERS: tuple[Importer, ...] = (OtlpImporter(), JaegerImporter(), ZipkinImporter())
NO_OPTIONS = ImportOptions()
SECOND = 1_760_000_000
KINDS = {"": 0, "internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}

Json = dict[str, Any]


def span(service: str, own: int, parent: int = 0, kind: str = "internal", name: str = "work", *, trace: int = 1,
         at: int = 0, lasts: int = 100, failed: bool = False, links: Iterable[tuple[int, int]] = (),
         **attributes: object) -> tuple[str, Json]:  # fmt: skip
    """One span and its service; times in milliseconds after SECOND. `http_route` stands for `http.route`, `a__b` for
    `a_b`."""
    start = SECOND * 10**9 + at * 10**6
    return service, {
        "traceId": f"{trace:032x}",
        "spanId": f"{own:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name,
        "kind": KINDS[kind],
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + lasts * 10**6),
        "attributes": attribute_list({_key(name): value for name, value in attributes.items()}),
        "links": [{"traceId": f"{t:032x}", "spanId": f"{s:016x}"} for t, s in links],
        "status": {"code": 2} if failed else {},
    }  # fmt: skip


def _key(name: str) -> str:
    return name.replace("__", "%").replace("_", ".").replace("%", "_")


def attribute_list(values: Mapping[str, object]) -> list[Json]:
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue"}
    return [{"key": key, "value": {kinds.get(type(value), "stringValue"): value}} for key, value in values.items()]


def resource_spans(service: str, spans: list[Json], **resource: str) -> Json:
    named = {"service.name": service} if service else {}
    about = attribute_list(named | {key.replace("_", "."): value for key, value in resource.items()})
    return {"resource": {"attributes": about}, "scopeSpans": [{"spans": spans}]}


def otlp(*spans: tuple[str, Json]) -> str:
    """One export request holding the spans in the order given."""
    return json.dumps({"resourceSpans": [resource_spans(service, [one]) for service, one in spans]})


def read(folder: Path, files: Mapping[str, str | bytes], options: ImportOptions = NO_OPTIONS) -> Imported:
    """Write the files and read them all with the one importer that claims any of them."""
    folder.mkdir(exist_ok=True)
    candidates = []
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(data)
        candidates.append(candidate(folder, name))
    claimants = [i for i in IMPORTERS if any(i.claims(c) for c in candidates)]
    assert len(claimants) == 1, [i.name for i in claimants]
    return claimants[0].read(candidates, Workspace({".": folder}), options)


def candidate(folder: Path, name: str) -> Candidate:
    with Workspace({".": folder}).open_stream(name) as stream:
        return Candidate(name, name.lower(), (folder / name).stat().st_size, stream.read(4096))


def calls(imported: Imported) -> dict[tuple[str, str], CallFact]:
    """Call facts that are no messages, by consumer and provider."""
    found = [f for f in imported.facts if isinstance(f, CallFact) and f.style is not Style.MESSAGE]
    assert len({(f.consumer.name, f.provider.name) for f in found}) == len(found)
    return {(f.consumer.name, f.provider.name): f for f in found}


def messages(imported: Imported) -> dict[tuple[str, str, str], CallFact]:
    found = [f for f in imported.facts if isinstance(f, CallFact) and f.style is Style.MESSAGE]
    return {(f.consumer.name, f.provider.name, f.channel): f for f in found}


def roles(imported: Imported) -> dict[tuple[str, str, str], ChannelFact]:
    found = [f for f in imported.facts if isinstance(f, ChannelFact)]
    return {(f.service.name, f.role.value, f.channel): f for f in found}


def uses(fact: CallFact) -> dict[tuple[str, str], int]:
    return {(use.method, use.path): use.stats.calls for use in fact.uses if use.stats is not None}


def notices(imported: Imported) -> dict[str, str]:
    return {n.slug: n.message for n in imported.notices}
