"""Writes generated spans as OTLP lines, as Jaeger's answer to a query, and as Zipkin v2 lines of one trace each.

What all spans of a shape have in common is made into text once, so that a span costs little more than its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import ClassVar, TextIO

from generated_system import ITEM, SERVICES, Attributes, Shape, service_name

_KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
_RESOURCE: Attributes = {
    "service.version": "2.14.3", "service.namespace": "shop", "deployment.environment.name": "production",
    "k8s.namespace.name": "shop", "k8s.container.name": "app", "host.name": "node-17", "os.type": "linux",
    "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "java", "telemetry.sdk.version": "1.55.0",
}  # fmt: skip

Link = tuple[str, str]
"""Trace and span id."""


class Format:
    """One part of a file: some traces, whole. Ids are lower-case hexadecimal text, an empty parent is none."""

    name: ClassVar[str]
    begin: ClassVar[str] = ""
    """What stands before the first part and after the last."""
    end: ClassVar[str] = ""
    has_links: ClassVar[bool] = True
    shares_ids: ClassVar[bool] = False

    def __init__(self, out: TextIO, is_first: bool) -> None:
        self._out = out
        self._is_first = is_first
        self.units: list[int] = []
        """Length of each trace, where a file is one document."""

    def add(
        self, shape: Shape, outcome: int, trace: str, own: str, parent: str, start: int, duration: int, item: int,
        links: Sequence[Link] = (),
    ) -> None:  # fmt: skip
        text = _template(self.name, shape, outcome) % {
            "trace": trace, "id": own, "parent": self._parent(trace, parent), "start": start, "end": start + duration,
            "duration": duration, "item": item, "links": self._links(links),
        }  # fmt: skip
        self._keep(shape, trace, text)

    def end_trace(self) -> None:
        """All spans of a trace have been added."""

    def close(self) -> None:
        """All traces of this part have been added."""

    @staticmethod
    def span(shape: Shape, outcome: int) -> str:
        """JSON of a span with named places for `%`; other percent signs must not occur."""
        raise NotImplementedError

    def _parent(self, trace: str, parent: str) -> str:
        return parent

    def _links(self, links: Sequence[Link]) -> str:
        return ""

    def _keep(self, shape: Shape, trace: str, text: str) -> None:
        raise NotImplementedError


class Otlp(Format):
    """One export request a line as the collector's file exporter writes it: a batch of one service's spans, whatever
    traces they are of."""

    name = "otlp"
    _BATCH = 64

    def __init__(self, out: TextIO, is_first: bool) -> None:
        super().__init__(out, is_first)
        self._waiting: list[list[str]] = [[] for _ in range(SERVICES)]

    def close(self) -> None:
        for service in range(SERVICES):
            self._flush(service)

    @staticmethod
    def span(shape: Shape, outcome: int) -> str:
        bad = outcome in shape.failing
        return _json({
            "traceId": "%(trace)s", "spanId": "%(id)s", "parentSpanId": "%(parent)s", "flags": 257, "name": shape.name,
            "kind": _KINDS[shape.kind], "startTimeUnixNano": "%(start)d000", "endTimeUnixNano": "%(end)d000",
            "attributes": _values(shape.attributes | shape.outcomes[outcome]), "links": "%(links)s",
            "status": {"code": 2, "message": "the call went wrong"} if bad else {},
        }).replace('"%(links)s"', "[%(links)s]")  # fmt: skip

    def _links(self, links: Sequence[Link]) -> str:
        return ",".join(f'{{"traceId":"{trace}","spanId":"{span}","flags":257}}' for trace, span in links)

    def _keep(self, shape: Shape, trace: str, text: str) -> None:
        self._waiting[shape.service].append(text)
        if len(self._waiting[shape.service]) == self._BATCH:
            self._flush(shape.service)

    def _flush(self, service: int) -> None:
        if self._waiting[service]:
            about = {"service.name": service_name(service), **_RESOURCE, "k8s.pod.name": f"pod-{service}-5d8f7"}
            self._out.write(
                f'{{"resourceSpans":[{{"resource":{{"attributes":{_json(_values(about))}}},"scopeSpans":[{{"scope":'
                f'{{"name":"io.opentelemetry.auto","version":"2.20.1"}},"spans":[{",".join(self._waiting[service])}]}}],'
                '"schemaUrl":"https://opentelemetry.io/schemas/1.37.0"}]}\n'
            )
            self._waiting[service].clear()


class Jaeger(Format):
    """The query API's answer: one document without line breaks, trace by trace."""

    name = "jaeger"
    begin = '{"data":['
    end = '],"total":0,"limit":0,"offset":0,"errors":null}\n'

    def __init__(self, out: TextIO, is_first: bool) -> None:
        super().__init__(out, is_first)
        self._spans: list[str] = []
        self._services: set[int] = set()
        self._trace = ""
        tags = _json(_tags(_RESOURCE))
        self._processes = [f'"p{s}":{{"serviceName":"{service_name(s)}","tags":{tags}}}' for s in range(SERVICES)]

    def end_trace(self) -> None:
        processes = ",".join(self._processes[s] for s in sorted(self._services))
        text = (
            f'{{"traceID":"{self._trace}","spans":[{",".join(self._spans)}],'
            f'"processes":{{{processes}}},"warnings":null}}'
        )
        self.units.append(len(text))
        self._out.write(text if self._is_first else f",{text}")
        self._is_first = False
        self._spans.clear()
        self._services.clear()

    @staticmethod
    def span(shape: Shape, outcome: int) -> str:
        said = shape.attributes | shape.outcomes[outcome]
        tags = _tags(said | ({} if shape.kind == "internal" else {"span.kind": shape.kind}))
        if outcome in shape.failing:
            tags += [{"key": "error", "type": "bool", "value": True}, *_tags({"otel.status_code": "ERROR"})]
        span = {
            "traceID": "%(trace)s", "spanID": "%(id)s", "operationName": shape.name, "references": "%(parent)s",
            "startTime": "%(start)d", "duration": "%(duration)d", "tags": tags, "logs": [],
            "processID": f"p{shape.service}", "warnings": None,
        }  # fmt: skip
        return _bare(_json(span).replace('"%(parent)s"', "[%(parent)s%(links)s]"))

    def _parent(self, trace: str, parent: str) -> str:
        return f'{{"refType":"CHILD_OF","traceID":"{trace}","spanID":"{parent}"}}' if parent else ""

    def _links(self, links: Sequence[Link]) -> str:
        return ",".join(f'{{"refType":"FOLLOWS_FROM","traceID":"{t}","spanID":"{s}"}}' for t, s in links)

    def _keep(self, shape: Shape, trace: str, text: str) -> None:
        self._trace = trace
        self._spans.append(text)
        self._services.add(shape.service)


class Zipkin(Format):
    """Version 2, a line for each trace. There are no links, and halves of some calls share an id."""

    name = "zipkin"
    has_links = False
    shares_ids = True

    def __init__(self, out: TextIO, is_first: bool) -> None:
        super().__init__(out, is_first)
        self._spans: list[str] = []

    def end_trace(self) -> None:
        self._out.write(f"[{','.join(self._spans)}]\n")
        self._spans.clear()

    @staticmethod
    def span(shape: Shape, outcome: int) -> str:
        tags = {key: str(value) for key, value in (shape.attributes | shape.outcomes[outcome]).items()}
        if outcome in shape.failing:
            tags["error"] = "the call went wrong"
        span: dict[str, object] = {
            "traceId": "%(trace)s", "parentId": "%(parent)s", "id": "%(id)s", "kind": shape.kind.upper(),
            "name": shape.name.lower(), "timestamp": "%(start)d", "duration": "%(duration)d",
            "localEndpoint": {"serviceName": service_name(shape.service), "ipv4": f"10.2.{shape.service}.5"},
            "tags": tags,
        }  # fmt: skip
        if shape.kind == "internal":
            del span["kind"]
        if shape.remote:
            span["remoteEndpoint"] = {"serviceName": shape.remote, "port": 8080}
        return _bare(_json(span).replace('"parentId":"%(parent)s",', "%(parent)s"))

    def _parent(self, trace: str, parent: str) -> str:
        return f'"parentId":"{parent}",' if parent else ""

    def _keep(self, shape: Shape, trace: str, text: str) -> None:
        self._spans.append(text)


FORMATS: dict[str, type[Format]] = {kind.name: kind for kind in (Otlp, Jaeger, Zipkin)}


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


@cache
def _template(kind: str, shape: Shape, outcome: int) -> str:
    return FORMATS[kind].span(shape, outcome).replace(ITEM, "%(item)d")


def _bare(text: str) -> str:
    """Times as numbers."""
    return text.replace('"%(start)d"', "%(start)d").replace('"%(duration)d"', "%(duration)d")


def _values(attributes: Attributes) -> list[dict[str, object]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in attributes.items()
    ]


def _tags(attributes: Attributes) -> list[dict[str, object]]:
    return [
        {"key": key, "type": "int64" if isinstance(value, int) else "string", "value": value}
        for key, value in attributes.items()
    ]
