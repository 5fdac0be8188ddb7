"""What each kind of server is asked, and which files the answers make."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct

from topoplan.errors import UsageError
from topoplan.fetching.client import Client
from topoplan.fetching.downloads import Download, counted, decoded
from topoplan.fetching.pact_broker import pact_broker


class Query(Struct, frozen=True):
    """Which part of the records is wanted."""

    now_ms: int
    """End of the period, in milliseconds since 1970 UTC."""
    lookback_s: int
    """Length of the period, in seconds."""
    limit: int
    """Most traces: of each service in Jaeger, in all in Zipkin."""
    services: tuple[str, ...] = ()
    """Services whose traces are asked of Jaeger, or whose pacts of a broker; none: all it knows."""
    namespaces: tuple[str, ...] = ()
    """Namespaces asked of Kiali; none: all it shows."""


class _Services(msgspec.Struct):
    data: list[str] | None = None


class _Listed(msgspec.Struct):
    data: list[msgspec.Raw] | None = None


class _Trace(msgspec.Struct):
    id: str = msgspec.field(name="traceID")


class _Namespace(msgspec.Struct):
    name: str


class _Elements(msgspec.Struct):
    nodes: list[msgspec.Raw] | None = None
    edges: list[msgspec.Raw] | None = None


class _Graph(msgspec.Struct):
    elements: _Elements


def download(kind: str, client: Client, query: Query) -> tuple[Download, ...]:
    """Ask a server of this kind, one of `KINDS`, for everything the query means. Raises FetchError, UsageError."""
    return _KINDS[kind](client, query)


def _jaeger(client: Client, query: Query) -> tuple[Download, ...]:
    """Traces service by service, as its API has it. A trace comes once for each of its services and is kept once."""
    services = query.services or decoded(client.get("/api/services", {}), _Services).data or ()
    period = {"start": (query.now_ms - query.lookback_s * 1000) * 1000, "end": query.now_ms * 1000}
    traces: dict[str, bytes] = {}
    for service in sorted(set(services)):
        wanted: dict[str, str | int] = {
            "service": service,
            "limit": query.limit,
            "lookback": f"{query.lookback_s}s",
            **period,
        }
        for raw in decoded(client.get("/api/traces", wanted), _Listed).data or ():
            traces.setdefault(decoded(raw, _Trace).id, bytes(raw))
    ordered = b",\n".join(traces[key] for key in sorted(traces))
    links = client.get("/api/dependencies", _ending(query))
    count = len(decoded(links, _Listed).data or ())
    return (
        Download("jaeger-traces.json", b'{"data":[' + ordered + b"]}\n", counted(len(traces), "trace")),
        Download("jaeger-dependencies.json", links, counted(count, "dependency link")),
    )


def _zipkin(client: Client, query: Query) -> tuple[Download, ...]:
    traces = client.get("/api/v2/traces", {"limit": query.limit, **_ending(query)})
    links = client.get("/api/v2/dependencies", _ending(query))
    counts = [len(decoded(answer, list[msgspec.Raw])) for answer in (traces, links)]
    return (
        Download("zipkin-traces.json", traces, counted(counts[0], "trace")),
        Download("zipkin-dependencies.json", links, counted(counts[1], "dependency link")),
    )


def _kiali(client: Client, query: Query) -> tuple[Download, ...]:
    """The graph by workload, without nodes for Kubernetes' Services: whom each program calls."""
    named = query.namespaces or [n.name for n in decoded(client.get("/api/namespaces", {}), list[_Namespace])]
    if not named:
        raise UsageError("Kiali shows no namespace", slug="fetch-nothing", hint="name one with --namespace")
    wanted: dict[str, str | int] = {
        "namespaces": ",".join(sorted(set(named))),
        "graphType": "workload",
        "injectServiceNodes": "false",
        "duration": f"{query.lookback_s}s",
        "queryTime": query.now_ms // 1000,
    }
    graph = client.get("/api/namespaces/graph", wanted)
    edges = decoded(graph, _Graph).elements.edges or ()
    return (Download("kiali-graph.json", graph, counted(len(edges), "edge")),)


_KINDS: dict[str, Callable[[Client, Query], tuple[Download, ...]]] = {
    "jaeger": _jaeger,
    "zipkin": _zipkin,
    "kiali": _kiali,
    "pact-broker": lambda client, query: pact_broker(client, query.services),
}
KINDS = tuple(_KINDS)
"""Kinds of servers that can be asked."""


def _ending(query: Query) -> dict[str, int]:
    """The period as Zipkin's API and Jaeger's dependencies have it, in milliseconds."""
    return {"endTs": query.now_ms, "lookback": query.lookback_s * 1000}
