"""The sample report, compared with a base: something of every kind came, went and moved."""

from __future__ import annotations

from msgspec.structs import replace
from sample_report import GATEWAY_ORDER, NOTIFICATION_ORDER, ORDER_DB, ORDER_PAYMENT, REPORT

from topoplan.model.changes import (
    Changes,
    GapChange,
    GoneBoundary,
    GoneService,
    NotCompared,
    OperationChange,
    Part,
    RiskChange,
)
from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Style
from topoplan.model.gaps import Ratio, Tally, Urgency
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode

CHANGES = Changes(
    base="main~3",
    services_added=("audit-log",),
    services_removed=(GoneService("mailer", "mailer", NodeKind.SERVICE),),
    boundaries_added=(ORDER_PAYMENT.id,),
    boundaries_removed=(
        GoneBoundary("mailer->order/kafka/order.created", "mailer", "order", Style.MESSAGE, "kafka", "order.created"),
        GoneBoundary("order->mailer/http", "order", "mailer", Style.SYNC, "http"),
    ),
    operations=(
        OperationChange(GATEWAY_ORDER.id, ("DELETE /orders/{id}",), ("PATCH /orders/{id}", "PUT /orders/{id}")),
    ),
    risks=(
        RiskChange(
            GATEWAY_ORDER.id, 41, 63, Mode.SCHEMA, "breaking changes", "no breaking change in 365 days",
            "3 breaking changes in 365 days",
        ),
        RiskChange(NOTIFICATION_ORDER.id, 50, 44, Mode.SEMANTIC, "money", "money in orders.total"),
        RiskChange(ORDER_DB.id, 20, 21),
    ),
    gaps_opened=(
        GapChange(
            f"contract:{ORDER_PAYMENT.id}", Technique.CONTRACT, ORDER_PAYMENT.id,
            "order and payment agree on the HTTP contract", None, State.STALE, None, Urgency.LOW, ("POST /payments",),
        ),
    ),
    gaps_closed=(
        GapChange(
            "schema:mailer->order/kafka/order.created", Technique.SCHEMA, "mailer->order/kafka/order.created",
            "mailer reads every order.created", State.FAILING, None, Urgency.HIGH, None, (), ("publish order.created",),
        ),
    ),
    gaps_changed=(
        GapChange(
            f"contract:{GATEWAY_ORDER.id}", Technique.CONTRACT, GATEWAY_ORDER.id, "gateway and order agree",
            State.UNCOVERED, State.PARTIAL, Urgency.HIGH, Urgency.MEDIUM, ("DELETE /orders/{id}",),
            ("GET /orders/{id}", "POST /orders"),
        ),
    ),
    coverage_before=Tally(None, Ratio(0, 7), Ratio(0, 5), Ratio(0, 6), Ratio(0, 6), 0.3, 1.2),
    coverage_after=REPORT.gaps.all,
    not_compared=(NotCompared(Part.RISK, "the base has no scores"),),
)  # fmt: skip

CHANGED = replace(REPORT, changes=CHANGES)
