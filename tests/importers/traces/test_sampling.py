"""Calls are counted as seen, and estimated by what spans tell of their sampling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_files import otlp, read, span

from topoplan.model.facts import CallFact
from topoplan.model.stats import Stats
from topoplan_importers.traces.sampling import SAMPLER, SAMPLING, weigh, weigh_trace


@pytest.mark.parametrize(
    ("state", "weight"),
    [
        ("ot=th:0", 1.0),
        ("ot=th:8", 2.0),
        ("ot=th:c", 4.0),
        ("ot=th:e6666666666666", 10.0),
        ("vendor=x, ot=rv:6e6d1a75832a2f;th:fd70a3d70a3d71 ,other=y", 100.0),
        ("ot=p:3;r:5", 8.0),
        ("ot=r:5;p:0", 1.0),
        ("ot=th:8;p:3", 2.0),
    ],
)
def test_a_trace_state_tells_the_weight(state: str, weight: float) -> None:
    assert weigh({}, state) == weight
    assert weigh({"w3c.tracestate": state}) == weight


@pytest.mark.parametrize(
    "state",
    ["", "ot=", "ot=th:", "ot=th:xyz", "ot=th:123456789abcdef", "ot=p:63", "ot=p:99", "not=th:8", "a=ot=th:8",
     "ot=th:8x", "ot=fth:8", "ot=p:62", "ot=th:ffffffffffffff"],
)  # fmt: skip
def test_a_trace_state_that_tells_nothing_credible_is_unknown(state: str) -> None:
    assert weigh({}, state) == 1.0


@pytest.mark.parametrize(
    ("found", "weight"),
    [
        ({"SampleRate": 20}, 20.0),
        ({"SampleRate": "20"}, 20.0),
        ({"sampling.rate": 0.25}, 4.0),
        ({"sampling.probability": "0.1"}, 10.0),
        ({"sampling.rate": 3}, 3.0),
        ({"SampleRate": 1, "sampling.rate": 0.5}, 1.0),
        ({"SampleRate": 7, "w3c.tracestate": "ot=th:8"}, 2.0),
        ({"SampleRate": 0.3}, 3413 / 1024),
    ],
)
def test_rates_and_probabilities_are_told_apart_by_their_size(found: dict[str, Any], weight: float) -> None:
    assert weigh(found) == weight
    assert not SAMPLING & found.keys()


@pytest.mark.parametrize("rate", [0, -1, True, None, "", "x", "nan", "inf", "1e999", 1e-9, [], {}, 10**400])
def test_a_rate_that_cannot_be_one_is_unknown(rate: object) -> None:
    assert weigh({"SampleRate": rate}) == 1.0


@pytest.mark.parametrize(
    ("kind", "parameter", "weight"),
    [("probabilistic", 0.001, 1000.0), ("probabilistic", "0.5", 2.0), ("const", True, 1.0), ("ratelimiting", 2, 1.0),
     ("lowerbound", 0.1, 1.0), ("remote", 0.1, 1.0), ("probabilistic", None, 1.0), (None, 0.1, 1.0)],
)  # fmt: skip
def test_of_the_samplers_of_jaeger_only_the_probabilistic_one_tells(
    kind: object, parameter: object, weight: float
) -> None:
    found = {"sampler.type": kind, "sampler.param": parameter, "other": 1}
    assert weigh_trace(found) == weight
    assert not SAMPLER & found.keys()


@given(st.lists(st.floats(1e-6, 1), max_size=50), st.randoms(use_true_random=False))
def test_sums_of_weights_do_not_depend_on_their_order(rates: list[float], order: Any) -> None:
    weights = [weigh({"sampling.probability": rate}) - 1 for rate in rates]
    total = sum(weights)
    order.shuffle(weights)
    assert sum(weights) == total


PAIR = (
    span("web", 1, kind="client", server_address="cart"),
    span("cart", 2, 1, "server", http_route="/cart", http_request_method="GET"),
)


def stats_of(folder: Path, name: str, content: str) -> tuple[int, int]:
    (found,) = [fact for fact in read(folder, {name: content}).facts if isinstance(fact, CallFact)]
    (use,) = found.uses
    assert isinstance(found.stats, Stats)
    assert isinstance(use.stats, Stats)
    assert use.stats.estimated_calls == found.stats.estimated_calls
    return found.stats.calls, found.stats.estimated_calls


def test_otlp_holds_the_trace_state_of_each_span_and_the_rarer_half_counts(tmp_path: Path) -> None:
    client, server = ((service, dict(one)) for service, one in PAIR)
    client[1]["traceState"], server[1]["traceState"] = "ot=th:8", "ot=th:c"
    assert stats_of(tmp_path, "a.json", otlp(client, server)) == (1, 4)
    client[1]["traceState"] = 7
    assert stats_of(tmp_path, "a.json", otlp(client, server)) == (1, 4)


def test_attributes_of_sampling_do_not_tell_operations_apart(tmp_path: Path) -> None:
    pairs = [
        span(service, own, parent, kind, trace=trace, SampleRate=rate, **said)
        for trace, rate in ((1, 10), (2, 30))
        for service, own, parent, kind, said in (
            ("web", 1, 0, "client", {}),
            ("cart", 2, 1, "server", {"http_route": "/cart", "http_request_method": "GET"}),
        )
    ]
    assert stats_of(tmp_path, "a.json", otlp(*pairs)) == (2, 40)


def test_the_first_span_of_a_trace_of_jaeger_tells_for_all_of_it(tmp_path: Path) -> None:
    def jaeger(trace: str, own: str, parent: str, process: str, **tags: object) -> dict[str, Any]:
        return {
            "traceID": trace, "spanID": own, "operationName": "GET /cart", "startTime": 1_760_000_000_000_000,
            "duration": 5, "processID": process,
            "tags": [{"key": key.replace("_", "."), "value": value} for key, value in tags.items()],
            "references": [{"refType": "CHILD_OF", "traceID": trace, "spanID": parent}] if parent else [],
        }  # fmt: skip

    root = {"sampler_type": "probabilistic", "sampler_param": 0.1}
    traces = [
        {
            "traceID": trace,
            "spans": [jaeger(trace, "1", "", "p1", **said), jaeger(trace, "2", "1", "p2", span_kind="server")],
            "processes": {"p1": {"serviceName": "web"}, "p2": {"serviceName": "cart"}},
        }
        for trace, said in (("a1", root), ("a2", {}))
    ]
    assert stats_of(tmp_path, "a.json", json.dumps({"data": traces})) == (2, 11)


def test_zipkin_holds_it_in_tags(tmp_path: Path) -> None:
    spans = [
        {"traceId": "a", "id": "1", "kind": "CLIENT", "localEndpoint": {"serviceName": "web"}, "name": "get",
         "timestamp": 1_760_000_000_000_000, "tags": {"w3c.tracestate": "ot=th:8"}},
        {"traceId": "a", "id": "1", "kind": "SERVER", "shared": True, "localEndpoint": {"serviceName": "cart"},
         "name": "get", "timestamp": 1_760_000_000_000_000, "tags": {"http.path": "/cart"}},
    ]  # fmt: skip
    assert stats_of(tmp_path, "a.json", json.dumps(spans)) == (1, 2)
