"""What each kind of server is asked, and the files its answers make, against recorded shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from recorded_server import Answer, Asked, serving

from topoplan.errors import FetchError, UsageError
from topoplan.fetching import Client, Download, Query, download

NOW = 1_760_000_000_000
QUERY = Query(NOW, 3600, 20)
SHARED = '{"traceID":"b2","spans":[{"traceID":"b2","spanID":"1"}],"processes":{}}'


def jaeger_traces(parameters: Mapping[str, str]) -> Answer:
    own = f'{{"traceID":"{"c3" if parameters["service"] == "cart" else "a1"}","spans":[],  "x":1.50}}'
    return Answer(f'{{"data":[{own},{SHARED}],"total":0,"limit":0,"offset":0,"errors":null}}')


JAEGER: dict[str, Any] = {
    "/api/services": Answer('{"data":["web","cart"],"total":2,"limit":0,"offset":0,"errors":null}'),
    "/api/traces": jaeger_traces,
    "/api/dependencies": Answer('{"data":[{"parent":"web","child":"cart","callCount":3}],"total":0,"errors":null}'),
}
ZIPKIN: dict[str, Any] = {
    "/api/v2/traces": Answer('[[{"traceId":"a","id":"b"}],[{"traceId":"c","id":"d"}]]'),
    "/api/v2/dependencies": Answer("[]"),
}
GRAPH = '{"timestamp":1,"graphType":"workload","elements":{"nodes":[],"edges":[{"data":{"id":"e"}}]}}'
KIALI: dict[str, Any] = {
    "/api/namespaces": Answer('[{"name":"shop","cluster":"k"},{"name":"pay"}]'),
    "/api/namespaces/graph": Answer(GRAPH),
}


def run(kind: str, answers: Mapping[str, Any], query: Query = QUERY) -> tuple[tuple[Download, ...], list[Asked]]:
    with serving(answers) as (base, asked):
        return download(kind, Client(base, "", 10), query), asked


def test_jaeger_traces_are_kept_once_in_order_and_as_sent() -> None:
    (traces, links), asked = run("jaeger", JAEGER)
    assert (traces.name, traces.holds) == ("jaeger-traces.json", "3 traces")
    assert [t["traceID"] for t in json.loads(traces.content)["data"]] == ["a1", "b2", "c3"]
    assert b'"spans":[],  "x":1.50}' in traces.content
    assert (links.content, links.holds) == (JAEGER["/api/dependencies"].body.encode(), "1 dependency link")
    assert [a.parameters.get("service") for a in asked if a.path == "/api/traces"] == ["cart", "web"]
    period = {"start": str((NOW - 3_600_000) * 1000), "end": str(NOW * 1000), "lookback": "3600s", "limit": "20"}
    assert asked[1].parameters == {"service": "cart", **period}
    assert asked[-1].parameters == {"endTs": str(NOW), "lookback": "3600000"}


def test_jaeger_is_asked_for_named_services_only() -> None:
    _, asked = run("jaeger", JAEGER, Query(NOW, 60, 5, services=("cart & co",)))
    assert [(a.path, a.parameters.get("service")) for a in asked] == [
        ("/api/traces", "cart & co"),
        ("/api/dependencies", None),
    ]


def test_zipkin() -> None:
    files, asked = run("zipkin", ZIPKIN)
    assert [(f.name, f.holds) for f in files] == [
        ("zipkin-traces.json", "2 traces"),
        ("zipkin-dependencies.json", "0 dependency links"),
    ]
    assert files[0].content == ZIPKIN["/api/v2/traces"].body.encode()
    assert asked[0].parameters == {"limit": "20", "endTs": str(NOW), "lookback": "3600000"}


@pytest.mark.parametrize(("given", "asked_for"), [((), "pay,shop"), (("b", "a"), "a,b")])
def test_kiali(given: tuple[str, ...], asked_for: str) -> None:
    (graph,), asked = run("kiali", KIALI, Query(NOW, 600, 1, namespaces=given))
    assert (graph.name, graph.content, graph.holds) == ("kiali-graph.json", GRAPH.encode(), "1 edge")
    wanted = {"namespaces": asked_for, "graphType": "workload", "duration": "600s", "queryTime": str(NOW // 1000)}
    assert asked[-1].parameters == {**wanted, "injectServiceNodes": "false"}


@pytest.mark.parametrize("kind", ["jaeger", "zipkin", "kiali"])
@pytest.mark.parametrize("body", ["null", "7", '"x"', '{"data":7}', '{"data":[7]}', '{"elements":[]}', "[[]]"])
def test_json_of_another_kind_is_an_error(kind: str, body: str) -> None:
    answers = dict.fromkeys({**JAEGER, **ZIPKIN, **KIALI}, Answer(body))
    if (kind, body) in {("jaeger", '{"elements":[]}'), ("zipkin", "[[]]")}:  # holds nothing, which is no error
        assert all(f.holds[:2] in ("0 ", "1 ") for f in run(kind, answers)[0])
        return
    with pytest.raises(FetchError) as caught:
        run(kind, answers)
    assert caught.value.slug == "fetch-answer"


def test_a_kiali_that_shows_nothing_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        run("kiali", {"/api/namespaces": Answer("[]")})
    assert caught.value.slug == "fetch-nothing"
