"""`topoplan fetch` against a small real server, and the files it writes analysed afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calling import Cli
from recorded_server import Answer, serving

from topoplan.importing.contract import ImportOptions
from topoplan.importing.discovery import assign, discover
from topoplan.model.checks import ContractFact, VerificationFact
from topoplan_importers.pacts import PactImporter, PactVerificationImporter

SPANS = [
    {"traceID": "1", "spanID": "a", "operationName": "GET", "references": [], "startTime": 1_760_000_000_000_000,
     "duration": 900, "tags": [{"key": "span.kind", "value": "client"}], "processID": "p1"},
    {"traceID": "1", "spanID": "b", "operationName": "GET", "duration": 700, "startTime": 1_760_000_000_000_100,
     "references": [{"refType": "CHILD_OF", "traceID": "1", "spanID": "a"}],
     "tags": [{"key": "span.kind", "value": "server"}], "processID": "p2"},
]  # fmt: skip
TRACE = {"traceID": "1", "spans": SPANS, "processes": {"p1": {"serviceName": "web"}, "p2": {"serviceName": "cart"}}}
ZIPKIN_TRACE = [
    {"traceId": "1", "id": "2", "kind": "CLIENT", "name": "get", "localEndpoint": {"serviceName": "web"}},
    {"traceId": "1", "id": "2", "kind": "SERVER", "shared": True, "localEndpoint": {"serviceName": "cart"}},
]
NODES = [
    {"data": {"id": n, "nodeType": "workload", "workload": n, "app": n, "namespace": "s"}} for n in ("web", "cart")
]
EDGE = {
    "data": {"id": "e", "source": "web", "target": "cart", "traffic": {"protocol": "http", "rates": {"http": "1.0"}}}
}
LINK = {"parent": "web", "child": "cart", "callCount": 7}
ANSWERS: dict[str, dict[str, Any]] = {
    "jaeger": {
        "/api/services": {"data": ["web", "cart"]},
        "/api/traces": {"data": [TRACE]},
        "/api/dependencies": {"data": [LINK], "total": 1},
    },
    "zipkin": {"/api/v2/traces": [ZIPKIN_TRACE], "/api/v2/dependencies": [LINK]},
    "kiali": {
        "/api/namespaces": [{"name": "s"}],
        "/api/namespaces/graph": {"graphType": "workload", "elements": {"nodes": NODES, "edges": [EDGE]}},
    },
}


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_what_is_fetched_is_read_offline(cli: Cli, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "new" / "folder"
    with serving({path: Answer(json.dumps(body)) for path, body in ANSWERS[kind].items()}) as (base, _):
        done = cli("fetch", kind, base, "-o", str(folder))
    assert (done.code, done.out) == (0, "")
    told = done.err.splitlines()
    assert [line.partition(":")[0] for line in told] == [f"wrote {folder}/{p.name}" for p in _by_time(folder)]
    graph = cli("graph", "--no-history", "--no-cache", "-c", "-", str(folder), "-f", "json")
    assert graph.code == 0
    topology = json.loads(graph.out)
    assert {(b["consumer"], b["provider"]) for b in topology["boundaries"]} == {("web", "cart")}
    assert {s["state"] for s in topology["sources"]} == {"analysed"}
    if kind != "kiali":
        assert [b["stats"]["calls"] for b in topology["boundaries"]] == [1]


def _by_time(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda path: ("traces" not in path.name, path.name))


def test_nothing_is_written_when_one_answer_fails(cli: Cli, tmp_path: Path) -> None:
    with serving({"/api/v2/traces": Answer("[]"), "/api/v2/dependencies": Answer("oops", 500)}) as (base, _):
        done = cli("fetch", "zipkin", base, "-o", str(tmp_path / "out"))
    assert done.code == 2
    assert done.err == f"error: {base}/api/v2/dependencies: answers with status 500 [fetch-failed]\n"
    assert list(tmp_path.iterdir()) == []


def test_the_token_is_sent_and_never_shown(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACING_TOKEN", "hunter2\n")
    answers = {"/api/v2/traces": Answer("[]"), "/api/v2/dependencies": Answer("[]")}
    with serving(answers) as (base, asked):
        done = cli("fetch", "zipkin", base, "-o", str(tmp_path), "--token-env", "TRACING_TOKEN")
    assert {a.authorization for a in asked} == {"Bearer hunter2"}
    assert "hunter2" not in done.out + done.err + "".join(p.read_text() for p in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("zipkin", "http://127.0.0.1:1", "--token-env", "NOT_SET_ANYWHERE"), "fetch-token"),
        (("zipkin", "http://u:hunter2@127.0.0.1:1"), "fetch-url"),
        (("zipkin", "http://127.0.0.1:1", "--lookback", "5y"), "usage"),
        (("zipkin", "http://127.0.0.1:1", "--limit", "0"), "usage"),
        (("zipkin", "http://127.0.0.1:1", "--timeout", "nan"), "usage"),
        (("tempo", "http://127.0.0.1:1"), "usage"),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...], slug: str) -> None:
    done = cli("fetch", *arguments)
    assert (done.code, f"[{slug}]" in done.err, "hunter2" in done.err) == (2, True, False)


def test_a_folder_that_cannot_be_made(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serving({"/api/v2/traces": Answer("[]"), "/api/v2/dependencies": Answer("[]")}) as (base, _):
        done = cli("fetch", "zipkin", base, "-o", str(tmp_path / "file" / "below"))
    assert (done.code, "[output-failed]" in done.err) == (2, True)


SHA = "dae8c8821b9b56ea38052cf41f055d1e57c71fc8"
ENDS = "/pacts/provider/cart/consumer/web"
PACT_LINKS = {
    "self": {"href": f"http://broker{ENDS}/version/1.2.0"},
    "pb:pact-version": {"name": SHA, "href": f"http://broker{ENDS}/pact-version/{SHA}"},
}
BROKER = {
    "/pacts/latest": {"pacts": [{"_embedded": {"consumer": {"name": "web"}, "provider": {"name": "cart"}}}]},
    f"{ENDS}/latest": {
        "consumer": {"name": "web"}, "provider": {"name": "cart"}, "interactions": [], "_links": PACT_LINKS,
    },
    f"{ENDS}/pact-version/{SHA}/verification-results/latest": {
        "providerName": "cart", "providerApplicationVersion": "7", "success": True,
        "_links": {"self": {"href": f"http://broker{ENDS}/pact-version/{SHA}/verification-results/3"}},
    },
}  # fmt: skip


def test_pacts_and_results_are_fetched_with_the_brokers_own_variables_and_read_offline(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACT_BROKER_USERNAME", "me")
    monkeypatch.setenv("PACT_BROKER_PASSWORD", "hunter2")
    with serving({path: Answer(json.dumps(body)) for path, body in BROKER.items()}) as (base, asked):
        done = cli("fetch", "pact-broker", base, "-o", str(tmp_path / "pacts"))
    assert (done.code, done.out) == (0, "")
    assert {one.authorization for one in asked} == {"Basic bWU6aHVudGVyMg=="}
    assert "hunter2" not in done.err + "".join(p.read_text() for p in (tmp_path / "pacts").iterdir())
    found = discover(["pacts"], (), tmp_path)
    importers = [PactImporter(), PactVerificationImporter()]
    claimed, others = assign(found.candidates, importers)
    checks = [c for i in importers for c in i.read(claimed[i.name], found.workspace, ImportOptions()).checks]
    contract, verification = checks
    assert isinstance(contract, ContractFact)
    assert isinstance(verification, VerificationFact)
    assert not others
    assert verification.content == (f"sha:{SHA}",)
    assert set(verification.content) <= set(contract.versions)


def test_a_brokers_variables_go_to_no_other_kind_of_server(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACT_BROKER_TOKEN", "hunter2")
    with serving({"/api/v2/traces": Answer("[]"), "/api/v2/dependencies": Answer("[]")}) as (base, asked):
        assert cli("fetch", "zipkin", base, "-o", str(tmp_path / "out")).code == 0
    assert {one.authorization for one in asked} == {None}


@pytest.mark.parametrize(("status", "slug"), [(401, "fetch-denied"), (403, "fetch-denied"), (404, "fetch-failed")])
def test_a_broker_that_refuses_is_told_without_the_token(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, slug: str
) -> None:
    monkeypatch.setenv("PACT_BROKER_TOKEN", "hunter2")
    with serving({"/pacts/latest": Answer("hunter2 is wrong", status)}) as (base, _):
        done = cli("fetch", "pact-broker", base, "-o", str(tmp_path / "out"))
    assert (done.code, f"[{slug}]" in done.err, "hunter2" in done.err + done.out) == (2, True, False)
    assert list(tmp_path.iterdir()) == []
