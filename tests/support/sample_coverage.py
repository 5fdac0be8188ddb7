"""Test evidence and gaps of the sample report: every state and urgency, accepted gaps, findings with two places."""

from __future__ import annotations

import hashlib

from topoplan.model.coverage import (
    BoundaryCoverage,
    Claim,
    Coverage,
    Finding,
    Grade,
    OperationCoverage,
    State,
    TechniqueCoverage,
)
from topoplan.model.gaps import Accepted, Gap, Gaps, Missing, Ratio, Tally, Urgency
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.plan import Technique

GATEWAY_ORDER = "gateway->order/http"
ORDER_PAYMENT = "order->payment/http"
NOTIFICATION_ORDER = "notification<-order/kafka:order.created"
ORDER_DB = "order->order-db/postgresql"
PAYMENT_AUDIT = "payment->audit-log/grpc"

GATEWAY_PACT = "pacts/gateway-order.json"
PAYMENT_PACT = "pacts/order payment.json"
JUNIT = "reports/junit.xml"


def read(importer: str, path: str, line: int = 0, pointer: str = "") -> Evidence:
    return Evidence(importer, Where(path, line, pointer), Basis.DECLARED, Confidence.HIGH)


def missing(technique: Technique, boundary: str, state: State, operation: str = "") -> Missing:
    """Its fingerprint is 32 hex digits made of what identifies it, as in a real report."""
    digest = hashlib.sha256(f"{technique} {boundary} {operation}".encode()).hexdigest()
    return Missing(operation, state, digest[:32])


PARTIAL_CONTRACT = TechniqueCoverage(
    Technique.CONTRACT,
    State.PARTIAL,
    0.5,
    (
        OperationCoverage("DELETE /orders/{id}", State.UNCOVERED),
        OperationCoverage("GET /orders/{id}", State.COVERED, 1.0),
        OperationCoverage("POST /orders", State.UNVERIFIED, 0.5),
    ),
    (
        Claim(
            "pact gateway / order",
            Grade.VERIFIED,
            read("pact", GATEWAY_PACT, pointer="/interactions/0"),
            ("GET /orders/{id}",),
            time=1_762_300_000,
            reason="order verified this content on 2025-11-04",
        ),
        Claim(
            "pact gateway / order: place an order",
            Grade.UNVERIFIED,
            read("pact", GATEWAY_PACT, pointer="/interactions/1"),
            ("POST /orders",),
            reason="order never verified this contract",
            remedy="verify the pact of gateway in order's build",
        ),
    ),
)
STALE_CONTRACT = TechniqueCoverage(
    Technique.CONTRACT,
    State.STALE,
    0.5,
    (OperationCoverage("POST /payments", State.STALE, 0.5),),
    (
        Claim(
            "pact order / payment",
            Grade.VERIFIED,
            read("pact", PAYMENT_PACT, pointer="/interactions/0"),
            ("POST /payments",),
            stale=True,
            time=1_758_000_000,
            reason="verified on 2025-09-16, before payment/swagger.json changed on 2025-09-27",
            remedy="payment verifies the contract against its present interface",
        ),
    ),
)
FAILING_FAULT = TechniqueCoverage(
    Technique.FAULT,
    State.FAILING,
    0.0,
    (OperationCoverage("POST /payments", State.FAILING),),
    (
        Claim(
            "PaymentFaultTest.timeout",
            Grade.FAILING,
            read("junit", JUNIT, 31),
            ("POST /payments",),
            time=1_762_380_000,
            reason="failed on 2025-11-05",
            remedy="make PaymentFaultTest.timeout pass",
        ),
    ),
)

COVERAGE = Coverage(
    boundaries=(
        BoundaryCoverage(
            GATEWAY_ORDER,
            (
                PARTIAL_CONTRACT,
                TechniqueCoverage(
                    Technique.BOUNDARY,
                    State.UNKNOWN,
                    operations=tuple(
                        OperationCoverage(operation, State.UNKNOWN)
                        for operation in ("DELETE /orders/{id}", "GET /orders/{id}", "POST /orders")
                    ),
                ),
            ),
        ),
        BoundaryCoverage(
            NOTIFICATION_ORDER,
            (
                TechniqueCoverage(
                    Technique.SCHEMA,
                    State.COVERED,
                    1.0,
                    (OperationCoverage("publish order.created", State.COVERED, 1.0),),
                    (
                        Claim(
                            "OrderCreatedSchemaTest",
                            Grade.VERIFIED,
                            read("junit", JUNIT, 12),
                            ("publish order.created",),
                            time=1_762_380_000,
                            reason="passed on 2025-11-05",
                        ),
                    ),
                ),
                TechniqueCoverage(
                    Technique.CONTRACT,
                    State.UNCOVERED,
                    operations=(OperationCoverage("publish order.created", State.UNCOVERED),),
                ),
            ),
        ),
        BoundaryCoverage(ORDER_DB, (TechniqueCoverage(Technique.IN_PROCESS, State.UNCOVERED),)),
        BoundaryCoverage("order->events/kafka"),
        BoundaryCoverage(ORDER_PAYMENT, (STALE_CONTRACT, FAILING_FAULT)),
        BoundaryCoverage("order->zipkin/http"),
        BoundaryCoverage(
            PAYMENT_AUDIT,
            (
                TechniqueCoverage(
                    Technique.CONTRACT,
                    State.UNVERIFIED,
                    0.2,
                    (OperationCoverage("audit.Log/Append", State.UNVERIFIED, 0.2),),
                    (
                        Claim(
                            "AuditContractTest",
                            Grade.DECLARED,
                            read("junit", JUNIT, 44),
                            reason="skipped, so nothing was shown",
                            remedy="let AuditContractTest run",
                        ),
                    ),
                ),
            ),
        ),
    ),
    findings=(
        Finding(
            "empty-contract",
            "the contract of web and order has no interactions and proves nothing",
            Where("pacts/web-order.json"),
        ),
        Finding(
            "incompatible",
            "the contract expects 200, but POST /payments documents only 201, 402 and 409",
            Where(PAYMENT_PACT, pointer="/interactions/0/response/status"),
            Where("payment/swagger.json", 8),
            ORDER_PAYMENT,
            "POST /payments",
        ),
        Finding("misread-claim", "'topoplan.contrat' is no technique", Where(JUNIT, 57)),
    ),
    read=(Technique.SCHEMA, Technique.IN_PROCESS, Technique.CONTRACT, Technique.FAULT),
    as_of=1_762_387_200,
)

GAPS = Gaps(
    open=(
        Gap(
            f"fault:{ORDER_PAYMENT}",
            Technique.FAULT,
            ORDER_PAYMENT,
            "order survives a slow or failing payment",
            State.FAILING,
            Urgency.HIGH,
            0.42,
            (missing(Technique.FAULT, ORDER_PAYMENT, State.FAILING, "POST /payments"),),
            "failed on 2025-11-05",
            "make PaymentFaultTest.timeout pass",
            Where("compose.yaml", 19),
        ),
        Gap(
            f"contract:{GATEWAY_ORDER}",
            Technique.CONTRACT,
            GATEWAY_ORDER,
            "gateway and order agree on the HTTP contract",
            State.PARTIAL,
            Urgency.HIGH,
            0.275,
            (missing(Technique.CONTRACT, GATEWAY_ORDER, State.UNVERIFIED, "POST /orders"),),
            "1 of 3 operations covered; order never verified this contract",
            "verify the pact of gateway in order's build",
            Where("compose.yaml", 6),
        ),
        Gap(
            f"in_process:{ORDER_DB}",
            Technique.IN_PROCESS,
            ORDER_DB,
            "order against a real order-db",
            State.UNCOVERED,
            Urgency.MEDIUM,
            0.144,
            (missing(Technique.IN_PROCESS, ORDER_DB, State.UNCOVERED),),
            "no test on the real store is known",
            "write the test on the real store, about 1 h",
            Where("compose.yaml", 20),
        ),
        Gap(
            f"boundary:{GATEWAY_ORDER}",
            Technique.BOUNDARY,
            GATEWAY_ORDER,
            "gateway and a real order work together",
            State.UNKNOWN,
            Urgency.LOW,
            0.09,
            tuple(
                missing(Technique.BOUNDARY, GATEWAY_ORDER, State.UNKNOWN, operation)
                for operation in ("DELETE /orders/{id}", "GET /orders/{id}", "POST /orders")
            ),
            "unknown: no test report or trace of a test run was read",
            "write a test with both services real, about 6 h",
            Where("compose.yaml", 6),
        ),
        Gap(
            f"contract:{ORDER_PAYMENT}",
            Technique.CONTRACT,
            ORDER_PAYMENT,
            "order and payment agree on the HTTP contract",
            State.STALE,
            Urgency.LOW,
            0.03,
            (missing(Technique.CONTRACT, ORDER_PAYMENT, State.STALE, "POST /payments"),),
            "verified on 2025-09-16, before payment/swagger.json changed on 2025-09-27",
            "payment verifies the contract against its present interface",
            Where("compose.yaml", 19),
        ),
        Gap(
            f"contract:{PAYMENT_AUDIT}",
            Technique.CONTRACT,
            PAYMENT_AUDIT,
            "payment and audit-log agree on the gRPC contract",
            State.UNVERIFIED,
            Urgency.LOW,
            0.02,
            (missing(Technique.CONTRACT, PAYMENT_AUDIT, State.UNVERIFIED, "audit.Log/Append"),),
            "skipped, so nothing was shown",
            "let AuditContractTest run",
            Where("traces/checkout.jsonl", 1),
        ),
    ),
    tallies=(
        Tally(None, Ratio(1, 8), Ratio(0, 5), Ratio(0, 6), Ratio(0, 6), 0.5, 1.474),
        Tally(Technique.SCHEMA, Ratio(1, 1), Ratio(1, 1), Ratio(1, 1), Ratio(1, 1), 0.21, 0.21),
        Tally(Technique.IN_PROCESS, Ratio(0, 1), Ratio(0, 1), Ratio(), Ratio(), 0.0, 0.144),
        Tally(Technique.CONTRACT, Ratio(0, 4), Ratio(0, 4), Ratio(1, 6), Ratio(1, 6), 0.29, 0.61),
        Tally(Technique.BOUNDARY, Ratio(0, 1), Ratio(0, 1), Ratio(0, 3), Ratio(0, 3), 0.0, 0.09),
        Tally(Technique.FAULT, Ratio(0, 1), Ratio(0, 1), Ratio(0, 1), Ratio(0, 1), 0.0, 0.42),
    ),
    total_risk=1.956,
    residual_risk=1.456,
    accepted=(
        Accepted(
            f"contract:{GATEWAY_ORDER}",
            "DELETE /orders/{id}",
            missing(Technique.CONTRACT, GATEWAY_ORDER, State.UNCOVERED, "DELETE /orders/{id}").fingerprint,
            "baseline",
        ),
        Accepted(
            f"contract:{NOTIFICATION_ORDER}",
            "publish order.created",
            missing(Technique.CONTRACT, NOTIFICATION_ORDER, State.UNCOVERED, "publish order.created").fingerprint,
            "suppression",
            "notification is rewritten this quarter",
            "2026-03-31",
        ),
    ),
    stale_baseline=("contract notification<-order/kafka:order.cancelled publish order.cancelled",),
)
