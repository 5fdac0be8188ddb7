"""Kiali's graphs: a small recorded shape against its stored facts, the rules one by one, and hostile input."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.codec import encode
from topoplan.model.facts import CallFact, NodeKind, ServiceFact, SourceState, Style
from topoplan.model.place import Confidence
from topoplan_importers.kiali import KialiImporter

GOLDEN = Path(__file__).parents[2] / "golden" / "kiali"

Json = dict[str, Any]


def read(folder: Path, content: str | bytes | Json) -> Imported:
    data = json.dumps(content) if isinstance(content, dict) else content
    (folder / "graph.json").write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    found = candidate("graph.json", folder / "graph.json")
    assert KialiImporter().claims(found)
    return KialiImporter().read([found], Workspace({".": folder}), ImportOptions())


def graph(nodes: list[Json], edges: list[tuple[str, str]]) -> Json:
    """Nodes by their `data`; edges by the ids of source and target, over HTTP."""
    traffic = {"protocol": "http", "rates": {"http": "1.0"}}
    drawn = [{"data": {"id": f"{s}{t}", "source": s, "target": t, "traffic": traffic}} for s, t in edges]
    return {"graphType": "workload", "elements": {"nodes": [{"data": node} for node in nodes], "edges": drawn}}


def workload(name: str, app: str = "", version: str = "", **more: object) -> Json:
    return {"id": name, "nodeType": "workload", "workload": name, "app": app, "version": version, **more}


def service(name: str, **more: object) -> Json:
    return {"id": name, "nodeType": "service", "service": name, **more}


def calls(imported: Imported) -> dict[tuple[str, str], CallFact]:
    return {(f.consumer.name, f.provider.name): f for f in imported.facts if isinstance(f, CallFact)}


def services(imported: Imported) -> dict[str, ServiceFact]:
    return {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}


def test_facts_byte_for_byte(tmp_path: Path) -> None:
    found = read(tmp_path, (GOLDEN / "graph.json").read_bytes())
    facts = [{type(fact).__name__: encode(fact)} for fact in found.facts]
    content = (json.dumps({"facts": facts, "sources": encode(found.sources)}, indent=1) + "\n").encode()
    file = GOLDEN / "facts.json"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        file.write_bytes(content)
    assert content == file.read_bytes(), "run again with TOPOPLAN_UPDATE_GOLDEN=1"


def test_who_calls_whom(tmp_path: Path) -> None:
    found = read(tmp_path, (GOLDEN / "graph.json").read_bytes())
    assert {pair: (f.protocol, f.evidence.confidence.value) for pair, f in calls(found).items()} == {
        ("shop-ingress", "web"): ("http", "high"),
        ("web", "cart"): ("http", "high"),
        ("web", "order-deployment"): ("grpc", "high"),
        ("web", "pay-a"): ("http", "medium"),
        ("order-deployment", "mongodb"): ("mongodb", "high"),
        ("order-deployment", "api.bank.io"): ("http", "high"),
        ("order-deployment", "stock"): ("http", "high"),
        ("pay-a", "legacy"): ("http", "high"),
        ("pay-b", "idle"): ("tcp", "medium"),
    }
    assert all(f.stats is None and not f.uses for f in calls(found).values())


def test_names(tmp_path: Path) -> None:
    known = services(read(tmp_path, (GOLDEN / "graph.json").read_bytes()))
    assert known["cart"].aliases == ("cart-v1", "cart-v2")
    assert known["order-deployment"].aliases == ("order-svc", "orders")
    assert known["pay-a"].aliases == known["pay-b"].aliases == ()
    assert known["shop-ingress"].party.kind is NodeKind.GATEWAY
    assert known["mongodb"].party.kind is NodeKind.DATASTORE
    assert not {"unknown", "waypoint", "api.bank.io", "order-svc"} & set(known)


def test_a_graph_by_app(tmp_path: Path) -> None:
    nodes = [{"id": n, "nodeType": "app", "app": n, "namespace": "s"} for n in ("web", "cart")]
    assert set(calls(read(tmp_path, graph(nodes, [("web", "cart")])))) == {("web", "cart")}


def test_a_service_before_several_programs_leads_to_all_and_names_none(tmp_path: Path) -> None:
    nodes = [workload("web"), service("api"), workload("red"), workload("blue")]
    found = read(tmp_path, graph(nodes, [("web", "api"), ("api", "red"), ("api", "blue")]))
    assert set(calls(found)) == {("web", "red"), ("web", "blue")}
    assert all(not fact.aliases for fact in services(found).values())


@pytest.mark.parametrize(
    ("node", "provider"),
    [
        (service("api.bank.io"), ("api.bank.io", NodeKind.EXTERNAL)),
        (service("bank", isServiceEntry="MESH_EXTERNAL"), ("bank", NodeKind.EXTERNAL)),
        (service("bank", isServiceEntry={"hosts": ["*.bank.io"]}), ("bank", NodeKind.EXTERNAL)),
        (service("stock.shop.svc.cluster.local"), ("stock", NodeKind.SERVICE)),
        (service("10.0.0.7"), None),
        (service("BlackHoleCluster"), None),
        (service("unknown"), None),
        (workload("unknown", "unknown"), None),
        (workload("w", isBox="app"), None),
        ({"id": "agg", "nodeType": "aggregate", "aggregate": "x", "app": "x"}, None),
    ],
)
def test_providers(tmp_path: Path, node: Json, provider: tuple[str, NodeKind] | None) -> None:
    found = read(tmp_path, graph([workload("web"), node], [("web", node["id"])]))
    assert [(f.provider.name, f.provider.kind) for f in calls(found).values()] == ([provider] if provider else [])


def test_a_store_is_a_resource_and_calls_nobody(tmp_path: Path) -> None:
    found = read(tmp_path, graph([workload("web"), workload("redis")], [("web", "redis"), ("redis", "web")]))
    (only,) = calls(found).values()
    assert (only.style, only.protocol, only.evidence.confidence) == (Style.RESOURCE, "redis", Confidence.HIGH)


@pytest.mark.parametrize("odd", [None, True, 7, "x", [], {}, [[None]], {"data": {"id": {}}}, [{"data": [1]}, 3, "y"]])
def test_wrong_types_are_passed_over(tmp_path: Path, odd: object) -> None:
    good = graph([workload("web"), workload("cart")], [("web", "cart")])
    for key in ("nodes", "edges"):
        read(tmp_path, {"graphType": "app", "elements": {**good["elements"], key: odd}})
    read(tmp_path, {"graphType": "app", "elements": odd})
    for key in ("id", "nodeType", "workload", "app", "version", "isBox", "isServiceEntry", "isGateway", "service"):
        good["elements"]["nodes"].append({"data": {**workload("w"), "service": "s", key: odd}})
    for key in ("id", "source", "target", "traffic"):
        good["elements"]["edges"].append({"data": {"source": "web", "target": "cart", "traffic": {}, key: odd}})
    good["elements"]["edges"].append({"data": {"source": "web", "target": "cart", "traffic": {"rates": odd}}})
    good["elements"]["edges"].append({"data": {"source": "web", "target": "cart", "traffic": {"rates": {"tcp": odd}}}})
    assert ("web", "cart") in calls(read(tmp_path, good))


@pytest.mark.parametrize(
    "text",
    ['{"graphType":"app","elements":{"nodes":[', '{"graphType":"app","elements":' + "[" * 100_000,
     '{"graphType":"app","elements":NaN}', b'{"graphType":"app","elements":"\xff"}'],
)  # fmt: skip
def test_what_cannot_be_read_fails_with_a_reason(tmp_path: Path, text: str | bytes) -> None:
    (source,) = read(tmp_path, text).sources
    assert (source.state, bool(source.reason)) == (SourceState.FAILED, True)


def test_names_are_cleaned(tmp_path: Path) -> None:
    evil = "evil\x1b[2J\u202e\ud800" + "x" * 100_000
    found = read(tmp_path, graph([workload("web"), {**workload("e"), "workload": evil}], [("web", "e")]))
    told = repr(found.facts)
    assert "\x1b" not in told
    assert len(told) < 10_000
    told.encode()


def test_a_large_graph_is_read_in_linear_time(tmp_path: Path) -> None:
    nodes = [workload(f"w{n}") for n in range(3000)] + [service(f"s{n}") for n in range(3000)]
    edges = [(f"w{n}", f"s{(n * k) % 3000}") for n in range(3000) for k in range(5)]
    begun = process_time()
    found = read(tmp_path, graph(nodes, [*edges, *((f"s{n}", f"w{n}") for n in range(3000))]))
    assert process_time() - begun < 10
    assert len(calls(found)) > 10_000


def test_callers_times_programs_behind_a_service_are_bounded(tmp_path: Path) -> None:
    nodes = [service("all"), *(workload(f"w{n}") for n in range(2000))]
    edges = [pair for n in range(2000) for pair in ((f"w{n}", "all"), ("all", f"w{n}"))]
    assert {provider for _, provider in calls(read(tmp_path, graph(nodes, edges)))} == {"all"}


@pytest.mark.parametrize(
    "text",
    [
        '{"elements":[{"name":"a"}]}',
        '[{"graphType":"app","elements":{}}]',
        '{"graphType":"app"}',
        'graphType "elements"',
    ],
)
def test_others_are_not_claimed(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert not KialiImporter().claims(candidate("x.json", tmp_path / "x.json"))
