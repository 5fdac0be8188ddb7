"""One small report with everything in it: all styles and kinds, drift, notices, failed sources, missing inputs."""

from __future__ import annotations

from sample_coverage import COVERAGE, GAPS

from topoplan.model.change import BreakingChange, BreakKind, ChangeRate, History, ServiceHistory
from topoplan.model.facts import NodeKind, Notice, Severity, Source, SourceState, Style
from topoplan.model.method import MethodSection, chosen, fixed
from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.plan import Alternative, Case, Plan, Recommendation, Scope, Skip, Stub, Technique
from topoplan.model.report import Journey, Report
from topoplan.model.risk import Factor, Mode, ModeRisk, RiskProfile
from topoplan.model.stats import Stats, bucket_of
from topoplan.model.topology import Boundary, BoundaryOperation, Drift, Join, Service, Topology

COMPOSE = "compose.yaml"
ORDER_SPEC = "order/openapi.yaml"
PAYMENT_SPEC = "payment/swagger.json"


def declared(
    line: int, rule: str, detail: str = "", confidence: Confidence = Confidence.HIGH, path: str = COMPOSE
) -> Evidence:
    return Evidence("compose", Where(path, line), Basis.DECLARED, confidence, rule, detail)


def observed(spans: int) -> Evidence:
    where = Where("traces/checkout.jsonl", 1)
    return Evidence("otlp", where, Basis.OBSERVED, Confidence.HIGH, "span-pair", f"{spans} span pairs")


def traffic(calls: int, errors: int, p50_ms: float, p99_ms: float) -> Stats:
    slow = max(calls // 50, 1)
    return Stats(
        calls=calls,
        errors=errors,
        traces=calls,
        first_seen=1_762_300_800,
        last_seen=1_762_387_200,
        buckets=((bucket_of(p50_ms * 1000), calls - slow), (bucket_of(p99_ms * 1000), slow)),
    )


def operation(method: str, path: str, line: int, spec: str, *statuses: str, **more: object) -> Operation:
    outcomes = tuple(Outcome(status, MEANING.get(status, "")) for status in statuses)
    return Operation(method, path, Where(spec, line), outcomes=outcomes, **more)  # type: ignore[arg-type]


MEANING = {"200": "OK", "201": "Created", "402": "Card declined", "404": "No such order", "409": "Already paid"}

GET_ORDER = operation("GET", "/orders/{id}", 12, ORDER_SPEC, "200", "404", unauthenticated=False, security=("oidc",))
POST_ORDER = operation(
    "POST",
    "/orders",
    40,
    ORDER_SPEC,
    "201",
    "409",
    summary="Place an order",
    fields=(
        Field(FieldPlace.HEADER, "Idempotency-Key", "string", "uuid"),
        Field(FieldPlace.REQUEST, "items[].price", "integer", "int64", required=True),
    ),
    idempotency_key=True,
)
POST_PAYMENT = operation("POST", "/payments", 8, PAYMENT_SPEC, "201", "402", "409", deprecated=True)

SERVICES = (
    Service("audit-log", "audit-log", NodeKind.EXTERNAL, evidence=(observed(3),)),
    Service(
        "events",
        "events",
        NodeKind.BROKER,
        aliases=("kafka",),
        technology="kafka",
        image="apache/kafka:4.1",
        evidence=(declared(61, "service"),),
    ),
    Service(
        "gateway", "gateway", NodeKind.GATEWAY, owner="team-edge", evidence=(declared(3, "service"), observed(940))
    ),
    Service("notification", "notification", NodeKind.SERVICE, evidence=(declared(48, "service"),)),
    Service(
        "order",
        "order",
        NodeKind.SERVICE,
        aliases=("order-service", "orders"),
        joins=(
            Join("order-service", "OTEL_SERVICE_NAME in compose.yaml:22", Where(COMPOSE, 22)),
            Join("orders", "same name without a plural s", Where("traces/checkout.jsonl", 1)),
        ),
        folders=("order",),
        specs=(ORDER_SPEC,),
        operations=(GET_ORDER, POST_ORDER),
        owner="team-order",
        criticality="critical",
        evidence=(declared(14, "service"), observed(940)),
    ),
    Service(
        "order-db",
        "order-db",
        NodeKind.DATASTORE,
        technology="postgresql",
        image="postgres:16",
        evidence=(declared(30, "service"),),
    ),
    Service(
        "payment",
        "payment",
        NodeKind.SERVICE,
        folders=("payment",),
        specs=(PAYMENT_SPEC,),
        operations=(POST_PAYMENT,),
        owner="team-money",
        evidence=(declared(36, "service"), observed(310)),
    ),
    Service("zipkin", "zipkin", NodeKind.SERVICE, infrastructure=True, evidence=(declared(70, "service"),)),
)

GATEWAY_ORDER = Boundary(
    "gateway->order/http",
    "gateway",
    "order",
    Style.SYNC,
    "http",
    operations=(
        BoundaryOperation("GET /orders/{id}", True, Basis.OBSERVED, traffic(900, 4, 11, 160)),
        BoundaryOperation("POST /orders", True, Basis.DECLARED),
        BoundaryOperation("DELETE /orders/{id}", False, Basis.OBSERVED, traffic(40, 36, 15, 40)),
    ),
    stats=traffic(940, 40, 11, 160),
    evidence=(declared(6, "environment-url", "ORDER_URL names order"), observed(940)),
)
ORDER_PAYMENT = Boundary(
    "order->payment/http",
    "order",
    "payment",
    Style.SYNC,
    "http",
    operations=(BoundaryOperation("POST /payments", True, Basis.OBSERVED, traffic(310, 31, 80, 2400)),),
    stats=traffic(310, 31, 80, 2400),
    evidence=(declared(19, "environment-url", "PAYMENT_URL names payment"), observed(310)),
)
NOTIFICATION_ORDER = Boundary(
    "notification<-order/kafka:order.created",
    "notification",
    "order",
    Style.MESSAGE,
    "kafka",
    channel="order.created",
    broker="events",
    operations=(BoundaryOperation("publish order.created", None, Basis.DECLARED),),
    evidence=(declared(52, "channel", "topic order.created", Confidence.MEDIUM),),
)
ORDER_DB = Boundary(
    "order->order-db/postgresql",
    "order",
    "order-db",
    Style.RESOURCE,
    "postgresql",
    evidence=(declared(20, "environment-url", "DATABASE_URL names order-db"),),
)
PAYMENT_AUDIT = Boundary(
    "payment->audit-log/grpc",
    "payment",
    "audit-log",
    Style.SYNC,
    "grpc",
    operations=(BoundaryOperation("audit.Log/Append", None, Basis.OBSERVED, traffic(3, 0, 5, 9)),),
    stats=traffic(3, 0, 5, 9),
    evidence=(observed(3),),
)
ORDER_EVENTS = Boundary(
    "order->events/kafka",
    "order",
    "events",
    Style.RESOURCE,
    "kafka",
    evidence=(declared(21, "depends-on", "order depends on events", Confidence.LOW),),
)
ORDER_SUGGESTED = Boundary(
    id="order->notification/tcp",
    consumer="order",
    provider="notification",
    style=Style.SYNC,
    protocol="tcp",
    evidence=(
        Evidence(
            "compose",
            Where("compose.yaml", 31),
            Basis.DECLARED,
            Confidence.LOW,
            "depends-on",
            "order starts after notification",
        ),
    ),
)

ORDER_ZIPKIN = Boundary(
    "order->zipkin/http",
    "order",
    "zipkin",
    Style.SYNC,
    "http",
    evidence=(declared(23, "environment-url", "ZIPKIN_URL names zipkin", Confidence.MEDIUM),),
)

DRIFT = (
    Drift("never-observed", NOTIFICATION_ORDER.id, message="declared, but notification is in no trace"),
    Drift("never-observed", ORDER_DB.id, message="declared, but no trace shows it"),
    Drift("not-declared", PAYMENT_AUDIT.id, message="seen in 3 calls, declared nowhere"),
    Drift(
        "undocumented-operation",
        GATEWAY_ORDER.id,
        "DELETE /orders/{id}",
        "called 40 times, but no spec of order documents it",
    ),
    Drift("unused-operation", "order", "POST /orders", "documented by order, but no trace shows a service calling it"),
)

NOTICES = (
    Notice(Severity.WARNING, "spec-invalid", "paths./orders.post has no responses.default", Where(ORDER_SPEC, 40)),
    Notice(
        Severity.WARNING,
        "name-ambiguous",
        "the name audit means no service for certain: audit-log or audit-db",
        Where("traces/checkout.jsonl", 1),
    ),
    Notice(Severity.INFO, "traces-dropped", "4 of 2,506 spans are duplicates and were dropped"),
)

SOURCES = (
    Source(COMPOSE, SourceState.ANALYSED, "compose", facts=17, digest="9f" * 32),
    Source("legacy/compose.yaml", SourceState.FAILED, "compose", "line 7: found a tab where indentation is expected"),
    Source("node_modules/x/openapi.json", SourceState.SKIPPED, reason="vendored folder"),
    Source(ORDER_SPEC, SourceState.ANALYSED, "openapi", "invalid, but readable", facts=3, digest="0a" * 32),
    Source(PAYMENT_SPEC, SourceState.ANALYSED, "openapi", facts=1, digest="0b" * 32),
    Source("traces/checkout.jsonl", SourceState.ANALYSED, "otlp", facts=6, digest="0c" * 32),
)

TOPOLOGY = Topology(
    services=SERVICES,
    boundaries=tuple(
        sorted(
            (GATEWAY_ORDER, ORDER_PAYMENT, NOTIFICATION_ORDER, ORDER_DB, PAYMENT_AUDIT, ORDER_EVENTS, ORDER_ZIPKIN),
            key=lambda boundary: boundary.id,
        )
    ),
    sources=SOURCES,
    notices=NOTICES,
    drift=DRIFT,
    suggestions=(ORDER_SUGGESTED,),
)

HISTORY = History(
    available=True,
    since=1_730_000_000,
    until=1_762_387_200,
    services=(
        ServiceHistory(
            "order",
            code=ChangeRate(84, 5, 19, 6200, 4100, 31.5, 0.62, 1_762_300_000),
            interface=ChangeRate(9, 2, 1, 310, 220, 4.25, 0.8, 1_761_000_000),
            breaking=(
                BreakingChange(
                    BreakKind.FIELD_REMOVED,
                    "GET /orders/{id}",
                    "response field total",
                    "3f2c1ab",
                    1_760_000_000,
                    Where(ORDER_SPEC, 12),
                ),
            ),
        ),
        ServiceHistory("payment", code=ChangeRate(12, 2, 3, 400, 1900, 3.5, 0.07, 1_759_000_000)),
    ),
)

BREAKS = Factor("breaking changes", 0.75, 0.4, 0.3, "3 breaking changes in 365 days", (f"{ORDER_SPEC}:12",))
CHURN = Factor("interface churn", 0.8, 0.3, 0.24, "80 % of the interface rewritten recently")
MANY = Factor("operations used", 0.2, 0.2, 0.04, "3 operations used")
NO_SPEC = Factor("no message schema", 1.0, 0.4, 0.4, "no schema describes order.created")
TAIL = Factor("latency tail", 0.9, 0.3, 0.27, "p99/p50 = 30", ("traces/checkout.jsonl:1",))
ERRORS = Factor("error rate", 0.5, 0.3, 0.15, "10 % of 310 calls failed", ("traces/checkout.jsonl:1",))
MONEY = Factor(
    "money fields", 1.0, 0.5, 0.5, "items[].price is integer here, number at the caller", (f"{ORDER_SPEC}:44",)
)
NO_HISTORY = Factor("change of the provider", None, 0.2, 0.0, "no version control history of audit-log")
JOURNEY = Factor("journey", 1.0, 0.5, 0.5, "on the money path checkout")
BLAST = Factor("blast radius", 0.4, 0.3, 0.12, "2 services depend on it")

PROFILES = (
    RiskProfile(
        GATEWAY_ORDER.id,
        0.714,
        0.92,
        (JOURNEY, BLAST),
        (
            ModeRisk(Mode.SCHEMA, 0.58, 0.534, (BREAKS, CHURN, MANY)),
            ModeRisk(Mode.SEMANTIC, 0.3, 0.276, (MONEY,)),
            ModeRisk(Mode.CASCADE, 0.167, 0.154, (TAIL,)),
        ),
    ),
    RiskProfile(
        ORDER_PAYMENT.id,
        0.48,
        0.9,
        (JOURNEY,),
        (ModeRisk(Mode.CASCADE, 0.42, 0.378, (TAIL, ERRORS)), ModeRisk(Mode.BEHAVIOURAL, 0.182, 0.164, (ERRORS,))),
    ),
    RiskProfile(
        NOTIFICATION_ORDER.id, 0.27, 0.45, (BLAST,), (ModeRisk(Mode.SCHEMA, 0.6, 0.27, (NO_SPEC,)),), ("no traces",)
    ),
    RiskProfile(
        ORDER_DB.id,
        0.18,
        0.6,
        (JOURNEY,),
        (ModeRisk(Mode.INFRASTRUCTURE, 0.3, 0.18, (Factor("writes", 1.0, 0.5, 0.3, "2 operations write"),)),),
    ),
    RiskProfile(
        PAYMENT_AUDIT.id,
        0.004,
        0.1,
        (),
        (ModeRisk(Mode.SCHEMA, 0.04, 0.004, (NO_HISTORY,)),),
        ("no specification", "no version control history"),
    ),
)

ORDER_CASES = (
    Case("200 of GET /orders/{id}", GET_ORDER.id, "documented-outcome", "the body has id, items and status"),
    Case("404 of GET /orders/{id}", GET_ORDER.id, "documented-outcome", "No such order"),
    Case("201 of POST /orders", POST_ORDER.id, "documented-outcome", "Created, with a Location header"),
    Case("409 of POST /orders", POST_ORDER.id, "documented-outcome", "Already paid"),
)

PLAN = Plan(
    tests=(
        Recommendation(
            "contract:gateway->order/http",
            Technique.CONTRACT,
            (GATEWAY_ORDER.id,),
            "gateway and order agree on the HTTP contract",
            "the interface broke 3 times in a year and carries checkout",
            (Mode.SCHEMA, Mode.SEMANTIC),
            0.55,
            2.0,
            2.0,
            ORDER_CASES,
            Scope(("order",), ("order-db (postgres:16)",), (Stub("payment", f"spec {PAYMENT_SPEC}"),)),
            (
                Alternative(Technique.BOUNDARY, "retires 0.12 more for 4 h more"),
                Alternative(Technique.E2E, "costs 24 h for the same modes"),
            ),
        ),
        Recommendation(
            "schema:notification<-order/kafka:order.created",
            Technique.SCHEMA,
            (NOTIFICATION_ORDER.id,),
            "order.created stays readable for notification",
            "no schema describes the message",
            (Mode.SCHEMA,),
            0.21,
            1.0,
            1.0,
            (Case("order.created", "publish order.created", "delivered", "fields notification reads are there"),),
            Scope(stubs=(Stub("order", "recorded traffic"),)),
        ),
        Recommendation(
            "in_process:order->order-db/postgresql",
            Technique.IN_PROCESS,
            (ORDER_DB.id,),
            "order against a real order-db",
            "order writes in 2 operations",
            (Mode.INFRASTRUCTURE,),
            0.144,
            1.0,
            5.0,
            (Case("rollback", "", "rollback", "a failed write leaves no row"),),
            Scope(("order",), ("order-db (postgres:16)",)),
        ),
        Recommendation(
            "fault:order->payment/http",
            Technique.FAULT,
            (ORDER_PAYMENT.id,),
            "order survives a slow or failing payment",
            "p99 is 30 times p50 and 10 % of calls fail",
            (Mode.CASCADE, Mode.BEHAVIOURAL),
            0.42,
            8.0,
            90.0,
            (
                Case("payment takes 10 s", POST_PAYMENT.id, "timeout", "order answers 503 within 2 s"),
                Case("payment refuses connections", POST_PAYMENT.id, "unreachable", "the order stays pending"),
            ),
            Scope(("order", "payment"), ("order-db (postgres:16)",)),
        ),
        Recommendation(
            "contract:order->payment/http",
            Technique.CONTRACT,
            (ORDER_PAYMENT.id,),
            "order and payment agree on the HTTP contract",
            "payment changes often",
            (Mode.SCHEMA,),
            0.03,
            2.0,
            2.0,
        ),
        Recommendation(
            "boundary:gateway->order/http",
            Technique.BOUNDARY,
            (GATEWAY_ORDER.id,),
            "gateway and a real order work together",
            "money fields cross it",
            (Mode.SEMANTIC,),
            0.09,
            6.0,
            60.0,
        ),
        Recommendation(
            "contract:notification<-order/kafka:order.created",
            Technique.CONTRACT,
            (NOTIFICATION_ORDER.id,),
            "notification and order agree on order.created",
            "no schema describes the message",
            (Mode.SCHEMA,),
            0.01,
            2.0,
            2.0,
        ),
        Recommendation(
            "contract:payment->audit-log/grpc",
            Technique.CONTRACT,
            (PAYMENT_AUDIT.id,),
            "payment and audit-log agree on the gRPC contract",
            "audit-log belongs to another party",
            (Mode.SCHEMA,),
            0.02,
            2.0,
            2.0,
        ),
    ),
    skips=(
        Skip(PAYMENT_AUDIT.id, "external system: stub it, no shared environment", "boundary"),
        Skip("zipkin", "runs beside the system"),
    ),
    total_risk=1.956,
    residual_risk=0.482,
    hours=24.0,
    seconds=164.0,
)

REPORT = Report(
    "shop",
    TOPOLOGY,
    HISTORY,
    (Journey("checkout", ("gateway", "order", "payment"), "money"),),
    PROFILES,
    PLAN,
    COVERAGE,
    GAPS,
    tool_version="0.1.0",
    method=(
        MethodSection(
            "change",
            "Change",
            "The weighted mean of the known parts.",
            (
                fixed("fixes", 0.1, "weight", "fix commits on both sides: n / (n + 5)"),
                chosen(
                    "history.half_life_days", "half-life", 30, 90, "days", "after so many days a change counts half"
                ),
            ),
        ),
    ),
)
