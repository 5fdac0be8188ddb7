"""Every shape the three formats come in gives the same boundaries."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from trace_files import Json, attribute_list, calls, messages, notices, otlp, read, resource_spans, span, uses

from topoplan.model.facts import ServiceFact, SourceState

START_US = 1_700_000_000_000_000
PAIR = (
    span("web", 1, kind="client", server_address="cart"),
    span("cart", 2, 1, "server", http_route="/cart", http_request_method="GET"),
)
ENTRIES = [resource_spans(service, [one]) for service, one in PAIR]


REQUEST = json.dumps({"resourceSpans": ENTRIES})
REQUESTS = [{"resourceSpans": [entry]} for entry in ENTRIES]
LINES = "\n".join(map(json.dumps, REQUESTS))
OTLP_SHAPES: dict[str, str | bytes] = {
    "one request": REQUEST,
    "pretty": json.dumps({"resourceSpans": ENTRIES}, indent=2),
    "array of requests": json.dumps(REQUESTS),
    "array of entries without an envelope": json.dumps(ENTRIES),
    "lines": LINES,
    "lines of entries": "\r\n\r\n".join(map(json.dumps, ENTRIES)) + "\r\n",
    "lines of arrays": "\n".join(json.dumps([request]) for request in REQUESTS),
    "pretty requests one after the other": "\n".join(json.dumps(request, indent=1) for request in REQUESTS),
    "gzip": gzip.compress(REQUEST.encode(), mtime=0),
    "gzip lines": gzip.compress(LINES.encode(), mtime=0),
    "byte order mark": b"\xef\xbb\xbf" + REQUEST.encode(),
    "library spans": REQUEST.replace("scopeSpans", "instrumentationLibrarySpans"),
    "batches": json.dumps({"batches": ENTRIES}),
    "result of a trace API": json.dumps({"result": {"resourceSpans": ENTRIES}}),
    "after logs": json.dumps({"resourceLogs": [{"scopeLogs": []}]}) + "\n" + REQUEST,
    "kinds by name": REQUEST.replace('"kind": 3', '"kind": "SPAN_KIND_CLIENT"').replace(
        '"kind": 2', '"kind": "SERVER"'
    ),
}


@pytest.mark.parametrize("shape", OTLP_SHAPES)
def test_otlp(tmp_path: Path, shape: str) -> None:
    found = read(tmp_path, {"traces.json": OTLP_SHAPES[shape]})
    assert {pair: uses(fact) for pair, fact in calls(found).items()} == {("web", "cart"): {("GET", "/cart"): 1}}
    assert [(s.state, s.reason, s.facts, s.importer) for s in found.sources] == [
        (SourceState.ANALYSED, "", 4, "otlp"),
    ]
    assert len(found.sources[0].digest) == 64


def test_otlp_ids_are_hexadecimal_in_any_case_or_opaque(tmp_path: Path) -> None:
    def pair(trace: str, client: str, parent: str) -> list[Json]:
        (_, caller), (_, callee) = span("a", 1, kind="client"), span("b", 2, kind="server")
        caller |= {"traceId": trace, "spanId": client}
        callee |= {"traceId": trace.lower() if trace.isupper() else trace, "parentSpanId": parent, "spanId": "bb"}
        return [resource_spans("a", [caller]), resource_spans("b", [callee])]

    entries = pair("ABCDEF", "00AF", "af") + pair("O6VWCcPN5JZJzXfR+dzZNg==", "Sc130fnc2TY=", "Sc130fnc2TY=")
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": entries})})
    stats = calls(found)["a", "b"].stats
    assert stats is not None
    assert stats.calls == 2


def test_zero_ids_are_none(tmp_path: Path) -> None:
    (_, root) = span("a", 1)
    root["parentSpanId"] = "0" * 16
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": [resource_spans("a", [root])]})})
    assert notices(found) == {}


@pytest.mark.parametrize("kind", ["resourceLogs", "resourceMetrics"])
def test_logs_and_metrics_hold_no_spans(tmp_path: Path, kind: str) -> None:
    found = read(
        tmp_path, {"t.json": json.dumps({kind: [{"resource": {"attributes": attribute_list({"service.name": "a"})}}]})}
    )
    assert [(s.state, s.reason) for s in found.sources] == [(SourceState.SKIPPED, "no spans")]
    assert found.facts == ()


def jaeger_span(own: str, process: str, parent: str = "", **more: Any) -> Json:
    references = [{"refType": "CHILD_OF", "traceID": "1", "spanID": parent}] if parent else []
    return {"traceID": "1", "spanID": own, "operationName": f"op-{own}", "references": references,
            "startTime": START_US,
            "duration": 5000, "processID": process, "tags": [], "logs": None, **more}  # fmt: skip


def jaeger_tags(**values: object) -> list[Json]:
    return [{"key": key.replace("_", "."), "type": "string", "value": value} for key, value in values.items()]


JAEGER_TRACE: Json = {
    "traceID": "1",
    "spans": [
        jaeger_span("a", "p1", tags=jaeger_tags(span_kind="client", error=True)),
        jaeger_span(
            "b", "p2", "a", tags=jaeger_tags(span_kind="server", http_method="GET", http_url="http://x/cart/17?q=1")
        ),
    ],
    "processes": {"p1": {"serviceName": "web", "tags": []}, "p2": {"serviceName": "cart"}},
}
LEGACY: Json = {
    **JAEGER_TRACE,
    "spans": [JAEGER_TRACE["spans"][0], {**JAEGER_TRACE["spans"][1], "references": None, "parentSpanID": "a"}],
}
INLINE: Json = {
    "traceID": "1",
    "spans": [
        {**one, "processID": None, "process": {"serviceName": name}}
        for one, name in zip(JAEGER_TRACE["spans"], ("web", "cart"), strict=True)
    ],
    "processes": None,
}  # fmt: skip
JAEGER_SHAPES = {
    "answer": json.dumps({"data": [JAEGER_TRACE], "total": 0, "limit": 0, "offset": 0, "errors": None}),
    "answer with totals first": json.dumps({"total": 0, "errors": None, "data": [JAEGER_TRACE]}, indent=4),
    "bare trace": json.dumps(JAEGER_TRACE),
    "list of traces": json.dumps([JAEGER_TRACE]),
    "lines of traces": json.dumps(JAEGER_TRACE) + "\n" + json.dumps({"data": []}),
    "lines of answers": json.dumps({"data": [JAEGER_TRACE]}) + "\n" + json.dumps({"data": [], "errors": []}),
    "legacy parent": json.dumps({"data": [LEGACY]}),
    "inline process": json.dumps({"data": [INLINE]}),
}


@pytest.mark.parametrize("shape", JAEGER_SHAPES)
def test_jaeger(tmp_path: Path, shape: str) -> None:
    found = read(tmp_path, {"traces.json": JAEGER_SHAPES[shape]})
    fact = calls(found)["web", "cart"]
    assert uses(fact) == {("GET", "/cart/{id}"): 1}
    assert fact.stats is not None
    assert (fact.stats.errors, fact.stats.first_seen) == (1, 1_700_000_000)
    assert fact.stats.p50_ms == pytest.approx(5, rel=0.01)
    assert [(s.state, s.reason, s.importer) for s in found.sources] == [(SourceState.ANALYSED, "", "jaeger")]


def test_jaeger_references_to_other_traces_are_links(tmp_path: Path) -> None:
    kafka = {"messaging_system": "kafka", "messaging_destination": "t"}
    producer = jaeger_span("a", "p1", tags=jaeger_tags(span_kind="producer", **kafka))
    consumer = jaeger_span("b", "p2", tags=jaeger_tags(span_kind="consumer", **kafka), traceID="2")
    consumer["references"] = [{"refType": "FOLLOWS_FROM", "traceID": "1", "spanID": "a"}]
    data = [
        {**JAEGER_TRACE, "spans": [producer]},
        {**JAEGER_TRACE, "traceID": "2", "spans": [consumer]},
    ]
    assert set(messages(read(tmp_path, {"t.json": json.dumps({"data": data})}))) == {("cart", "web", "t")}


def test_dependencies_add_nothing_to_calls_that_spans_show(tmp_path: Path) -> None:
    spans = [
        {"traceId": "1", "id": "2", "kind": "CLIENT", "localEndpoint": {"serviceName": "web"}},
        {"traceId": "1", "id": "2", "kind": "SERVER", "shared": True, "localEndpoint": {"serviceName": "cart"}},
    ]
    links = [{"parent": "web", "child": name, "callCount": 7} for name in ("cart", "users")]
    found = calls(read(tmp_path, {"a-links.json": json.dumps(links), "b-spans.json": json.dumps([spans])}))
    assert {pair: (f.stats.calls if f.stats else 0) for pair, f in found.items()} == {
        ("web", "cart"): 1,
        ("web", "users"): 7,
    }


def test_of_two_files_of_dependencies_the_larger_sum_counts(tmp_path: Path) -> None:
    def links(*counts: int) -> str:
        return json.dumps([{"parent": "a", "child": "b", "callCount": count} for count in counts])

    fact = calls(read(tmp_path, {"monday.json": links(7, 2), "week.json": links(8), "day.json": links(1)}))["a", "b"]
    assert fact.stats is not None
    assert (fact.stats.calls, fact.evidence.where.path) == (9, "day.json")


@pytest.mark.parametrize("envelope", [True, False])
def test_dependencies(tmp_path: Path, envelope: bool) -> None:
    edges: list[Json] = [{"parent": "a", "child": "b", "callCount": 7}, {"parent": "a", "child": "a", "callCount": 1}]
    found = read(tmp_path, {"deps.json": json.dumps({"data": edges} if envelope else edges)})
    fact = calls(found)["a", "b"]
    assert fact.stats is not None
    assert (fact.stats.calls, fact.stats.errors, fact.evidence.rule) == (7, 0, "dependency-link")
    assert len(calls(found)) == 1
    assert [f.party.name for f in found.facts if isinstance(f, ServiceFact)] == ["a", "b"]


def test_zipkin_dependencies_have_errors(tmp_path: Path) -> None:
    edges = [{"parent": "a", "child": "b", "callCount": 7, "errorCount": 2}]
    found = read(tmp_path, {"deps.json": json.dumps(edges)})
    fact = calls(found)["a", "b"]
    assert fact.stats is not None
    assert (fact.stats.calls, fact.stats.errors, fact.evidence.importer) == (7, 2, "zipkin")


def zipkin_span(own: str, service: str, kind: str | None, parent: str | None = None, **more: Any) -> Json:
    return {"traceId": "1", "id": own, "parentId": parent, "kind": kind, "name": "get", "timestamp": START_US,
            "duration": 5000, "localEndpoint": {"serviceName": service}, **more}  # fmt: skip


CLIENT = zipkin_span("a", "web", "CLIENT")
SERVER = zipkin_span(
    "a", "cart", "SERVER", shared=True, duration=1000, tags={"http.path": "/cart/17", "http.method": "GET", "error": ""}
)
ZIPKIN_SHAPES = {
    "array": json.dumps([CLIENT, SERVER]),
    "pretty array": json.dumps([SERVER, CLIENT], indent=2),
    "array of arrays": json.dumps([[CLIENT], [SERVER]]),
    "lines": json.dumps(CLIENT) + "\n" + json.dumps(SERVER),
    "lines of arrays": json.dumps([CLIENT]) + "\n" + json.dumps([SERVER]),
}  # fmt: skip


@pytest.mark.parametrize("shape", ZIPKIN_SHAPES)
def test_zipkin_halves_share_an_id(tmp_path: Path, shape: str) -> None:
    found = read(tmp_path, {"traces.json": ZIPKIN_SHAPES[shape]})
    fact = calls(found)["web", "cart"]
    assert (uses(fact), fact.protocol, fact.evidence.rule) == ({("GET", "/cart/{id}"): 1}, "http", "shared-span")
    assert fact.stats is not None
    assert fact.stats.errors == 1
    assert fact.stats.p50_ms == pytest.approx(5, rel=0.01)
    assert notices(found) == {}


def test_zipkin_children_belong_to_the_half_of_their_service(tmp_path: Path) -> None:
    children = [
        zipkin_span("c", "cart", "CLIENT", "a", remoteEndpoint={"serviceName": "redis"}),
        zipkin_span("d", "web", None, "a"),
        zipkin_span("e", "price", "SERVER", "a"),
    ]
    found = read(tmp_path, {"t.json": json.dumps([*children, SERVER, CLIENT])})
    assert set(calls(found)) == {("web", "cart"), ("cart", "redis"), ("cart", "price")}


def test_a_single_zipkin_span_of_no_kind_naming_both_ends_is_a_client(tmp_path: Path) -> None:
    one = zipkin_span("a", "web", None, remoteEndpoint={"serviceName": "Billing"})
    assert set(calls(read(tmp_path, {"t.json": json.dumps(one)}))) == {("web", "Billing")}


def test_zipkin_one(tmp_path: Path) -> None:
    web, cart, store = ({"serviceName": name, "ipv4": "10.0.0.1"} for name in ("web", "cart", "mysql"))
    start = START_US
    both = {
        "traceId": "1", "id": "a", "name": "http:/cart/17", "timestamp": start, "duration": 4000,
        "annotations": [
            {"timestamp": start, "value": "cs", "endpoint": web},
            {"timestamp": start + 1000, "value": "sr", "endpoint": cart},
            {"timestamp": start + 3000, "value": "ss", "endpoint": cart},
            {"timestamp": start + 4000, "value": "cr", "endpoint": web},
        ],
        "binaryAnnotations": [{"key": "http.method", "value": "GET", "endpoint": web}],
    }  # fmt: skip
    query = {
        "traceId": "1", "id": "b", "parentId": "a", "name": "query",
        "annotations": [
            {"timestamp": start, "value": "cs", "endpoint": cart},
            {"timestamp": start + 9, "value": "cr", "endpoint": cart},
        ],
        "binaryAnnotations": [
            {"key": "sa", "value": True, "endpoint": store},
            {"key": "error", "value": "boom", "endpoint": cart},
        ],
    }  # fmt: skip
    local = {
        "traceId": "1",
        "id": "c",
        "parentId": "b",
        "binaryAnnotations": [{"key": "lc", "value": "x", "endpoint": cart}],
    }
    found = read(tmp_path, {"t.json": json.dumps([both, query, local])})
    assert {pair: uses(fact) for pair, fact in calls(found).items()} == {
        ("web", "cart"): {("GET", "/cart/{id}"): 1},
        ("cart", "mysql"): {},
    }
    stats, failing = calls(found)["web", "cart"].stats, calls(found)["cart", "mysql"].stats
    assert stats is not None
    assert failing is not None
    assert stats.p50_ms == pytest.approx(4, rel=0.01)
    assert failing.errors == 1


@pytest.mark.parametrize("shape", ["lines", "array"])
def test_zipkin_versions_may_be_mixed(tmp_path: Path, shape: str) -> None:
    old = {
        "traceId": "1", "id": "f", "parentId": "a",
        "annotations": [
            {"timestamp": START_US, "value": value, "endpoint": {"serviceName": "old"}} for value in ("sr", "ss")
        ],
    }  # fmt: skip
    nameless = zipkin_span("9", "", None) | {"localEndpoint": None}
    units = [
        [CLIENT],
        [SERVER, old],
        [zipkin_span("c", "price", "SERVER", "a"), nameless, [zipkin_span("d", "b", "SERVER", "c")]],
    ]
    text = (
        "\n".join(map(json.dumps, units)) if shape == "lines" else json.dumps([one for unit in units for one in unit])
    )
    found = read(tmp_path, {"t.json": text})
    assert [(s.state, s.reason) for s in found.sources] == [(SourceState.ANALYSED, "")]
    assert {pair: [*uses(fact).values()] for pair, fact in calls(found).items()} == {
        ("web", "cart"): [1], ("cart", "old"): [], ("cart", "price"): [1], ("price", "b"): [1],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "use", "protocol"),
    [
        ({"http_method": "post", "http_target": "/a/9?x=secret"}, ("POST", "/a/{id}"), "http"),
        ({"http_request_method": "GET", "url_path": "/a"}, ("GET", "/a"), "http"),
        ({"http_request_method": "GET", "http_route": "/**", "url_path": "/a/b"}, ("GET", "/a/b"), "http"),
        ({"http_request_method": "_OTHER", "http_route": "/a"}, ("", "/a"), "http"),
        ({"rpc_system": "grpc", "rpc_service": "shop.Cart", "rpc_method": "Get"}, ("RPC", "shop.Cart/Get"), "grpc"),
        ({"rpc_system_name": "grpc", "rpc_method": "shop.Cart/Get"}, ("RPC", "shop.Cart/Get"), "grpc"),
        ({"rpc_system": "apache_dubbo", "name": "Cart/get"}, ("RPC", "Cart/get"), "dubbo"),
        ({"name": "HTTP GET /a/17"}, ("GET", "/a/{id}"), "http"),
        ({"name": "get"}, ("GET", ""), "http"),
        ({"name": "/shop.Cart/Get"}, ("RPC", "shop.Cart/Get"), "grpc"),
        ({"name": "http:/a/b"}, ("", "/a/b"), "http"),
        ({"name": "handle job 123456"}, ("", "handle job {id}"), "tcp"),
    ],
)
def test_operations(tmp_path: Path, attributes: dict[str, str], use: tuple[str, str], protocol: str) -> None:
    found = read(
        tmp_path, {"t.json": otlp(span("a", 1, kind="client", name="x"), span("b", 2, 1, "server", **attributes))}
    )
    fact = calls(found)["a", "b"]
    assert (set(uses(fact)), fact.protocol) == ({use}, protocol)


def test_the_better_informed_half_names_the_operation(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"t.json": otlp(
            span("a", 1, kind="client", http_request_method="GET", url_full="http://b/x/17"),
            span("b", 2, 1, "server", name="handler"),
        )},
    )  # fmt: skip
    assert uses(calls(found)["a", "b"]) == {("GET", "/x/{id}"): 1}
