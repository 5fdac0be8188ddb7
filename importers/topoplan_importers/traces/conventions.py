"""Reads OpenTelemetry's semantic conventions, old and new, and OpenTracing's and Zipkin's before them.

Only the attributes named here are ever looked at: statements, headers, bodies and parameters are not among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from topoplan.model.text import clean
from topoplan_importers.technologies import by_name, names_store
from topoplan_importers.traces.hosts import host_and_path, host_name, host_of_url, party_name, path_of_url
from topoplan_importers.traces.paths import around_numbers, group, route, tidy, without_numbers
from topoplan_importers.traces.span import Attributes, OperationRank, Resource, Role, Signature, Told, number
from topoplan_importers.traces.templates import Templates

# Each tuple is one concept: the current attribute first, then the names it had before.
_HTTP_METHOD = ("http.request.method", "http.method")
_HTTP_TEMPLATE = ("http.route", "url.template")
_HTTP_PATH = ("url.path", "http.target", "http.path")
_URL = ("url.full", "http.url")
_RPC_SYSTEM = ("rpc.system.name", "rpc.system")
_RPC_SERVICE = ("rpc.service",)
_RPC_METHOD = ("rpc.method", "grpc.path")
_DB_SYSTEM = ("db.system.name", "db.system", "db.type")
_DB_NAME = ("db.namespace", "db.name", "db.instance", "cassandra.keyspace")
_DB_OPERATION = ("db.operation.name", "db.operation")
_DB_COLLECTION = ("db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table")
_MESSAGING_SYSTEM = ("messaging.system",)
_MESSAGING_STEP = ("messaging.operation.type", "messaging.operation", "messaging.operation.name")
_MESSAGING_TEMPLATE = ("messaging.destination.template", "messaging.destination_publish.template")
_MESSAGING_DESTINATION = (
    "messaging.destination.name", "messaging.destination", "message_bus.destination", "kafka.topic", "rabbit.queue",
)  # fmt: skip
_MESSAGING_UNNAMED = (
    "messaging.destination.anonymous",
    "messaging.destination.temporary",
    "messaging.temp_destination",
)
_PEER_SERVICE = ("service.peer.name", "peer.service")
_PEER_HOST = (
    "server.address",
    "net.peer.name",
    "peer.hostname",
    "http.host",
    "network.peer.address",
    "net.sock.peer.name",
)

_HTTP_STATUS = ("http.response.status_code", "http.status_code")
_GRPC_STATUS = (
    "rpc.grpc.status_code",
    "grpc.status_code",
    "grpc.status",
    "rpc.status_code",
    "rpc.response.status_code",
)
_OTEL_STATUS = ("otel.status_code",)
_ERROR = ("error",)
_TEMPLATES = frozenset(_HTTP_TEMPLATE)
_CONCRETE = frozenset({*_HTTP_PATH, *_URL})
_OUTCOME = frozenset({*_HTTP_STATUS, *_GRPC_STATUS, *_OTEL_STATUS, *_ERROR})

# What Zipkin's own instrumentation writes instead of `db.system` and `messaging.system`.
_TELLING = {"kafka.topic": "kafka", "rabbit.queue": "rabbitmq", "cassandra.keyspace": "cassandra"}

WANTED = _OUTCOME.union(
    _HTTP_METHOD, _HTTP_TEMPLATE, _HTTP_PATH, _URL, _RPC_SYSTEM, _RPC_SERVICE, _RPC_METHOD, _DB_SYSTEM, _DB_NAME,
    _DB_OPERATION, _DB_COLLECTION, _MESSAGING_SYSTEM, _MESSAGING_STEP, _MESSAGING_TEMPLATE, _MESSAGING_DESTINATION,
    _MESSAGING_UNNAMED, _PEER_SERVICE, _PEER_HOST,
)  # fmt: skip
"""Attribute keys a reader keeps; it may drop all others while decoding."""

_ROLES = {"client": Role.CALL, "server": Role.SERVE, "producer": Role.PUBLISH, "consumer": Role.RECEIVE}
_STEPS = {"publish": "send", "poll": "receive", "deliver": "process", "consume": "process", "ack": "settle"}
_STEP_ROLES = {"create": Role.PUBLISH, "send": Role.PUBLISH, "receive": Role.RECEIVE, "process": Role.RECEIVE}
_DB_SYSTEMS = {
    "postgres": "postgresql", "mongo": "mongodb", "mssql": "microsoft.sql_server", "oracle": "oracle.db",
    "aws.dynamodb": "dynamodb", "gcp.spanner": "spanner", "azure.cosmosdb": "cosmosdb", "other_sql": "sql",
}  # fmt: skip
_MESSAGING_PROTOCOLS = {
    "rabbitmq": "amqp", "servicebus": "amqp", "eventhubs": "amqp", "aws_sqs": "sqs", "aws.sqs": "sqs", "aws_sns": "sns",
    "aws.sns": "sns", "gcp_pubsub": "pubsub", "eventgrid": "http",
}  # fmt: skip
_RPC_PROTOCOLS = {
    "aws-api": "http",
    "apache_dubbo": "dubbo",
    "connect_rpc": "connect",
    "java_rmi": "rmi",
    "dotnet_wcf": "wcf",
}

CRITICALITIES = frozenset({"critical", "high", "medium", "low"})
_METHOD = re.compile(r"[A-Z]{3,10}")
_HTTP_NAME = re.compile(
    r"(?:HTTP[ :]+)?(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE)(?:\s+(?:https?://[^/\s]*)?(/\S*)|$)", re.I
)
_SLEUTH_NAME = re.compile(r"https?:(/[^/]\S*|/)")
_QUALIFIED = re.compile(r"/?(\w+(?:\.\w+)+/\w+)\.?")
_DB_NAME_TEXT = re.compile(r"([A-Z]{2,12})(?: ([\w$.-]{1,100}))?")
_WORD = re.compile(r"[A-Za-z_]{2,40}")
_TABLE = re.compile(r"[\w$.\-\[\]\"`]{1,200}")


def service_name(raw: object) -> str:
    """A service's name fit for facts; empty when absent or when the SDK filled in its placeholder."""
    return _service_name(raw) if isinstance(raw, str) else ""


@lru_cache(maxsize=4096)
def _service_name(raw: str) -> str:
    name = clean(raw)
    return "" if name.startswith("unknown_service") or name.lower() in ("unknown", "unknown-service") else name


def criticality(raw: object) -> str:
    """`service.criticality` when it is one of the four values the convention allows, else empty."""
    return raw if isinstance(raw, str) and raw in CRITICALITIES else ""


def failed(kind: str, found: Attributes) -> bool:
    """Whether the attributes say that a span of this kind (`client`, `server`, …) went wrong. Takes what it reads out
    of `found`, so that outcomes do not tell signatures apart.

    HTTP: status from 500 at a server, from 400 elsewhere, as OpenTelemetry sets span status. gRPC: any but OK.
    """
    bad = False
    for key in _OUTCOME.intersection(found):
        bad = _failing(key, found.pop(key), kind) or bad
    return bad


def _failing(key: str, value: Any, kind: str) -> bool:
    if key in _HTTP_STATUS:
        return number(value) >= (500 if kind == "server" else 400)
    text = str(value).strip().lower()
    if key in _GRPC_STATUS:
        return value is not None and text not in ("0", "ok", "", "200")
    if key in _OTEL_STATUS:
        return text == "error"
    # Zipkin: the tag's presence is the error, its value a message and may be empty.
    return value is not None and value is not False and text not in ("false", "0")


class Signatures:
    """Describes spans, each distinct description once. `many`: as spans of a large input."""

    _KEPT = 8192
    """Descriptions remembered by what they were made from."""
    _LONGEST = 2048
    """Characters of one attribute or name that are looked at."""

    def __init__(self, many: bool = False) -> None:
        self.templates = Templates(_Sense(), learns=many)
        self._seen: dict[tuple[Any, ...], Signature] = {}
        self._shared: dict[Signature, Signature] = {}
        self._told: dict[tuple[Any, ...], Told] = {}
        self._outcomes: dict[tuple[Signature, bool], Told] = {}

    def tell(
        self, service: str, criticality: str, kind: str, name: str, found: Attributes, bad: bool = False
    ) -> Told:  # fmt: skip
        """What a span says, and whether it went wrong: by its status (`bad`) or by its attributes, which are used up.
        `kind` is lower case, empty when the source does not say."""
        group_concrete(found)
        saying = (service, criticality, kind, name, bad, *found, *found.values())
        try:
            told = self._told.get(saying)
        except TypeError:  # a list or an object where a plain value belongs
            plain = {key: value for key, value in found.items() if isinstance(value, (str, int, float))}
            return self.tell(service, criticality, kind, name, plain, bad)
        if told is None:
            size = len(name) + sum(len(value) for value in found.values() if isinstance(value, str))
            outcome = failed(kind, found) or bad
            signature = self._described(service, criticality, kind, name, found)
            told = self._outcomes.setdefault((signature, outcome), Told(signature, outcome))
            if size < self._LONGEST:
                if len(self._told) >= self._KEPT:
                    self._told.clear()
                self._told[saying] = told
        return told

    def describe(self, service: str, criticality: str, kind: str, name: str, found: Attributes) -> Signature:
        """The signature of a span. `kind` is lower case, empty when the source does not say."""
        group_concrete(found)
        return self._described(service, criticality, kind, name, found)

    def _described(self, service: str, criticality: str, kind: str, name: str, found: Attributes) -> Signature:
        try:
            key = (service, criticality, kind, name, *found, *found.values())
            known = self._seen.get(key)
        except TypeError:
            # A list or an object where a plain value belongs.
            plain = {k: v for k, v in found.items() if isinstance(v, (str, int, float))}
            return self._described(service, criticality, kind, name, plain)
        if known is None:
            values = {k: str(v)[: self._LONGEST] for k, v in found.items() if v not in (None, "")}
            made = _describe(service, criticality, kind, name[: self._LONGEST], values)
            known = self._shared.setdefault(made, made)
            if max(len(name), *map(len, values.values()), 0) < self._LONGEST:
                if len(self._seen) >= self._KEPT:
                    self._seen.clear()
                self._seen[key] = known
        return known


class _Sense:
    """As `Sense` of templates asks."""

    def matters(self, key: str, found: Attributes) -> bool:
        return key not in _HTTP_PATH or not _has_route(found)

    def settled(self, key: str) -> Callable[[bytes], str] | None:
        return _settled_path if key in _HTTP_PATH else _settled_url if key in _URL else None

    def cut(self, value: bytes) -> list[bytes]:
        return around_numbers(value)


def _settled_path(path: bytes) -> str:
    return _path_of(without_numbers(path))


def _settled_url(url: bytes) -> str:
    return _url_of(without_numbers(url))


@lru_cache(maxsize=4096)
def _path_of(path: bytes) -> str:
    return group(path.decode())


@lru_cache(maxsize=4096)
def _url_of(url: bytes) -> str:
    return _grouped_url(url.decode())


def group_concrete(found: Attributes) -> None:
    """Paths and URLs differ from span to span: group them first, so that few descriptions have to be made."""
    if _CONCRETE.isdisjoint(found):
        return
    template = _has_route(found)
    for key in _HTTP_PATH:
        if key in found:
            found[key] = "" if template else group(str(found[key]))
    for key in _URL:
        if key in found:
            found[key] = _grouped_url(str(found[key]), template)


def _has_route(found: Attributes) -> bool:
    return any(key in found and route(str(found[key])) for key in _HTTP_TEMPLATE)


def _grouped_url(url: str, without_path: bool = False) -> str:
    host, path = host_and_path(url)
    return f"http://{host}{'/' if without_path else group(path)}"


def _describe(service: str, level: str, kind: str, name: str, found: dict[str, str]) -> Signature:
    told = next((system for key, system in _TELLING.items() if key in found), "")
    peer, peer_key = _peer(found)
    messaging = _first(found, _MESSAGING_SYSTEM).lower()
    step = _first(found, _MESSAGING_STEP).lower()
    role = _role(kind, messaging, _STEPS.get(step, step), bool(_first(found, _DB_SYSTEM)))
    product = by_name(told or (peer if peer_key in _PEER_SERVICE else ""))
    store = _first(found, _DB_SYSTEM).lower()
    if role is Role.CALL and not store and not messaging and product is not None and product.kind == "datastore":
        store = product.name
    if role is Role.CALL and store:
        return _store_call(service, level, name, found, _DB_SYSTEMS.get(store, store))
    if role in (Role.PUBLISH, Role.RECEIVE) or messaging:
        system = messaging or (product.name if product is not None and product.kind == "broker" else "")
        return _message(service, level, role, found, system, _STEPS.get(step, step))
    if role is Role.CALL and names_store(peer):
        return _store_call(service, level, name, found, "")
    protocol, method, path, rank = _operation(role, name, found)
    return Signature(service, role, protocol, method, path, rank, peer, peer_key, criticality=level)


def _role(kind: str, messaging: str, step: str, store: bool) -> Role:
    if messaging and kind in ("client", "") and step in _STEP_ROLES:
        return _STEP_ROLES[step]
    if not kind and store:
        return Role.CALL
    return _ROLES.get(kind, Role.NONE)


def _peer(found: dict[str, str]) -> tuple[str, str]:
    for key in _PEER_SERVICE:
        name = party_name(found.get(key, ""))
        if name:
            return name, key
    for key in _PEER_HOST:
        host = host_name(found.get(key, ""))
        if host:
            return host, key
    for key in _URL:
        host = host_of_url(found.get(key, ""))
        if host:
            return host, key
    return "", ""


def _store_call(service: str, level: str, name: str, found: dict[str, str], system: str) -> Signature:
    system = clean(system)
    peer, peer_key = _peer(found)
    if not peer:
        # Two databases of one product are two datastores; a number (Redis) or the product's own name tells nothing.
        base = clean(_first(found, _DB_NAME))
        telling = base and not base.isdigit() and _TABLE.fullmatch(base) and base.lower() not in system
        peer, peer_key = (f"{base}-{system}", "db.namespace") if telling else (system, "")
    operation, table = _first(found, _DB_OPERATION), _first(found, _DB_COLLECTION)
    word = _WORD.match(operation)
    named = None if word else _DB_NAME_TEXT.fullmatch(name)
    method = word.group(0).upper() if word else named.group(1) if named else ""
    table = table or (named.group(2) or "" if named else "")
    path = clean(table) if _TABLE.fullmatch(table) else ""
    rank = OperationRank.EXACT if method else OperationRank.NONE
    product = by_name(system)
    protocol = product.protocol if product is not None and product.kind == "datastore" else system
    return Signature(
        service, Role.CALL, protocol, method, path if method else "", rank, peer, peer_key, Resource.DATASTORE, system,
        criticality=level,
    )  # fmt: skip


def _message(service: str, level: str, role: Role, found: dict[str, str], system: str, step: str) -> Signature:
    system = clean(system)
    peer, peer_key = _peer(found)
    if system and not peer:
        peer = system
    template = _first(found, _MESSAGING_TEMPLATE)
    unnamed = any(found.get(key, "").lower() == "true" for key in _MESSAGING_UNNAMED)
    channel = clean(template or ("" if unnamed else _first(found, _MESSAGING_DESTINATION)))
    product = by_name(system)
    known = product.protocol if product is not None and product.kind == "broker" else system
    return Signature(
        service, role, _MESSAGING_PROTOCOLS.get(system, known), peer=peer, peer_key=peer_key,
        resource=Resource.BROKER if system else Resource.NONE, technology=system, channel=channel,
        channel_is_template=bool(template), step=step, criticality=level,
    )  # fmt: skip


def _operation(role: Role, name: str, found: dict[str, str]) -> tuple[str, str, str, OperationRank]:
    """Protocol, method, path and how well they are known."""
    rpc = _first(found, _RPC_SYSTEM).lower()
    if rpc:
        return (clean(_RPC_PROTOCOLS.get(rpc, rpc)), "RPC", *_rpc_path(name, found))
    if any(key in found for key in _GRPC_EVIDENCE):
        return ("grpc", "RPC", *_rpc_path(name, found))
    given = _first(found, _HTTP_METHOD).upper()
    parsed = _HTTP_NAME.match(name)
    if parsed and not parsed.group(2) and role not in (Role.CALL, Role.SERVE):
        parsed = None
    method = given if _METHOD.fullmatch(given) else parsed.group(1).upper() if parsed else ""
    template = route(_first(found, _HTTP_TEMPLATE))
    if template:
        return "http", method, template, OperationRank.EXACT
    path = _first(found, _HTTP_PATH) or next((path_of_url(found[key]) for key in _URL if key in found), "")
    if not path and parsed:
        path = parsed.group(2) or ""
    sleuth = _SLEUTH_NAME.match(name)
    if not path and sleuth:
        path = sleuth.group(1)
    if path:
        return "http", method, group(path), OperationRank.GROUPED
    if method:
        return "http", method, "", OperationRank.NAME
    qualified = _QUALIFIED.fullmatch(name)
    if qualified:
        return "grpc", "RPC", clean(qualified.group(1)), OperationRank.EXACT
    text = tidy(name)
    return "", "", text, OperationRank.NAME if text else OperationRank.NONE


_GRPC_EVIDENCE = ("rpc.service", "grpc.path")


def _rpc_path(name: str, found: dict[str, str]) -> tuple[str, OperationRank]:
    service, method = _first(found, _RPC_SERVICE), _first(found, _RPC_METHOD)
    if method and service and "/" not in method:
        method = f"{service}/{method}"
    path = clean(method.lstrip("/")) or tidy(name).lstrip("/")
    return path, OperationRank.EXACT if path else OperationRank.NONE


def _first(found: dict[str, str], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = found.get(key)
        if value:
            return value
    return ""
