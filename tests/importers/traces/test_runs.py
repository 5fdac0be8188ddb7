"""Traces of test runs: which they are, what they called, and that they are no traffic of the system."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from time import process_time

import pytest
from trace_files import SECOND, Json, attribute_list, calls, notices, otlp, read, resource_spans, span

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.model.checks import RunCall, RunFact, Verdict
from topoplan.model.facts import NodeKind, ServiceFact, Style

Spans = list[tuple[str, Json]]


def pair(own: int, *, trace: int = 1, parent: int = 0, **attributes: object) -> Spans:
    """`a` calls `b`; the attributes are the client's."""
    return [
        span("a", own, parent, "client", trace=trace, at=own, **attributes),
        span("b", own + 1, own, "server", "GET /x", trace=trace, at=own, http_route="/x", http_request_method="GET"),
    ]


def runs(found: Imported) -> dict[str, RunFact]:
    facts = [check for check in found.checks if isinstance(check, RunFact)]
    assert len({fact.name for fact in facts}) == len(found.checks)
    return {fact.name: fact for fact in facts}


def ends(run: RunFact) -> set[tuple[str, str]]:
    return {(call.consumer.name, call.provider.name) for call in run.calls}


def in_environment(name: str, *spans: tuple[str, Json], key: str = "deployment.environment.name") -> str:
    entries = [resource_spans(service, [one]) for service, one in spans]
    for entry in entries:
        entry["resource"]["attributes"] += attribute_list({key: name})
    return json.dumps({"resourceSpans": entries})


def test_a_run_is_no_traffic_of_the_system(tmp_path: Path) -> None:
    tested = [span("t", 1, kind="internal", test_case_name="t1"), *pair(2, parent=1)]
    found = read(tmp_path, {"t.json": otlp(*tested, *pair(20, trace=2, peer_service="c"))})
    assert {f.party.name for f in found.facts if isinstance(f, ServiceFact)} == {"a", "b"}
    stats = calls(found)["a", "b"].stats
    assert stats is not None
    assert stats.calls == 1
    assert ends(runs(found)["t1"]) == {("a", "b"), ("t", "a")}
    assert found.sources[0].reason == "1 test run"
    only = read(tmp_path / "only", {"t.json": otlp(*tested)})
    assert (only.facts, only.sources[0].facts) == ((), 1)


def test_a_call_tells_its_operation_and_that_the_provider_was_there(tmp_path: Path) -> None:
    (run,) = runs(read(tmp_path, {"t.json": otlp(*pair(2, test_case_name="t1"))})).values()
    (call,) = run.calls
    assert (call.style, call.method, call.path, call.provider_real) == (Style.SYNC, "GET", "/x", True)
    assert (call.failed, call.injected, run.time, run.evidence.rule) == (False, False, SECOND, "test-run")


def test_a_provider_without_spans_is_not_real(tmp_path: Path) -> None:
    alone = span("a", 9, 1, "client", "GET", peer_service="b", http_request_method="GET", url_path="/x")
    found = read(tmp_path, {"t.json": otlp(span("a", 1, test_case_name="t1"), *pair(2, parent=1), alone)})
    assert [call.provider_real for call in runs(found)["t1"].calls] == [False, True]


def test_stores_are_named_with_their_kind(tmp_path: Path) -> None:
    query = span("a", 1, kind="client", test_case_name="t1", db_system="postgresql", server_address="orders-db")
    (call,) = runs(read(tmp_path, {"t.json": otlp(query)}))["t1"].calls
    assert (call.provider.kind, call.provider.technology, call.style) == (
        NodeKind.DATASTORE, "postgresql", Style.RESOURCE,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["test", "TEST", "ci", "e2e", "it", "integration", "integration-tests", "acceptance", "test-eu", "pr-7-test"],
)
def test_environments_for_tests(tmp_path: Path, name: str) -> None:
    for key in ("deployment.environment.name", "deployment.environment"):
        found = read(tmp_path, {"t.json": in_environment(name, *pair(2), key=key)})
        assert (found.facts, list(runs(found))) == ((), ["a work"])


@pytest.mark.parametrize(
    "name", ["", "production", "staging", "qa", "uat", "dev", "latest", "contest", "integration-eu"]
)
def test_environments_that_are_not_for_tests_alone(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, {"t.json": in_environment(name, *pair(2))})
    assert (set(calls(found)), found.checks) == ({("a", "b")}, ())


@pytest.mark.parametrize("place", ["t.json", ".", "./"])
def test_files_the_user_says_are_of_test_runs(tmp_path: Path, place: str) -> None:
    options = ImportOptions(test_traces=(place.rstrip("/"),))
    found = read(tmp_path, {"t.json": otlp(*pair(2), *pair(4, trace=2))}, options)
    assert (found.facts, [run.evidence.detail for run in runs(found).values()]) == ((), ["2 traces"])


def test_a_folder_is_no_prefix_of_a_name(tmp_path: Path) -> None:
    assert calls(read(tmp_path, {"t.json": otlp(*pair(2))}, ImportOptions(test_traces=("t", "t.js", "other"))))


def test_sums_in_a_file_of_test_runs_are_no_calls(tmp_path: Path) -> None:
    links = json.dumps([{"parent": "a", "child": "b", "callCount": 5}])
    found = read(tmp_path, {"t.json": links}, ImportOptions(test_traces=("t.json",)))
    assert (found.facts, found.checks) == ((), ())


def test_several_traces_of_one_case_are_one_run(tmp_path: Path) -> None:
    other = span("a", 1, 0, "client", trace=2, test_case_name="t1", test_suite_name="s", peer_service="c")
    files = {"1.json": otlp(*pair(2, test_case_name="t1", test_suite_name="s")), "2.json": otlp(other)}
    found = read(tmp_path, files)
    assert {name: ends(run) for name, run in runs(found).items()} == {"t1": {("a", "b"), ("a", "c")}}
    assert [source.reason for source in found.sources] == ["1 test run", ""]


def test_the_suite_tells_cases_of_one_name_apart(tmp_path: Path) -> None:
    spans = [
        s
        for n, suite in enumerate(("s1", "s2"))
        for s in pair(2, trace=n + 1, test_case_name="t", test_suite_name=suite)
    ]
    assert list(runs(read(tmp_path, {"t.json": otlp(*spans)}))) == ["s1 > t", "s2 > t"]


def test_spans_of_one_trace_go_to_the_test_above_them(tmp_path: Path) -> None:
    """One trace for the whole session, as test frameworks' plugins write it."""
    spans = [
        span("tests", 1, test_suite_name="s", test_suite_run_status="failure"),
        span("tests", 2, 1, test_case_name="t1", test_case_result_status="pass"), *pair(10, parent=2),
        span("tests", 3, 1, test_case_name="t2", test_case_result_status="fail"),
        span("a", 30, 3, "client", peer_service="c"),
        span("tests", 4, 1, "client", peer_service="set-up"),
    ]  # fmt: skip
    imported = read(tmp_path, {"t.json": otlp(*spans)})
    found = runs(imported)
    assert "test-runs-empty" not in notices(imported)
    assert {name: (ends(run), run.verdict) for name, run in found.items()} == {
        "s": ({("tests", "set-up")}, Verdict.FAILED),
        "t1": ({("tests", "a"), ("a", "b")}, Verdict.PASSED),
        "t2": ({("tests", "a"), ("a", "c")}, Verdict.FAILED),
    }


def test_what_follows_by_links_belongs_to_the_run(tmp_path: Path) -> None:
    """A consumer in a trace of its own, and what it calls, say nothing of tests themselves."""
    new = {"messaging_system": "kafka", "messaging_destination_name": "new"}
    spans = [
        span("a", 1, kind="producer", test_case_name="t1", **new),
        span("b", 1, trace=2, kind="consumer", links=[(1, 1)], **new),
        span("b", 2, 1, trace=2, kind="client"), span("c", 3, 2, "server", trace=2),
    ]  # fmt: skip
    found = read(tmp_path, {"t.json": otlp(*spans)})
    (run,) = runs(found).values()
    told = {(c.consumer.name, c.provider.name, c.style, c.channel) for c in run.calls if c.style is not Style.RESOURCE}
    assert told == {("b", "a", Style.MESSAGE, "new"), ("b", "c", Style.SYNC, "")}
    assert found.facts == ()


@pytest.mark.parametrize(
    ("case", "suite", "verdict"),
    [
        ("pass", "", Verdict.PASSED),
        ("fail", "success", Verdict.FAILED),
        ("", "success", Verdict.PASSED),
        ("", "skipped", Verdict.SKIPPED),
        ("", "failure", Verdict.UNKNOWN),
        ("", "timed_out", Verdict.UNKNOWN),
        ("", "in_progress", Verdict.UNKNOWN),
        ("odd", "", Verdict.UNKNOWN),
        ("", "", Verdict.UNKNOWN),
    ],
)
def test_verdicts_of_a_case(tmp_path: Path, case: str, suite: str, verdict: Verdict) -> None:
    said = pair(2, test_case_name="t1", test_case_result_status=case, test_suite_run_status=suite)
    assert runs(read(tmp_path, {"t.json": otlp(*said)}))["t1"].verdict is verdict


@pytest.mark.parametrize("status", ["failure", "aborted", "timed_out"])
def test_a_suite_that_failed_has_failed(tmp_path: Path, status: str) -> None:
    found = read(tmp_path, {"t.json": otlp(*pair(2, test_suite_name="s", test_suite_run_status=status))})
    assert runs(found)["s"].verdict is Verdict.FAILED


def test_the_newest_result_counts_and_at_one_time_the_failed_one(tmp_path: Path) -> None:
    def result(trace: int, at: int, status: str) -> tuple[str, Json]:
        return span("t", 1, trace=trace, at=at, test_case_name="t1", test_case_result_status=status)

    def verdict(*results: tuple[str, Json]) -> Verdict:
        return runs(read(tmp_path, {"t.json": otlp(*results, *pair(2, parent=1))}))["t1"].verdict

    assert verdict(result(1, 5, "fail"), result(2, 9, "pass")) is Verdict.PASSED
    assert verdict(result(1, 9, "fail"), result(2, 5, "pass")) is Verdict.FAILED
    assert verdict(result(1, 5, "fail"), result(2, 5, "pass")) is Verdict.FAILED


@pytest.mark.parametrize(
    ("attributes", "injected"),
    [
        ({"fault.injected": True}, True),
        ({"fault.injected": "false"}, False),
        ({"chaos.injected": "latency"}, True),
        ({"response_flags": "DI,UF"}, True),
        ({"response_flags": "FI"}, True),
        ({"response_flags": "-"}, False),
        ({"http.request.header.x-envoy-fault-delay-request": "200"}, True),
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_faults_put_in_on_purpose(tmp_path: Path, attributes: Json, injected: bool, side: int) -> None:
    spans = pair(2, test_case_name="t1")
    spans[side][1]["attributes"] += attribute_list(attributes)
    (call,) = runs(read(tmp_path, {"t.json": otlp(*spans)}))["t1"].calls
    assert call.injected is injected


def test_a_call_failed_when_its_caller_saw_it_fail(tmp_path: Path) -> None:
    (_, client), (_, server) = pair(2, test_case_name="t1")
    server["status"] = {"code": 2}
    assert [c.failed for c in runs(read(tmp_path, {"t.json": otlp(("a", client), ("b", server))}))["t1"].calls] == [
        False
    ]
    client["status"] = {"code": 2}
    assert [c.failed for c in runs(read(tmp_path, {"t.json": otlp(("a", client), ("b", server))}))["t1"].calls] == [
        True
    ]


def test_any_order_tells_the_same(tmp_path: Path) -> None:
    spans = [
        span("tests", 1, test_suite_name="s"), span("tests", 2, 1, test_case_name="t1"),
        span("tests", 3, 1, test_case_name="t2"), *pair(10, parent=2),
        span("d", 7, trace=2, kind="consumer", messaging_system="kafka", links=[(1, 10)]),
    ]  # fmt: skip
    told = {repr(read(tmp_path, {"t.json": otlp(*order)}).checks) for order in permutations(spans)}
    assert len(told) == 1
    halves = [
        {"1.json": otlp(*spans[:3]), "2.json": otlp(*spans[3:])},
        {"1.json": otlp(*spans[3:]), "2.json": otlp(*spans[:3])},
    ]
    seen = [runs(read(tmp_path / str(n), files)) for n, files in enumerate(halves)]
    assert seen[0]["t1"].calls == seen[1]["t1"].calls


def test_runs_without_calls_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, {"t.json": otlp(span("a", 1, test_case_name="t1"))})
    assert (found.checks, notices(found)["test-runs-empty"]) == (
        (), "1 test run without a call between services: nothing is proved",
    )  # fmt: skip


def test_jaeger_and_zipkin_say_it_in_tags(tmp_path: Path) -> None:
    tags = [{"key": "test.case.name", "value": "t1"}, {"key": "test.case.result.status", "value": "pass"}]
    jaeger = {
        "traceID": "1", "processes": {"p1": {"serviceName": "a", "tags": []}, "p2": {"serviceName": "b"}},
        "spans": [
            {"traceID": "1", "spanID": "1", "operationName": "x", "processID": "p1", "startTime": 1, "duration": 2,
             "tags": [*tags, {"key": "span.kind", "value": "client"}, {"key": "error", "value": True}]},
            {"traceID": "1", "spanID": "2", "operationName": "x", "processID": "p2", "startTime": 1, "duration": 2,
             "references": [{"refType": "CHILD_OF", "traceID": "1", "spanID": "1"}],
             "tags": [{"key": "span.kind", "value": "server"}]},
        ],
    }  # fmt: skip
    zipkin = [
        {"traceId": "1", "id": "1", "kind": "CLIENT", "localEndpoint": {"serviceName": "a"}, "timestamp": 1,
         "duration": 2, "tags": {tag["key"]: tag["value"] for tag in tags} | {"error": ""}},
        {"traceId": "1", "id": "1", "kind": "SERVER", "shared": True, "localEndpoint": {"serviceName": "b"}},
    ]  # fmt: skip
    for text in (json.dumps({"data": [jaeger]}), json.dumps(zipkin)):
        found = read(tmp_path, {"t.json": text})
        run = runs(found)["t1"]
        assert (found.facts, ends(run), run.verdict, run.calls[0].failed) == ((), {("a", "b")}, Verdict.PASSED, True)


def test_a_jaeger_process_names_its_environment(tmp_path: Path) -> None:
    def trace(environment: str) -> str:
        process = {"serviceName": "a", "tags": [{"key": "deployment.environment", "value": environment}]}
        one = {"traceID": "1", "spanID": "1", "operationName": "x", "processID": "p",
               "tags": [{"key": "span.kind", "value": "client"}, {"key": "peer.service", "value": "b"}]}  # fmt: skip
        return json.dumps({"data": [{"traceID": "1", "processes": {"p": process}, "spans": [one]}]})

    assert read(tmp_path, {"t.json": trace("ci")}).facts == ()
    assert calls(read(tmp_path, {"t.json": trace("prod")}))


def test_hostile_names_and_shapes_are_survived(tmp_path: Path) -> None:
    name = "evil\x1b[2J\u202e<script>" + "x" * 1_000_000
    spans = [
        span(name, 1, 2, "client", test_case_name=name, test_suite_name=name, test_case_result_status=name),
        span(name, 2, 1, "server", test_case_name="other"),
        span("b", 3, 99, "server"), span("b", 4, 1, "server"),
    ]  # fmt: skip
    spans[0][1]["attributes"] += [
        {"key": "response_flags", "value": {"arrayValue": {"values": []}}},
        {"key": "fault.injected", "value": {"stringValue": ["DI", {"a": 1}]}},
        {"key": "deployment.environment", "value": None},
    ]
    found = read(tmp_path, {"t.json": otlp(*spans)})
    assert found.checks
    assert "\x1b" not in repr(found.checks)
    assert len(repr(found)) < 10_000


def test_a_long_chain_in_one_trace_of_many_tests_is_sorted_in_linear_time(tmp_path: Path) -> None:
    chain = [span("a", n, n - 1)[1] for n in range(2, 20_000)]
    chain += [span("a", 20_000 + n, 19_999, test_case_name=f"t{n}")[1] for n in range(2000)]
    chain += [span("a", 30_000 + n, 20_000 + n, "client", peer_service="x")[1] for n in range(2000)]
    begun = process_time()
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": [resource_spans("a", chain)]})})
    assert process_time() - begun < 15
    assert len(found.checks) == 2000


def test_traces_that_follow_each_other_in_a_circle_end(tmp_path: Path) -> None:
    ring = [
        s
        for n in range(3)
        for s in (
            span("a", 1, trace=n + 1, kind="producer"),
            span(f"c{n}", 2, 1, trace=n + 1, kind="consumer", links=[((n + 1) % 3 + 1, 1)]),
        )
    ]
    found = read(tmp_path, {"t.json": in_environment("test", *ring)})
    assert found.facts == ()
    assert {end for run in runs(found).values() for end in ends(run)} == {("c0", "a"), ("c1", "a"), ("c2", "a")}


def test_kinds_of_calls_beyond_the_bound_are_told(tmp_path: Path) -> None:
    many = [
        span(
            "a",
            n,
            1,
            "client",
            peer_service=f"p{'abcdefghij'[n % 10]}{'abcdefghij'[n // 10 % 10]}{'abcdefghij'[n // 100]}",
        )
        for n in range(2, 700)
    ]
    found = read(tmp_path, {"t.json": otlp(span("a", 1, test_case_name="t1"), *many)})
    (run,) = runs(found).values()
    assert len(run.calls) == 500
    assert notices(found)["test-run-cut"] == "198 of 698 kinds of calls of t1 are left out"


def test_equal_calls_are_one(tmp_path: Path) -> None:
    spans = [span("t", 1, test_case_name="t1"), *(s for n in range(10, 60, 2) for s in pair(n, parent=1))]
    found: tuple[RunCall, ...] = runs(read(tmp_path, {"t.json": otlp(*spans)}))["t1"].calls
    assert len(found) == 2
