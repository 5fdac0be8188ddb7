"""A system of 200 services as their instrumentation describes it: which calls there are, and what their spans say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from random import Random

from edge_tables import Edge

SERVICES = 200
ENTRIES = 20
"""The first services; requests begin there."""
ITEM = "<item>"
"""Stands for a number of five digits that differs from span to span."""
TOPICS = 30
STORES = 60
ATTRIBUTES = 25
"""Attributes of a span; those that its kind does not call for are of the code and machine it ran on."""

FINE, REFUSED, BROKEN = range(3)
"""Outcomes of a call: well; an error at the caller only (404, a missed deadline); an error at both."""

Attributes = dict[str, str | int]

_THINGS = (
    "orders", "invoices", "carts", "users", "prices", "stocks", "parcels", "claims", "offers", "coupons", "reviews",
    "tickets", "ledgers", "quotes", "routes", "drivers", "menus", "seats", "visits", "leases", "loans", "cards",
    "plans", "badges", "teams",
)  # fmt: skip
_PARTS = ("", "/lines", "/history", "/status")
_ENGINES = (("postgresql", "SELECT"), ("redis", "GET"), ("mongodb", "find"))
_LEGACY = ("legacy-billing", "legacy-archive", "mainframe-bridge")
_PARTNERS = ("api.cardpartner.com", "api.mailpartner.com", "api.mappartner.com", "api.taxpartner.com")


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What all spans of one kind at one place have in common."""

    service: int
    kind: str
    name: str
    attributes: Attributes
    outcomes: tuple[Attributes, Attributes, Attributes] = ({}, {}, {})
    """What they say besides, by outcome."""
    failing: tuple[int, ...] = ()
    """Outcomes with an error status."""
    remote: str = ""
    """The other party's name as Zipkin's instrumentation gives it."""


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """Something a service does when asked, or when a message comes: its span, and the calls it may make."""

    shape: Shape
    operation: str
    protocol: str = "http"
    calls: list[Call] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    name: str
    broker: str
    protocol: str
    linked: bool
    """Receivers begin traces of their own, linked to those of the senders."""
    receivers: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One place in the code that calls another party."""

    internals: tuple[Shape, ...]
    """Spans of the caller's own work around the call."""
    client: Shape | None
    """None where the caller's client library is not instrumented."""
    callee: Endpoint | Topic | None
    """None where the other party has no spans."""
    edge: Edge | None
    """What it is counted as, with its operation; None for self-calls. Of a topic: the use of the broker."""
    shared: bool = False
    """Zipkin's instrumentation gives both halves one span id."""


@dataclass(frozen=True, slots=True)
class System:
    entries: tuple[Endpoint, ...]
    shapes: tuple[Shape, ...]
    """All of them, in a fixed order."""


def service_name(number: int) -> str:
    return f"service-{number:03}"


@cache
def generated_system() -> System:
    """Always the same system."""
    builder = _Builder(Random(200))
    return System(tuple(e for s in range(ENTRIES) for e in builder.endpoints[s]), tuple(builder.shapes))


class _Builder:
    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self.shapes: list[Shape] = []
        self.endpoints = [[self._endpoint(s, n) for n in range(2 + s % 2)] for s in range(SERVICES)]
        self._topics = [self._topic(n) for n in range(TOPICS)]
        served = [endpoint for endpoints in self.endpoints for endpoint in endpoints]
        for endpoint in (*served, *(r for topic in self._topics for r in topic.receivers)):
            endpoint.calls.extend(self._call(endpoint.shape.service) for _ in range(draw.randrange(1, 5)))

    def _shape(
        self, service: int, kind: str, name: str, attributes: Attributes,
        outcomes: tuple[Attributes, Attributes, Attributes] = ({}, {}, {}), failing: tuple[int, ...] = (),
        remote: str = "",
    ) -> Shape:  # fmt: skip
        missing = ATTRIBUTES - len(attributes) - len(outcomes[0])
        shape = Shape(
            service, kind, name, attributes | _surroundings(service, kind, missing), outcomes, failing, remote
        )
        self.shapes.append(shape)
        return shape

    def _endpoint(self, service: int, number: int) -> Endpoint:
        if service >= ENTRIES and service % 3 == 2:
            path = _rpc(service, number)
            attributes = _rpc_attributes(service, path) | {"client.address": "10.1.2.3"}
            outcomes = _rpc_outcomes(service, at_client=False)
            return Endpoint(self._shape(service, "server", path, attributes, outcomes, (BROKEN,)), path, "grpc")
        method, template = _http(service, number)
        old, concrete = _is_old(service), template.replace("{id}", ITEM)
        attributes = {"http.method": method, "http.target": f"{concrete}?page=2", "http.scheme": "http"} if old else {
            "http.request.method": method, "url.path": concrete, "url.query": "page=2", "url.scheme": "http",
            "server.address": service_name(service), "server.port": 8080, "client.address": "10.1.2.3",
        }  # fmt: skip
        if service % 5:  # the others' frameworks do not tell the route: it has to be guessed from the path
            attributes["http.route"] = template.replace("{id}", ":id") if service % 7 == 0 else template
        name = f"{method} {template}" if service % 5 else method
        shape = self._shape(service, "server", name, attributes, _http_outcomes(service), (BROKEN,))
        return Endpoint(shape, f"{method} {template}")

    def _topic(self, number: int) -> Topic:
        name = f"{_THINGS[number % len(_THINGS)]}.{('created', 'changed')[number // len(_THINGS)]}"
        _, host, protocol = _broker(number)
        receivers = []
        for service in self._draw.sample(range(ENTRIES, SERVICES), 1 + number % 2):
            shape = self._shape(
                service, "consumer", f"process {name}", _messaging(service, number, name, "process"),
                ({}, {}, {"error.type": "TimeoutError"}), (BROKEN,), host,
            )  # fmt: skip
            receivers.append(Endpoint(shape, f"receive {name}", protocol))
        return Topic(name, host, protocol, number % 3 == 0, tuple(receivers))

    def _call(self, service: int) -> Call:
        internals = tuple(
            self._shape(service, "internal", f"step {n}", {"code.namespace": f"shop.handlers.Handler{n}"})
            for n in range(self._draw.choice((0, 0, 1, 1, 2)))
        )
        pick = self._draw.random()
        if pick < 0.42:
            return self._service_call(service, self._draw.randrange(ENTRIES, SERVICES), internals)
        if pick < 0.45:
            return self._service_call(service, service, internals)
        if pick < 0.75:
            return self._store_call(service, internals)
        if pick < 0.88:
            return self._send(service, self._draw.randrange(TOPICS), internals)
        return self._outside_call(service, self._draw.randrange(len(_PARTNERS) + len(_LEGACY)), internals)

    def _service_call(self, service: int, called: int, internals: tuple[Shape, ...]) -> Call:
        callee = self._draw.choice(self.endpoints[called])
        near, far = service_name(service), service_name(called)
        edge = None if service == called else Edge(near, far, "sync", callee.protocol, "", callee.operation)
        if service != called and self._draw.random() < 0.1:
            return Call(internals, None, callee, edge)
        if callee.protocol == "grpc":
            path = callee.operation
            attributes, outcomes = _rpc_attributes(service, path), _rpc_outcomes(service, at_client=True)
            attributes |= _address(service, far, 50051)
            client = self._shape(service, "client", path, attributes, outcomes, (REFUSED, BROKEN), far)
        else:
            method, _, path = callee.operation.partition(" ")
            attributes = _http_client(
                service, method, f"http://{far}:8080{path.replace('{id}', ITEM)}?page=2", far, 8080
            )
            client = self._shape(service, "client", method, attributes, _http_outcomes(service), (REFUSED, BROKEN), far)
        return Call(internals, client, callee, edge, shared=service % 4 == 1 and called % 4 == 1)

    def _store_call(self, service: int, internals: tuple[Shape, ...]) -> Call:
        number = self._draw.randrange(STORES)
        (engine, verb), host = _ENGINES[number % len(_ENGINES)], f"store-{number:02}"
        base, old = f"shop{_THINGS[number % len(_THINGS)]}", _is_old(service)
        table = "" if engine == "redis" else _THINGS[(number + service) % len(_THINGS)]
        keys = ("db.system", "db.name", "db.operation", "db.statement") if old else (
            "db.system.name", "db.namespace", "db.operation.name", "db.query.text",
        )  # fmt: skip
        values = (engine, base, verb, f"{verb} {table} WHERE id = ? AND kind = ? ORDER BY created LIMIT 50")
        attributes: Attributes = dict(zip(keys, values, strict=True))
        if table:
            attributes["db.sql.table" if old else "db.collection.name"] = table
        # Some drivers tell only the address, and the base has to name the store.
        named = number % 4 != 0
        attributes |= _address(service, host if named else f"10.9.0.{number}", 5432)
        provider = host if named else f"{base}-{engine}"
        edge = Edge(service_name(service), provider, "resource", engine, "", f"{verb.upper()} {table}".strip())
        outcomes: tuple[Attributes, Attributes, Attributes] = ({}, {"error.type": "08006"}, {"error.type": "57014"})
        name = f"{verb} {table}".strip()
        client = self._shape(service, "client", name, attributes, outcomes, (REFUSED, BROKEN), host if named else "")
        return Call(internals, client, None, edge)

    def _send(self, service: int, number: int, internals: tuple[Shape, ...]) -> Call:
        topic = self._topics[number]
        attributes = _messaging(service, number, topic.name, "send")
        producer = self._shape(service, "producer", f"send {topic.name}", attributes, remote=topic.broker)
        edge = Edge(service_name(service), topic.broker, "resource", topic.protocol, "", f"publish {topic.name}")
        return Call(internals, producer, topic, edge)

    def _outside_call(self, service: int, number: int, internals: tuple[Shape, ...]) -> Call:
        method, template = _http(number, 1)
        host = (*_PARTNERS, *_LEGACY)[number]
        legacy = host in _LEGACY
        url = f"{'http' if legacy else 'https'}://{host}/v1{template.replace('{id}', ITEM)}"
        attributes = _http_client(service, method, url, host, 80 if legacy else 443)
        if legacy:
            attributes["peer.service"] = host
        client = self._shape(service, "client", method, attributes, _http_outcomes(service), (REFUSED, BROKEN), host)
        return Call(
            internals, client, None, Edge(service_name(service), host, "sync", "http", "", f"{method} /v1{template}")
        )


def _is_old(service: int) -> bool:
    """Whether a service's instrumentation is of before the conventions became stable."""
    return service % 2 == 1


def _http(service: int, number: int) -> tuple[str, str]:
    thing = _THINGS[(service * 3 + number) % len(_THINGS)]
    return ("GET", "POST", "PUT")[number % 3], f"/{thing}/{{id}}{_PARTS[(service + number) % len(_PARTS)]}"


def _http_client(service: int, method: str, url: str, host: str, port: int) -> Attributes:
    if _is_old(service):
        return {"http.method": method, "http.url": url, "http.flavor": "1.1"} | _address(service, host, port)
    version = {"network.protocol.version": "1.1"}
    return {"http.request.method": method, "url.full": url} | version | _address(service, host, port)


def _http_outcomes(service: int) -> tuple[Attributes, Attributes, Attributes]:
    key = "http.status_code" if _is_old(service) else "http.response.status_code"
    return {key: 200}, {key: 404}, {key: 503}


def _rpc(service: int, number: int) -> str:
    thing = _THINGS[service % len(_THINGS)].capitalize()
    return f"shop.v1.{thing}/{('Get', 'List', 'Put')[number % 3]}{thing}"


def _rpc_attributes(service: int, path: str) -> Attributes:
    owner, _, method = path.partition("/")
    if _is_old(service):
        return {"rpc.system": "grpc", "rpc.service": owner, "rpc.method": method}
    return {"rpc.system.name": "grpc", "rpc.method": path}


def _rpc_outcomes(service: int, at_client: bool) -> tuple[Attributes, Attributes, Attributes]:
    if _is_old(service):
        key = "rpc.grpc.status_code"
        return {key: 0}, {key: 4 if at_client else 0}, {key: 13}
    key = "rpc.response.status_code"
    return {key: "OK"}, {key: "DEADLINE_EXCEEDED" if at_client else "OK"}, {key: "INTERNAL"}


def _broker(topic: int) -> tuple[str, str, str]:
    """Product, host and protocol."""
    return ("rabbitmq", "rabbit-0", "amqp") if topic % 4 == 3 else ("kafka", f"kafka-{topic % 2}", "kafka")


def _messaging(service: int, topic: int, name: str, step: str) -> Attributes:
    system, host, _ = _broker(topic)
    if _is_old(service):
        said = {"messaging.destination": name, "messaging.operation": "publish" if step == "send" else step}
    else:
        said = {"messaging.destination.name": name, "messaging.operation.type": step, "messaging.operation.name": step}
    return (
        {"messaging.system": system, "messaging.message.id": f"message-{ITEM}"} | said | _address(service, host, 9092)
    )


def _address(service: int, host: str, port: int) -> Attributes:
    if _is_old(service):
        return {"net.peer.name": host, "net.peer.port": port}
    return {"server.address": host, "server.port": port, "network.peer.address": f"10.4.{service}.7"}


def _surroundings(service: int, kind: str, count: int) -> Attributes:
    """`count` attributes that instrumentation adds to every span, none of which tells of a call."""
    told: Attributes = {
        "thread.id": 20 + service % 40, "thread.name": "http-nio-8080-exec-7", "code.function.name": "handleRequest",
        "code.file.path": "src/main/java/shop/web/RequestHandler.java", "code.line.number": 117,
        "user_agent.original": "generated/1.0 (an agent about as long as they usually are)", "enduser.id": f"u{ITEM}",
        "app.tenant": "tenant-12", "app.feature.flags": "new-cart,fast-prices,no-coupons", "app.region": "eu-central-1",
        "app.request.size": 512, "app.build": "2025-11-02T10:11:12Z", "app.kind": kind,
    }  # fmt: skip
    told |= {f"app.detail.{n}": f"some value of detail number {n}" for n in range(ATTRIBUTES)}
    return dict(list(told.items())[:count])
