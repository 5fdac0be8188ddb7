"""The sample report with a plan made within a budget: a pinned test, a slice, what exists, what a budget buys."""

from __future__ import annotations

from msgspec.structs import replace
from sample_report import GATEWAY_ORDER, NOTIFICATION_ORDER, ORDER_PAYMENT, PLAN, REPORT

from topoplan.model.journey import Journey, JourneySource
from topoplan.model.plan import (
    BudgetStep,
    Carried,
    Case,
    Choice,
    Level,
    Observation,
    Recommendation,
    Scope,
    Stub,
    Technique,
)
from topoplan.model.risk import Mode

SLICE = Recommendation(
    "slice:gateway->order->payment",
    Technique.SLICE,
    (GATEWAY_ORDER.id, ORDER_PAYMENT.id),
    "checkout through gateway, order and payment",
    "checkout writes in 2 services",
    (Mode.TEMPORAL, Mode.CONSISTENCY),
    0.31,
    16.0,
    240.0,
    (Case("the card is declined", "POST /payments", "rollback", "the order is cancelled and nothing is charged"),),
    Scope(("payment", "order", "gateway"), ("order-db (postgres:16)",), (Stub("audit-log", "hand-written stub"),)),
    journey="checkout",
)

JOURNEYS = (
    Journey(
        "checkout",
        ("gateway", "order", "payment"),
        "money",
        "POST /orders",
        share=0.34,
        boundaries=(GATEWAY_ORDER.id, ORDER_PAYMENT.id),
    ),
    Journey("GET /orders/{id}", ("gateway", "order"), source=JourneySource.TRACES, share=0.61),
    Journey("DELETE /orders/{id}", ("gateway", "order"), source=JourneySource.PROPOSED),
)

OBSERVATIONS = (
    Observation(
        "end-to-end-alone",
        NOTIFICATION_ORDER.id,
        "only end-to-end tests run through it",
        "write schema:notification<-order/kafka:order.created",
    ),
    Observation(
        "top-heavy",
        "reports/junit.xml",
        "30 slice cases stand on 12 of two services",
        "move what two services decide to boundary tests",
    ),
)

BUDGETED = replace(
    PLAN,
    tests=(replace(PLAN.tests[1], pinned=True), PLAN.tests[0], PLAN.tests[2], SLICE),
    residual_risk=0.535,
    hours=20.0,
    seconds=248.0,
    choice=Choice(
        hours=24.0,
        seconds=600.0,
        techniques=(Technique.SCHEMA, Technique.CONTRACT, Technique.IN_PROCESS, Technique.SLICE),
        pins=("schema:*",),
        excluded=("e2e:*", "fault:order->payment/http"),
        exact=True,
    ),
    existing_risk=0.207,
    carried=(
        Carried(ORDER_PAYMENT.id, 0.381),
        Carried(GATEWAY_ORDER.id, 0.123),
        Carried(NOTIFICATION_ORDER.id, 0.031),
    ),
    next_hour=0.042,
    steps=(
        BudgetStep(5.0, 3, 4.0, 0.904),
        BudgetStep(24.0, 4, 20.0, 1.214),
        BudgetStep(48.0, 6, 34.0, 1.42),
    ),
    pyramid=(
        Level("slice", 1, 1, (0, 0)),
        Level("boundary", 2, 0, (10, 20)),
        Level("in_process", 31, 12, (40, 100)),
    ),
    observations=OBSERVATIONS,
    bound=1.23,
)

PLANNED = replace(REPORT, plan=BUDGETED, journeys=JOURNEYS)
