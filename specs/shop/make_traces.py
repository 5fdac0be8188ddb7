"""Writes the shop's recorded traffic: `python specs/shop/make_traces.py`. Same bytes every time.

Every figure in EXPECTED.md can be counted from the scenarios below. Latencies follow a fixed ramp with a slow tail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent / "traces"
START_NS = 1_767_607_200_000_000_000  # 2026-01-05T10:00:00Z
MINUTE_NS = 60_000_000_000

UNSPECIFIED, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = range(6)
KINDS = ("", "internal", "server", "client", "producer", "consumer")
HOSTS = {
    "user-service": "user-service",
    "order-service": "order-service",
    "PaymentService": "payment-service",
    "inventory": "inventory-service",
}


@dataclass
class Span:
    service: str
    name: str
    kind: int
    ms: float
    attributes: dict[str, str | int] = field(default_factory=dict)
    children: list[Span] = field(default_factory=list)
    linked: bool = False
    """Tied to its parent by a span link instead of the parent id, as batch consumers are."""
    error: bool = False


def call(consumer: str, provider: str, method: str, route: str, ms: float, inner: list[Span], status: int = 200) -> Span:
    """A client half in `consumer` around a server half in `provider`."""
    failed = status >= 500
    server = Span(
        provider,
        f"{method} {route}",
        SERVER,
        ms - 1,
        {"http.request.method": method, "http.route": route, "http.response.status_code": status},
        inner,
        error=failed,
    )
    url = f"http://{HOSTS[provider]}:8080{route}"
    return Span(
        consumer,
        method,
        CLIENT,
        ms,
        {"http.request.method": method, "url.full": url, "server.address": HOSTS[provider], "http.response.status_code": status},
        [server],
        error=status >= 400,
    )


def entry(method: str, route: str, ms: float, inner: list[Span], status: int = 200) -> Span:
    """A browser's request as the gateway sees it; the browser itself sends no spans."""
    attributes = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    return Span("gateway", f"{method} {route}", SERVER, ms, attributes, inner)


def database(service: str, system: str, host: str, operation: str, table: str, ms: float) -> Span:
    attributes = {
        "db.system.name": system,
        "server.address": host,
        "db.operation.name": operation,
        "db.collection.name": table,
    }
    return Span(service, f"{operation} {table}", CLIENT, ms, attributes)


def publish(service: str, topic: str, receivers: list[Span]) -> Span:
    attributes = {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.operation.type": "send",
        "server.address": "kafka",
    }
    return Span(service, f"send {topic}", PRODUCER, 2, attributes, receivers)


def receive(service: str, topic: str, inner: list[Span], linked: bool = False) -> Span:
    attributes = {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": service,
    }
    return Span(service, f"process {topic}", CONSUMER, 5, attributes, inner, linked=linked)


def ramp(number: int, base: float, tail: float) -> float:
    """Milliseconds: a slow ramp, and every tenth request much slower."""
    return base + number % 7 + (tail if number % 10 == 9 else 0)


def checkout(number: int) -> Span:
    """Every twelfth checkout finds the acquirer down."""
    down = number % 12 == 11
    acquirer = Span(
        "PaymentService",
        "POST",
        CLIENT,
        ramp(number, 120, 900),
        {"http.request.method": "POST", "url.full": "https://api.stripe.com/v1/payment_intents", "server.address": "api.stripe.com",
         "http.response.status_code": 503 if down else 200},
        error=down,
    )
    mail = receive(
        "notification-service",
        "order.created",
        [call("notification-service", "user-service", "GET", "/users/{userId}", ramp(number, 6, 20), [
            database("user-service", "mongodb", "user-db", "find", "users", 2)])],
    )
    reserve = receive("inventory", "order.created", [
        database("inventory", "postgresql", "inventory-db", "UPDATE", "stock", 3)], linked=True)
    paid = receive("order-service", "payment.captured", [
        database("order-service", "postgresql", "order-db", "UPDATE", "orders", 3)], linked=True)
    charged = [
        acquirer,
        database("PaymentService", "mysql", "payment-db", "INSERT", "charges", 4),
    ] + ([] if down else [publish("PaymentService", "payment.captured", [paid])])
    place = Span("order-service", "place order", INTERNAL, ramp(number, 160, 950), {}, [
        call("order-service", "inventory", "GET", "/stock/{sku}", ramp(number, 8, 40), [
            database("inventory", "postgresql", "inventory-db", "SELECT", "stock", 2)]),
        database("order-service", "postgresql", "order-db", "INSERT", "orders", 4),
        call("order-service", "PaymentService", "POST", "/charges", ramp(number, 140, 920), charged, 503 if down else 201),
        publish("order-service", "order.created", [mail, reserve]),
    ])
    status = 502 if down else 201
    return entry("POST", "/orders", ramp(number, 180, 980), [
        call("gateway", "order-service", "POST", "/orders", ramp(number, 170, 970), [place], status)], status)


def login(number: int) -> Span:
    wrong = number % 15 == 14
    return entry("POST", "/sessions", ramp(number, 30, 25), [
        call("gateway", "user-service", "POST", "/sessions", ramp(number, 25, 20), [
            database("user-service", "mongodb", "user-db", "find", "users", 3),
            *([] if wrong else [database("user-service", "redis", "session-cache", "SETEX", "", 1)]),
        ], 401 if wrong else 201)], 401 if wrong else 201)


def browse(number: int) -> Span:
    return entry("GET", "/stock/{sku}", ramp(number, 15, 30), [
        call("gateway", "inventory", "GET", "/stock/{sku}", ramp(number, 10, 25), [
            database("inventory", "postgresql", "inventory-db", "SELECT", "stock", 2)])])


def read_order(number: int) -> Span:
    """A page that lists orders calls `GET /orders`, which no spec documents."""
    route = "/orders" if number % 4 == 3 else "/orders/{orderId}"
    return entry("GET", route, ramp(number, 20, 30), [
        call("gateway", "order-service", "GET", route, ramp(number, 15, 25), [
            database("order-service", "postgresql", "order-db", "SELECT", "orders", 2)])])


def refund(number: int) -> Span:
    again = number % 5 == 4
    inner = [database("PaymentService", "mysql", "payment-db", "SELECT", "charges", 2)]
    if not again:
        inner.append(database("PaymentService", "mysql", "payment-db", "UPDATE", "charges", 3))
    status = 409 if again else 201
    return entry("POST", "/orders/{orderId}/refund", ramp(number, 90, 60), [
        call("gateway", "order-service", "POST", "/orders/{orderId}/refund", ramp(number, 80, 50), [
            database("order-service", "postgresql", "order-db", "UPDATE", "orders", 3),
            call("order-service", "PaymentService", "POST", "/charges/{chargeId}/refunds", ramp(number, 60, 40), inner, status),
        ], 409 if again else 202)], 409 if again else 202)


def shown_stock() -> Span:
    """A test of gateway and inventory-service together."""
    return browse(0)


def paid_checkout() -> Span:
    """A test of gateway, order-service and payment-service along the checkout; the acquirer is a stub."""
    return entry("POST", "/orders", 60, [
        call("gateway", "order-service", "POST", "/orders", 50, [
            call("order-service", "PaymentService", "POST", "/charges", 30, [
                database("PaymentService", "mysql", "payment-db", "INSERT", "charges", 4)], 201)], 201)], 201)


def payment_down() -> Span:
    """A test in which a proxy answers for payment-service that it is down, and order-service sees it."""
    charge = call("order-service", "PaymentService", "POST", "/charges", 30, [], 503)
    charge.attributes["fault.injected"] = "true"
    charge.children.clear()
    return entry("POST", "/orders", 60, [call("gateway", "order-service", "POST", "/orders", 50, [charge], 502)], 502)


def hex_id(*parts: object, length: int) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:length]


@dataclass
class Placed:
    span: Span
    span_id: str
    parent_id: str
    link_id: str
    start_ns: int


def place(root: Span, trace: str, start_ns: int) -> Iterator[Placed]:
    """Lay a tree out in time: children start one millisecond after one another, after their parent."""
    stack = [(root, "", 0, "0")]
    while stack:
        span, parent, offset_ms, path = stack.pop()
        span_id = hex_id(trace, path, length=16)
        yield Placed(span, span_id, "" if span.linked else parent, parent if span.linked else "", start_ns + offset_ms * 1_000_000)
        for index, child in enumerate(span.children):
            stack.append((child, span_id, offset_ms + index + 1, f"{path}.{index}"))


def otlp_value(value: str | int) -> dict[str, str]:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


def otlp_line(trace: str, placed: list[Placed], resource: dict[str, str] | None = None) -> str:
    by_service: dict[str, list[dict[str, object]]] = {}
    for item in placed:
        span = item.span
        made: dict[str, object] = {
            "traceId": trace,
            "spanId": item.span_id,
            "parentSpanId": item.parent_id,
            "name": span.name,
            "kind": span.kind,
            "startTimeUnixNano": str(item.start_ns),
            "endTimeUnixNano": str(item.start_ns + int(span.ms * 1_000_000)),
            "attributes": [{"key": k, "value": otlp_value(v)} for k, v in span.attributes.items()],
            "status": {"code": 2} if span.error else {},
        }
        if item.link_id:
            made["links"] = [{"traceId": trace, "spanId": item.link_id}]
        by_service.setdefault(span.service, []).append(made)
    return json.dumps({"resourceSpans": [
        {
            "resource": {"attributes": [
                {"key": key, "value": {"stringValue": value}}
                for key, value in {"service.name": service, **(resource or {})}.items()
            ]},
            "scopeSpans": [{"scope": {"name": "shop"}, "spans": spans}],
        }
        for service, spans in by_service.items()
    ]}, separators=(",", ":"))


def jaeger_trace(trace: str, placed: list[Placed]) -> dict[str, object]:
    services = list(dict.fromkeys(item.span.service for item in placed))
    process = {service: f"p{number}" for number, service in enumerate(services, 1)}
    spans = []
    for item in placed:
        span = item.span
        tags = [{"key": "span.kind", "type": "string", "value": KINDS[span.kind]}] if span.kind > INTERNAL else []
        tags += [{"key": k, "type": "int64" if isinstance(v, int) else "string", "value": v} for k, v in span.attributes.items()]
        tags += [{"key": "error", "type": "bool", "value": True}] if span.error else []
        parent = [{"refType": "CHILD_OF", "traceID": trace, "spanID": item.parent_id}] if item.parent_id else []
        spans.append({
            "traceID": trace, "spanID": item.span_id, "operationName": span.name, "references": parent,
            "startTime": item.start_ns // 1000, "duration": int(span.ms * 1000), "tags": tags, "logs": [],
            "processID": process[span.service],
        })
    return {"traceID": trace, "spans": spans, "processes": {p: {"serviceName": s, "tags": []} for s, p in process.items()}}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    scenarios = [("login", login, 30), ("browse", browse, 20), ("checkout", checkout, 24), ("read", read_order, 16)]
    lines, clock = [], START_NS
    for name, scenario, times in scenarios:
        for number in range(times):
            trace = hex_id(name, number, length=32)
            lines.append(otlp_line(trace, list(place(scenario(number), trace, clock))))
            clock += MINUTE_NS
    (HERE / "otlp.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    refunds = []
    for number in range(10):
        trace = hex_id("refund", number, length=32)
        refunds.append(jaeger_trace(trace, list(place(refund(number), trace, clock))))
        clock += MINUTE_NS
    (HERE / "jaeger-refunds.json").write_text(json.dumps({"data": refunds}, indent=1) + "\n", encoding="utf-8", newline="\n")
    write_test_run(clock)


def write_test_run(clock: int) -> None:
    """The traces of one run of the team's tests, each test with its name and how it ended."""
    tests = {"stock is shown": shown_stock, "a checkout is paid": paid_checkout, "payment is down": payment_down}
    lines = []
    for name, scenario in tests.items():
        root = scenario()
        root.attributes |= {"test.case.name": name, "test.case.result.status": "pass"}
        trace = hex_id("test", name, length=32)
        lines.append(otlp_line(trace, list(place(root, trace, clock)), {"deployment.environment.name": "test"}))
        clock += MINUTE_NS
    (HERE / "test-run.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
