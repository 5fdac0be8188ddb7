"""Traffic adds up, except where a tracing back end's own sum tells it a second time."""

from __future__ import annotations

import pytest
from fact_builders import call, channel, service
from msgspec.structs import replace

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.model.facts import CallFact, ChannelRole, Fact, Style
from topoplan.model.stats import Stats
from topoplan.model.topology import Topology

ENDS = (service("web"), service("users"))


def topology(*facts: Fact) -> Topology:
    return build_topology([*ENDS, *facts], (), (), Settings())


def summary(importer: str, calls: int, protocol: str = "tcp") -> CallFact:
    fact = call("web", "users", importer, protocol=protocol, calls=calls)
    return replace(fact, evidence=replace(fact.evidence, rule="dependency-link", detail=f"{calls} calls"))


def test_spans_of_two_exports_add_up() -> None:
    (boundary,) = topology(call("web", "users", "otlp", calls=4), call("web", "users", "jaeger", calls=3)).boundaries
    assert boundary.stats == Stats(calls=7)


@pytest.mark.parametrize("protocol", ["tcp", "http"])
@pytest.mark.parametrize("summed", [2, 900])
def test_a_summary_adds_nothing_to_spans_and_says_so(protocol: str, summed: int) -> None:
    (boundary,) = topology(call("web", "users", "otlp", calls=4), summary("zipkin", summed, protocol)).boundaries
    assert (boundary.protocol, boundary.stats) == ("http", Stats(calls=4))
    assert [e.detail for e in boundary.evidence if e.rule == "dependency-link"] == [
        f"{summed} calls, a sum that is not added to what spans show"
    ]


def test_of_two_summaries_the_larger_counts() -> None:
    (boundary,) = topology(summary("zipkin", 5), summary("jaeger", 8)).boundaries
    assert boundary.stats == Stats(calls=8)
    assert [e.detail for e in boundary.evidence] == ["8 calls", "5 calls"]


def test_a_summary_tells_of_a_declared_call_by_its_protocol() -> None:
    (boundary,) = topology(call("web", "users", protocol="grpc"), summary("jaeger", 8)).boundaries
    assert (boundary.protocol, boundary.stats, boundary.basis) == ("grpc", Stats(calls=8), "both")


def test_a_message_in_a_summary_is_no_call() -> None:
    ends = (channel("web", ChannelRole.PUBLISH, "t"), channel("users", ChannelRole.RECEIVE, "t"))
    built = topology(*ends, summary("jaeger", 8))
    assert [(b.consumer, b.provider, b.style) for b in built.boundaries] == [("users", "web", Style.MESSAGE)]
    assert built.boundaries[0].stats == Stats(calls=8)
    assert [d.kind for d in built.drift] == []


def test_a_summary_does_not_tell_how_messages_spread_over_channels() -> None:
    roles = ((name, role) for name, role in (("web", ChannelRole.PUBLISH), ("users", ChannelRole.RECEIVE)))
    ends = [channel(name, role, topic) for name, role in roles for topic in ("t", "u")]
    boundaries = topology(*ends, summary("jaeger", 8)).boundaries
    assert [(b.channel, b.stats, b.basis) for b in boundaries] == [("t", None, "both"), ("u", None, "both")]
